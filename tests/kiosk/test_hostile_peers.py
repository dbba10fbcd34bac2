"""Whoever answers in the central API's place: no client takes memory, hangs, or dies of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tuf.api.exceptions import DownloadError

from cardreader.simulator import TRUST
from cardreader.trust import TrustStore
from kiosk.central.client import CentralClient, CentralError
from kiosk.contract.fleet import HealthReport, OutboxReport
from kiosk.devices import DeviceState
from kiosk.publication.fetching import HttpFetcher
from kiosk.session import events as ev
from kiosk.workers.card_revocations import Revocations
from kiosk.workers.central import CentralWorker
from kiosk.workers.reporting import Reporter
from kiosk.workers.watch import Watch
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import TransportError
from offline_queue.signed_requests import RequestSigner
from tests.hostile_peer import OK, TLS_VICES, VICES, answering, hostile_peer

CONNECT_S, SILENCE_S, WHOLE_S = 0.3, 0.4, 0.7
LIMIT_S = WHOLE_S + 1.0
"""A second for a machine that has other things to do."""
TRAVEL_S = 3.0
"""What the body of a report may take on its way, on the slowest line."""
MOST_MEMORY = 30 * 1024 * 1024
BACK_WITHIN_S = 5.0

HEALTHY = b'{"status": "ok", "time": "2026-11-28T08:00:00Z"}'
WELL = answering(OK, HEALTHY)
"""The central API's health."""


@dataclass(frozen=True)
class Client:
    """One of the terminal's ways to the central API, and the errors that its callers know."""

    ask: Callable[[str], object]
    errors: tuple[type[Exception], ...]
    limit_s: float = LIMIT_S


def signer() -> RequestSigner:
    return RequestSigner("MCT-001", 1, ec.generate_private_key(ec.SECP256R1()), lambda: NOW)


NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


def client(url: str, signed_by: RequestSigner | None = None) -> CentralClient:
    return CentralClient(url, timeouts=(CONNECT_S, SILENCE_S), signer=signed_by)


def search(url: str) -> object:
    with closing(client(url)) as central:
        return central.search_employers("token", "name")


def fact(url: str) -> object:
    with closing(client(url)) as central:
        return central.fact("token", "work-permits", {})


def report(url: str) -> object:
    with closing(client(url, signer())) as central:
        return central.report_health("MCT-001", HEALTH)


def revocations(url: str) -> object:
    with closing(client(url)) as central:
        return central.revocation_list()


def head(url: str) -> object:
    times = Timeouts(connect_s=CONNECT_S, silence_s=SILENCE_S, whole_s=WHOLE_S)
    with closing(HttpIngest(url, signer=signer(), timeouts=times)) as ingest:
        return ingest.head("MCT-001")


def edition(url: str) -> object:
    times = (CONNECT_S, SILENCE_S)
    with closing(HttpFetcher(ca_file=None, timeout=times, whole_s=WHOLE_S)) as fetcher:
        return fetcher.download_bytes(f"{url}/v1/catalogue/metadata/1.root.json", 2_000_000)


HEALTH = HealthReport(
    reported_at=NOW,
    release="0",
    uptime_s=1.0,
    in_service=True,
    devices=[],
    outbox=OutboxReport(waiting=0, sync="idle"),
    disk_free_bytes=1,
)
CLIENTS = {
    "visit": Client(search, (CentralError,)),
    "fact": Client(fact, (CentralError,)),
    "health-report": Client(report, (CentralError,), LIMIT_S + TRAVEL_S),
    "revocations": Client(revocations, (CentralError,)),
    "syncer": Client(head, (TransportError,)),
    "catalogue": Client(edition, (DownloadError,)),
}
HARMLESS = {"catalogue": {"utf-16", "nested-deep", "negative-length", "header-without-colon"}}
"""Answers with a body of some kind: what it is worth is for signatures to judge."""


@contextmanager
def bounded(limit_s: float) -> Iterator[None]:
    """What happens inside is over in time and takes little memory."""
    # Linux: 5 makes the peak the present size (proc(5), /proc/pid/clear_refs).
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _memory("VmRSS"), time.monotonic()
    yield
    assert time.monotonic() - began < limit_s
    assert _memory("VmHWM") - before < MOST_MEMORY


def _memory(which: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) * 1024
    raise AssertionError(which)


@pytest.mark.parametrize("vice", VICES)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_vice_is_an_error_that_is_known(name: str, vice: str) -> None:
    each = CLIENTS[name]
    harmless = vice in HARMLESS.get(name, ())
    wrong = nullcontext() if harmless else pytest.raises(each.errors)
    with hostile_peer(VICES[vice]) as peer, bounded(each.limit_s), wrong:
        each.ask(f"http://{peer.address}")


@pytest.mark.parametrize("vice", TLS_VICES)
@pytest.mark.parametrize("name", CLIENTS)
def test_so_is_one_before_the_first_request(name: str, vice: str) -> None:
    each = CLIENTS[name]
    with (
        hostile_peer(TLS_VICES[vice]) as peer,
        bounded(each.limit_s),
        pytest.raises(each.errors),
    ):
        each.ask(f"https://{peer.address}")


def test_cookies_do_not_pile_up() -> None:
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"x" * 4000) for n in range(50))
    with (
        hostile_peer(answering(OK + cookies, HEALTHY)) as peer,
        closing(client(f"http://{peer.address}")) as central,
    ):
        central.health()
        assert not list(central._session.cookies)


class Settled:
    """The last state that a worker told, and a way to wait for one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._told: list[object] = []

    def __call__(self, told: object, *_: object) -> None:
        with self._changed:
            self._told.append(told)
            self._changed.notify_all()

    def wait_for(self, wanted: object, seconds: float) -> None:
        with self._changed:
            self._told.clear()
            assert self._changed.wait_for(lambda: wanted in self._told, seconds)


class Outbox:
    """An outbox that is well."""

    unavailable = None

    def status(self) -> Outbox:
        return self


@pytest.mark.parametrize("vice", VICES)
def test_the_watch_finds_the_network_again(vice: str) -> None:
    told = Settled()
    with hostile_peer(VICES[vice]) as peer, closing(client(f"http://{peer.address}")) as central:
        watch = Watch(
            central,
            Outbox(),  # type: ignore[arg-type] - only its status is asked
            interval=0.2,
            central=told,
            outbox_state=lambda _: None,
            looked=lambda: None,
        )
        watch.start()
        told.wait_for(DeviceState.OFFLINE, LIMIT_S)
        peer.vice = WELL
        told.wait_for(DeviceState.ONLINE, BACK_WITHIN_S)
        watch.stop()


WORST = ("redirect-bracket", "redirect-latin-1", "unknown-charset", "problem-nested-deep")
"""What once raised past everybody."""


@pytest.mark.parametrize("vice", WORST)
def test_the_revocation_list_is_asked_for_again(vice: str, tmp_path: Path) -> None:
    with hostile_peer(VICES[vice]) as peer:
        revocations = Revocations(
            TrustStore.load(TRUST),
            client(f"http://{peer.address}"),
            tmp_path / "list",
            renewed=lambda _: None,
        )
        assert not revocations.renew()


@pytest.mark.parametrize("vice", WORST)
def test_the_reports_go_on(vice: str) -> None:
    clock = [0.0]
    with hostile_peer(VICES[vice]) as peer:
        reporter = Reporter(
            client(f"http://{peer.address}", signer()),
            "MCT-001",
            observe=lambda: HEALTH,
            in_visit=lambda: False,
            monotonic=lambda: clock[0],
        )
        clock[0] = 100.0
        assert 0 < reporter.step() <= 20
        reporter.stop()


@pytest.mark.parametrize("vice", ["drip-body", *WORST])
def test_a_search_is_answered(vice: str) -> None:
    told = Settled()
    with hostile_peer(VICES[vice]) as peer, closing(client(f"http://{peer.address}")) as central:
        worker = CentralWorker(NoReader(), central, "MCT-001", told)  # type: ignore[arg-type] - no card
        worker._token = "token"
        worker.search("name", 1)
        told.wait_for(ev.EmployersFound("name", None), LIMIT_S)
        worker.stop()


class NoReader:
    """Nobody signs in here."""
