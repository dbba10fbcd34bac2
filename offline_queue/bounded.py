"""An end to answers whose headers never end.

A time-out of a socket is the longest silence between two bytes. A server, or somebody in its place,
that sends one byte of its headers every few seconds is never silent; without a limit for all of
them it would hold the syncer for days.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import requests.adapters
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Connections that are shut when the headers of an answer are not whole in time."""

    def __init__(self, headers_s: float) -> None:
        """``headers_s``: how long the headers may take, in seconds."""
        super().__init__()
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, _connection(HTTPConnection, headers_s)),
            "https": _pool(HTTPSConnectionPool, _connection(HTTPSConnection, headers_s)),
        }


def _pool(base: type[HTTPConnectionPool], connection: type[HTTPConnection]) -> type[Any]:
    return type("BoundedPool", (base,), {"ConnectionCls": connection})


def _connection(base: type[HTTPConnection], headers_s: float) -> type[HTTPConnection]:
    def getresponse(self: HTTPConnection) -> HTTPResponse:
        watch = threading.Timer(headers_s, _shut, args=(self.sock,))
        watch.daemon = True
        watch.start()
        try:
            return base.getresponse(self)
        finally:
            watch.cancel()

    return type("BoundedConnection", (base,), {"getresponse": getresponse})


def _shut(connected: socket.socket | None) -> None:
    # The reading thread sees the end of the connection, as if the other side had hung up.
    if connected is not None:
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket: that one would take the ground from under a reader.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)
