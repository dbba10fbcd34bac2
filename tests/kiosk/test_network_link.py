"""The cable with a switch: what is cut is reset, what is mended carries again."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from kiosk.simulation.network import SwitchedLink


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


@pytest.fixture
def link() -> Iterator[SwitchedLink]:
    """A cable to something that says everything again."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        cable = SwitchedLink(server.server_address)
        yield cable
        cable.close()
        server.shutdown()
        thread.join()


def dial(link: SwitchedLink) -> socket.socket:
    parts = urlsplit(link.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=5)


def said_again(line: socket.socket, what: bytes) -> bytes:
    line.sendall(what)
    heard = b""
    while len(heard) < len(what) and (part := line.recv(65536)):
        heard += part
    return heard


def test_it_carries_everything_both_ways(link):
    with dial(link) as line:
        assert said_again(line, b"x" * 300_000) == b"x" * 300_000


def test_cutting_resets_what_is_open(link):
    with dial(link) as line:
        assert said_again(line, b"hello") == b"hello"
        link.cut()
        assert not link.connected
        assert is_dead(line)


def test_while_it_is_cut_nobody_gets_through(link):
    link.cut()
    try:
        with dial(link) as line:
            assert is_dead(line)
    except ConnectionError:
        pass  # refused at once is as good


def test_mended_it_carries_again_but_not_what_was_cut(link):
    with dial(link) as old:
        assert said_again(old, b"hello") == b"hello"
        link.cut()
        link.mend()
        assert link.connected
        assert is_dead(old)
        with dial(link) as new:
            assert said_again(new, b"again") == b"again"


def test_it_is_reachable_from_this_machine_only(link):
    assert urlsplit(link.url).hostname == "127.0.0.1"
    assert link._listener.getsockname()[0] == "127.0.0.1"


def test_closing_leaves_no_thread_and_no_port(link):
    with dial(link) as line:
        assert said_again(line, b"hello") == b"hello"
        link.close()
        assert not link._thread.is_alive()
        assert is_dead(line)
    with pytest.raises(OSError):
        dial(link)


def is_dead(line: socket.socket) -> bool:
    """Whether the other side is gone: the end, or a reset."""
    try:
        line.sendall(b"anybody?")
        return line.recv(1) == b""
    except (ConnectionError, BrokenPipeError):
        return True
