"""When something is due with a case, from its definition and where it stands; nothing is read here.

Days are days in Muscat. What depends on an appointment or on the day by which the case must be
done is computed anew after every move, so a changed date moves its reminders with it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from kiosk.services.case_definition import CaseDefinition, Move, Reminder
from kiosk.services.conditions import holds
from kiosk.services.definition import ServiceDefinition
from kiosk.services.oman_time import MUSCAT

REMINDED_AT: Final = time(9, 0)
"""Reminders are sent in the morning, in Muscat (assumed)."""


class TaskKind(enum.StrEnum):
    """What a task does."""

    MOVE = "move"
    """A move of the system: a deadline has passed, a state has lasted, an appointment is over."""
    REMIND = "remind"
    FACTS = "facts"
    """What the application relied on is compared with what the registries say now."""
    CHECK = "check"
    """The tasks of a case are written anew: it comes from an older schema."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, as far as its times depend on it."""

    state: str
    opened_at: datetime
    entered_at: datetime
    slot_at: datetime | None
    due_at: datetime | None
    answers: Mapping[str, Any]
    made: Mapping[str, int]
    """How often each move was made."""


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """Something that must happen by itself."""

    at: datetime
    kind: TaskKind
    ref: str
    """Id of the move or of the notice."""


def deadline(service: ServiceDefinition, deadline_id: str, opened_at: datetime) -> datetime:
    """The moment at which a deadline is over: the end of its last day in Muscat, in UTC.

    ``LookupError`` when the service has no such deadline.
    """
    day = opened_at.astimezone(MUSCAT).date()
    last = day + timedelta(days=service.deadline_days(deadline_id, day))
    return _midnight_after(last)


def due(service: ServiceDefinition, opened_at: datetime) -> datetime | None:
    """By when a case must be done, if its definition says so."""
    case = service.case
    return deadline(service, case.due, opened_at) if case is not None and case.due else None


def wanted(service: ServiceDefinition, case: CaseDefinition, standing: Standing) -> set[Wanted]:
    """All that must happen by itself if nobody moves the case before, past moments included."""
    found = set()
    for move in case.moves:
        at = _moves_by_itself(service, move, standing)
        if at is not None:
            found.add(Wanted(at, TaskKind.MOVE, move.id))
    for reminder in case.reminders:
        base = reminded_of(reminder, standing)
        if base is not None:
            found |= {
                Wanted(_morning_before(base, days), TaskKind.REMIND, reminder.notice)
                for days in reminder.days
            }
    return found


def still_ahead(case: CaseDefinition, standing: Standing, notice: str, now: datetime) -> bool:
    """Whether that which a reminder is about has not happened yet."""
    bases = [reminded_of(each, standing) for each in case.reminders if each.notice == notice]
    return any(base is not None and now < base for base in bases)


def reminded_of(reminder: Reminder, standing: Standing) -> datetime | None:
    """The moment that a reminder is about, if the case is in one of its states and has one."""
    if standing.state not in reminder.states:
        return None
    return standing.slot_at if reminder.before == "slot" else standing.due_at


def exhausted(move: Move, standing: Standing) -> bool:
    """Whether a move was made as often as it may be."""
    return move.at_most is not None and standing.made.get(move.id, 0) >= move.at_most


def last_moment(due_at: datetime) -> datetime:
    """The last second before a deadline is over: its day is the last day."""
    return due_at - timedelta(seconds=1)


def _moves_by_itself(service: ServiceDefinition, move: Move, standing: Standing) -> datetime | None:
    if standing.state not in move.from_ or exhausted(move, standing):
        return None
    if not holds(move.when, standing.answers, {}):
        return None
    if move.after_deadline:
        at = deadline(service, move.after_deadline, standing.opened_at)
    elif move.after_days is not None:
        return standing.entered_at + timedelta(days=move.after_days)
    elif move.after_slot and standing.slot_at is not None:
        at = _midnight_after(standing.slot_at.astimezone(MUSCAT).date())
    else:
        return None
    # What was over before the case came here is done once: else two such moves would never end.
    return None if at <= standing.entered_at and standing.made.get(move.id) else at


def _morning_before(base: datetime, days: int) -> datetime:
    # The end of a day is the first moment of the next: one second earlier is the day meant.
    day = (base - timedelta(seconds=1)).astimezone(MUSCAT).date() - timedelta(days=days)
    return datetime.combine(day, REMINDED_AT, MUSCAT).astimezone(UTC)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), MUSCAT).astimezone(UTC)
