"""For a visit, and for the web with number and code: the own requests and what may be done.

The terminal signs what it asks during a visit; the token of a code needs no signature.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request as HttpRequest, Response
from pydantic import StringConstraints

from backend_stub.cases.hooks import Asking
from backend_stub.cases.moves import MoveRefused, MoveRequest, make_move
from backend_stub.cases.request_codes import number_of_token, open_session, send_code
from backend_stub.cases.requests import as_free, own_requests, request_of, slots_of, words
from backend_stub.cases.tables import CaseFile
from backend_stub.fleet.signer import Signer
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError, documented
from backend_stub.http.routes import (
    SIGNED,
    AddressDependency,
    CentralDependency,
    Credentials,
    PerhapsSignerDependency,
    SignerDependency,
    visit_bearer,
)
from backend_stub.people.signin import visit_of_token
from kiosk.contract.cases import (
    CASE_NUMBER,
    NAME,
    FactAnswer,
    FactChip,
    FactRow,
    FreeSlots,
    MoveOrder,
    Request,
    RequestCode,
    RequestCodeEntered,
    RequestList,
    RequestSession,
)
from kiosk.services.case_definition import Actor
from kiosk.services.facts import Fact

_FRESH: Final = timedelta(minutes=2)
"""So long after the PIN a move may be made that asks for it."""
_NOT_STORED: Final = {"Cache-Control": "no-store"}

router = APIRouter(tags=["requests"])

VisitCredentials = Annotated[Credentials, Depends(visit_bearer)]
Number = Annotated[str, Path(pattern=CASE_NUMBER + "$")]
MoveId = Annotated[str, StringConstraints(pattern=NAME + "$")]
_REFUSALS: Final = [
    *("case-unknown", "move-unknown", "move-not-open", "move-used-up", "move-too-late"),
    *("move-answers", "slot-needed", "slot-gone", "pin-needed", "client-id-taken"),
]


@router.get("/requests", responses=documented([*SIGNED, "session-unknown", "busy"]))
def get_requests(
    central: CentralDependency,
    signer: SignerDependency,
    credentials: VisitCredentials,
    response: Response,
) -> RequestList:
    """The requests of the person who signed in, the newest first, at most 100."""
    response.headers.update(_NOT_STORED)
    visit = visit_of_token(central, signer.kiosk, _token(credentials))
    with central.database.read() as session:
        requests = own_requests(session, central.cases, visit.civil_number, central.clock())
    return RequestList(requests=requests)


@router.get(
    "/requests/{number}",
    responses=documented([*SIGNED, "session-unknown", "case-unknown", "invalid", "busy"]),
)
def get_request(
    number: Number,
    central: CentralDependency,
    signer: PerhapsSignerDependency,
    credentials: VisitCredentials,
    response: Response,
) -> Request:
    """One of them: for the person who signed in, or with the token of a code."""
    response.headers.update(_NOT_STORED)
    owner, _ = _whose(central, signer, credentials, number)
    with central.database.read() as session:
        row = _own(session.get(CaseFile, number), owner)
        return request_of(session, central.cases, row, central.clock())


@router.get(
    "/requests/{number}/slots",
    responses=documented(
        [*SIGNED, "session-unknown", "case-unknown", "move-unknown", "invalid", "busy"]
    ),
)
def get_slots(
    number: Number,
    central: CentralDependency,
    signer: PerhapsSignerDependency,
    credentials: VisitCredentials,
    move: Annotated[MoveId, Query()],
    response: Response,
) -> FreeSlots:
    """The times that may be chosen with a move of this request."""
    response.headers.update(_NOT_STORED)
    owner, _ = _whose(central, signer, credentials, number)
    with central.database.read() as session:
        row = _own(session.get(CaseFile, number), owner)
        try:
            return slots_of(session, central.cases, row, move, central.clock())
        except LookupError as error:
            raise ProblemError("move-unknown") from error


@router.post(
    "/requests/{number}/moves/{move}",
    responses=documented([*SIGNED, "session-unknown", "invalid", "busy", *_REFUSALS]),
)
def post_move(
    number: Number,
    move: Annotated[MoveId, Path()],
    order: Annotated[MoveOrder, Body()],
    central: CentralDependency,
    signer: PerhapsSignerDependency,
    credentials: VisitCredentials,
    response: Response,
) -> Request:
    """Do something with the request; the same `client_id` again does nothing more.

    `slot-gone` carries `slots`, the nearest free times; `move-answers` the questions' problems.
    """
    response.headers.update(_NOT_STORED)
    owner, fresh = _whose(central, signer, credentials, number)
    now = central.clock()
    with central.database.write() as session:
        row = _own(session.get(CaseFile, number), owner)
        service = central.cases.definitions.of_case(session, row.definition_sha256)
        known = {each.id: each for each in (service.case.moves if service.case else ())}
        if move in known and known[move].pin and not fresh:
            raise ProblemError("pin-needed")
        try:
            make_move(
                session,
                central.cases,
                MoveRequest(
                    number=number,
                    move=move,
                    actor=Actor.CITIZEN,
                    who=row.civil_number,
                    client_id=order.client_id,
                    answers=order.answers,
                    slot=order.slot,
                ),
                now,
            )
        except MoveRefused as refused:
            raise _problem(central, refused) from refused
        session.refresh(row)
        return request_of(session, central.cases, row, now)


@router.post(
    "/requests/{number}/codes",
    status_code=204,
    responses=documented(["invalid", "too-many-requests", "busy"]),
)
def post_code(
    number: Number,
    wanted: Annotated[RequestCode, Body()],
    central: CentralDependency,
    address: AddressDependency,
) -> None:
    """Ask for a code on the telephone of the request; the answer is the same whether it fits."""
    central.limits.enrolments.charge(address)
    send_code(central, number, wanted.mobile)


@router.post(
    "/requests/{number}/sessions",
    responses=documented(["code-wrong", "invalid", "too-many-requests", "busy"]),
)
def post_session(
    number: Number,
    entered: Annotated[RequestCodeEntered, Body()],
    central: CentralDependency,
    address: AddressDependency,
    response: Response,
) -> RequestSession:
    """A token for this one request, for 15 minutes; a code is good for five tries."""
    response.headers.update(_NOT_STORED)
    central.limits.enrolments.charge(address)
    return open_session(central, number, entered.code)


@router.get(
    "/facts/{source}",
    responses=documented(
        [*SIGNED, "session-unknown", "fact-unknown", "fact-parameters", "invalid", "busy"]
    ),
)
def get_fact(
    source: Annotated[MoveId, Path()],
    request: HttpRequest,
    central: CentralDependency,
    signer: SignerDependency,
    credentials: VisitCredentials,
    response: Response,
) -> FactAnswer:
    """What the central API knows for the person who signed in; parameters by the source's names."""
    response.headers.update(_NOT_STORED)
    visit = visit_of_token(central, signer.kiosk, _token(credentials))
    ask = central.cases.hooks.fact(source)
    if ask is None:
        raise ProblemError("fact-unknown")
    asking = Asking(central.cases, visit.civil_number, central.clock())
    with central.database.read() as session:
        try:
            return _told(source, ask(session, asking, dict(request.query_params)))
        except LookupError as error:
            raise ProblemError("fact-parameters") from error


def _whose(
    central: Central, signer: Signer | None, credentials: Credentials, number: str
) -> tuple[str | Literal[True], bool]:
    """The civil number of who signed in, ``True`` for the bearer of this request's own token;
    and whether the card's PIN was entered just now.
    """
    token = _token(credentials)
    try:
        # The token of a visit is good at its terminal only.
        visit = visit_of_token(central, signer.kiosk if signer else "", token)
    except ProblemError:
        if number_of_token(central, token) != number:
            raise
        return True, False
    return visit.civil_number, central.clock() - visit.signed_in_at <= _FRESH


def _own(row: CaseFile | None, owner: str | Literal[True]) -> CaseFile:
    """The request, if it is of who asks; of another's it is not even told that it exists."""
    if row is None or (owner is not True and row.civil_number != owner):
        raise ProblemError("case-unknown")
    return row


def _problem(central: Central, refused: MoveRefused) -> ProblemError:
    more: dict[str, Any] = {}
    if refused.problems:
        more["errors"] = [
            {"field": name, "code": code} for name, code in sorted(refused.problems.items())
        ]
    if refused.code == "slot-gone":
        more["slots"] = [slot.plain() for slot in as_free(central.cases, refused.others)]
    return ProblemError(refused.code, **more)


def _told(source: str, fact: Fact) -> FactAnswer:
    return FactAnswer(
        id=source,
        as_of=fact.as_of,
        values=fact.values,
        rows=[
            FactRow(
                id=row.id,
                title=words(row.title),
                lines=[words(line) for line in row.lines],
                chips=[FactChip(text=words(chip.text), tone=chip.tone) for chip in row.chips],
                amount_baisa=row.amount_baisa,
                blocked=None if row.blocked is None else words(row.blocked),
                group=row.group,
                values=row.values,
            )
            for row in fact.rows
        ],
        groups={name: words(text) for name, text in fact.groups.items()},
    )


def _token(credentials: Credentials) -> str:
    return credentials.credentials if credentials else ""
