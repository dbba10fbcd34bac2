"""A server that misbehaves on demand: one table of vices for every HTTP client of the terminal."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PROBLEM: Final = b"HTTP/1.1 400 Bad\r\nContent-Type: application/problem+json\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE: Final = bytes(1024 * 1024)
DRIP_S: Final = 0.03
"""Between two bytes: far below every client's time-out for silence."""


@dataclass(frozen=True)
class Line:
    """One connection with a client, at whatever instant the vice begins."""

    socket: socket.socket
    over: threading.Event
    """Set when the peer is to stop."""

    def hear(self) -> None:
        """Wait for the end of a request's headers."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError
            heard += part

    def say(self, *parts: bytes) -> None:
        for part in parts:
            if self.over.is_set():
                return
            self.socket.sendall(part)

    def drip(self, text: bytes) -> None:
        for byte in itertools.cycle(text):
            if self.over.wait(DRIP_S):
                return
            self.socket.sendall(bytes([byte]))

    def flood(self, part: bytes) -> None:
        while not self.over.is_set():
            self.socket.sendall(part)


Vice = Callable[[Line], None]


def answering(head: bytes, body: bytes) -> Vice:
    """One whole answer; no vice in itself."""

    def vice(line: Line) -> None:
        line.hear()
        line.say(head, b"Content-Length: %d\r\n\r\n" % len(body), body)

    return vice


def _after(*head: bytes) -> Callable[[Callable[[Line], None]], Vice]:
    def then(rest: Callable[[Line], None]) -> Vice:
        def vice(line: Line) -> None:
            line.hear()
            line.say(*head)
            rest(line)

        return vice

    return then


def _redirect(location: bytes) -> Vice:
    head = b"HTTP/1.1 302 Found\r\nContent-Type: text/html\r\nLocation: " + location + b"\r\n"
    return answering(head, b"<html>")


def _silent(line: Line) -> None:
    line.over.wait()


def _reset(line: Line) -> None:
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.socket.close()


def _bomb() -> bytes:
    """400 KB that unfold to 400 MB: members one after the other (RFC 1952, clause 2.2)."""
    return gzip.compress(bytes(10 * 1024 * 1024)) * 40


def _half_close(line: Line) -> None:
    line.socket.shutdown(socket.SHUT_WR)
    line.over.wait()


def _one_hundred_for_ever(line: Line) -> None:
    line.flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


VICES: Final[dict[str, Vice]] = {
    # time
    "silent": _silent,
    "silent-after-the-request": _after()(_silent),
    "drip-status": _after()(lambda line: line.drip(b"H")),
    "drip-headers": _after(OK)(lambda line: line.drip(b"X: y\r\n")),
    "drip-body": _after(OK, b"Content-Length: 99999\r\n\r\n")(lambda line: line.drip(b"{}")),
    "drip-chunk-size": _after(OK, CHUNKED)(lambda line: line.drip(b"0")),
    "drip-trailers": _after(OK, CHUNKED, b"2\r\n{}\r\n0\r\n")(lambda line: line.drip(b"X: y\r\n")),
    # size
    "endless-continue": _after()(_one_hundred_for_ever),
    "endless-headers": _after(OK)(lambda line: line.flood(b"X: y\r\n" * 1000)),
    "endless-header-line": _after(OK)(lambda line: line.flood(b"y" * 65536)),
    "endless-body": _after(OK, CHUNKED)(
        lambda line: line.flood(b"100000\r\n" + MEGABYTE + b"\r\n")
    ),
    "endless-trailers": _after(OK, CHUNKED, b"0\r\n")(lambda line: line.flood(b"X: y\r\n" * 1000)),
    "no-length-no-end": _after(OK, b"\r\n")(lambda line: line.flood(MEGABYTE)),
    "300-megabytes": _after(OK, b"Content-Length: 314572800\r\n\r\n")(
        lambda line: line.say(*[MEGABYTE] * 300)
    ),
    "300-megabytes-of-redirect": _after(
        b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 314572800\r\n\r\n"
    )(lambda line: line.say(*[MEGABYTE] * 300)),
    "gzip-bomb": answering(OK + b"Content-Encoding: gzip\r\n", _bomb()),
    "gzip-bomb-of-a-problem": answering(PROBLEM + b"Content-Encoding: gzip\r\n", _bomb()),
    # shape
    "redirect-bracket": _redirect(b"http://[portal/login"),
    "redirect-latin-1": _redirect(b"http://portal.example/\xd5\xed\xc7"),
    "redirect-port": _redirect(b"http://portal.example:99999999/"),
    "redirect-nowhere": _redirect(b""),
    "unknown-charset": answering(
        PROBLEM.replace(b"+json", b"+json; charset=utf-99"), b'{"title": "\xff"}'
    ),
    "utf-16": answering(OK, '{"title": "x"}'.encode("utf-16")),
    "problem-nested-deep": answering(PROBLEM, b'{"a":' + b"[" * 200_000),
    "nested-deep": answering(OK, b"[" * 200_000),
    "negative-length": _after(OK, b"Content-Length: -5\r\n\r\n{}")(_half_close),
    "two-lengths": _after(OK, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")(_half_close),
    "bad-chunk-size": _after(OK, CHUNKED, b"zz\r\n{}\r\n")(_half_close),
    "no-http": _after(b"SSH-2.0-OpenSSH_9.6\r\n")(_half_close),
    "header-without-colon": _after(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n{}")(_half_close),
    # the line
    "half-close": _after(OK, b"Content-Length: 500\r\n\r\n{")(_half_close),
    "hang-up": _after()(lambda line: line.socket.close()),
    "reset-at-once": _reset,
    "reset-after-the-request": _after()(_reset),
    "reset-in-the-body": _after(OK, b"Content-Length: 500\r\n\r\n{")(_reset),
}

TLS_VICES: Final[dict[str, Vice]] = {
    "no-tls": lambda line: line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "tls-silent": _silent,
    "tls-drip": lambda line: line.drip(b"\x16"),
    # A record of a handshake that takes a day to arrive (RFC 8446, clause 5.1).
    "tls-drip-in-a-record": lambda line: (
        line.say(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb"),
        line.drip(b"\x03"),
    )[0],
    "tls-flood": lambda line: line.flood(bytes(65536)),
    "tls-reset": _reset,
}
"""For clients that expect TLS."""


class HostilePeer:
    """A listener on 127.0.0.1 that does to every connection what ``vice`` says at its begin."""

    def __init__(self, vice: Vice) -> None:
        self.vice = vice
        self.threads: list[threading.Thread] = []
        self._over = threading.Event()
        self._lines: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            # Wakes the thread that waits in accept().
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.append(line)
            thread = threading.Thread(target=self._serve, args=(line, self.vice))
            self.threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket, vice: Vice) -> None:
        with line, contextlib.suppress(OSError):
            vice(Line(line, self._over))


@contextlib.contextmanager
def hostile_peer(vice: Vice) -> Iterator[HostilePeer]:
    peer = HostilePeer(vice)
    try:
        yield peer
    finally:
        peer.close()
