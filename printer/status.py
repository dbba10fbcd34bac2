"""What the printer says: a stream of replies → typed replies → one status.

Replies of Epson printers carry no request number, so each is recognised by its fixed bits (ESC/POS
command reference, "Transmission status"): real time ``& 0x93 == 0x12``; automatic status
``& 0x93 == 0x10`` and three more bytes ``& 0x90 == 0``; ``GS ( H`` ``37 22 … 00``; ``GS r``
``& 0x90 == 0``.

Every state is a positive statement of the printer. Silence is ``unknown``, and unknown is never OK.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

_BLOCK: Final = 0x37
_LONGEST_BLOCK: Final = 80


class Device(StrEnum):
    """The printer as a device (CEN/XFS vocabulary)."""

    ONLINE = "online"
    OFFLINE = "offline"
    """Switched offline, or stopped for paper, cover or an error."""
    HARDWARE_ERROR = "hardware_error"
    NO_DEVICE = "no_device"
    UNKNOWN = "unknown"


class PaperState(StrEnum):
    """The roll."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class Cover(StrEnum):
    """The lid over the roll."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class Cutter(StrEnum):
    """The paper cutter."""

    OK = "ok"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """Everything known about the printer at one moment."""

    device: Device = Device.UNKNOWN
    paper: PaperState = PaperState.UNKNOWN
    cover: Cover = Cover.UNKNOWN
    cutter: Cutter = Cutter.UNKNOWN

    @property
    def ready(self) -> bool:
        """A receipt would be printed now: everything asked, everything answered, nothing wrong."""
        return (
            self.device is Device.ONLINE
            and self.paper in (PaperState.FULL, PaperState.LOW)
            and self.cover is Cover.CLOSED
            and self.cutter is Cutter.OK
        )


@dataclass(frozen=True, slots=True)
class Realtime:
    """Answer to ``DLE EOT n``; which n, only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Automatic status, pushed on every change once ``GS a`` asked for it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PaperSensor:
    """Answer to ``GS r 1``."""

    byte: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """Answer to ``GS ( H`` fn 48: the printer got as far as the request with this token."""

    token: bytes


@dataclass(frozen=True, slots=True)
class BuffersCleared:
    """Answer to ``DLE DC4`` fn 8."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that are no known reply: flow control, a broken line, another language."""

    data: bytes


Reply = Realtime | Automatic | PaperSensor | ProcessId | BuffersCleared | Noise


@dataclass(slots=True)
class ReplyParser:
    """Cuts the stream of one connection into replies; keeps an unfinished one until its rest."""

    _rest: bytes = field(default=b"", repr=False)

    def feed(self, data: bytes) -> list[Reply]:
        """Take bytes as they arrived, return the replies that are complete."""
        buffer = self._rest + data
        replies: list[Reply] = []
        while buffer and (cut := _first(buffer)) is not None:
            reply, length = cut
            replies.append(reply)
            buffer = buffer[length:]
        self._rest = buffer
        return replies


def _first(buffer: bytes) -> tuple[Reply, int] | None:
    lead = buffer[0]
    if lead == _BLOCK:
        return _block(buffer)
    if lead & 0x93 == 0x12:
        return Realtime(lead), 1
    if lead & 0x93 == 0x10:
        if any(byte & 0x90 for byte in buffer[1:4]):
            return Noise(buffer[:1]), 1
        return (Automatic(buffer[:4]), 4) if len(buffer) >= 4 else None
    if lead & 0x90 == 0:
        return PaperSensor(lead), 1
    return Noise(buffer[:1]), 1


def _block(buffer: bytes) -> tuple[Reply, int] | None:
    end = buffer.find(0)
    if end < 0:
        return None if len(buffer) < _LONGEST_BLOCK else (Noise(buffer[:1]), 1)
    body = buffer[1:end]
    if body[:1] == b"\x22" and len(body) == 5:
        return ProcessId(body[1:]), end + 1
    if body == b"\x25":
        return BuffersCleared(), end + 1
    return Noise(buffer[: end + 1]), end + 1


def from_realtime(printer: int, offline: int, error: int, paper: int) -> PrinterStatus:
    """Read the four answers to ``DLE EOT`` 1, 2, 3 and 4."""
    stopped = bool(printer & 0x08)
    broken = bool(offline & 0x40 or error & 0x6C)
    roll = _roll(out=bool(paper & 0x60 or offline & 0x20), low=bool(paper & 0x0C))
    cover = Cover.OPEN if offline & 0x04 else Cover.CLOSED
    return _status(stopped, broken, roll, cover, cutter_fault=bool(error & 0x08))


def from_automatic(status: Automatic) -> PrinterStatus:
    """Read the four bytes of the automatic status."""
    printer, error, paper, _ = status.data
    stopped = bool(printer & 0x08)
    broken = bool(error & 0x6C)
    roll = _roll(out=bool(paper & 0x0C), low=bool(paper & 0x03))
    cover = Cover.OPEN if printer & 0x20 else Cover.CLOSED
    return _status(stopped, broken, roll, cover, cutter_fault=bool(error & 0x08))


def with_paper(status: PrinterStatus, sensor: PaperSensor) -> PrinterStatus:
    """Update the roll from an answer to ``GS r 1``."""
    return replace(status, paper=_roll(out=bool(sensor.byte & 0x0C), low=bool(sensor.byte & 0x03)))


def _roll(*, out: bool, low: bool) -> PaperState:
    if out:
        return PaperState.OUT
    return PaperState.LOW if low else PaperState.FULL


def _status(
    stopped: bool, broken: bool, paper: PaperState, cover: Cover, *, cutter_fault: bool
) -> PrinterStatus:
    device = Device.ONLINE
    if broken:
        device = Device.HARDWARE_ERROR
    elif stopped or cover is Cover.OPEN or paper is PaperState.OUT:
        device = Device.OFFLINE
    cutter = Cutter.FAULT if cutter_fault else Cutter.OK
    return PrinterStatus(device, paper, cover, cutter)
