"""Slots of a calendar: the next free one, a chosen one, given back. Never more than fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from backend_stub.cases.calendars import Calendar
from backend_stub.cases.tables import SlotLoad
from backend_stub.ground.database import insert_into

_SLOT: Final = SlotLoad.__table__.c
_ID: Final = re.compile(r"([a-z][a-z0-9_-]{0,47})@(\d{8}T\d{4})Z")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time in an office."""

    starts_at: datetime
    office: str

    @property
    def id(self) -> str:
        """What a citizen's choice is called: ``muscat@20261201T0430Z``."""
        return f"{self.office}@{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @classmethod
    def parse(cls, slot_id: object) -> Slot:
        """The slot with this id. Raises ``ValueError`` for what is none."""
        found = _ID.fullmatch(slot_id) if isinstance(slot_id, str) else None
        if found is None:
            raise ValueError("no slot has such an id")
        return cls(datetime.strptime(found[2], "%Y%m%dT%H%M").replace(tzinfo=UTC), found[1])


@dataclass(slots=True)
class Load:
    """How many of an office's places are taken."""

    taken: int
    places: int

    @property
    def share(self) -> float:
        """From 0 to 1; an office without places is full."""
        return self.taken / self.places if self.places else 1.0


def book_next(
    session: Session, calendar: Calendar, offices: Sequence[str], asked_at: datetime
) -> list[datetime | None]:
    """Take the next free slots, one in each of ``offices``, in their order.

    ``None`` where all of an office's slots are taken until the last day, or it has none.
    """
    candidates = list(calendar.slots(asked_at))
    booked: list[datetime | None] = [None] * len(offices)
    capacity = {
        office: calendar.capacity[office] for office in offices if office in calendar.capacity
    }
    for full in _read_full(session, calendar, capacity, candidates):
        del capacity[full]
    if not capacity:
        return booked
    taken = _read_taken(session, calendar, capacity, candidates)
    # In one order for all: of two bookings that meet, none waits for the other in a circle.
    for office in sorted(capacity):
        places = [place for place, each in enumerate(offices) if each == office]
        starts = _take_first(session, calendar, office, candidates, len(places), taken[office])
        for place, start in zip(places, starts, strict=False):
            booked[place] = start
    return booked


def take(session: Session, calendar: Calendar, slot: Slot, asked_at: datetime) -> bool:
    """Take the slot that was chosen; whether it was still free and one that may be chosen."""
    if slot.office not in calendar.capacity or slot.starts_at not in calendar.slots(asked_at):
        return False
    return bool(_take(session, calendar, slot.office, {slot.starts_at: 1}))


def give_back(session: Session, calendar_id: str, slot: Slot) -> None:
    """Free a slot that was taken."""
    session.execute(
        update(SlotLoad)
        .where(
            _SLOT.calendar == calendar_id,
            _SLOT.office == slot.office,
            _SLOT.starts_at == slot.starts_at,
            _SLOT.taken > 0,
        )
        .values(taken=_SLOT.taken - 1)
    )


def free_slots(
    session: Session, calendar: Calendar, offices: Collection[str], asked_at: datetime, limit: int
) -> list[Slot]:
    """What may be chosen, earliest first, at most ``limit`` of each office."""
    candidates = list(calendar.slots(asked_at))
    known = [office for office in offices if office in calendar.capacity]
    if not candidates or not known:
        return []
    taken = _read_taken(session, calendar, known, candidates)
    found: list[Slot] = []
    for office in known:
        free = (
            Slot(start, office)
            for start in candidates
            if taken[office].get(start, 0) < calendar.capacity[office]
        )
        found += [slot for slot, _ in zip(free, range(limit), strict=False)]
    return sorted(found)


def nearest(
    session: Session, calendar: Calendar, wanted: Slot, asked_at: datetime, count: int = 3
) -> list[Slot]:
    """The free slots of the same office that are nearest to one that is gone, nearest first."""
    free = free_slots(session, calendar, [wanted.office], asked_at, limit=10_000)
    by_distance = sorted(free, key=lambda slot: abs(slot.starts_at - wanted.starts_at))
    return by_distance[:count]


def loads(session: Session, calendar: Calendar, asked_at: datetime) -> dict[str, Load]:
    """By office of a calendar: how full it is in the days that may be chosen now."""
    candidates = list(calendar.slots(asked_at))
    taken = _read_taken(session, calendar, calendar.capacity, candidates) if candidates else {}
    return {
        office: Load(sum(taken.get(office, {}).values()), capacity * len(candidates))
        for office, capacity in calendar.capacity.items()
    }


def _take_first(
    session: Session,
    calendar: Calendar,
    office: str,
    candidates: Sequence[datetime],
    count: int,
    taken: Mapping[datetime, int],
) -> list[datetime]:
    """The earliest ``count`` places that are free, or as many as there are; earliest first.

    ``taken`` is how many are taken where, as far as was seen.
    """
    starts: list[datetime] = []
    while candidates and len(starts) < count:
        plan = _plan(calendar.capacity[office], candidates, count - len(starts), taken)
        if not plan:
            break
        for start in _take(session, calendar, office, plan):
            starts += [start] * plan[start]
        if len(starts) < count:
            # What another booking was quicker to take is looked for again, later in the list.
            taken = _read_taken(session, calendar, [office], candidates)[office]
    return sorted(starts)


def _read_full(
    session: Session,
    calendar: Calendar,
    capacity: Mapping[str, int],
    candidates: Sequence[datetime],
) -> list[str]:
    """Which offices have no place left: after an outage the rest of a month is soon taken."""
    if not candidates or not capacity:
        return list(capacity)
    return list(
        session.connection().scalars(
            select(_SLOT.office)
            .where(
                _SLOT.calendar == calendar.id,
                _SLOT.office.in_(sorted(capacity)),
                _SLOT.starts_at.between(candidates[0], candidates[-1]),
                _SLOT.taken >= case(dict(capacity), value=_SLOT.office),
            )
            .group_by(_SLOT.office)
            .having(func.count() >= len(candidates))
        )
    )


def _read_taken(
    session: Session,
    calendar: Calendar,
    offices: Collection[str],
    candidates: Sequence[datetime],
) -> dict[str, dict[datetime, int]]:
    """By office, how many places are taken where."""
    taken: dict[str, dict[datetime, int]] = {office: {} for office in offices}
    rows = session.connection().execute(
        select(_SLOT.office, _SLOT.starts_at, _SLOT.taken).where(
            _SLOT.calendar == calendar.id,
            _SLOT.office.in_(sorted(offices)),
            _SLOT.starts_at.between(candidates[0], candidates[-1]),
        )
    )
    for office, start, already in rows:
        taken[office][start] = already
    return taken


def _plan(
    capacity: int, candidates: Sequence[datetime], count: int, taken: Mapping[datetime, int]
) -> dict[datetime, int]:
    """How many places to take where."""
    plan: dict[datetime, int] = {}
    for start in candidates:
        places = min(capacity - taken.get(start, 0), count)
        if places > 0:
            plan[start] = places
            count -= places
        if count == 0:
            break
    return plan


def _take(
    session: Session, calendar: Calendar, office: str, plan: Mapping[datetime, int]
) -> Sequence[datetime]:
    """Take what is planned; where it is not free any more, nothing. Returns where it was."""
    # Looking and taking are one statement: two bookings cannot both get the last place.
    statement = insert_into(session, SlotLoad).values(
        [
            {"calendar": calendar.id, "office": office, "starts_at": start, "taken": places}
            for start, places in plan.items()
        ]
    )
    wanted = statement.excluded["taken"]
    taken = session.connection().scalars(
        statement.on_conflict_do_update(
            index_elements=["calendar", "office", "starts_at"],
            set_={"taken": _SLOT.taken + wanted},
            where=_SLOT.taken + wanted <= calendar.capacity[office],
        ).returning(_SLOT.starts_at)
    )
    return taken.all()
