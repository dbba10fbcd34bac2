"""A central API with payment and the simulated gateway beside it, over real HTTP."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from backend_stub import EmbeddedServer, Settings
from backend_stub.ground.database import Database
from backend_stub.ground.settings import GatewayAccess
from backend_stub.payments.book import Book
from backend_stub.payments.records import Line, Order
from backend_stub.payments.store import SqlStore
from backend_stub.peers.gateway import GatewayServer, load_keys

from ..conftest import SteppedClock
from ..terminal import Terminal
from .sql_world import SqlRegistry

KIOSK = "MCT-0001"


@dataclass
class Office:
    """Everything that a payment passes through."""

    settings: Settings
    folder: Path
    clock: SteppedClock = field(default_factory=SteppedClock)
    http: requests.Session = field(default_factory=requests.Session)

    def start(self) -> Office:
        keys = load_keys(self.folder / "gateway-keys.json")
        self.gateway = GatewayServer(self.folder / "gateway.db", keys, clock=self.clock)
        self.gateway.start()
        access = GatewayAccess(self.gateway.url, keys.merchant_key, keys.callback_secret)
        # The server first: it makes the tables.
        self.server = EmbeddedServer(
            dataclasses.replace(self.settings, gateway=access),
            clock=self.clock,
            effects_of=SqlRegistry,
        )
        self.url = self.server.start()
        self.gateway.callback_url = f"{self.url}/v1/payments/callback"
        self.gateway.restart()
        self.database = Database(self.settings.database_url)
        SqlRegistry.create(self.database)
        self.store = SqlStore(self.database, SqlRegistry)
        self.terminal = Terminal(self.url, self.http, KIOSK, clock=self.clock).enrol()
        return self

    def stop(self) -> None:
        self.http.close()
        self.server.stop()
        self.gateway.stop()
        self.database.close()

    def order(self, name: str = "order-1", **amounts: int) -> Order:
        lines = [
            Line(worker, amount, part)
            for part, (worker, amount) in enumerate((amounts or {"w1": 1500}).items())
        ]
        placed = Order(
            name,
            "WP-2026-000017",
            KIOSK,
            "ar",
            "92345678",
            tuple(lines),
            self.clock(),
            self.clock() + timedelta(hours=8),
        )
        self.store.place(placed)
        return placed

    def post(self, path: str, body: object, **more: Any) -> requests.Response:
        auth = self.terminal.signer()
        return self.http.post(f"{self.url}/v1{path}", json=body, auth=auth, **more)

    def get(self, path: str) -> requests.Response:
        return self.http.get(f"{self.url}/v1{path}", auth=self.terminal.signer())

    def book(self, order: str = "order-1") -> Book:
        return self.store.read(order)

    def link(self, order: str = "order-1") -> str:
        link: str = self.get(f"/orders/{order}").json()["link"]
        return self.url + "/P/" + link.rpartition("/P/")[2]
