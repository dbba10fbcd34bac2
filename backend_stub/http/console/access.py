"""Who is at the console: the session's cookie, the forms' token, and where a form came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from backend_stub.console import sessions
from backend_stub.console.officers import Officer
from backend_stub.ground.central import Central
from backend_stub.http.routes import CentralDependency
from kiosk.services.languages import LANGUAGES, Language

_COOKIE: Final = "manfadh-console"
LANGUAGE_COOKIE: Final = "manfadh-console-language"
_PATH: Final = "/console"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_FIELDS: Final = 100


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more."""


class ConsoleRefused(Exception):
    """A page that says why not; ``reason`` is one of the console's texts."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visit:
    """An officer at work."""

    officer: Officer
    token: str = field(repr=False)

    @property
    def form_token(self) -> str:
        """What the forms of this session carry."""
        return sessions.form_token(self.token)


def _visit(request: Request, central: CentralDependency) -> Visit:
    token = request.cookies.get(_COOKIE, "")
    now = central.clock()
    with central.database.read() as session:
        officer = sessions.officer_with(session, token, now) if token else None
        stale = officer is not None and sessions.needs_noting(session, token, now)
    if officer is None:
        raise SignInNeeded
    if stale:
        with central.database.write() as session:
            sessions.note_seen(session, token, now)
    return Visit(officer, token)


VisitDependency = Annotated[Visit, Depends(_visit)]


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sent."""

    values: Mapping[str, Sequence[str]] = field(repr=False)

    def one(self, name: str) -> str:
        """The last value of a field; empty when it was not sent."""
        values = self.values.get(name, ())
        return values[-1] if values else ""


async def _form(request: Request, central: CentralDependency) -> Form:
    """A form that one of our own pages sent. Raises :class:`ConsoleRefused`."""
    if not _is_own(central, request):
        raise ConsoleRefused(403, "foreign-form")
    try:
        sent = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    except HTTPException:
        raise ConsoleRefused(400, "foreign-form") from None
    values: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return Form(values)


FormDependency = Annotated[Form, Depends(_form)]


def _own_form(visit: VisitDependency, form: FormDependency) -> Form:
    """A form of this very session."""
    if not sessions.is_form_token(visit.token, form.one("form-token")):
        raise ConsoleRefused(403, "foreign-form")
    return form


OwnFormDependency = Annotated[Form, Depends(_own_form)]


def language_of(request: Request) -> Language:
    """The language that was asked for, now or before; Arabic first."""
    wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return next((each for each in LANGUAGES if each == wanted), LANGUAGES[0])


LanguageDependency = Annotated[Language, Depends(language_of)]


def give_cookie(central: Central, request: Request, response: Response, token: str) -> None:
    """Let the browser keep the session, for this console and until it is closed."""
    response.set_cookie(
        _COOKIE,
        token,
        path=_PATH,
        secure=_needs_secure(central, request),
        httponly=True,
        samesite="strict",
    )


def take_cookie(central: Central, request: Request, response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(
        _COOKIE,
        path=_PATH,
        secure=_needs_secure(central, request),
        httponly=True,
        samesite="strict",
    )


def keep_language(central: Central, request: Request, response: Response, code: str) -> None:
    """Let the browser remember the language."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        path=_PATH,
        max_age=365 * 24 * 3600,
        secure=_needs_secure(central, request),
        httponly=True,
        samesite="lax",
    )


def _needs_secure(central: Central, request: Request) -> bool:
    # Only on this very machine may it travel without TLS, and not when a proxy with TLS is before.
    loopback = request.url.hostname in _LOOPBACK
    return not loopback or urlsplit(central.settings.public_url).scheme == "https"


def _is_own(central: Central, request: Request) -> bool:
    """Whether the page that sent the form is ours (RFC 6454, 7); every browser says so."""
    origin = request.headers.get("origin", "")
    public = urlsplit(central.settings.public_url)
    here = {(request.url.scheme, request.headers.get("host", "")), (public.scheme, public.netloc)}
    if request.url.scheme == "http":
        # Behind a proxy that ends TLS and hands on the host's name.
        here.add(("https", request.headers.get("host", "")))
    sent = urlsplit(origin)
    return bool(sent.netloc) and (sent.scheme, sent.netloc) in here
