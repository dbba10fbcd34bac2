"""The FastAPI application: routes, errors, OpenAPI."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend_stub.cases.worker import start_worker
from backend_stub.ground.central import Clock, RandomBytes, utc_now
from backend_stub.ground.problems import (
    ProblemError,
    answer_http_error,
    answer_problem,
    answer_validation_error,
    place_of,
    problem,
    problem_response,
)
from backend_stub.ground.settings import Settings
from backend_stub.http.admission import Admission, AdmissionMiddleware
from backend_stub.http.body import BodyMiddleware
from backend_stub.http.console import add_console
from backend_stub.http.routes import (
    attachments,
    development,
    fleet,
    issuing,
    kiosks,
    pages,
    payment_pages,
    payments,
    public,
    receipts,
    requests,
    visits,
)
from backend_stub.opening import nothing_to_buy, open_central, open_desk
from backend_stub.payments.desk import Clerk
from backend_stub.payments.store import EffectsOf
from offline_queue.wire_model import SHARED, WireModel

_DESCRIPTION = """
The central API of Manfadh: terminals deliver signed, sealed transactions to it and ask it for what
the registries know. Times are RFC 3339 in UTC, binary values base64url without padding, hashes
SHA-256 in lower-case hexadecimal, money in baisa. Every error is a problem document (RFC 9457);
decide by its `code`.
"""

_REFERENCE: Final = "#/components/schemas/{name}"

log = structlog.get_logger()


def create_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    random_bytes: RandomBytes = os.urandom,
    effects_of: EffectsOf = nothing_to_buy,
) -> FastAPI:
    """Build the central API and open its database; ``effects_of`` is what payment buys.

    Raises :class:`CentralUnavailable` with one sentence that says why not.
    The database is closed when the application shuts down.
    """
    central = open_central(settings, clock, random_bytes)
    desk = open_desk(central, effects_of)
    admission = Admission(settings.room, central.metrics.batches_put_off.inc)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        log.info("central.started", development=settings.development)
        worker = start_worker(central)
        clerk = Clerk(desk, clock) if desk is not None else None
        if clerk is not None:
            clerk.start()
        yield
        if clerk is not None:
            clerk.stop()
        if worker is not None:
            worker.stop()
        central.database.close()
        log.info("central.stopped")

    app = FastAPI(
        title="Manfadh central API",
        description=_DESCRIPTION,
        version=_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.central = central
    app.state.admission = admission
    for router in (
        public.router,
        kiosks.router,
        kiosks.batches,
        attachments.router,
        receipts.router,
        visits.router,
        requests.router,
        fleet.router,
    ):
        app.include_router(router, prefix="/v1")
    app.include_router(fleet.pages)
    app.include_router(pages.router)
    add_console(app)
    if desk is not None:
        app.state.payments = desk
        app.include_router(payments.router, prefix="/v1")
        app.include_router(payment_pages.router)
    for router in (issuing.router, issuing.public):
        app.include_router(router, prefix="/v1")
    if settings.development:
        app.include_router(development.router, prefix="/v1")
    app.add_exception_handler(ProblemError, answer_problem)
    app.add_exception_handler(RequestValidationError, answer_validation_error)
    app.add_exception_handler(HTTPException, answer_http_error)
    for error in (OperationalError, IntegrityError, PoolTimeout):
        app.add_exception_handler(error, _answer_busy)
    app.add_middleware(AdmissionMiddleware, admission=admission)
    app.add_middleware(BodyMiddleware)
    app.add_middleware(_FailureMiddleware)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # FastAPI's documented way
    return app


def _answer_busy(_: Request, error: Exception) -> JSONResponse:
    log.error("central.database_busy", error=type(error).__name__)
    return problem_response(problem("busy"), {"Retry-After": "2"})


class _FailureMiddleware:
    """The last net: a failure of ours is a problem document, and no value of it is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        # Any failure at all: a traceback would carry what the citizen wrote into the server's log.
        except Exception as error:  # noqa: BLE001
            log.error("central.request_failed", error=type(error).__name__, where=place_of(error))
            if scope["type"] != "http" or started:
                raise RuntimeError("the response had begun") from None
            await problem_response(problem("failed"))(scope, receive, send)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        _, shared = msgspec.json.schema_components(_messages(WireModel), ref_template=_REFERENCE)
        schemas = schema["components"]["schemas"]
        waiting = _refer(schema)
        while waiting:
            name = waiting.pop()
            if name not in schemas:
                schemas[name] = shared[name]
                waiting |= _refer(shared[name])
        app.openapi_schema = schema
    return app.openapi_schema


def _messages(base: type[WireModel]) -> list[type[WireModel]]:
    """Every message that terminals share."""
    return [each for child in base.__subclasses__() for each in (child, *_messages(child))]


def _refer(document: object) -> set[str]:
    """Turn what stands for shared messages into references; the names of all referred to."""
    names: set[str] = set()
    if isinstance(document, dict):
        if SHARED in document:
            document["$ref"] = _REFERENCE.format(name=document.pop(SHARED))
        if isinstance(reference := document.get("$ref"), str):
            names.add(reference.rpartition("/")[2])
        names = names.union(*map(_refer, document.values()))
    elif isinstance(document, list):
        names = names.union(*map(_refer, document))
    return names


def _version() -> str:
    try:
        return version("manfadh")
    except PackageNotFoundError:
        return "0"
