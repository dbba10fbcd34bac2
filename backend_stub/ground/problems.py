"""Every error that the central API can answer, as RFC 9457 problem details.

A problem is named by its code; clients decide by the code, people read title and detail. Nothing a
client sent is repeated in a problem, because bodies hold personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from msgspec import UNSET
from starlette.exceptions import HTTPException
from starlette.routing import Match

from offline_queue.wire import Mistake, Problem

MEDIA_TYPE: Final = "application/problem+json"

TITLES: Final[Mapping[str, tuple[int, str]]] = {
    # The request as a whole.
    "bad-request": (400, "The request cannot be read"),
    "bad-batch": (400, "The batch cannot be read"),
    "bad-encoding": (400, "The body's content encoding is broken"),
    "unsupported-encoding": (415, "Only gzip and identity encodings are read"),
    "body-too-large": (413, "The body is too large"),
    "body-too-slow": (408, "The body did not arrive in time"),
    "invalid": (422, "A field is missing or wrong"),
    "busy": (503, "The central API cannot answer now"),
    "too-many-requests": (429, "Too many requests; come again later"),
    "failed": (500, "The central API failed"),
    # Terminals.
    "kiosk-not-enrolled": (403, "This terminal is not enrolled"),
    "epoch-unknown": (403, "This terminal was never enrolled with that epoch"),
    "epoch-revoked": (403, "The device key of this epoch is revoked"),
    "epoch-frozen": (403, "Two chains came with this device key; the terminal needs a new one"),
    "enrolment-code-refused": (403, "The enrolment code is not accepted"),
    "device-key-invalid": (422, "The device key is not a P-256 public key"),
    "device-key-unproven": (403, "The request does not show that its sender holds the device key"),
    "device-key-unvouched": (
        403,
        "The terminal's present device key, or a code made to replace it, must vouch for a new one",
    ),
    "device-key-in-use": (409, "Another terminal uses this device key"),
    "device-key-spent": (409, "This device key was revoked or frozen; a new one is needed"),
    "request-not-signed": (401, "The terminal's device key must sign this request"),
    "request-signature-wrong": (401, "The terminal's device key did not sign this request"),
    "request-signature-stale": (401, "The request was not signed in the last minutes"),
    "signed-by-another": (403, "The request is about another terminal than the one that signed"),
    "ticket-refused": (401, "The attachment's ticket is not accepted"),
    "attachment-unknown": (404, "No transaction of this terminal here names this attachment"),
    "range-invalid": (422, "The range does not fit the attachment or the body"),
    "receipt-of-nothing": (404, "This terminal sent no such complaint"),
    "receipt-unreadable": (422, "The receipt does not open with a key of this API"),
    "attachment-mismatch": (422, "The bytes are not those that the transaction names"),
    # The fleet.
    "administrator-refused": (401, "Only the fleet administrator may do this"),
    # Visits.
    "challenge-unknown": (401, "The challenge is unknown, used or expired"),
    "sign-in-refused": (401, "The card's answer is not accepted"),
    "session-unknown": (401, "The session is unknown or expired"),
    "transaction-unknown": (404, "This terminal sent no such transaction"),
    # Requests.
    "case-unknown": (404, "There is no such request of yours"),
    "move-unknown": (404, "The request's service has no such move"),
    "move-not-open": (409, "This cannot be done with the request now"),
    "move-used-up": (409, "This was done as often as it may be"),
    "move-too-late": (409, "It is too late for this"),
    "move-answers": (422, "An answer of the form is missing or wrong"),
    "slot-needed": (422, "A time must be chosen"),
    "slot-gone": (409, "The time that was chosen is taken"),
    "pin-needed": (403, "The card must sign in anew for this"),
    "client-id-taken": (409, "Another request was made with this id"),
    "fact-unknown": (404, "The central API knows nothing of that name"),
    "fact-parameters": (422, "A parameter of the fact is missing or wrong"),
    # Payment.
    "order-unknown": (404, "There is no such order, attempt or refund"),
    "order-closed": (409, "The order is paid, given up, or its price is out of date"),
    "payment-undecided": (409, "An earlier payment is not known to have failed: do not pay again"),
    "payment-closed": (409, "The payment gateway is closed at this time of day"),
    "not-to-be-had": (409, "Some of what is to be paid for cannot be had any more"),
    "registry-unreachable": (503, "The registry cannot be reached; nothing was charged"),
    "callback-refused": (401, "The gateway did not sign this, or too long ago"),
    # Card issuing.
    "unknown-card": (404, "No card with this serial number is registered"),
    "not-approved": (401, "The cardholder has not been identified for this, or too long ago"),
    "not-eligible": (403, "The card is revoked, has expired, or is another person's"),
    "card-not-authentic": (403, "The card has not shown that it is the registered one"),
    "key-refused": (422, "The key, or the proof that the card has it, is not accepted"),
    "makers-secret": (409, "The card still opens with its maker's PUK or management key"),
    "no-mobile": (409, "The civil registry knows no telephone to send a code to"),
    "code-wrong": (403, "The code is wrong, used or expired"),
    "too-many-codes": (429, "Too many codes were sent for this card; come again later"),
    "issuing-unavailable": (503, "This central API cannot issue for this card"),
    # Items of a batch: the terminal's proof.
    "record-mismatch": (422, "The record is of another terminal or epoch than the batch"),
    "bad-signature": (422, "The device key did not sign this record"),
    "terms-mismatch": (422, "What travels beside the envelope is not what was signed"),
    "notice-invalid": (422, "The notice does not vouch for this record"),
    "envelope-mismatch": (422, "The envelope is not the one that the record names"),
    "chain-broken": (422, "The first record of an epoch must start the chain"),
    "tx-id-taken": (409, "This transaction is already here with another hash"),
    "seq-taken": (409, "This sequence number is already here with another hash"),
    "chain-forked": (409, "The record does not follow the records already here"),
    # Items of a batch: what the central API cannot decide yet.
    "sealing-key-unknown": (503, "The envelope is sealed to a key that is not here"),
    "schema-unknown": (503, "The envelope's schema is newer than this API"),
    "service-unknown": (503, "The service, or this version of it, is not known here yet"),
    "rule-failed": (503, "A rule of the service failed on this application; people look at it"),
    # Items of a batch: the application itself.
    "envelope-unreadable": (422, "The envelope does not open"),
    "application-not-signed": (422, "The envelope does not hold a signed application"),
    "application-signature": (422, "The card's signature is not valid"),
    "certificate-untrusted": (422, "The card's certificate is not trusted"),
    "certificate-not-valid": (422, "The card's certificate was not valid when it signed"),
    "certificate-revoked": (422, "The card's certificate is revoked"),
    "application-not-canonical": (422, "The application is not canonical JSON"),
    "application-malformed": (422, "The application lacks fields or has foreign ones"),
    "application-mismatch": (422, "The application names another transaction or terminal"),
    "applicant-mismatch": (422, "The application is not of the person who signed it"),
    "voided": (422, "The terminal gave this transaction up for good"),
    "service-takes-no-applications": (422, "The service is one that nobody applies for"),
    "answers-invalid": (422, "An answer breaks a rule of the service"),
}
"""Code → (HTTP status, title)."""


class ProblemError(Exception):
    """A request that ends with a problem document."""

    def __init__(
        self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


def place_of(error: BaseException) -> str:
    """File and line where an exception came from: enough to find it, without its message."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return ""
    code = traceback.tb_frame.f_code
    return f"{Path(code.co_filename).name}:{traceback.tb_lineno}"


def problem(code: str, detail: str = "", errors: Sequence[Mistake] = ()) -> Problem:
    """The problem document with this code."""
    status, title = TITLES[code]
    return Problem(
        type=f"tag:manfadh.example,2026:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        errors=list(errors) or UNSET,
    )


def problem_response(
    document: Problem,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> JSONResponse:
    """The HTTP response that carries a problem; ``more`` are extension members (RFC 9457, 3.2)."""
    return JSONResponse(
        document.plain() | dict(more),
        status_code=document.status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def answer_problem(_: Request, error: Exception) -> JSONResponse:
    """Handler of :class:`ProblemError`."""
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this type only
    return problem_response(problem(error.code, error.detail), error.headers, error.more)


def answer_validation_error(_: Request, error: Exception) -> JSONResponse:
    """Handler of FastAPI's validation errors: where and what, never the value."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    detail, mistakes = _describe_validation(error)
    syntax = any(each.code == "json_invalid" for each in mistakes)
    return problem_response(problem("bad-request" if syntax else "invalid", detail, mistakes))


def batch_problem(error: RequestValidationError) -> ProblemError:
    """The problem of a batch that was read but is not one."""
    detail, mistakes = _describe_validation(error)
    return ProblemError("bad-batch", detail, errors=[each.plain() for each in mistakes])


def _describe_validation(error: RequestValidationError) -> tuple[str, list[Mistake]]:
    """One sentence, and the first mistakes."""
    mistakes = [
        Mistake(
            pointer=_pointer(entry),
            code=str(entry["type"]),
            detail=str(entry["msg"]) if entry["type"] != "value_error" else "not accepted",
        )
        for entry in error.errors()[:20]
    ]
    return f"{mistakes[0].pointer}: {mistakes[0].detail}" if mistakes else "", mistakes


def _pointer(entry: Mapping[str, Any]) -> str:
    # A message that terminals share says where in it: `$.items[0].record.seq`.
    inside = re.findall(r"[^.$\[\]]+", entry.get("ctx", {}).get("path", "").strip("`"))
    return "/" + "/".join(str(part)[:64] for part in (*entry["loc"], *inside))


def answer_http_error(request: Request, error: Exception) -> JSONResponse:
    """Handler of Starlette's own errors: no such path, no such method, unreadable body."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem_response(problem("bad-request"))
    title = HTTPStatus(error.status_code).phrase
    document = Problem(title=title, status=error.status_code, code=title.lower().replace(" ", "-"))
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return problem_response(document, headers)


def _methods(request: Request) -> set[str]:
    """Every method of this address: the framework names those of its first route only."""
    return {
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    }


def documented(
    codes: Iterable[str], *, leads_to: Mapping[str, Mapping[str, str]] | None = None
) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route in OpenAPI: one entry per status, naming its codes.

    ``leads_to``: operations that can follow, with their parameters (OpenAPI 3.1, link object).
    """
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(TITLES[code][0], []).append(code)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[int | str, dict[str, Any]] = {
        status: {
            "description": "; ".join(f"`{code}`: {TITLES[code][1]}" for code in names),
            "content": content,
        }
        for status, names in sorted(by_status.items())
    }
    if leads_to:
        links = {
            operation: {"operationId": operation, "parameters": dict(parameters)}
            for operation, parameters in leads_to.items()
        }
        responses[HTTPStatus.OK] = {"description": "Successful Response", "links": links}
    responses["default"] = {"description": "Any other problem", "content": content}
    return responses
