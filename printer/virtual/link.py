"""How bytes reach the virtual printer: a TCP connection or a pseudo terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import select
import socket
import threading
import tty
from typing import Final, Protocol


class Link(Protocol):
    """One connected host. ``needs_power``: the printer's power holds the connection."""

    @property
    def needs_power(self) -> bool: ...

    def receive(self) -> bytes:
        """Wait for bytes; empty when the host hung up or the link was closed."""

    def send(self, data: bytes) -> None:
        """Send a reply. Raises ``OSError`` when the host is gone."""

    def close(self) -> None:
        """Hang up; wakes a waiting :meth:`receive`. A second call does nothing."""


class TcpLink:
    """A host connected by TCP, as to port 9100 of a network printer."""

    needs_power: Final = True

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self) -> bytes:
        try:
            return self._connection.recv(65536)
        except OSError:
            return b""

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class TcpListener:
    """Accepts one host after the other: a network printer talks to one at a time."""

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        address = self._socket.getsockname()
        self.address: tuple[str, int] = (address[0], address[1])

    def accept(self) -> TcpLink | None:
        """Wait for the next host; ``None`` once closed."""
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return None
        return TcpLink(connection)

    def close(self) -> None:
        """Stop listening; wakes a waiting :meth:`accept`."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class PtyLink:
    """A pseudo terminal that looks like a serial line to the host."""

    needs_power: Final = False

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        os.set_blocking(self._master, False)
        # Raw, and our own end of the slave stays open: hosts may come and go.
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._woken, self._wake = os.pipe()
        self._open = True
        # Numbers of closed files are given out again: nobody may write to one that was ours.
        self._lock = threading.Lock()

    def receive(self) -> bytes:
        ready, _, _ = select.select([self._master, self._woken], [], [])
        if self._woken not in ready:
            return os.read(self._master, 65536)
        with self._lock:
            os.close(self._master)
            os.close(self._woken)
        return b""

    def send(self, data: bytes) -> None:
        with self._lock:
            if not self._open:
                raise OSError(errno.EIO, "the cable was pulled")
            # A serial line forgets what a host does not read.
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, data)

    def close(self) -> None:
        with self._lock:
            if self._open:
                self._open = False
                os.close(self._wake)

    def release(self) -> None:
        """Give the device's name back, after :meth:`close`.

        Until then no other pseudo terminal takes it: a host that looks for the pulled cable finds
        nothing, rather than somebody else's printer.
        """
        os.close(self._slave)
