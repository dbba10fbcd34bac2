"""A network cable with a switch: a local port that leads to the central API until it is cut."""

from __future__ import annotations

import contextlib
import socket
import threading

_CHUNK = 64 * 1024


class SwitchedLink:
    """Forwards TCP connections from a free port on 127.0.0.1 to ``target`` (host, port).

    While it is cut, open connections are reset and new ones are refused, as with a dead uplink.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._connected = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, name="link", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Base URL of this side of the cable."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def connected(self) -> bool:
        """Whether the cable is whole."""
        return self._connected

    def cut(self) -> None:
        """Cut the cable."""
        with self._lock:
            self._connected = False
            ends, self._open = self._open, set()
        for end in ends:
            _close(end)

    def mend(self) -> None:
        """Make it whole again."""
        with self._lock:
            self._connected = True

    def close(self) -> None:
        """Take the cable away."""
        self.cut()
        with contextlib.suppress(OSError):
            # Wakes the thread that waits in accept().
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5.0)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._connected:
                _close(near)
                continue
            try:
                far = socket.create_connection(self._target, timeout=5.0)
            except OSError:
                _close(near)
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        with self._lock:
            done = source not in self._open or sink.fileno() < 0
            self._open.discard(source)
        if done:
            _close(source)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # A reset rather than a polite end: unplugged cables say no goodbye.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
