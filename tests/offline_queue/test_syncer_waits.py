"""How long the syncer waits: after a failure, when it is told to, when it is not admitted."""

from __future__ import annotations

import datetime as dt
import email.utils
import random

import pytest

from offline_queue.http import HttpIngest
from offline_queue.ingest import Busy, NoAnswer, Unreachable
from offline_queue.records import State
from offline_queue.store import Outbox
from offline_queue.syncer import BACKOFF_CAP_S, Syncer, SyncState
from offline_queue.wire import BatchRequest
from tests.offline_queue.http_central import Reply, Server, fixed, problem
from tests.offline_queue.stepped_line import Line
from tests.offline_queue.world import Central, FakeClock, submission


@pytest.mark.parametrize("status", [401, 403])
def test_fault_35_no_admission_pauses_and_charges_nothing(
    line: Line, server: Server, central: Central, status: int
) -> None:
    once = submission()
    line.outbox.enqueue(once)
    server.faults.append(fixed(problem(status)))
    delay = line.syncer.step()
    assert line.syncer.state is SyncState.PAUSED
    assert line.syncer.pause_reason == str(status)
    assert delay is not None
    assert BACKOFF_CAP_S / 2 <= delay <= BACKOFF_CAP_S
    recorded = line.outbox.result(once.tx_id)
    assert recorded is not None
    assert (recorded.state, recorded.attempts) == (State.READY, 0)
    line.syncer.wake()  # something new does not end a pause
    assert line.syncer.step() == pytest.approx(delay)
    line.syncer.network_returned()  # somebody who mended it does
    line.drain()
    assert central.effects == [once.tx_id]
    assert line.syncer.pause_reason is None


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"Retry-After": "120"}, 120, 122),
        ({"Retry-After": "0"}, 0, 2),
        ({"Retry-After": "99999999999"}, 3600, 3602),
        ({"Retry-After": "-5"}, 0, 2),
        ({"Retry-After": "soon"}, 0, 2),
        ({}, 0, 2),
    ],
)
def test_fault_32_retry_after_is_obeyed_within_reason(
    line: Line, server: Server, headers: dict[str, str], low: float, high: float
) -> None:
    line.outbox.enqueue(submission())
    server.faults.append(fixed(Reply(503, headers=headers)))
    delay = line.syncer.step()
    assert delay is not None
    assert low <= delay <= high
    assert line.syncer.state is SyncState.WAITING


def test_what_the_central_api_asked_for_outlasts_a_returning_network(
    line: Line, server: Server
) -> None:
    line.outbox.enqueue(submission())
    server.faults.append(fixed(Reply(503, headers={"Retry-After": "120"})))
    line.syncer.step()
    line.syncer.network_returned()
    assert (line.syncer.step() or 0) >= 120


def test_retry_after_as_a_date_is_by_the_servers_clock(server: Server, outbox: Outbox) -> None:
    outbox.enqueue(submission())
    batch = outbox.take_batch(0.0)
    assert batch is not None
    soon = email.utils.format_datetime(
        dt.datetime.now(dt.UTC) + dt.timedelta(seconds=300), usegmt=True
    )
    server.always = fixed(Reply(503, headers={"Retry-After": soon}))
    ingest = HttpIngest(server.url)
    with pytest.raises(Busy) as caught:
        ingest.post_batch(batch)
    ingest.close()
    assert caught.value.retry_after_s == pytest.approx(300, abs=5)


class Down:
    """A line on which every call fails in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.calls = 0

    def post_batch(self, request: BatchRequest) -> object:
        self.calls += 1
        raise self.error

    def head(self, kiosk: str) -> object:
        self.calls += 1
        raise self.error


def test_waits_grow_to_the_cap_with_full_jitter(outbox: Outbox, clock: FakeClock) -> None:
    class Limits(random.Random):
        def uniform(self, a: float, b: float) -> float:
            assert a == 0
            return b

    outbox.enqueue(submission())
    syncer = Syncer(outbox, Down(NoAnswer("nobody")), clock=clock, rng=Limits())
    delays = []
    for _ in range(12):
        delay = syncer.step()
        assert delay is not None
        delays.append(delay)
        clock.advance(delay)
    assert delays == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_an_unreachable_central_api_charges_nothing(outbox: Outbox, clock: FakeClock) -> None:
    once = submission()
    outbox.enqueue(once)
    syncer = Syncer(outbox, Down(Unreachable("nobody")), clock=clock)
    syncer.step()
    recorded = outbox.result(once.tx_id)
    assert recorded is not None
    assert (syncer.state, recorded.attempts) == (SyncState.OFFLINE, 0)


def test_a_slot_is_kept(line: Line, central: Central) -> None:
    central.next_sync_in_s = 600
    for _ in range(60):
        line.outbox.enqueue(submission())
    assert line.syncer.step() == 600
    assert line.syncer.state is SyncState.WAITING
    line.clock.advance(599)
    assert line.syncer.step() == pytest.approx(1)
    line.clock.advance(1)
    assert line.syncer.step() == 600
    assert line.syncer.state is SyncState.IDLE


def test_a_time_for_the_first_batch_is_kept(line: Line, server: Server) -> None:
    server.first_slot = "30"
    line.outbox.enqueue(submission())
    assert line.syncer.step() == 30
    assert (line.syncer.state, server.bodies) == (SyncState.WAITING, [])
    line.clock.advance(29)
    line.syncer.network_returned()
    assert line.syncer.step() == pytest.approx(1)
    line.clock.advance(1)
    line.syncer.step()
    assert len(server.bodies) == 1
