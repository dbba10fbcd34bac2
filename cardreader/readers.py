"""The seam to the readers: who is there, what is in them, and a connection to the card.

:class:`cardreader.pcsc.PcscReaders` is the real thing; the simulator offers the same without
PC/SC. The terminal is composed with one of the two and does not know which.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cardreader.apdu import CardConnection
from cardreader.events import ReaderEvent


class Slot(enum.StrEnum):
    """What is in a reader."""

    EMPTY = "empty"
    CARD = "card"
    MUTE_CARD = "mute-card"


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """One reader as it was last seen. ``atr`` and ``insertion`` are set only for ``Slot.CARD``."""

    reader: str
    slot: Slot
    atr: bytes | None = None
    insertion: int | None = None


class CardReaders(Protocol):
    """All readers of the terminal."""

    def start(self, on_event: Callable[[ReaderEvent], None]) -> None:
        """Begin to watch. Readers and cards that are there already are reported as events too.

        ``on_event`` is called from the watcher's thread, one event at a time; it must return
        quickly and must not raise. No PC/SC service is no error: it is reported as
        :class:`~cardreader.events.ServiceLost`, and watching goes on.
        """

    def stop(self) -> None:
        """End watching and return when no further event can come. Safe to call twice."""

    def readers(self) -> list[ReaderStatus]:
        """The readers as last seen by the watcher, in the service's order."""

    def connect(self, reader: str) -> CardConnection:
        """Open an exclusive connection to the card in ``reader``.

        Raises :class:`~cardreader.errors.ReaderUnavailable`,
        :class:`~cardreader.errors.CardRemoved` (no card), :class:`~cardreader.errors.CardMute`,
        :class:`~cardreader.errors.CardBusy`, :class:`~cardreader.errors.CardTimeout` or
        :class:`~cardreader.errors.CardServiceUnavailable`.
        """
