"""Hearings: which labour office, and its next free slot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.database import insert_into
from backend_stub.registries import Bilingual, DataFileWrong, read_data_file
from backend_stub.tables import HearingSlot

MUSCAT: Final = ZoneInfo("Asia/Muscat")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Office(_Data):
    """A labour office."""

    id: str
    governorate: str
    name: Bilingual
    address: Bilingual
    phone: Annotated[str, Field(pattern=r"^\d{8}$")]
    capacity: Annotated[int, Field(ge=1)]
    """Hearings that can begin at the same time."""


class HearingRules(_Data):
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


class _OfficesFile(_Data):
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

    def book(self, session: Session, office: Office, registered_at: datetime) -> datetime | None:
        """Take the next free slot of an office; ``None`` when all are taken until the last day."""
        candidates = list(self.rules.slots(registered_at))
        if not candidates:
            return None
        full = set(
            session.scalars(
                select(HearingSlot.starts_at).where(
                    HearingSlot.office == office.id,
                    HearingSlot.starts_at.between(candidates[0], candidates[-1]),
                    HearingSlot.taken >= office.capacity,
                )
            )
        )
        for start in candidates:
            if start not in full and _take(session, office, start):
                return start
        return None


def load_offices(directory: Path, governorates: frozenset[str]) -> LabourOffices:
    """Read ``labour_offices.toml``. Raises :class:`backend_stub.registries.DataFileWrong`."""
    parsed = read_data_file(directory / "labour_offices.toml", _OfficesFile)
    by_governorate = {office.governorate: office for office in parsed.offices}
    if set(by_governorate) != governorates or len(parsed.offices) != len(by_governorate):
        raise DataFileWrong("labour_offices.toml: each governorate needs exactly one office")
    return LabourOffices(parsed.hearings, by_governorate)


def _take(session: Session, office: Office, start: datetime) -> bool:
    # Looking and taking are one statement: two bookings cannot both get the last place.
    taken = session.execute(
        insert_into(session, HearingSlot)
        .values(office=office.id, starts_at=start, taken=1)
        .on_conflict_do_update(
            index_elements=["office", "starts_at"],
            set_={"taken": HearingSlot.taken + 1},
            where=HearingSlot.taken < office.capacity,
        )
        .returning(HearingSlot.taken)
    )
    return taken.first() is not None
