"""Device states, in the words of CEN/XFS and XFS4IoT. ``unknown`` is never taken for good."""

from __future__ import annotations

import enum


class DeviceState(enum.StrEnum):
    """Common to every device."""

    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "powerOff"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    USER_ERROR = "userError"
    DEVICE_BUSY = "deviceBusy"
    FRAUD_ATTEMPT = "fraudAttempt"
    UNKNOWN = "unknown"


class PaperState(enum.StrEnum):
    """Paper of the receipt printer."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class SheetState(enum.StrEnum):
    """The sheet in the document scanner."""

    NO_SHEET = "noSheet"
    READY = "ready"
    SCANNING = "scanning"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """It was scanned and there is no picture to be had of it: empty, or too large."""
    JAM = "jam"


class PaymentState(enum.StrEnum):
    """A card terminal and the payment on it."""

    DISCONNECTED = "disconnected"
    IDLE = "idle"
    AWAITING = "awaiting"
    """For a card."""
    AUTHORISING = "authorising"
    APPROVED = "approved"
    DECLINED = "declined"
    OUTCOME_UNKNOWN = "outcomeUnknown"
    """Blocks any new charge until it is reconciled."""


class Remedy(enum.StrEnum):
    """What heals a device: alerts are routed by it."""

    NONE = "none"
    RESET = "reset"
    CONFIGURATION = "configuration"
    CLEAR = "clear"
    """An attendant frees it: paper, jam, cover."""
    MAINTENANCE = "maintenance"
    """A technician."""
    SUSPEND = "suspend"
    """It heals by itself."""
