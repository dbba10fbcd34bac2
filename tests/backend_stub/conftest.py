from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from backend_stub import EmbeddedServer, EnrolmentCode, Settings
from cardreader.simulator import TRUST
from cardreader.simulator.issuing_files import (
    CARD_MASTER_KEY,
    ISSUING_CA_CERTIFICATE,
    ISSUING_CA_KEY,
)
from offline_queue.signed_requests import RequestSigner

from .cards import Card, Issuer
from .postgres import Postgres, PostgresAbsent
from .terminal import Terminal


@dataclass
class SteppedClock:
    """A clock that stands until it is moved. It begins on a Monday, 10:30 in Muscat."""

    now: datetime = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass
class RunningCentral:
    """A central API behind real HTTP, which can be stopped and started again."""

    settings: Settings
    clock: SteppedClock
    http: requests.Session = field(default_factory=requests.Session)
    url: str = ""
    _server: EmbeddedServer | None = None
    _sender: Terminal | None = None
    _desk: Terminal | None = None

    def start(self) -> RunningCentral:
        self._server = EmbeddedServer(self.settings, clock=self.clock)
        self.url = self._server.start()
        return self

    def stop(self) -> None:
        self.http.close()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def restart(self) -> None:
        self.stop()
        self.http = requests.Session()
        self.start()

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.http.get(self.url + path, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        return self.http.post(self.url + path, **more)

    def terminal(self, kiosk: str = "MCT-0001") -> Terminal:
        return Terminal(self.url, self.http, kiosk, clock=self.clock).enrol()

    def at_terminal(self) -> RequestSigner:
        """What signs the requests of a visit: terminal MCT-0001, which is enrolled for it."""
        if self._desk is None:
            self._desk = self.terminal()
        return self._desk.signer()

    def post_batch(self, body: bytes, headers: dict[str, str]) -> requests.Response:
        """Any body at all as a batch, signed by some terminal."""
        self._sender = self._sender or self.terminal("ANY-0001")
        return self._sender.post_body(body, headers)

    def notices(self, since: int = 0) -> list[dict[str, Any]]:
        notices: list[dict[str, Any]] = self.get(f"/v1/notifications?since={since}").json()[
            "notifications"
        ]
        return notices

    def received(self) -> list[dict[str, Any]]:
        received: list[dict[str, Any]] = self.get("/v1/development/transactions").json()[
            "transactions"
        ]
        return received


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer.make("Issuing CA of the tests")


@pytest.fixture(scope="session")
def card(issuer: Issuer) -> Card:
    return Card.make(issuer)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except PostgresAbsent:
        # The suite is meant to run on both; without the server half of it proves nothing here.
        pytest.skip("NO POSTGRESQL SERVER: half of the central API's tests are skipped")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'central.sqlite3'}"
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path, issuer: Issuer) -> Settings:
    trust = tmp_path / "trust"
    (trust / "issuers").mkdir(parents=True)
    (trust / "issuers" / "tests.pem").write_bytes(issuer.pem())
    return Settings(
        database_url=database_url,
        trust_directory=trust,
        key_file=tmp_path / "keys.json",
        enrolment_codes=(
            EnrolmentCode("ONCE-ONLY"),
            EnrolmentCode("MCT9-ONLY", kiosk="MCT-0009"),
            EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),
        ),
        development=True,
        # Tests that want the work done do it, at the time they choose.
        work_every=None,
    )


Start = Callable[[Settings], RunningCentral]
"""Starts a central API, which is stopped when the test is over."""


@pytest.fixture
def start_central() -> Iterator[Start]:
    running: list[RunningCentral] = []

    def start(settings: Settings) -> RunningCentral:
        running.append(RunningCentral(settings, SteppedClock()).start())
        return running[-1]

    yield start
    for central in running:
        central.stop()


@pytest.fixture
def central(settings: Settings, start_central: Start) -> RunningCentral:
    return start_central(settings)


@pytest.fixture
def issuing_settings(settings: Settings) -> Settings:
    """A central API that issues for the simulated state."""
    return dataclasses.replace(
        settings,
        trust_directory=TRUST,
        issuing_ca_key=ISSUING_CA_KEY,
        issuing_ca_certificate=ISSUING_CA_CERTIFICATE,
        card_master_key=CARD_MASTER_KEY,
        public_url="https://central.test",
    )


@pytest.fixture
def office(issuing_settings: Settings, start_central: Start) -> RunningCentral:
    return start_central(issuing_settings)
