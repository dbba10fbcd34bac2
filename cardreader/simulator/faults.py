"""Faults of a card or its contacts, on switches.

:class:`FaultyCard` wraps a simulated card wherever one goes: into :class:`SimulatedReaders`, or
into the virtual reader by :func:`cardreader.simulator.vpcd.serve`. Commands are counted from one,
from the moment the faults are set.
"""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cardreader.apdu import Protocol7816
from cardreader.errors import CardRemoved
from cardreader.simulator.card import InsertableCard


class Garble(enum.StrEnum):
    """What becomes of a reply."""

    EMPTY = "empty"
    CUT = "cut"
    FLIPPED = "flipped"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Faults:
    """Which command goes wrong, and how; ``None``: none does.

    ``power_lost_at``: power fails (or the card is pulled) before the command is carried out;
    ``reply_lost_at``: after it.
    ``garbled_at``: the reply is damaged as ``garble`` says. ``refused_at``: not carried out,
    answered with ``status``. ``slow_from``: every command from then on takes ``delay`` seconds
    more.
    """

    power_lost_at: int | None = None
    reply_lost_at: int | None = None
    garbled_at: int | None = None
    garble: Garble = Garble.FLIPPED
    refused_at: int | None = None
    status: int = 0x6F00
    slow_from: int | None = None
    delay: float = 0.0


NO_FAULTS = Faults()


class FaultyCard:
    """A simulated card whose faults can be switched at any time, from any thread."""

    def __init__(
        self,
        card: InsertableCard,
        faults: Faults = NO_FAULTS,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._card = card
        self._sleep = sleep
        self._lock = threading.Lock()
        self._faults = faults
        self._count = 0

    def set_faults(self, faults: Faults) -> None:
        """Replace the faults; commands are counted from one again."""
        with self._lock:
            self._faults, self._count = faults, 0

    @property
    def count(self) -> int:
        """Commands since the faults were set."""
        return self._count

    @property
    def atr(self) -> bytes | None:
        """See :attr:`InsertableCard.atr`."""
        return self._card.atr

    @property
    def protocol(self) -> Protocol7816:
        """See :attr:`InsertableCard.protocol`."""
        return self._card.protocol

    @property
    def is_mute(self) -> bool:
        """See :attr:`InsertableCard.is_mute`."""
        return self._card.is_mute

    @property
    def is_powered(self) -> bool:
        """See :attr:`InsertableCard.is_powered`."""
        return self._card.is_powered

    def power_on(self) -> bytes:
        """See :meth:`InsertableCard.power_on`."""
        return self._card.power_on()

    def power_off(self) -> None:
        """See :meth:`InsertableCard.power_off`."""
        self._card.power_off()

    def transmit(self, raw: bytes | bytearray) -> bytes:
        """Answer one command, or do to it what the faults say."""
        with self._lock:
            self._count += 1
            count, faults = self._count, self._faults
        if faults.slow_from is not None and count >= faults.slow_from:
            self._sleep(faults.delay)
        if count == faults.power_lost_at:
            self._card.power_off()
            raise CardRemoved("power failed before the command")
        if count == faults.refused_at:
            return faults.status.to_bytes(2, "big")
        reply = self._card.transmit(raw)
        if count == faults.reply_lost_at:
            self._card.power_off()
            raise CardRemoved("power failed after the command")
        return _garbled(reply, faults.garble) if count == faults.garbled_at else reply


def _garbled(reply: bytes, how: Garble) -> bytes:
    match how:
        case Garble.EMPTY:
            return b""
        case Garble.CUT:
            return reply[: len(reply) // 2]
        case Garble.FLIPPED:
            return bytes(byte ^ 0x55 for byte in reply)
        case Garble.TOO_LONG:
            return reply[:-2] + bytes(0x2000) + reply[-2:]
