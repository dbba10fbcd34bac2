"""Moving a case: only what its definition allows, with all that follows from it.

State, appointment, notices and tasks change together in one transaction, with the event that says
who did it. Nothing is edited: a wrong move is corrected by another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend_stub.cases import slots, tasks, timing
from backend_stub.cases.asking import read_answers
from backend_stub.cases.events import EventKind
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.notices import Subject, rows_of
from backend_stub.cases.slots import Slot
from backend_stub.cases.tables import CaseEvent, CaseFile
from backend_stub.ground.tables import Notification
from kiosk.services.case_definition import Actor, CaseDefinition, Move, Slot as SlotUse
from kiosk.services.conditions import holds
from kiosk.services.definition import ServiceDefinition
from kiosk.services.oman_time import MUSCAT


class MoveRefused(Exception):
    """A move is not made; ``code`` is one of :mod:`backend_stub.ground.problems`."""

    def __init__(
        self,
        code: str,
        *,
        problems: Mapping[str, str] | None = None,
        others: Sequence[Slot] = (),
    ) -> None:
        super().__init__(code)
        self.code = code
        self.problems = dict(problems or {})
        """By question of the move's form, what is wrong with the answer."""
        self.others = tuple(others)
        """Free slots that are nearest to the one that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """Somebody wants to move a case."""

    number: str
    move: str
    actor: Actor
    who: str | None = field(default=None, repr=False)
    """The officer's account, or the civil number; nobody for the system."""
    client_id: str | None = None
    """Given by who asks, so that asking again does nothing."""
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    slot: str | None = None
    """Id of the chosen slot."""
    why: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move."""

    number: str
    state: str
    slot_at: datetime | None
    event: int
    again: bool = False
    """It had been made already, by the same request."""


def make_move(session: Session, house: CaseHouse, request: MoveRequest, at: datetime) -> Moved:
    """Move a case. Raises :class:`MoveRefused`; then nothing is changed.

    Codes: ``case-unknown``, ``move-unknown``, ``move-not-open``, ``move-used-up``,
    ``move-too-late``, ``move-answers``, ``slot-gone``, ``slot-needed``.
    """
    with session.begin_nested():
        return _make(session, house, request, at)


def _make(session: Session, house: CaseHouse, request: MoveRequest, at: datetime) -> Moved:
    # The lock lets one move of a case in at a time.
    row = session.get(CaseFile, request.number, with_for_update=True)
    if row is None:
        raise MoveRefused("case-unknown")
    if request.client_id is not None:
        made = session.scalar(
            select(CaseEvent).where(
                CaseEvent.number == row.number, CaseEvent.client_id == request.client_id
            )
        )
        if made is not None:
            return _again(row, made, request)
    service = house.definitions.of_case(session, row.definition_sha256)
    case = case_of(service)
    move = _open_move(case, row, request)
    standing = standing_of(session, row)
    _check_limits(case, move, standing, request.actor, at)
    today = at.astimezone(MUSCAT).date()
    answers, problems = read_answers(move, request.answers, house.places, today)
    if problems:
        raise MoveRefused("move-answers", problems=problems)
    slot_before = row.slot_at
    row.slot_at = _slot_after(session, house, case, move, row, request, at)
    room = house.hooks.on_move(service.id)
    if room is not None:
        room(session, row, move.id, answers, at)
    event = CaseEvent(
        number=row.number,
        at=at,
        kind=EventKind.MOVED.value,
        move=move.id,
        from_state=row.state,
        to_state=move.to,
        actor=request.actor.value,
        who=request.who,
        client_id=request.client_id,
        data=_data(answers, request.why, slot_before, row.slot_at),
    )
    session.add(event)
    row.state = move.to
    row.entered_at = at
    notices = rows_of(subject_of(house, service, row), move.notices, at)
    if notices:
        session.connection().execute(insert(Notification), notices)
    session.flush()
    tasks.reschedule(session, service, case, row.number, standing_of(session, row), at)
    return Moved(row.number, row.state, row.slot_at, event.id)


def open_moves(
    case: CaseDefinition, standing: timing.Standing, actor: Actor, at: datetime
) -> list[Move]:
    """What somebody may do with a case now."""
    return [
        move
        for move in case.moves_from(standing.state, actor)
        if _why_not(move, standing, actor, at) is None
    ]


def case_of(service: ServiceDefinition) -> CaseDefinition:
    """What the definition says about the service's cases."""
    if service.case is None:
        raise ValueError(f"{service.id} opens no cases")
    return service.case


def standing_of(session: Session, row: CaseFile) -> timing.Standing:
    """Where a case stands, with how often each move was made."""
    made: dict[str, int] = {
        move: count
        for move, count in session.execute(
            select(CaseEvent.move, func.count())
            .where(CaseEvent.number == row.number, CaseEvent.move.is_not(None))
            .group_by(CaseEvent.move)
        )
        if move is not None
    }
    return timing.Standing(
        row.state, row.opened_at, row.entered_at, row.slot_at, row.due_at, row.answers, made
    )


def subject_of(house: CaseHouse, service: ServiceDefinition, row: CaseFile) -> Subject:
    """The case as its notices speak of it."""
    return Subject(
        service,
        row.number,
        row.state,
        house.offices.office(row.office),
        row.slot_at,
        row.due_at,
        row.language,
        row.answers,
        house.link,
    )


def _again(row: CaseFile, made: CaseEvent, request: MoveRequest) -> Moved:
    if made.move != request.move:
        raise MoveRefused("client-id-taken")
    return Moved(row.number, row.state, row.slot_at, made.id, again=True)


def _open_move(case: CaseDefinition, row: CaseFile, request: MoveRequest) -> Move:
    try:
        move = case.move(request.move)
    except KeyError as error:
        raise MoveRefused("move-unknown") from error
    if request.actor not in move.by or row.state not in move.from_:
        raise MoveRefused("move-not-open")
    return move


def _check_limits(
    case: CaseDefinition, move: Move, standing: timing.Standing, actor: Actor, at: datetime
) -> None:
    reason = _why_not(move, standing, actor, at)
    if reason is not None:
        raise MoveRefused(reason)
    if case.state(standing.state).final:
        raise MoveRefused("move-not-open")


def _why_not(move: Move, standing: timing.Standing, actor: Actor, at: datetime) -> str | None:
    if not holds(move.when, standing.answers, {}):
        return "move-not-open"
    if timing.exhausted(move, standing):
        return "move-used-up"
    if move.before_slot is not None and actor is Actor.CITIZEN and standing.slot_at is not None:
        left = standing.slot_at.astimezone(MUSCAT).date() - at.astimezone(MUSCAT).date()
        if left.days < move.before_slot:
            return "move-too-late"
    return None


def _slot_after(
    session: Session,
    house: CaseHouse,
    case: CaseDefinition,
    move: Move,
    row: CaseFile,
    request: MoveRequest,
    at: datetime,
) -> datetime | None:
    """The appointment after the move; taken and given back on the way."""
    if case.slot is None or move.slot is SlotUse.KEEP:
        return row.slot_at
    calendar = house.calendars.calendar(case.slot.calendar)
    if move.slot is SlotUse.FREE:
        if row.slot_at is not None:
            slots.give_back(session, calendar.id, Slot(row.slot_at, row.office))
        return None
    if move.slot is SlotUse.CHANGE and request.actor is Actor.CITIZEN and request.slot is None:
        raise MoveRefused("slot-needed")
    if request.slot is None:
        [taken] = slots.book_next(session, calendar, [row.office], at)
        if taken is None:
            raise MoveRefused("slot-gone")
    else:
        taken = _take_chosen(session, house, case, row, request.slot, at)
    if row.slot_at is not None:
        slots.give_back(session, calendar.id, Slot(row.slot_at, row.office))
    return taken


def _take_chosen(
    session: Session,
    house: CaseHouse,
    case: CaseDefinition,
    row: CaseFile,
    slot_id: str,
    at: datetime,
) -> datetime:
    assert case.slot is not None  # noqa: S101 - the caller saw to it
    calendar = house.calendars.calendar(case.slot.calendar)
    try:
        chosen = Slot.parse(slot_id)
    except ValueError as error:
        raise MoveRefused("slot-gone") from error
    if chosen.office != row.office or not slots.take(session, calendar, chosen, at):
        wanted = Slot(chosen.starts_at, row.office)
        raise MoveRefused("slot-gone", others=slots.nearest(session, calendar, wanted, at))
    return chosen.starts_at


def _data(
    answers: Mapping[str, Any], why: str | None, before: datetime | None, after: datetime | None
) -> dict[str, Any] | None:
    data: dict[str, Any] = {}
    if answers:
        data["answers"] = dict(answers)
    if why:
        data["why"] = why
    if before != after:
        data["slot_before"] = None if before is None else before.isoformat()
        data["slot_at"] = None if after is None else after.isoformat()
    return data or None
