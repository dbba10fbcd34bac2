"""A simulated card in the virtual reader vpcd, and so in the real pcscd.

vpcd listens on a TCP port; the card connects and answers. Every message is a length of two bytes,
big-endian, and that many bytes: one byte is a signal to the reader's contacts, anything longer is
a command (vsmartcard, "Creating a virtual smart card").
"""

from __future__ import annotations

import enum
import socket
import threading

from cardreader.errors import CardMute, CardRemoved
from cardreader.simulator.card import InsertableCard

PORT = 35963
"""vpcd's first slot; the second is on the next port."""

_BACK_OFF_FIRST, _BACK_OFF_LAST = 0.1, 2.0
_OUT = 1.0
"""Least seconds that a card which was pulled is out: pcscd looks every 0.4 s and must notice."""
_POLL = 0.1
"""Seconds after which a waiting connection looks at ``stop``."""
_NO_ATR = bytes(34)
"""What stands for silence: one byte more than the longest ATR (ISO/IEC 7816-3, 8.2.1).

vpcd takes an empty answer for an empty reader; one that is too long to be an ATR leaves the card
present and powerless, which is what a mute card is to pcscd.
"""


class _Signal(enum.IntEnum):
    OFF = 0
    ON = 1
    RESET = 2
    ATR = 4


class _Ended(Exception):
    """The other side closed, or ``stop`` was set."""


class _Pulled(Exception):
    """The card was taken out in the middle of a command; it comes back by itself."""


def serve(card: InsertableCard, host: str, port: int, stop: threading.Event) -> None:
    """Keep ``card`` in the virtual reader at ``host:port`` until ``stop`` is set.

    Blocks. When vpcd is not there, or goes away, the card comes back by itself within two seconds
    of vpcd's return. Setting ``stop`` takes the card out within a tenth of a second.
    """
    delay = _BACK_OFF_FIRST
    while not stop.is_set():
        try:
            with socket.create_connection((host, port), timeout=_BACK_OFF_LAST) as connection:
                connection.settimeout(_POLL)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    _answer(card, connection, stop)
                    delay = _BACK_OFF_FIRST
        except _Pulled:
            card.power_off()
            delay = _OUT
        except (OSError, _Ended):
            # Refused, reset or closed are all one: nobody is there now.
            card.power_off()
        stop.wait(delay)
        delay = min(delay * 2, _BACK_OFF_LAST)


def _answer(card: InsertableCard, connection: socket.socket, stop: threading.Event) -> None:
    size = int.from_bytes(_receive(connection, 2, stop), "big")
    message = _receive(connection, size, stop)
    if size == 1:
        reply = _signal(card, message[0])
    else:
        try:
            reply = card.transmit(message)
        except CardMute:
            reply = b""
        except CardRemoved:
            raise _Pulled from None
    if reply is not None:
        connection.sendall(len(reply).to_bytes(2, "big") + reply)


def _signal(card: InsertableCard, signal: int) -> bytes | None:
    """Power and reset have no answer; asking for the ATR leaves the card as it is."""
    if signal == _Signal.ATR:
        return card.atr or _NO_ATR
    if signal == _Signal.OFF:
        card.power_off()
    elif signal in (_Signal.ON, _Signal.RESET) and not card.is_mute:
        card.power_on()
    return None


def _receive(connection: socket.socket, size: int, stop: threading.Event) -> bytes:
    """Exactly ``size`` bytes, however they arrive. Raises :class:`_Ended`."""
    received = bytearray()
    while len(received) < size:
        if stop.is_set():
            raise _Ended
        try:
            # vpcd sends length and message apart: an acknowledgement that comes at once spares
            # 40 ms per command (Nagle's algorithm waits for it). The option holds for one read.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = connection.recv(size - len(received))
        except TimeoutError:
            continue
        if not part:
            raise _Ended
        received += part
    return bytes(received)
