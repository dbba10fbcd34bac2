"""Putting a page of the console together: language, frame, policy, refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from backend_stub.ground.central import Central
from backend_stub.http.console.access import (
    ConsoleRefused,
    Visit,
    keep_language,
    language_of,
)
from backend_stub.http.console.texts import TEXTS
from backend_stub.http.pages.environment import ENVIRONMENT
from kiosk.services.languages import LANGUAGES, Language, language_row

STYLE: Final = (Path(__file__).parent / "console.css").read_text("utf-8")
_STYLE_NAME: Final = f"/console/style.css?{hashlib.sha256(STYLE.encode()).hexdigest()[:12]}"
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    # Not no-referrer: browsers would then hide where a form came from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    visit: Visit | None = None,
    status: int = 200,
) -> HTMLResponse:
    """A page of the console in the reader's language."""
    central: Central = request.app.state.central
    language = language_of(request)
    common = {
        "t": words(language),
        "language": language,
        "direction": "rtl" if language_row(language).right_to_left else "ltr",
        "others": [
            (row.code, row.own_name, _same_page(request, row.code))
            for row in map(language_row, LANGUAGES)
            if row.code != language
        ],
        "style": _STYLE_NAME,
        "officer": None if visit is None else visit.officer,
        "office": "" if visit is None else office_name(central, visit.officer.office, language),
        "form_token": "" if visit is None else visit.form_token,
        "here": "",
    }
    html = ENVIRONMENT.get_template(template).render(common | dict(values))
    response = HTMLResponse(html, status, headers=dict(HEADERS))
    if "lang" in request.query_params:
        keep_language(central, request, response, language)
    return response


def words(language: Language) -> dict[str, str]:
    """Every text of the console in one language."""
    return {name: text.in_language(language) for name, text in TEXTS.items()}


def office_name(central: Central, office: str, language: Language) -> str:
    """What an office is called; its id, should it be there no longer."""
    found = central.cases.offices.by_id.get(office)
    if found is None:
        return office
    return found.name.ar if language == "ar" else found.name.en


def answer_sign_in_needed(_: Request, __: Exception) -> Response:
    """Handler of :class:`SignInNeeded`: to the door."""
    return RedirectResponse("/console/sign-in", 303, headers={"Cache-Control": "no-store"})


def answer_refused(request: Request, error: Exception) -> Response:
    """Handler of :class:`ConsoleRefused`: a page that says why."""
    assert isinstance(error, ConsoleRefused)  # noqa: S101 - registered for this type only
    return page(request, "refused.html", {"reason": error.reason}, status=error.status)


def _same_page(request: Request, language: str) -> str:
    """The address of this page in another language; of the case, after one of its forms."""
    path = request.url.path
    if request.method != "GET":
        path = "/".join(path.split("/")[:4]) if path.startswith("/console/cases/") else path
        return f"{path}?lang={language}"
    kept = [(k, v) for k, v in parse_qsl(request.url.query) if k not in ("lang", "done")]
    return f"{path}?{urlencode([*kept, ('lang', language)])}"
