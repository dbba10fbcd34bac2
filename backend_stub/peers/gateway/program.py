"""The gateway as a server: in a process of its own, or in a thread for tests and the workbench."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from backend_stub.peers.gateway.app import Gateway, create_gateway
from backend_stub.peers.gateway.callbacks import CallbackSender
from backend_stub.peers.gateway.ledger import Ledger
from backend_stub.peers.gateway.settings import GatewayKeys
from backend_stub.peers.gateway.vices import Vices


class GatewayUnavailable(Exception):
    """It cannot be served; the message is one sentence."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class GatewayServer:
    """A gateway on 127.0.0.1; port 0 takes a free one."""

    database: Path
    keys: GatewayKeys
    callback_url: str = ""
    port: int = 0
    clock: Callable[[], datetime] = _now
    url: str = field(default="", init=False)

    def start(self) -> str:
        """Start and return its address. Raises :class:`GatewayUnavailable`."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.port))
            listener.listen(64)
        except OSError as error:
            listener.close()
            raise GatewayUnavailable(
                f"The address 127.0.0.1 port {self.port} cannot be used: {error.strerror}."
            ) from error
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ledger = Ledger(self.database)
        self._gateway = Gateway(self._ledger, self.keys, self.clock, self.url)
        secret = self.keys.callback_secret
        self._sender = CallbackSender(
            self._ledger, self.callback_url, secret, self.clock, lambda: self._gateway.vices
        )
        self._gateway.planned = self._sender.wake
        app = create_gateway(self._gateway)
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
        self._server = uvicorn.Server(config)
        # Connections wait in the listener's queue until the server takes them.
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="gateway", daemon=True
        )
        self._listener = listener
        self._thread.start()
        self._sender.start()
        return self.url

    def switch(self, **changes: Any) -> Vices:
        """Switch some of its vices. Raises ``TypeError`` for one that does not exist."""
        self._gateway.vices = self._gateway.vices.switched(changes)
        return self._gateway.vices

    def stop(self) -> None:
        """Finish what is being answered and close the database; everything is kept."""
        self._sender.stop()
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
        self._ledger.close()

    def restart(self) -> None:
        """As if its machine had been switched off and on: same port, same database."""
        self.stop()
        self.start()
