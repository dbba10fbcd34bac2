"""What a terminal tells the central API about itself: its health, for the fleet page.

Nothing of a visit is in it. The words for states are those of :mod:`kiosk.devices`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-zA-Z0-9_-]{0,31}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


def _text_only(value: object) -> object:
    if isinstance(value, str | datetime):
        return value
    # Numbers would be taken for seconds since 1970.
    raise ValueError("a time is written as text (RFC 3339)")


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text_only)]
"""A time with its zone, RFC 3339."""


class WireModel(BaseModel):
    """Base of every message: immutable; unknown fields and look-alike types are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DeviceReport(WireModel):
    """One device of the terminal."""

    device: Name
    """For example ``reader`` or ``printer``."""
    state: Literal[
        "online",
        "offline",
        "powerOff",
        "noDevice",
        "hardwareError",
        "userError",
        "deviceBusy",
        "fraudAttempt",
        "unknown",
    ]
    detail: Name | None = None
    """What is the matter, for example ``paperLow`` or ``coverOpen``."""


class OutboxReport(WireModel):
    """What waits at the terminal."""

    waiting: Count | None
    """Transactions that were confirmed and are not delivered; ``None``: it cannot be read."""
    oldest_waiting_s: Annotated[float, Field(ge=0, le=1e10)] | None = None
    attachments_waiting: Count = 0
    sync: Literal["idle", "sending", "waiting", "offline", "paused"]
    unavailable: Name | None = None
    """Why it takes nothing more; ``None`` when it does."""


class HealthReport(WireModel):
    """``POST /v1/kiosks/{kiosk}/health``: sent every few minutes and when something changes.

    The terminal's device key signs the request (:mod:`offline_queue.signed_requests`).
    """

    reported_at: Moment
    """By the terminal's clock."""
    release: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,32}$")]
    """Version of the terminal's program."""
    uptime_s: Annotated[float, Field(ge=0, le=1e10)]
    in_service: bool
    """Whether a citizen could be served now."""
    devices: Annotated[list[DeviceReport], Field(max_length=16)]
    outbox: OutboxReport
    receipts_left: Count | None = None
    """How many receipts the paper roll is good for, as far as can be told."""
    disk_free_bytes: Count | None = None


class KeyTaken(WireModel):
    """``GET /v1/kiosks/{kiosk}/key``: the device key that signed the request is in use."""

    kiosk: str
    epoch: int


class HealthNoted(WireModel):
    """Answer to a health report."""

    next_report_in_s: Annotated[float, Field(ge=1, le=86_400)]
    """When the next one is wanted, if nothing changes before."""
