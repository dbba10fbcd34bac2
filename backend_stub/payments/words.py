"""What a gateway or a card terminal says of an attempt, parsed once at the edge."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from backend_stub.payments.records import Source


class Status(enum.StrEnum):
    """What they document. Whatever else they say is :data:`UNDOCUMENTED`."""

    UNPAID = "unpaid"
    PAID = "paid"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    NOT_FOUND = "not-found"
    UNDOCUMENTED = "undocumented"


@dataclass(frozen=True, slots=True)
class Word:
    """An answer about one attempt."""

    status: Status
    source: Source
    said: str
    """The status as it came."""
    amount: int | None = None
    """In baisa."""
    session: str | None = None
    page: str | None = None
    expires_at: datetime | None = None
    paid_at: datetime | None = None


class RefundAnswer(enum.StrEnum):
    """What they say of a refund."""

    DONE = "done"
    REFUSED = "refused"
    NOT_FOUND = "not-found"


class Silent(Exception):
    """No usable answer came: what was asked for may have happened or not."""


class Refused(Exception):
    """They answered that they will not do it; nothing happened."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said
