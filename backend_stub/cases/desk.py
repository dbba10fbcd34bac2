"""What an officer does with cases: find one, read it, move it. The console is built on this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from backend_stub.cases.events import EventKind
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.moves import (
    Moved,
    MoveRefused,
    MoveRequest,
    case_of,
    make_move,
    open_moves,
    standing_of,
)
from backend_stub.cases.offices import Office
from backend_stub.cases.slots import Slot, free_slots
from backend_stub.cases.tables import CaseEvent, CaseFile, SlotLoad
from kiosk.services.answers import describe_answer
from kiosk.services.case_definition import Actor, Move, Slot as SlotUse, State
from kiosk.services.definition import FieldDefinition, ServiceDefinition
from kiosk.services.fields import Situation
from kiosk.services.languages import LANGUAGES
from kiosk.services.oman_time import MUSCAT
from kiosk.services.texts import Text

__all__ = [
    "MoveRefused",
    "MoveRequest",
    "Moved",
    "add_note",
    "case_view",
    "hearings_between",
    "make_move",
    "moves_for",
    "search",
    "slots_for",
    "timeline",
]

_FOR_A_MOVE = 60


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A line of a list of cases."""

    number: str
    service: ServiceDefinition
    state: State
    civil_number: str = field(repr=False)
    office: Office
    opened_at: datetime
    slot_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One answer of the application, in words."""

    definition: FieldDefinition
    text: Text = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case."""

    summary: CaseSummary
    answers: tuple[CaseAnswer, ...] = field(repr=False)
    papers: tuple[Mapping[str, Any], ...]
    transaction_id: str | None
    language: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a case."""

    at: datetime
    kind: EventKind
    text: Text | None
    """What it meant, in the definition's words; ``None``: the data says it."""
    actor: Actor
    who: str | None = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlotUseOfDay:
    """One time of a calendar in one office: how many appointments, and whose."""

    starts_at: datetime
    taken: int
    capacity: int
    numbers: tuple[str, ...]


def search(
    session: Session,
    house: CaseHouse,
    *,
    office: str | None = None,
    service: str | None = None,
    state: str | None = None,
    words: str = "",
    open_only: bool = False,
    due_before: datetime | None = None,
    offset: int = 0,
    limit: int = 50,
) -> list[CaseSummary]:
    """Cases, those with the nearest due day first; ``words``: a number, or a civil number."""
    query: Select[CaseFile] = select(CaseFile)
    for column, value in (
        (CaseFile.office, office),
        (CaseFile.service, service),
        (CaseFile.state, state),
    ):
        if value:
            query = query.where(column == value)
    words = words.strip()
    if words:
        query = query.where(or_(CaseFile.number == words.upper(), CaseFile.civil_number == words))
    if open_only:
        query = query.where(_is_open(session, house))
    if due_before is not None:
        query = query.where(CaseFile.due_at < due_before)
    query = query.order_by(
        CaseFile.due_at.is_(None), CaseFile.due_at, CaseFile.opened_at, CaseFile.number
    )
    rows = session.scalars(query.offset(offset).limit(limit)).all()
    return [_summary(session, house, row) for row in rows]


def case_view(session: Session, house: CaseHouse, number: str) -> CaseView:
    """A case with its answers in words. ``LookupError`` when there is none."""
    row = _row(session, number)
    service = house.definitions.of_case(session, row.definition_sha256)
    situation = Situation(row.opened_at.astimezone(MUSCAT).date(), house.places, row.answers)
    answers = tuple(
        CaseAnswer(
            definition,
            Text(
                **{
                    language: describe_answer(
                        definition, row.answers[definition.id], language, situation
                    )
                    for language in LANGUAGES
                }
            ),
        )
        for definition in service.fields
        if definition.id in row.answers
    )
    return CaseView(
        _summary(session, house, row),
        answers,
        tuple(row.papers or ()),
        row.transaction_id,
        row.language,
    )


def moves_for(session: Session, house: CaseHouse, number: str, at: datetime) -> list[Move]:
    """What an officer may do with a case now. ``LookupError`` when there is no such case."""
    row = _row(session, number)
    case = case_of(house.definitions.of_case(session, row.definition_sha256))
    return open_moves(case, standing_of(session, row), Actor.OFFICER, at)


def slots_for(
    session: Session, house: CaseHouse, number: str, move: Move, at: datetime
) -> list[Slot]:
    """The free times to choose from for a move that takes one; none for one that does not."""
    row = _row(session, number)
    case = case_of(house.definitions.of_case(session, row.definition_sha256))
    if case.slot is None or move.slot not in (SlotUse.BOOK, SlotUse.CHANGE):
        return []
    calendar = house.calendars.calendar(case.slot.calendar)
    return free_slots(session, calendar, [row.office], at, _FOR_A_MOVE)


def timeline(session: Session, house: CaseHouse, number: str) -> list[TimelineEntry]:
    """All that happened to a case, oldest first. ``LookupError`` when there is no such case."""
    row = _row(session, number)
    case = case_of(house.definitions.of_case(session, row.definition_sha256))
    events = session.scalars(
        select(CaseEvent).where(CaseEvent.number == number).order_by(CaseEvent.id)
    )
    entries = []
    for event in events:
        text: Text | None = None
        if event.to_state is not None:
            text = case.state(event.to_state).text
        if event.move is not None:
            done = case.move(event.move).done
            text = done if done is not None else text
        entries.append(
            TimelineEntry(
                event.at,
                EventKind(event.kind),
                text,
                Actor(event.actor),
                event.who,
                event.data or {},
            )
        )
    return entries


def add_note(session: Session, number: str, who: str, words: str, at: datetime) -> None:
    """An officer's remark about a case; the citizen does not see it."""
    _row(session, number)
    session.add(
        CaseEvent(
            number=number,
            at=at,
            kind=EventKind.NOTE.value,
            actor=Actor.OFFICER.value,
            who=who,
            data={"words": words},
        )
    )


def hearings_between(
    session: Session, house: CaseHouse, calendar_id: str, office: str, first: datetime, days: int
) -> list[SlotUseOfDay]:
    """The calendar of one office for some days: load and cases of every time that is taken."""
    calendar = house.calendars.calendar(calendar_id)
    last = first + timedelta(days=days)
    services = {
        service
        for service, versions in house.definitions.services().items()
        for named in versions
        if named.definition.case is not None
        and named.definition.case.slot is not None
        and named.definition.case.slot.calendar == calendar_id
    }
    numbers: dict[datetime, list[str]] = {}
    for number, slot_at in session.execute(
        select(CaseFile.number, CaseFile.slot_at)
        .where(
            CaseFile.office == office,
            CaseFile.service.in_(services),
            CaseFile.slot_at >= first,
            CaseFile.slot_at < last,
        )
        .order_by(CaseFile.slot_at, CaseFile.number)
    ):
        if slot_at is not None:
            numbers.setdefault(slot_at, []).append(number)
    loads = session.execute(
        select(SlotLoad.starts_at, SlotLoad.taken)
        .where(
            SlotLoad.calendar == calendar_id,
            SlotLoad.office == office,
            SlotLoad.starts_at >= first,
            SlotLoad.starts_at < last,
            SlotLoad.taken > 0,
        )
        .order_by(SlotLoad.starts_at)
    )
    capacity = calendar.capacity.get(office, 0)
    return [
        SlotUseOfDay(starts_at, taken, capacity, tuple(numbers.get(starts_at, ())))
        for starts_at, taken in loads
    ]


def count_by_state(session: Session, office: str | None = None) -> dict[tuple[str, str], int]:
    """By service and state, how many cases an office has, or all offices together."""
    query = select(CaseFile.service, CaseFile.state, func.count()).group_by(
        CaseFile.service, CaseFile.state
    )
    if office is not None:
        query = query.where(CaseFile.office == office)
    return {(service, state): count for service, state, count in session.execute(query)}


def _row(session: Session, number: str) -> CaseFile:
    row = session.get(CaseFile, number)
    if row is None:
        raise LookupError(number)
    return row


def _summary(session: Session, house: CaseHouse, row: CaseFile) -> CaseSummary:
    service = house.definitions.of_case(session, row.definition_sha256)
    return CaseSummary(
        row.number,
        service,
        case_of(service).state(row.state),
        row.civil_number,
        house.offices.office(row.office),
        row.opened_at,
        row.slot_at,
        row.due_at,
    )


def _is_open(session: Session, house: CaseHouse) -> Any:
    """A condition on cases: their definition does not call their state final."""
    house.definitions.refresh(session)
    ends = [
        (CaseFile.definition_sha256 == named.sha256) & CaseFile.state.in_(_final(named.definition))
        for versions in house.definitions.services().values()
        for named in versions
        if named.definition.case is not None
    ]
    return ~or_(*ends)


def _final(service: ServiceDefinition) -> list[str]:
    return [state.id for state in case_of(service).states if state.final]
