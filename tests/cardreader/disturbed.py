"""Cards that disturb a visit: pulled out at a command, or with a reply that is not theirs."""

from __future__ import annotations

from cardreader import CardConnection, CardRemoved
from cardreader.simulator import READER, SimulatedReaders


class Cut:
    """Pulls the card before or after its ``at``-th command."""

    def __init__(self, readers: SimulatedReaders, at: int, *, after: bool = False) -> None:
        self._readers, self._at, self._after = readers, at, after
        self._inner = readers.connect(READER)
        self.reader, self.atr, self.protocol = READER, self._inner.atr, self._inner.protocol
        self.count = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count == self._at and not self._after:
            self._readers.remove()
        reply = self._inner.transmit(apdu)
        if self.count == self._at:
            self._readers.remove()
            raise CardRemoved("power failed before the answer arrived")
        return reply

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)


class Garbled:
    """Answers everything as the card does, but the ``at``-th reply is ``reply``."""

    def __init__(self, inner: CardConnection, at: int, reply: bytes) -> None:
        self._inner, self._at, self._reply = inner, at, reply
        self.reader, self.atr, self.protocol = inner.reader, inner.atr, inner.protocol
        self.count = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        reply = self._inner.transmit(apdu)
        return self._reply if self.count == self._at else reply

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)
