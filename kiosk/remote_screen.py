"""The window over VNC for machines without a display, reachable from this machine only.

Qt's ``vnc`` platform listens on every network interface and asks for no password, so its listening
socket is replaced, before anybody can be served, by one that is bound to 127.0.0.1.

Qt's server (6.11.3) crashes when a client asks for a picture without having sent SetPixelFormat
(RFC 6143, clause 7.5.1) before; viewers do send it.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_FIRST_PORT = 5900
_LAST_PORT = 5999


class NoFreePort(Exception):
    """All ports of VNC are taken on this machine."""


class RemoteScreen:
    """A reserved VNC port on 127.0.0.1 and what Qt has to be told to use it."""

    def __init__(self, size: tuple[int, int]) -> None:
        """Reserve the first free port from 5900 on. Raises :class:`NoFreePort`."""
        self._listener = _reserve()
        self._placeholder = _unused_port()
        self.port: int = self._listener.getsockname()[1]
        self.platform = f"vnc:size={size[0]}x{size[1]}:port={self._placeholder}"
        """Value for ``QT_QPA_PLATFORM``."""

    def confine(self) -> None:
        """Swap Qt's socket for ours; to be called when the first window is shown.

        Raises ``LookupError`` when Qt does not listen, which must not be ignored.
        """
        descriptor = _listening_descriptor(self._placeholder)
        self._listener.setblocking(False)
        os.dup2(self._listener.fileno(), descriptor)
        self._listener.close()


def needs_remote_screen() -> bool:
    """Whether there is neither a display nor a choice of platform in the environment."""
    chosen = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return not any(os.environ.get(name) for name in chosen)


def _reserve() -> socket.socket:
    for port in range(_FIRST_PORT, _LAST_PORT + 1):
        try:
            return socket.create_server(("127.0.0.1", port), backlog=8)
        except OSError:
            continue
    raise NoFreePort(f"no free port between {_FIRST_PORT} and {_LAST_PORT} on 127.0.0.1")


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _listening_descriptor(port: int) -> int:
    for entry in Path("/proc/self/fd").iterdir():
        descriptor = int(entry.name)
        try:
            duplicate = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
        with duplicate:
            try:
                listening = duplicate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                if listening and duplicate.getsockname()[1] == port:
                    return descriptor
            except OSError:
                continue
    raise LookupError("the VNC platform does not listen")
