"""Bytes to and from a printer, with a time-out on every call.

python-escpos connects; what it lacks is put around it: it speaks IPv4 only, opens a closed
connection again by itself, waits a minute by default, reads "no answer" as "all well" and leaves a
temporary directory behind at import.

There is no way through CUPS on purpose. Its job is "completed" when the backend has handed it
over, before anything is on paper: no print could be confirmed, and every citizen would be asked.
Status and fences have no way back through it. And what it could not hand over, because the paper
is out, it prints when the paper is back, in somebody else's visit. Whatever printer CUPS drives has
a port or a device file, and is used through that (docs/technician.md).
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import termios
import threading
import tty
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol

from printer.errors import PrinterGone, PrinterSilent

_BAUD: Final = {
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}
"""19200 and less are refused: a receipt would take more than a minute."""


class Transport(Protocol):
    """One open connection: one thread writes, one reads; closed after the reader has ended."""

    @property
    def tells_power_loss(self) -> bool:
        """Whether the connection breaks when the printer is switched off, if only for a moment."""

    def write(self, data: bytes, timeout: float) -> None:
        """Send everything within ``timeout`` seconds.

        Raises :exc:`PrinterGone`, :exc:`PrinterSilent`; then an unknown part was sent.
        """

    def read(self, timeout: float) -> bytes:
        """Return what has come, empty after ``timeout`` seconds. Raises :exc:`PrinterGone`."""

    def interrupt(self) -> None:
        """End a waiting :meth:`read`, and every later one, with :exc:`PrinterGone`."""

    def close(self) -> None:
        """Hang up and free what the connection held; nothing may be called afterwards."""


class NetworkTransport:
    """A printer on raw TCP, usually port 9100."""

    tells_power_loss: Final = True

    def __init__(self, host: str, port: int = 9100, *, timeout: float = 3.0) -> None:
        """Connect within ``timeout`` seconds to a name, an IPv4 or an IPv6 address.

        IPv6 with or without the brackets of RFC 3986, clause 3.2.2. Raises :exc:`PrinterGone`.
        """
        host = host.removeprefix("[").removesuffix("]")
        self._printer = _escpos_network()(host, port, timeout=timeout)
        try:
            self._printer.open()
        except (OSError, UnicodeError) as error:
            raise PrinterGone("no printer at this address") from error
        device = self._printer.device
        assert isinstance(device, socket.socket)  # noqa: S101 - open() raises or connects
        # Our own reference: the library's property would connect again after a close.
        self._socket = device
        device.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        device.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes, timeout: float) -> None:
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise PrinterSilent("the printer takes no more data") from error
        except OSError as error:
            raise PrinterGone("the connection broke") from error

    def read(self, timeout: float) -> bytes:
        try:
            ready, _, _ = select.select([self._socket], [], [], timeout)
            if not ready:
                return b""
            data = self._socket.recv(4096)
        except (OSError, ValueError) as error:
            raise PrinterGone("the connection broke") from error
        if not data:
            raise PrinterGone("the printer hung up")
        return data

    def interrupt(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._printer.close()


class DeviceTransport:
    """A printer behind a device file: USB (``/dev/usb/lp0``), a serial line, a pseudo terminal.

    The kernel's drivers are the way in, not python-escpos: its ``File`` never reads, its ``Serial``
    (pyserial) writes without a time-out, its ``Usb`` (pyusb) takes the device away from the
    kernel, needs write access to the bus instead of one device file, has fixed endpoints and
    waits for ever by default. ``usblp`` and the serial drivers have time-outs through ``select``,
    report an unplugged cable as an error, survive a crash of ours, and need no other library.
    A udev rule gives the device a lasting name, so a printer plugged in again is found again.
    """

    def __init__(self, path: str, *, baud: int = 115200) -> None:
        """Open it; ``baud`` counts for terminals. Raises :exc:`PrinterGone`, ``ValueError``."""
        if baud not in _BAUD:
            raise ValueError("a receipt needs 38400, 57600 or 115200 baud")
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise PrinterGone("no printer at this device") from error
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            self.tells_power_loss = not os.isatty(self._fd)
            if not self.tells_power_loss:
                self._configure(_BAUD[baud])
        except termios.error as error:
            self.close()
            raise PrinterGone("the serial line cannot be set up") from error

    def _configure(self, speed: int) -> None:
        tty.setraw(self._fd, termios.TCSANOW)
        attributes = termios.tcgetattr(self._fd)
        attributes[2] |= termios.CLOCAL | termios.CREAD | termios.CS8
        attributes[4] = attributes[5] = speed
        termios.tcsetattr(self._fd, termios.TCSANOW, attributes)
        # Answers to a program before us are none to us.
        termios.tcflush(self._fd, termios.TCIFLUSH)

    def write(self, data: bytes, timeout: float) -> None:
        deadline = monotonic() + timeout
        view = memoryview(data)
        while view:
            left = deadline - monotonic()
            if left <= 0 or not select.select([], [self._fd], [], left)[1]:
                raise PrinterSilent("the printer takes no more data")
            try:
                view = view[os.write(self._fd, view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise PrinterGone("the connection broke") from error

    def read(self, timeout: float) -> bytes:
        try:
            ready, _, _ = select.select([self._fd, self._woken], [], [], timeout)
            if self._fd not in ready:
                if ready:
                    raise PrinterGone("the connection is closed")
                return b""
            data = os.read(self._fd, 4096)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise PrinterGone("the connection broke") from error
        if not data:
            raise PrinterGone("the printer hung up")
        return data

    def interrupt(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake, b"\0")

    def close(self) -> None:
        for fd in (self._fd, self._woken, self._wake):
            os.close(fd)


_PROFILE: Final = Path(__file__).with_name("escpos_profile.json")
_importing = threading.Lock()


def _escpos_network() -> Any:
    """Import python-escpos late: it takes a third of a second that only a real printer needs.

    One thread at a time: at its first import the library fills the folder that is removed here.
    """
    with _importing:
        return _import_escpos()


@cache
def _import_escpos() -> Any:
    # Of the library's table of some thirty printers none is used here, and to read it takes 0.2 s
    # and 3 MB: `escpos_profile.json` is the one that every printer class asks for by default.
    os.environ.setdefault("ESCPOS_CAPABILITIES_FILE", str(_PROFILE))
    import escpos.capabilities
    from escpos.printer import Network

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(escpos.capabilities.pickle_dir, ignore_errors=True)

    class EitherFamily(Network):  # type: ignore[misc] # the library has no types
        def open(self, raise_not_found: bool = True) -> None:  # noqa: ARG002 - the library's
            self.device = socket.create_connection((self.host, self.port), self.timeout)

    return EitherFamily
