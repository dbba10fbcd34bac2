"""A card that is put into the virtual reader: whatever answers commands, behind a socket.

vpcd (vsmartcard) listens for its card: messages with a two-byte length; the one-byte messages
00, 01, 02 (off, on, reset) want no answer, 04 wants the ATR, all else is a command.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType

from tests.cardreader.script import T0_ATR
from tests.pcscd import VPCD_PORTS

# The driver cannot power a "card" whose ATR is longer than an ATR can be: pcscd calls that mute.
MUTE_ATR = bytes(40)


class VirtualCard:
    """Inserted when entered, taken when left. ``respond`` gets commands; ``None`` is silence."""

    def __init__(
        self,
        respond: Callable[[bytes], bytes | None] = lambda command: b"\x90\x00",
        atr: bytes = T0_ATR,
    ) -> None:
        self.resets = 0
        self.commands: list[bytes] = []
        self.got_command = threading.Event()
        self._respond = respond
        self._atr = atr

    def __enter__(self) -> VirtualCard:
        self._socket = socket.create_connection(("127.0.0.1", VPCD_PORTS[0]), timeout=10)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.take()

    def take(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                message = self._receive(int.from_bytes(self._receive(2), "big"))
                if message == b"\x04":
                    self._send(self._atr)
                elif len(message) == 1:
                    self.resets += message == b"\x02"
                else:
                    self.commands.append(message)
                    self.got_command.set()
                    reply = self._respond(message)
                    if reply is not None:
                        self._send(reply)

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _send(self, data: bytes) -> None:
        self._socket.sendall(len(data).to_bytes(2, "big") + data)
