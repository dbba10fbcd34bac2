"""HTTP within limits of time and size, whoever answers.

A time-out of a socket is the longest silence between two bytes. A server, or somebody in its place,
that sends one byte every few seconds is never silent; one that sends without end is never done.
Here an exchange as a whole has a time limit, from the connection and its TLS handshake to the last
byte of the answer, and an answer has a size limit.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, Self

import requests
import requests.adapters
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

_CHUNK: Final = 16 * 1024

SLOWEST_BYTES_PER_S: Final = 100
"""A line of a thousand bits per second: a request's body gets the time that it takes there."""
TRAVEL_MAX_S: Final = 90.0
"""A larger body does not get more time."""


class AnswerTooLong(requests.RequestException):
    """More bytes than any right answer has."""


class AnswerTooSlow(requests.Timeout):
    """The exchange was not complete within its time."""


class AnswerEncoded(requests.RequestException):
    """Compressed although identity was asked for (RFC 9110, clause 12.5.3): how long is unknown."""


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """What an exchange may take at most."""

    whole_s: float
    """From the first step of the connection to the last byte of the answer, in seconds; the
    time that the request's body travels comes on top (:func:`travel_s`)."""
    body_bytes: int
    """Longest body of an answer that is read."""


def travel_s(body: bytes | str | None) -> float:
    """How long a request's body may travel, in seconds."""
    return min(len(body or b"") / SLOWEST_BYTES_PER_S, TRAVEL_MAX_S)


class BoundedSession(requests.Session):
    """A session that asks one server, within limits, and goes nowhere else.

    Environment (proxies, ``.netrc``) and cookies are not used: where a terminal sends to, and what
    it says, is its configuration alone. Every failure is a ``requests.RequestException``, except
    for a file of certificate authorities that cannot be read: ``OSError``.
    """

    def __init__(
        self,
        limits: AnswerLimits,
        *,
        ca_file: str | None = None,
        retries: Retry | int = 0,
    ) -> None:
        """``ca_file`` is a PEM bundle that replaces the public certificate authorities."""
        super().__init__()
        self.trust_env = False
        self.verify = ca_file or True
        self.headers["Accept-Encoding"] = "identity"
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _BoundedAdapter(limits, retries))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return nothing: what says ``Location`` is an answer like any other.

        The library would look at that address although it is told not to follow it, and raise what
        nobody expects when it is no address.
        """


class _Guard:
    """Shuts the connections of one exchange when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self.expired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            while self._connections:
                self._connections.pop().close()

    def watch(self, connection: socket.socket) -> None:
        """Another connection that the exchange uses."""
        # A second descriptor: it stays when TLS takes the socket over, and to shut it does not
        # take the ground from under whoever reads.
        twin = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._connections.append(twin)
            if self.expired:
                _shut(twin)

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            for connection in self._connections:
                _shut(connection)


def _shut(connection: socket.socket) -> None:
    # The reading thread sees the end of the connection, as if the other side had hung up.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _BoundedAdapter(requests.adapters.HTTPAdapter):
    """Sends a request and reads its whole answer within the limits."""

    def __init__(self, limits: AnswerLimits, retries: Retry | int) -> None:
        super().__init__(max_retries=retries)
        self._limits = limits
        # Threads may share a session: each has an exchange of its own.
        self._exchange = threading.local()
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._pool(HTTPConnectionPool, HTTPConnection),
            "https": self._pool(HTTPSConnectionPool, HTTPSConnection),
        }

    def send(self, request: requests.PreparedRequest, *how: Any, **named: Any) -> requests.Response:
        """See :class:`BoundedSession`; the answer's content is complete, and never decoded."""
        with _Guard(self._limits.whole_s + travel_s(request.body)) as guard:
            self._exchange.guard = guard
            try:
                response = super().send(request, *how, **{**named, "stream": True})
                self._read(response)
                if guard.expired:
                    # Its end may have looked like the answer's.
                    raise AnswerTooSlow("the answer comes too slowly", request=request)
            except (requests.RequestException, HTTPError, HTTPException, ValueError) as error:
                if guard.expired and not isinstance(error, AnswerTooLong | AnswerTooSlow):
                    raise AnswerTooSlow("the answer comes too slowly", request=request) from error
                if isinstance(error, requests.RequestException):
                    raise
                raise requests.ConnectionError(error, request=request) from error
            return response

    def _read(self, response: requests.Response) -> None:
        content = bytearray()
        try:
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise AnswerEncoded("the answer is encoded")
            while chunk := response.raw.read1(_CHUNK):
                content += chunk
                if len(content) > self._limits.body_bytes:
                    raise AnswerTooLong("the answer is too long")
        except BaseException:
            response.raw.close()
            raise
        response._content = bytes(content)
        response._content_consumed = True  # type: ignore[attr-defined] # the library's own name

    def _pool(self, base: type[HTTPConnectionPool], connection: type[HTTPConnection]) -> type[Any]:
        return type("BoundedPool", (base,), {"ConnectionCls": self._connection(connection)})

    def _connection(self, base: type[HTTPConnection]) -> type[HTTPConnection]:
        exchange = self._exchange

        def new_connection(self: HTTPConnection) -> socket.socket:
            made: socket.socket = base._new_conn(self)
            exchange.guard.watch(made)
            return made

        def request(self: HTTPConnection, *what: Any, **named: Any) -> None:
            if self.sock is not None:
                # Kept alive since an earlier exchange.
                exchange.guard.watch(self.sock)
            base.request(self, *what, **named)

        methods = {"_new_conn": new_connection, "request": request}
        return type("BoundedConnection", (base,), methods)
