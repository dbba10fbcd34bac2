"""HTTP: which path and method calls what, with its documentation. No rules live here.

``kiosks.py`` is for terminals (enrolment, batches, heads), ``visits.py`` for what happens during a
visit (sign-in, registries), ``public.py`` for everyone, ``development.py`` shows what arrived.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from backend_stub.fleet.signer import Signer
from backend_stub.ground.central import Central
from backend_stub.http.admission import Admission
from backend_stub.http.request_signatures import signer_of
from offline_queue.signed_requests import SIGNATURE_HEADER


# Not blocking, hence "async": the framework would send a plain function to another thread.
async def central_of(request: Request) -> Central:
    """What the application was made with."""
    central: Central = request.app.state.central
    return central


CentralDependency = Annotated[Central, Depends(central_of)]


async def admission_of(request: Request) -> Admission:
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
_signature = APIKeyHeader(
    name=SIGNATURE_HEADER,
    scheme_name="kiosk",
    description="HTTP message signature (RFC 9421) by the terminal's device key: label `kiosk`, "
    '`("@method" "@path" "@query" "content-digest")`, then `created`, `keyid` = `KIOSK/EPOCH` and '
    "`alg` = `ecdsa-p256-sha256`, in this order, in `Signature-Input`; `Content-Digest` (RFC 9530) "
    "is the SHA-256 of the body as it travels. A signature that is not of the last minutes is "
    "answered with the time in `Manfadh-Clock`.",
    auto_error=False,
)
SIGNED = (
    "request-not-signed",
    "request-signature-wrong",
    "request-signature-stale",
    "signed-by-another",
    "kiosk-not-enrolled",
    "epoch-unknown",
    "epoch-revoked",
    "epoch-frozen",
)
"""Codes that every operation has that only a terminal may use."""


def _signer(
    request: Request,
    central: CentralDependency,
    _: Annotated[str | None, Depends(_signature)],
) -> Signer:
    """The terminal that signed the request."""
    return signer_of(central, request)


SignerDependency = Annotated[Signer, Depends(_signer)]


def _perhaps_signer(
    request: Request,
    central: CentralDependency,
    signature: Annotated[str | None, Depends(_signature)],
) -> Signer | None:
    """The terminal that signed the request, where others may ask too; ``None``: unsigned."""
    return None if signature is None else signer_of(central, request)


PerhapsSignerDependency = Annotated[Signer | None, Depends(_perhaps_signer)]
