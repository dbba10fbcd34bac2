"""Command and response APDUs (ISO/IEC 7816-4:2020, clauses 5 and 12) and the seam to a card.

Everything above this file speaks to a card through :class:`CardConnection`: PC/SC, the simulated
card and a recorded script all offer it, and nothing else is needed to be a card.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

SHORT_MAX = 0xFF
"""Longest command data field of a short APDU, in bytes."""

EXTENDED_MAX = 0xFFFF
"""Longest command data field of an extended APDU, in bytes."""


class Protocol7816(enum.Enum):
    """The transmission protocol between reader and card (ISO/IEC 7816-3)."""

    T0 = 0
    T1 = 1


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command: header, data field and the expected length ``le`` (``None``: no answer data).

    ``le=256`` (short) and ``le=65536`` (extended) mean "as much as there is". The data field is
    kept out of ``repr``: it may be a PIN.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes | bytearray = b""
    le: int | None = None

    def __repr__(self) -> str:
        return (
            f"CommandApdu({self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}, "
            f"Lc={len(self.data)}, Le={self.le})"
        )

    @property
    def is_extended(self) -> bool:
        """Whether the lengths need the extended format (clause 5.1, cases 2E to 4E)."""
        return len(self.data) > SHORT_MAX or (self.le is not None and self.le > SHORT_MAX + 1)

    def encode(self) -> bytearray:
        """The bytes on the wire; the caller wipes them when the data field was a secret."""
        return self._encoded(self.le)

    def encode_for_t0(self) -> bytearray:
        """The same for T=0, which has no case 4 and no case 1: Le waits for GET RESPONSE, P3 is 00.

        Source: ISO/IEC 7816-3:2006, 12.2.
        """
        return self._encoded(None if self.data else self.le or SHORT_MAX + 1)

    def _encoded(self, le: int | None) -> bytearray:
        out = bytearray((self.cla, self.ins, self.p1, self.p2))
        extended = len(self.data) > SHORT_MAX or (le is not None and le > SHORT_MAX + 1)
        if extended:
            out.append(0)
        if self.data:
            out += len(self.data).to_bytes(2 if extended else 1, "big")
            out += self.data
        if le is not None:
            # 256 and 65536 are written as zeroes.
            out += (le & (0xFFFF if extended else 0xFF)).to_bytes(2 if extended else 1, "big")
        return out


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """The answer to a command: data field and status word."""

    data: bytes
    sw: int

    def __repr__(self) -> str:
        return f"ResponseApdu({len(self.data)} bytes, {self.sw:04X})"


class CardConnection(Protocol):
    """An open, exclusive connection to one card in one reader. Used by one thread only.

    Every call returns or raises a :class:`cardreader.errors.CardError` within a bounded time.
    """

    @property
    def reader(self) -> str:
        """The reader's name, as PC/SC gives it."""

    @property
    def atr(self) -> bytes:
        """The card's answer to reset."""

    @property
    def protocol(self) -> Protocol7816:
        """The protocol that was negotiated when the connection was opened."""

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        """Send one encoded command, return the raw reply: data field and two status bytes."""

    def disconnect(self, *, reset: bool = True) -> None:
        """Close the connection. With ``reset`` the card loses every verified PIN."""
