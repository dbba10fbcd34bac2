"""HTTP: which path and method calls what, with its documentation. No rules live here.

``kiosks.py`` is for terminals (enrolment, batches, heads), ``visits.py`` for what happens during a
visit (sign-in, registries), ``public.py`` for everyone, ``development.py`` shows what arrived.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from backend_stub.admission import Admission
from backend_stub.central import Central


def central_of(request: Request) -> Central:
    """What the application was made with."""
    central: Central = request.app.state.central
    return central


CentralDependency = Annotated[Central, Depends(central_of)]


def admission_of(request: Request) -> Admission:
    """The gate that batches pass."""
    admission: Admission = request.app.state.admission
    return admission


AdmissionDependency = Annotated[Admission, Depends(admission_of)]


def address_of(request: Request) -> str:
    """Who asks, as far as the connection shows; empty when it does not."""
    return request.client.host if request.client else ""


AddressDependency = Annotated[str, Depends(address_of)]

Credentials = HTTPAuthorizationCredentials | None
visit_bearer = HTTPBearer(
    scheme_name="visit", description="Token of a sign-in (RFC 6750).", auto_error=False
)
kiosk_bearer = HTTPBearer(
    scheme_name="kiosk",
    bearerFormat="JWT",
    description="JWT signed by the terminal's device key (ES256): header `kid` is "
    "`KIOSK/EPOCH`, claims `iss` (the terminal), `aud` = `manfadh-central`, `iat` and `exp`, at "
    "most five minutes apart.",
    auto_error=False,
)
