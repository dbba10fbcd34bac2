"""Calendars: on which days and at which hours appointments of one kind can be, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from backend_stub.ground.data_files import DataFileWrong, read_data_file
from backend_stub.ground.types import ServerModel
from kiosk.services.oman_time import MUSCAT


class Calendar(ServerModel):
    """When appointments can be: days, hours, how soon, and how many at a time in which office."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
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
    capacity: Annotated[dict[str, Annotated[int, Field(ge=1)]], Field(min_length=1)]
    """By office: how many can begin at the same time. An office that is not named has none."""

    @model_validator(mode="after")
    def _check_order(self) -> Calendar:
        if self.first >= self.last_ends or self.min_days > self.max_days:
            raise ValueError("the hours or days end before they begin")
        return self

    def slots(self, asked_at: datetime) -> Iterator[datetime]:
        """Every slot that who asks at that moment may get, earliest first; UTC."""
        earliest = asked_at + timedelta(days=self.min_days)
        latest = asked_at + timedelta(days=self.max_days)
        day = earliest.astimezone(MUSCAT).date()
        while day <= latest.astimezone(MUSCAT).date():
            for start in self.starts_on(day):
                if earliest <= start <= latest:
                    yield start
            day += timedelta(days=1)

    def _works_on(self, day: date) -> bool:
        return (
            day.isoweekday() in self.weekdays
            and f"{day:%m-%d}" not in self.closed_yearly
            and day not in self.closed_on
        )

    def starts_on(self, day: date) -> Iterator[datetime]:
        """Every slot of a day, whoever asks and when; none on a day off; UTC."""
        if not self._works_on(day):
            return
        length = timedelta(minutes=self.slot_minutes)
        start = datetime.combine(day, self.first, MUSCAT).astimezone(UTC)
        end = datetime.combine(day, self.last_ends, MUSCAT).astimezone(UTC)
        while start + length <= end:
            yield start
            start += length


class _CalendarsFile(ServerModel):
    calendars: Annotated[list[Calendar], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Calendars:
    """All calendars, by their id."""

    by_id: Mapping[str, Calendar]

    def calendar(self, calendar_id: str) -> Calendar:
        """The calendar with this id; ``KeyError`` when there is none."""
        return self.by_id[calendar_id]


def load_calendars(directory: Path, offices: Set[str]) -> Calendars:
    """Read ``calendars.toml``. Raises :class:`DataFileWrong`."""
    parsed = read_data_file(directory / "calendars.toml", _CalendarsFile)
    by_id = {calendar.id: calendar for calendar in parsed.calendars}
    if len(by_id) != len(parsed.calendars):
        raise DataFileWrong("calendars.toml: two calendars have one id")
    for calendar in parsed.calendars:
        for office in sorted(set(calendar.capacity) - offices):
            raise DataFileWrong(f"calendars.toml: {calendar.id}: there is no office {office}")
    return Calendars(by_id)
