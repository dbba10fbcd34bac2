"""What a terminal tells the central API about itself: its health, for the fleet page.

Nothing of a visit is in it. The words for states are those of :mod:`kiosk.devices`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from offline_queue.wire_model import END, Count, Moment, WireModel

Name = Annotated[str, Meta(pattern="^[a-z][a-zA-Z0-9_-]{0,31}" + END)]


class DeviceReport(WireModel, frozen=True, kw_only=True):
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


class OutboxReport(WireModel, frozen=True, kw_only=True):
    """What waits at the terminal."""

    waiting: Count | None
    """Transactions that were confirmed and are not delivered; ``None``: it cannot be read."""
    oldest_waiting_s: Annotated[float, Meta(ge=0, le=1e10)] | None = None
    attachments_waiting: Count = 0
    sync: Literal["idle", "sending", "waiting", "offline", "paused"]
    unavailable: Name | None = None
    """Why it takes nothing more; ``None`` when it does."""


class HealthReport(WireModel, frozen=True, kw_only=True):
    """``POST /v1/kiosks/{kiosk}/health``: sent every few minutes and when something changes.

    The terminal's device key signs the request (:mod:`offline_queue.signed_requests`).
    """

    reported_at: Moment
    """By the terminal's clock."""
    release: Annotated[str, Meta(pattern="^[!-~]{1,32}" + END)]
    """Version of the terminal's program."""
    uptime_s: Annotated[float, Meta(ge=0, le=1e10)]
    in_service: bool
    """Whether a citizen could be served now."""
    devices: Annotated[list[DeviceReport], Meta(max_length=16)]
    outbox: OutboxReport
    receipts_left: Count | None = None
    """How many receipts the paper roll is good for, as far as can be told."""
    disk_free_bytes: Count | None = None


class KeyTaken(WireModel, frozen=True, kw_only=True):
    """``GET /v1/kiosks/{kiosk}/key``: the device key that signed the request is in use."""

    kiosk: str
    epoch: int


class HealthNoted(WireModel, frozen=True, kw_only=True):
    """Answer to a health report."""

    next_report_in_s: Annotated[float, Meta(ge=1, le=86_400)]
    """When the next one is wanted, if nothing changes before."""
