"""What is asked of a printer, how it ends, and what differs between installations."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from printer.bitmap import ReceiptBitmap
from printer.errors import PrinterError, PrinterGone
from printer.roll import Roll
from printer.status import Cover, Cutter, Device, PaperState, PrinterStatus


class Result(StrEnum):
    """How a print ended."""

    PRINTED = "printed"
    """Printed and cut; the printer said so."""
    REFUSED = "refused"
    """Nothing was sent. Asking again later is safe."""
    UNKNOWN = "unknown"
    """Sent, not confirmed. Ask the citizen; another paper is a marked copy."""


class Reason(StrEnum):
    """Why a print was refused or is unknown."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    OFFLINE = "offline"
    HARDWARE = "hardware"
    GONE = "gone"
    SILENT = "silent"
    RESET = "reset"
    """Was off in the middle and lost what it had not printed yet."""
    WRONG_WIDTH = "wrong_width"
    ALREADY_PRINTED = "already_printed"
    JOURNAL = "journal"
    CLOSED = "closed"


class Fence(StrEnum):
    """What this printer model answers in order."""

    PROCESS_ID = "process_id"
    """``GS ( H`` fn 48: carries a token, cannot be mistaken."""
    PAPER_SENSOR = "paper_sensor"
    """``GS r 1``: every printer has it."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One paper: the transaction it belongs to, its dots, and 0 for the original."""

    job_id: str
    bitmap: ReceiptBitmap
    copy: int = 0


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """How a print ended; ``reason`` unless it was printed."""

    result: Result
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between installations. Seconds, except ``width`` in dots."""

    width: int = 576
    fence: Fence = Fence.PROCESS_ID
    poll: float = 2.0
    """How often the state is asked for, and a lost printer looked for."""
    reply: float = 1.0
    """How long an answer to a status request may take."""
    write: float = 5.0
    """How long the printer may take no data."""
    fence_base: float = 10.0
    """How long a fence may take once the paper has come out."""
    paper_speed: float = 50.0
    """Millimetres a second of the slowest printing to be waited for."""
    roll: Roll = field(default_factory=Roll)
    """The paper, to tell how much is left."""


DEFAULTS: Final = Settings()


def hindrance(status: PrinterStatus) -> Reason | None:
    """The first thing that keeps this printer from printing, the most helpful first."""
    if status.paper is PaperState.OUT:
        return Reason.PAPER_OUT
    if status.cover is Cover.OPEN:
        return Reason.COVER_OPEN
    if status.cutter is Cutter.FAULT:
        return Reason.CUTTER
    if status.device is Device.HARDWARE_ERROR or status.paper is PaperState.JAMMED:
        return Reason.HARDWARE
    if status.device is Device.OFFLINE:
        return Reason.OFFLINE
    return None if status.ready else Reason.SILENT


def reason_of(error: PrinterError) -> Reason:
    """What a failed call to the printer means for a print."""
    return Reason.GONE if isinstance(error, PrinterGone) else Reason.SILENT
