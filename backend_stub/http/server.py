"""Running the central API: as a server of its own, or inside another process."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import uvicorn

from backend_stub.ground.central import CentralUnavailable, Clock, RandomBytes, utc_now
from backend_stub.ground.settings import Settings
from backend_stub.http.app import create_app
from backend_stub.opening import nothing_to_buy
from backend_stub.payments.store import EffectsOf

_STOP_TIMEOUT_S: Final = 5
_KEEP_ALIVE_S: Final = 75
_BACKLOG: Final = 4096
"""A whole fleet may connect at once."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files for HTTPS, PEM: the server's certificate with its chain, and its private key."""

    certificate: Path
    key: Path


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = 8080, tls: Tls | None = None
) -> None:
    """Run until interrupted (SIGINT, SIGTERM); over HTTPS with ``tls``.

    Raises :class:`CentralUnavailable`.
    """
    if tls is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key)
        # A file that is not there is an OSError too, and so is what OpenSSL says.
        except OSError as error:
            raise CentralUnavailable(
                f"The certificate {tls.certificate} with the key {tls.key} cannot be used: "
                f"{error.strerror or 'they do not belong together'}."
            ) from error
    listener = _listen(host, port)
    with listener:
        app = create_app(settings)
        uvicorn.Server(_config(app, tls)).run(sockets=[listener])


class EmbeddedServer:
    """The central API in a thread of this process, on 127.0.0.1."""

    def __init__(
        self,
        settings: Settings,
        *,
        port: int = 0,
        clock: Clock = utc_now,
        random_bytes: RandomBytes = os.urandom,
        effects_of: EffectsOf = nothing_to_buy,
    ) -> None:
        """Prepare; nothing is opened before :meth:`start`. Port 0 takes a free one."""
        self._settings = settings
        self._port = port
        self._clock = clock
        self._random_bytes = random_bytes
        self._effects_of = effects_of
        self._server: _Announcing | None = None
        self._thread: threading.Thread | None = None
        self._listener: socket.socket | None = None

    def start(self) -> str:
        """Start and return the base URL once connections are accepted.

        Raises :class:`CentralUnavailable`.
        """
        if self._thread is not None:
            raise RuntimeError("the server is running")
        listener = _listen("127.0.0.1", self._port)
        try:
            app = create_app(
                self._settings,
                clock=self._clock,
                random_bytes=self._random_bytes,
                effects_of=self._effects_of,
            )
        except CentralUnavailable:
            listener.close()
            raise
        server = _Announcing(_config(app))
        thread = threading.Thread(
            target=server.run_announced, args=([listener],), name="central-api", daemon=True
        )
        thread.start()
        server.settled.wait()
        if not server.started:
            thread.join()
            listener.close()
            raise CentralUnavailable("The central API did not start.")
        self._server, self._thread, self._listener = server, thread, listener
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def stop(self) -> None:
        """Finish what is being answered, close the database, join the thread."""
        if self._server is None or self._thread is None or self._listener is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._server = self._thread = self._listener = None

    def __enter__(self) -> str:
        """Start; the value is the base URL."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


class _Announcing(uvicorn.Server):
    """Says when it accepts connections, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

    def run_announced(self, sockets: list[socket.socket]) -> None:
        try:
            self.run(sockets)
        finally:
            self.settled.set()


def _config(app: object, tls: Tls | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # FastAPI's type is wider than uvicorn's alias of ASGI
        log_config=None,
        access_log=False,  # search words are in the address
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_STOP_TIMEOUT_S,
        # Longer than a terminal's health interval: a line that is closed just as it is used again
        # looks like a lost network.
        timeout_keep_alive=_KEEP_ALIVE_S,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by number: asyncio sends at once (TCP_NODELAY) only on sockets that name it.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # A port in TIME_WAIT from our own last run is free; one that is listened on is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise CentralUnavailable(
            f"The address {host} port {port} cannot be used: {error.strerror}."
        ) from error
    return listener
