"""When to ask again, and when nobody may be charged. Times of day are Oman's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from kiosk.services.oman_time import MUSCAT

LADDER: Final[tuple[timedelta, ...]] = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(hours=1),
)
"""How long to wait before each question; the last for ever."""
ATTENDED: Final = timedelta(seconds=30)
"""How long at most between two questions while the payer can pay: somebody stands there."""
CARD_SILENCE: Final = timedelta(minutes=5)
"""The terminal asks its card terminal after 120 s; what it has not told by then is unknown."""
SOMEBODYS_TASK: Final = timedelta(hours=24)
LAST_QUESTION: Final = timedelta(hours=24)
"""So long after the gateway called an attempt dead it is asked once more: some take money late."""
NEVER_ARRIVED: Final = timedelta(minutes=10)
"""A request that the gateway does not know so long after it was sent never arrived."""


def wait_before(asked: int) -> timedelta:
    """How long to wait before the question that follows ``asked`` earlier ones."""
    return LADDER[min(asked, len(LADDER) - 1)]


@dataclass(frozen=True, slots=True)
class ClosedHours:
    """Hours of the day in which the gateway takes no payment. They may span midnight."""

    begin: time = time(23)
    end: time = time(1)

    def opens_at(self, now: datetime) -> datetime | None:
        """When the gateway opens again; ``None`` when it is open."""
        local = now.astimezone(MUSCAT)
        clock = local.timetz().replace(tzinfo=None)
        if self.begin <= self.end:
            closed = self.begin <= clock < self.end
        else:
            closed = clock >= self.begin or clock < self.end
        if not closed:
            return None
        opening = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if opening <= local:
            opening += timedelta(days=1)
        return opening.astimezone(now.tzinfo)
