"""The console's door: signing in and out, its style and type."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import fontpkg_ibm_plex_sans_arabic
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from backend_stub.console import sessions
from backend_stub.console.sign_in import sign_in
from backend_stub.ground.problems import ProblemError
from backend_stub.http.console.access import (
    FormDependency,
    OwnFormDependency,
    VisitDependency,
    give_cookie,
    take_cookie,
)
from backend_stub.http.console.pages import STYLE, page
from backend_stub.http.routes import AddressDependency, CentralDependency

router = APIRouter()

_FONTS: Final = fontpkg_ibm_plex_sans_arabic.ROOT / "files"
_MARK: Final = Path(__file__).parent / "mark.svg"
_KEPT: Final = {"Cache-Control": "public, max-age=604800", "X-Content-Type-Options": "nosniff"}


@router.get("/sign-in")
def get_sign_in(request: Request) -> Response:
    """Account, password, code."""
    return page(request, "sign_in.html", {"refusal": ""})


@router.post("/sign-in")
def post_sign_in(
    request: Request, central: CentralDependency, address: AddressDependency, form: FormDependency
) -> Response:
    """Open a session, or say that it was refused and nothing more."""
    try:
        central.limits.officers.charge(address)
    except ProblemError:
        return page(request, "sign_in.html", {"refusal": "too-many-tries"}, status=429)
    opened = sign_in(
        central, form.one("account").strip().lower(), form.one("password"), form.one("code")
    )
    if opened is None:
        return page(request, "sign_in.html", {"refusal": "sign-in-refused"}, status=403)
    response = RedirectResponse("/console", 303)
    give_cookie(central, request, response, opened.token)
    return response


@router.post("/sign-out")
def post_sign_out(
    request: Request, central: CentralDependency, visit: VisitDependency, _: OwnFormDependency
) -> Response:
    """End the session, here and in the browser."""
    with central.database.write() as session:
        sessions.close_session(session, visit.token)
    response = RedirectResponse("/console/sign-in", 303)
    take_cookie(central, request, response)
    return response


@router.get("/style.css")
def get_style() -> Response:
    """The one stylesheet."""
    return Response(STYLE, media_type="text/css", headers=_KEPT)


@router.get("/mark.svg")
def get_mark() -> Response:
    """The gate and the star: the mark of the terminal."""
    return FileResponse(_MARK, media_type="image/svg+xml", headers=_KEPT)


@router.get("/type-{weight}.ttf")
def get_type(weight: Literal["Regular", "SemiBold"]) -> Response:
    """The terminal's typeface."""
    path = _FONTS / f"IBMPlexSansArabic-{weight}.ttf"
    return FileResponse(path, media_type="font/ttf", headers=_KEPT)
