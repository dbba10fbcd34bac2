"""Opening cases: number, office, appointment, notices, tasks; all of a batch together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend_stub.cases import slots, timing
from backend_stub.cases.calendars import Calendar
from backend_stub.cases.events import EventKind
from backend_stub.cases.hooks import NewCase
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.notices import Subject, rows_of
from backend_stub.cases.numbers import next_numbers
from backend_stub.cases.offices import Office
from backend_stub.cases.slots import Load, Slot
from backend_stub.cases.tables import CaseEvent, CaseFile, CaseTask
from backend_stub.cases.tasks import rows_for
from backend_stub.ground.tables import Notification
from kiosk.services.case_definition import Actor, CaseDefinition
from kiosk.services.definition import ServiceDefinition

_INSERT_CASES: Final = insert(CaseFile)
_INSERT_EVENTS: Final = insert(CaseEvent)
_INSERT_TASKS: Final = insert(CaseTask)
_INSERT_NOTICES: Final = insert(Notification)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it was opened: what the terminal is told."""

    number: str
    service: ServiceDefinition
    state: str
    office: Office
    slot_at: datetime | None
    due_at: datetime | None


def open_cases(
    session: Session, house: CaseHouse, new: Sequence[NewCase], at: datetime
) -> list[Opened]:
    """Open cases, in order. All or nothing with ``session``.

    The counters stay locked until the commit, so this comes late in a transaction.
    """
    if not new:
        return []
    services = [house.definitions.of_case(session, each.definition_sha256) for each in new]
    cases = [_case_of(service) for service in services]
    offices, slots_at = _placed(session, house, list(zip(new, cases, strict=True)), at)
    numbers = next_numbers(session, [case.prefix for case in cases], at)
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []
    opened: list[Opened] = []
    for each, service, case, number, office, slot_at in zip(
        new, services, cases, numbers, offices, slots_at, strict=True
    ):
        due_at = timing.due(service, at)
        rows.append(
            {
                "number": number,
                "transaction_id": each.transaction_id,
                "service": service.id,
                "version": service.version,
                "definition_sha256": each.definition_sha256,
                "civil_number": each.civil_number,
                "language": each.language,
                "answers": dict(each.answers),
                "papers": [dict(paper) for paper in each.papers],
                "state": case.start,
                "opened_at": at,
                "entered_at": at,
                "office": office.id,
                "slot_at": slot_at,
                "due_at": due_at,
            }
        )
        events.append(_opened_event(number, case.start, slot_at, each, at))
        standing = timing.Standing(case.start, at, at, slot_at, due_at, each.answers, {})
        due = timing.wanted(service, case, standing)
        if each.relied_on_facts:
            due.add(timing.Wanted(at, timing.TaskKind.FACTS, ""))
        tasks += rows_for(number, due, at)
        subject = Subject(
            service,
            number,
            case.start,
            office,
            slot_at,
            due_at,
            each.language,
            each.answers,
            house.link,
        )
        notices += rows_of(subject, case.on_registration, at)
        opened.append(Opened(number, service, case.start, office, slot_at, due_at))
    # The connection, not the session: the ORM would keep books on rows that nobody looks at again.
    connection = session.connection()
    for statement, values in (
        (_INSERT_CASES, rows),
        (_INSERT_EVENTS, events),
        (_INSERT_TASKS, tasks),
        (_INSERT_NOTICES, notices),
    ):
        if values:
            connection.execute(statement, values)
    for each, one in zip(new, opened, strict=True):
        accept = house.hooks.on_accept(one.service.id)
        if accept is not None:
            accept(session, each, one.number, at)
    return opened


def _case_of(service: ServiceDefinition) -> CaseDefinition:
    if service.case is None:
        raise ValueError(f"{service.id} opens no cases")
    return service.case


def _opened_event(
    number: str, state: str, slot_at: datetime | None, new: NewCase, at: datetime
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if slot_at is not None:
        data["slot_at"] = slot_at.isoformat()
    return {
        "number": number,
        "at": at,
        "kind": EventKind.OPENED.value,
        "to_state": state,
        "actor": (Actor.SYSTEM if new.transaction_id is None else Actor.CITIZEN).value,
        "data": data or None,
    }


def _placed(
    session: Session,
    house: CaseHouse,
    new: Sequence[tuple[NewCase, CaseDefinition]],
    at: datetime,
) -> tuple[list[Office], list[datetime | None]]:
    """Who has each case, and when its appointment is."""
    offices: list[Office | None] = [None] * len(new)
    slots_at: list[datetime | None] = [None] * len(new)
    next_free: dict[str, list[int]] = defaultdict(list)
    loads: dict[str, dict[str, Load]] = {}
    for place, (each, case) in enumerate(new):
        calendar = None if case.slot is None else house.calendars.calendar(case.slot.calendar)
        chosen = _chosen(each, case)
        if chosen is not None and calendar is not None:
            offices[place] = house.offices.office(chosen.office)
            slots_at[place] = _take_chosen(session, calendar, chosen, at)
            continue
        offices[place] = _office(session, house, each, case, calendar, loads, at)
        if case.slot is not None and case.slot.on_registration:
            next_free[case.slot.calendar].append(place)
    for calendar_id in sorted(next_free):
        places = next_free[calendar_id]
        wanted = [office.id for office in (offices[place] for place in places) if office]
        booked = slots.book_next(session, house.calendars.calendar(calendar_id), wanted, at)
        for place, start in zip(places, booked, strict=True):
            slots_at[place] = start
    return [office for office in offices if office is not None], slots_at


def _chosen(new: NewCase, case: CaseDefinition) -> Slot | None:
    if case.slot is None or not case.slot.chosen_by:
        return None
    answer = new.answers.get(case.slot.chosen_by)
    return None if answer is None else Slot.parse(answer)


def _take_chosen(
    session: Session, calendar: Calendar, chosen: Slot, at: datetime
) -> datetime | None:
    """The chosen slot, or the nearest that is free: what was signed is not refused for it."""
    if slots.take(session, calendar, chosen, at):
        return chosen.starts_at
    for other in slots.nearest(session, calendar, chosen, at):
        if slots.take(session, calendar, other, at):
            return other.starts_at
    return None


def _office(
    session: Session,
    house: CaseHouse,
    new: NewCase,
    case: CaseDefinition,
    calendar: Calendar | None,
    loads: dict[str, dict[str, Load]],
    at: datetime,
) -> Office:
    rule = case.office
    if rule.id:
        return house.offices.office(rule.id)
    if rule.of_place:
        return house.offices.of_place(new.answers[rule.of_place])
    key = "" if calendar is None else calendar.id
    if key not in loads:
        loads[key] = (
            _open_cases(session, house) if calendar is None else slots.loads(session, calendar, at)
        )
    by_office = loads[key]
    least = min(sorted(by_office), key=lambda office: by_office[office].share)
    # The next one of the same batch sees it.
    by_office[least].taken += 1
    return house.offices.office(least)


def _open_cases(session: Session, house: CaseHouse) -> dict[str, Load]:
    """By office: how many cases it was given, beside those of all."""
    counted: dict[str, int] = {
        office: count
        for office, count in session.execute(
            select(CaseFile.office, func.count()).group_by(CaseFile.office)
        )
    }
    everywhere = max(1, sum(counted.values()))
    return {office: Load(counted.get(office, 0), everywhere) for office in house.offices.by_id}
