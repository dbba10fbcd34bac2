"""A connection with its continuous reader: replies arrive as events, whenever they come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from printer.errors import PrinterGone
from printer.status import Reply, ReplyParser
from printer.transport import Transport

_WAKE_SECONDS = 5.0
"""How long one read waits. Only a bound; data and :meth:`Transport.interrupt` end it at once."""


@dataclass(frozen=True, slots=True)
class Received:
    """A reply that came on ``connection``."""

    connection: Connection
    reply: Reply


@dataclass(frozen=True, slots=True)
class Lost:
    """``connection`` broke."""

    connection: Connection


class Connection:
    """Owns one transport. ``emit`` is called in the reader's thread and must only hand over."""

    def __init__(self, transport: Transport, emit: Callable[[Received | Lost], None]) -> None:
        self._transport = transport
        self._emit = emit
        self._reader = threading.Thread(target=self._read, name="printer-reader", daemon=True)
        self._reader.start()

    @property
    def tells_power_loss(self) -> bool:
        """See :class:`printer.transport.Transport`."""
        return self._transport.tells_power_loss

    def send(self, data: bytes, timeout: float) -> None:
        """Send everything. Raises :exc:`PrinterGone`, :exc:`printer.errors.PrinterSilent`."""
        self._transport.write(data, timeout)

    def close(self) -> None:
        """Hang up, once; events that were under way may still arrive."""
        self._transport.interrupt()
        self._reader.join()
        self._transport.close()

    def _read(self) -> None:
        parser = ReplyParser()
        try:
            while True:
                for reply in parser.feed(self._transport.read(_WAKE_SECONDS)):
                    self._emit(Received(self, reply))
        except PrinterGone:
            self._emit(Lost(self))
