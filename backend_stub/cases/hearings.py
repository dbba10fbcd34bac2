"""Hearings: which labour office, and its next free slot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, model_validator
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend_stub.ground.data_files import Bilingual, DataFileWrong, read_data_file
from backend_stub.ground.database import insert_into
from backend_stub.ground.tables import HearingSlot
from backend_stub.ground.types import ServerModel
from kiosk.services.oman_time import MUSCAT

_SLOT: Final = HearingSlot.__table__.c


class Office(ServerModel):
    """A labour office."""

    id: str
    governorate: str
    name: Bilingual
    address: Bilingual
    phone: Annotated[str, Field(pattern=r"^\d{8}$")]
    capacity: Annotated[int, Field(ge=1)]
    """Hearings that can begin at the same time."""


class HearingRules(ServerModel):
    """When hearings can be: days, hours, and how soon after a complaint."""

    weekdays: frozenset[Annotated[int, Field(ge=1, le=7)]]
    """ISO 8601 weekdays."""
    first: time
    last_ends: time
    slot_minutes: Annotated[int, Field(ge=5, le=240)]
    min_days: Annotated[int, Field(ge=0)]
    max_days: Annotated[int, Field(ge=1)]
    closed_yearly: frozenset[Annotated[str, Field(pattern=r"^\d\d-\d\d$")]]
    """Public holidays on fixed days, month-day."""
    closed_on: frozenset[date]

    @model_validator(mode="after")
    def _check_order(self) -> HearingRules:
        if self.first >= self.last_ends or self.min_days > self.max_days:
            raise ValueError("the hearing hours or days end before they begin")
        return self

    def slots(self, registered_at: datetime) -> Iterator[datetime]:
        """Every slot that a complaint registered at that moment may get, earliest first; UTC."""
        earliest = registered_at + timedelta(days=self.min_days)
        latest = registered_at + timedelta(days=self.max_days)
        day = earliest.astimezone(MUSCAT).date()
        while day <= latest.astimezone(MUSCAT).date():
            if self._works_on(day):
                for start in self._starts_on(day):
                    if earliest <= start <= latest:
                        yield start
            day += timedelta(days=1)

    def _works_on(self, day: date) -> bool:
        return (
            day.isoweekday() in self.weekdays
            and f"{day:%m-%d}" not in self.closed_yearly
            and day not in self.closed_on
        )

    def _starts_on(self, day: date) -> Iterator[datetime]:
        length = timedelta(minutes=self.slot_minutes)
        start = datetime.combine(day, self.first, MUSCAT).astimezone(UTC)
        end = datetime.combine(day, self.last_ends, MUSCAT).astimezone(UTC)
        while start + length <= end:
            yield start
            start += length


class _OfficesFile(ServerModel):
    hearings: HearingRules
    offices: Annotated[list[Office], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class LabourOffices:
    """The labour offices and the rules of their hearings."""

    rules: HearingRules
    by_governorate: dict[str, Office]

    def office_of(self, governorate: str) -> Office:
        """The office of a governorate; ``KeyError`` when it has none."""
        return self.by_governorate[governorate]

    def book(
        self, session: Session, wanted: Sequence[Office], registered_at: datetime
    ) -> list[datetime | None]:
        """Take the next free slots, one for each of ``wanted``, in its order.

        ``None`` where all of an office's slots are taken until the last day.
        """
        candidates = list(self.rules.slots(registered_at))
        booked: list[datetime | None] = [None] * len(wanted)
        offices = {office.id: office for office in wanted}
        for full in _read_full(session, offices, candidates):
            del offices[full]
        if not offices:
            return booked
        taken = _read_taken(session, offices, candidates)
        # In one order for all: of two bookings that meet, none waits for the other in a circle.
        for office in (offices[name] for name in sorted(offices)):
            places = [place for place, each in enumerate(wanted) if each.id == office.id]
            starts = _take_first(session, office, candidates, len(places), taken[office.id])
            for place, start in zip(places, starts, strict=False):
                booked[place] = start
        return booked


def load_offices(directory: Path, governorates: frozenset[str]) -> LabourOffices:
    """Read ``labour_offices.toml``. Raises :class:`DataFileWrong`."""
    parsed = read_data_file(directory / "labour_offices.toml", _OfficesFile)
    by_governorate = {office.governorate: office for office in parsed.offices}
    if set(by_governorate) != governorates or len(parsed.offices) != len(by_governorate):
        raise DataFileWrong("labour_offices.toml: each governorate needs exactly one office")
    return LabourOffices(parsed.hearings, by_governorate)


def _take_first(
    session: Session,
    office: Office,
    candidates: Sequence[datetime],
    count: int,
    taken: Mapping[datetime, int],
) -> list[datetime]:
    """The earliest ``count`` places that are free, or as many as there are; earliest first.

    ``taken`` is how many are taken where, as far as was seen.
    """
    starts: list[datetime] = []
    while candidates and len(starts) < count:
        plan = _plan(office, candidates, count - len(starts), taken)
        if not plan:
            break
        for start in _take(session, office, plan):
            starts += [start] * plan[start]
        if len(starts) < count:
            # What another booking was quicker to take is looked for again, later in the list.
            taken = _read_taken(session, [office.id], candidates)[office.id]
    return sorted(starts)


def _read_full(
    session: Session, offices: Mapping[str, Office], candidates: Sequence[datetime]
) -> list[str]:
    """Which offices have no place left: after an outage the rest of a month is soon taken."""
    if not candidates:
        return list(offices)
    capacity = case({name: office.capacity for name, office in offices.items()}, value=_SLOT.office)
    return list(
        session.connection().scalars(
            select(_SLOT.office)
            .where(
                _SLOT.office.in_(sorted(offices)),
                _SLOT.starts_at.between(candidates[0], candidates[-1]),
                _SLOT.taken >= capacity,
            )
            .group_by(_SLOT.office)
            .having(func.count() >= len(candidates))
        )
    )


def _read_taken(
    session: Session, offices: Collection[str], candidates: Sequence[datetime]
) -> dict[str, dict[datetime, int]]:
    """By office, how many places are taken where."""
    taken: dict[str, dict[datetime, int]] = {office: {} for office in offices}
    rows = session.connection().execute(
        select(_SLOT.office, _SLOT.starts_at, _SLOT.taken).where(
            _SLOT.office.in_(sorted(offices)),
            _SLOT.starts_at.between(candidates[0], candidates[-1]),
        )
    )
    for office, start, already in rows:
        taken[office][start] = already
    return taken


def _plan(
    office: Office, candidates: Sequence[datetime], count: int, taken: Mapping[datetime, int]
) -> dict[datetime, int]:
    """How many places to take where."""
    plan: dict[datetime, int] = {}
    for start in candidates:
        places = min(office.capacity - taken.get(start, 0), count)
        if places > 0:
            plan[start] = places
            count -= places
        if count == 0:
            break
    return plan


def _take(session: Session, office: Office, plan: Mapping[datetime, int]) -> Sequence[datetime]:
    """Take what is planned; where it is not free any more, nothing. Returns where it was."""
    # Looking and taking are one statement: two bookings cannot both get the last place.
    statement = insert_into(session, HearingSlot).values(
        [
            {"office": office.id, "starts_at": start, "taken": places}
            for start, places in plan.items()
        ]
    )
    wanted = statement.excluded["taken"]
    taken = session.connection().scalars(
        statement.on_conflict_do_update(
            index_elements=["office", "starts_at"],
            set_={"taken": _SLOT.taken + wanted},
            where=_SLOT.taken + wanted <= office.capacity,
        ).returning(_SLOT.starts_at)
    )
    return taken.all()
