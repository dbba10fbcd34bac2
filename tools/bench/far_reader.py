"""A card reader in another process: the seam of PC/SC over a local socket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Connection
from typing import Any

from cardreader.apdu import Protocol7816
from cardreader.errors import CardError
from cardreader.events import ReaderEvent
from cardreader.readers import ReaderStatus


class FarReaders:
    """The readers of :mod:`tools.bench.surroundings`, with hands to put a card in."""

    def __init__(self, address: str) -> None:
        self._events = Client(address, "AF_UNIX")
        self._terminal = Line(address)
        self._hands = Line(address)
        self._watcher: threading.Thread | None = None

    def start(self, on_event: Callable[[ReaderEvent], None]) -> None:
        """Begin to deliver events."""
        self._events.send(("start",))
        self._watcher = threading.Thread(
            target=self._deliver, args=(on_event,), name="far-reader", daemon=True
        )
        self._watcher.start()

    def stop(self) -> None:
        """End watching."""
        self._hands.ask("stop")

    def readers(self) -> list[ReaderStatus]:
        """The readers and what is in them."""
        status: list[ReaderStatus] = self._terminal.ask("readers")
        return status

    def connect(self, reader: str) -> FarCard:
        """Open a connection to the card."""
        return FarCard(self._terminal, *self._terminal.ask("connect", reader))

    def insert(self, persona_id: str) -> None:
        """Put a card in."""
        self._hands.ask("insert", persona_id)

    def prepare_slow(self, persona_id: str) -> None:
        """Have a card at hand that takes its time for every command, as a contact card does."""
        self._hands.ask("prepare_slow", persona_id)

    def insert_prepared(self) -> None:
        """Put that one in."""
        self._hands.ask("insert_prepared")

    def remove(self) -> None:
        """Take it out."""
        self._hands.ask("remove")

    def _deliver(self, on_event: Callable[[ReaderEvent], None]) -> None:
        while True:
            try:
                event = self._events.recv()
            except (EOFError, OSError):
                return
            on_event(event)


class FarCard:
    """A connection to the card in another process."""

    def __init__(
        self, line: Line, number: int, reader: str, atr: bytes, protocol: Protocol7816
    ) -> None:
        self.reader = reader
        self.atr = atr
        self.protocol = protocol
        self._line = line
        self._number: int | None = number

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        """One command, one reply."""
        reply: bytes = self._line.ask("transmit", self._number, apdu)
        return reply

    def disconnect(self, *, reset: bool = True) -> None:
        """Close. Safe to call twice."""
        number, self._number = self._number, None
        if number is not None:
            self._line.ask("disconnect", number, reset)


class Line:
    """Calls to the other process, one at a time."""

    def __init__(self, address: str) -> None:
        self._connection: Connection[Any, Any] = Client(address, "AF_UNIX")
        self._lock = threading.Lock()

    def ask(self, name: str, *arguments: object) -> Any:
        """Call and wait. Raises what the card raised."""
        with self._lock:
            self._connection.send((name, *arguments))
            answer = self._connection.recv()
        if isinstance(answer, CardError):
            raise answer
        return answer
