"""Faults 18 to 32: clocks that jump and lines that lie."""

from __future__ import annotations

import datetime as dt
import random
import socket
from pathlib import Path

import pytest

from offline_queue.delivery import RETRY_AFTER_CAP_S
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import BatchRefused, BatchReply, Busy, HeadReply, NoAnswer
from offline_queue.records import State
from offline_queue.syncer import BACKOFF_CAP_S, SyncState
from offline_queue.wire import BatchRequest, Outcome
from tests.offline_queue.fault_proxy import Fault
from tests.offline_queue.scene import Scene
from tests.offline_queue.test_tls import Serve, serve
from tests.offline_queue.world import KIOSK

__all__ = ["serve"]


class Wrapped:
    """The central API in memory, with something happening on the way. Simulates a line."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def post_batch(self, request: BatchRequest) -> BatchReply:
        return self.scene.central.post_batch(request)

    def head(self, kiosk: str) -> HeadReply:
        return self.scene.central.head(kiosk)


def test_fault_18_the_clock_goes_back(scene: Scene) -> None:
    """Order and waits do not follow the wall clock; 400 days back between two transactions."""
    first = scene.keep()[0]
    scene.clock.wall -= dt.timedelta(days=400)
    scene.central.postpone[first.tx_id] = 30
    scene.keep(2)
    scene.drain()
    assert [record.tx_id for record in scene.central.records.values()] == [
        each.tx_id for each in (scene.confirmed[1], scene.confirmed[2], first)
    ]
    assert sorted(scene.central.records) == [1, 2, 3]
    scene.assert_exactly_once()


def test_fault_19_the_clock_is_years_ahead(scene: Scene) -> None:
    """Only the central API's clock expires, so a terminal in the year 2037 gives up nothing."""
    scene.keep(2, expires_at=scene.clock.now() + dt.timedelta(days=1))
    scene.clock.wall += dt.timedelta(days=4000)
    scene.keep(expires_at=scene.clock.now() - dt.timedelta(days=3999))
    scene.drain()
    scene.assert_exactly_once()


def test_fault_20_the_machine_sleeps_during_a_request(scene: Scene) -> None:
    """Simulated: the wall clock runs on for a night and the monotonic one stands still; when the
    machine wakes, the connection is gone."""
    scene.keep(3)

    class Sleeps(Wrapped):
        nights = 1

        def post_batch(self, request: BatchRequest) -> BatchReply:
            reply = super().post_batch(request)
            if self.nights:
                self.nights -= 1
                self.scene.clock.wall += dt.timedelta(hours=9)
                raise NoAnswer("the connection broke")
            return reply

    scene.drain(scene.syncer(Sleeps(scene)))
    scene.assert_exactly_once()
    assert scene.outbox.result(scene.confirmed[0].tx_id).attempts == 2


def through(scene: Scene, *faults: Fault, pause_s: float = 0.01) -> list[SyncState]:
    """Send all through a line on which requests meet ``faults``; returns the states on the way."""
    states: list[SyncState] = []
    with scene.line(*faults, pause_s=pause_s) as (syncer, proxy):
        for _ in range(40):
            delay = syncer.step()
            states.append(syncer.state)
            scene.assert_nothing_lost()
            if delay is None:
                break
            scene.clock.advance(delay)
        assert proxy.line.met[: len(faults)] == list(faults)
    scene.assert_exactly_once()
    return states


def test_fault_21_the_answer_is_lost(scene: Scene) -> None:
    scene.keep(3)
    through(scene, Fault.PASS, Fault.LOSE_ANSWER, Fault.LOSE_ANSWER)
    for each in scene.confirmed:
        recorded = scene.outbox.result(each.tx_id)
        assert recorded.answer.outcome is Outcome.DUPLICATE
        assert recorded.attempts == 3


def test_fault_22_a_500_after_the_commit(scene: Scene) -> None:
    scene.keep(3)
    states = through(scene, Fault.PASS, Fault.ERROR_500)
    assert states[0] is SyncState.WAITING


def test_fault_23_slow_loris(scene: Scene) -> None:
    """Headers byte by byte, never silent for long: given up after the time for all of them."""
    scene.keep(2)
    states = through(scene, Fault.PASS, Fault.SLOW_LORIS, pause_s=2.0)
    assert states[0] is SyncState.OFFLINE


@pytest.mark.parametrize("fault", [Fault.CUT_REQUEST, Fault.RESET, Fault.REFUSE])
def test_fault_24_a_reset_in_the_middle(scene: Scene, fault: Fault) -> None:
    scene.keep(2, size=20_000)
    states = through(scene, Fault.PASS, fault)
    assert states[0] is SyncState.OFFLINE


def test_fault_25_a_captive_portal_says_200(scene: Scene) -> None:
    scene.keep(2)
    states = through(scene, Fault.PORTAL, Fault.PASS, Fault.PORTAL)
    assert states[:2] == [SyncState.OFFLINE, SyncState.OFFLINE]


def test_fault_26_half_a_json_document(scene: Scene) -> None:
    scene.keep(2)
    states = through(scene, Fault.PASS, Fault.TRUNCATE_ANSWER)
    assert states[0] is SyncState.OFFLINE


def paused_by_tls(scene: Scene, ingest: HttpIngest) -> None:
    scene.keep(2)
    syncer = scene.syncer(ingest)
    syncer.step()
    ingest.close()
    assert (syncer.state, syncer.pause_reason) == (SyncState.PAUSED, "tls")
    scene.assert_nothing_lost()
    assert scene.central.effects == []
    assert all(scene.outbox.result(each.tx_id).attempts == 0 for each in scene.confirmed)
    scene.drain()
    scene.assert_exactly_once()


def test_fault_27_an_expired_certificate(scene: Scene, serve: Serve) -> None:
    url, ca = serve(dt.timedelta(days=300))
    paused_by_tls(scene, HttpIngest(url, ca_file=str(ca)))


def test_fault_28_the_wrong_authority(scene: Scene, serve: Serve) -> None:
    url, _ = serve(dt.timedelta(days=400))
    paused_by_tls(scene, HttpIngest(url))


def test_fault_29_names_lead_nowhere(scene: Scene) -> None:
    scene.keep(2)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for url in ("http://no-such-host.invalid", dead):
            ingest = HttpIngest(url)
            syncer = scene.syncer(ingest)
            syncer.step()
            ingest.close()
            assert syncer.state is SyncState.OFFLINE
            scene.assert_nothing_lost()
    assert all(scene.outbox.result(each.tx_id).attempts == 0 for each in scene.confirmed)
    scene.drain()
    scene.assert_exactly_once()


def test_fault_30_reordered_duplicates(scene: Scene) -> None:
    """The network delivers each request twice, and once more all of them in another order."""
    scene.keep(6)
    scene.drain()
    requests = scene.central.requests * 2
    scene.keep(6)
    through(scene, Fault.PASS, Fault.TWICE)
    random.Random(30).shuffle(requests)
    for request in requests:
        answers = scene.central.post_batch(request).answer.answers
        assert {answer.outcome for answer in answers} == {Outcome.DUPLICATE}
    scene.assert_exactly_once()


def test_fault_31_a_line_of_1_kbit_per_second(scene: Scene) -> None:
    """Simulated: a request that would travel longer than the client waits gets no answer; it
    arrives all the same."""
    scene.keep(30, size=4000)
    patience = HttpIngest("http://127.0.0.1")
    assert isinstance(patience._timeouts, Timeouts)

    class Slow(Wrapped):
        def post_batch(self, request: BatchRequest) -> BatchReply:
            body = request.json()
            reply = super().post_batch(request)
            travel = (len(body) + 1000) / 125
            _, waits = patience._patience(body)
            self.scene.clock.advance(min(travel, waits))
            if travel > waits:
                raise NoAnswer("no whole answer came")
            return reply

    syncer = scene.syncer(Slow(scene))
    for _ in range(200):
        delay = syncer.step()
        scene.assert_nothing_lost()
        if delay is None:
            break
        scene.clock.advance(delay)
    scene.assert_exactly_once()
    sizes = [len(request.items) for request in scene.central.requests]
    assert sizes[:5] == [30, 25, 12, 6, 3]
    assert max(sizes[5:]) < 6


@pytest.mark.parametrize("lie", [-1e9, 0.0, 1e12])
def test_fault_32_a_lying_retry_after(scene: Scene, lie: float) -> None:
    scene.keep(2)

    class Lies(Wrapped):
        lies = 3

        def post_batch(self, request: BatchRequest) -> BatchReply:
            if self.lies:
                self.lies -= 1
                raise Busy(503, max(0.0, lie))
            return super().post_batch(request)

    syncer = scene.syncer(Lies(scene))
    for _ in range(3):
        delay = syncer.step()
        assert delay is not None
        assert 0 < delay <= RETRY_AFTER_CAP_S + BACKOFF_CAP_S
        scene.clock.advance(delay)
        scene.assert_nothing_lost()
    scene.central.postpone[scene.confirmed[0].tx_id] = max(0.0, lie)
    scene.drain(syncer)
    scene.assert_exactly_once()


def test_next_sync_is_obeyed_to_the_letter(scene: Scene) -> None:
    """Also in the middle of a batch that was halved: nothing is sent before the time."""
    scene.keep(20)
    scene.central.next_sync_in_s = 600.0

    class Halves(Wrapped):
        def post_batch(self, request: BatchRequest) -> BatchReply:
            if len(request.items) > 5:
                raise BatchRefused(413, None)
            return super().post_batch(request)

    syncer = scene.syncer(Halves(scene))
    assert syncer.step() == 600.0
    assert len(scene.central.effects) == 5
    assert scene.outbox.status().counts[State.INFLIGHT] == 0
    syncer.wake()
    syncer.network_returned()
    assert syncer.step() == 600.0
    assert len(scene.central.requests) == 1
    scene.drain(syncer)
    scene.assert_exactly_once()


def test_a_strangers_word_on_the_way(scene: Scene, tmp_path: Path) -> None:
    """The head is asked for first: a stranger's head stops everything before anything is sent."""
    scene.keep()

    class Stranger(Wrapped):
        def head(self, kiosk: str) -> HeadReply:
            signed = self.scene.central.signed_head(KIOSK)
            return HeadReply(signed.changed(signature="A" * 86))

    syncer = scene.syncer(Stranger(scene))
    syncer.step()
    assert (syncer.state, syncer.pause_reason) == (SyncState.PAUSED, "chain")
    assert scene.central.requests == []
    scene.assert_nothing_lost()
