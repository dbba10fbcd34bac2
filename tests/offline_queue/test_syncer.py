"""The syncer against a real HTTP server on this machine that misbehaves on demand."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import queue
import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from offline_queue.clock import SystemClock
from offline_queue.errors import Reason
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import Busy, NoAnswer, Unreachable
from offline_queue.records import State
from offline_queue.store import Outbox
from offline_queue.syncer import BACKOFF_CAP_S, Syncer, SyncState
from offline_queue.wire import BatchRequest, ItemAnswer, Outcome
from tests.offline_queue.http_central import Fault, Reply, Server
from tests.offline_queue.world import KIOSK, Central, FakeClock, Terminal, submission


@pytest.fixture
def server(central: Central) -> Iterator[Server]:
    running = Server(central)
    yield running
    running.close()


@dataclass
class Line:
    """A syncer on a line to the server, stepped by hand."""

    outbox: Outbox
    syncer: Syncer
    clock: FakeClock
    states: list[SyncState]
    results: list[tuple[str, ItemAnswer]]

    def drain(self) -> None:
        """Let rounds and waits follow one another until nothing is due."""
        for _ in range(60):
            delay = self.syncer.step()
            if delay is None:
                return
            self.clock.advance(delay)
        raise AssertionError("the syncer never came to rest")


@pytest.fixture
def line(outbox: Outbox, server: Server, clock: FakeClock) -> Iterator[Line]:
    ingest = HttpIngest(server.url, timeouts=Timeouts(connect_s=2, silence_s=2))
    states: list[SyncState] = []
    results: list[tuple[str, ItemAnswer]] = []
    syncer = Syncer(
        outbox,
        ingest,
        clock=clock,
        rng=random.Random(7),
        on_state=states.append,
        on_result=lambda tx_id, answer: results.append((tx_id, answer)),
    )
    yield Line(outbox, syncer, clock, states, results)
    ingest.close()


def problem(status: int, code: str = "unreadable") -> Reply:
    body = json.dumps({"title": "not readable", "status": status, "code": code}).encode()
    return Reply(status, body, {"Content-Type": "application/problem+json"})


def html(status: int) -> Reply:
    return Reply(status, b"<html>Welcome to our lounge</html>", {"Content-Type": "text/html"})


def fixed(reply: Reply) -> Fault:
    return lambda _batch, _raw: reply


def test_everything_goes_and_is_reported_once(line: Line, server: Server, central: Central) -> None:
    sent = [submission() for _ in range(120)]
    for each in sent:
        line.outbox.enqueue(each)
    line.drain()
    assert central.effects == [each.tx_id for each in sent] == [tx for tx, _ in line.results]
    assert [len(batch) for batch in server.batches] == [50, 50, 20]
    assert server.connections == 1  # kept alive
    assert line.states == [SyncState.SENDING, SyncState.IDLE]
    status = line.outbox.status()
    assert (status.counts[State.ACCEPTED], status.ack_seq, status.waiting) == (120, 120, 0)
    assert status.clock_skew_s is not None


FAULTS_TO_OUTLIVE: dict[str, tuple[Fault, SyncState]] = {
    "fault 22, 500": (fixed(Reply(500)), SyncState.WAITING),
    "fault 24, reset": (fixed(Reply(drop=True)), SyncState.OFFLINE),
    "fault 25, portal 200": (fixed(html(200)), SyncState.OFFLINE),
    "portal that calls its page JSON": (fixed(Reply(200, b"<html>")), SyncState.OFFLINE),
    "portal that redirects": (
        fixed(Reply(302, headers={"Location": "http://127.0.0.1:9/login"})),
        SyncState.OFFLINE,
    ),
    "portal's 422": (fixed(html(422)), SyncState.OFFLINE),
    "portal's 400": (fixed(html(400)), SyncState.OFFLINE),
    "stranger's 404": (fixed(html(404)), SyncState.OFFLINE),
    "409 in progress": (fixed(problem(409)), SyncState.WAITING),
    "429 without a time": (fixed(Reply(429)), SyncState.WAITING),
    "502 of a proxy": (fixed(html(502)), SyncState.WAITING),
    "an empty 200": (fixed(Reply(200)), SyncState.OFFLINE),
    "too long": (fixed(Reply(200, b" " * (1024 * 1024 + 1))), SyncState.OFFLINE),
}


@pytest.mark.parametrize("kind", FAULTS_TO_OUTLIVE)
def test_a_fault_is_outlived_with_the_same_bytes(
    line: Line, server: Server, central: Central, kind: str
) -> None:
    fault, state = FAULTS_TO_OUTLIVE[kind]
    once = submission()
    line.outbox.enqueue(once)
    server.faults.append(fault)
    delay = line.syncer.step()
    assert delay is not None
    assert line.syncer.state is state
    assert line.outbox.status().waiting == 1
    line.drain()
    assert central.effects == [once.tx_id] == [tx for tx, _ in line.results]
    assert len(server.bodies) == 2
    assert server.bodies[0] == server.bodies[1]


def test_fault_21_a_lost_answer_becomes_a_duplicate(
    line: Line, server: Server, central: Central
) -> None:
    def takes_and_hangs_up(batch: BatchRequest, _raw: bytes) -> Reply:
        central.post_batch(batch)
        return Reply(drop=True)

    once = submission()
    line.outbox.enqueue(once)
    server.faults.append(takes_and_hangs_up)
    line.drain()
    assert central.effects == [once.tx_id]
    assert [answer.outcome for _, answer in line.results] == [Outcome.DUPLICATE]


def test_fault_22_a_500_after_the_commit_doubles_nothing(
    line: Line, server: Server, central: Central
) -> None:
    def takes_and_fails(batch: BatchRequest, _raw: bytes) -> Reply:
        central.post_batch(batch)
        return Reply(500)

    for _ in range(3):
        line.outbox.enqueue(submission())
    server.faults.append(takes_and_fails)
    line.drain()
    assert len(central.effects) == len(line.results) == 3


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.999])
def test_fault_26_half_an_answer_is_none(
    line: Line, server: Server, central: Central, keep: float
) -> None:
    def breaks_off(batch: BatchRequest, _raw: bytes) -> Reply:
        body = central.post_batch(batch).answer.json()
        whole = int(len(body) * keep)
        return Reply(200, body[:whole], cut=len(body) - whole)

    line.outbox.enqueue(submission())
    server.faults.append(breaks_off)
    line.syncer.step()
    assert line.syncer.state is SyncState.OFFLINE
    line.drain()
    assert len(central.effects) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_fault_37_a_poison_item_is_isolated_and_the_rest_goes(
    line: Line, server: Server, central: Central, status: int
) -> None:
    sent = [submission() for _ in range(10)]
    for each in sent:
        line.outbox.enqueue(each)
    poison = sent[6]

    def refuses_poison(batch: BatchRequest, _raw: bytes) -> Reply:
        if any(item.record.tx_id == poison.tx_id for item in batch.items):
            return problem(status)
        return Reply(200, central.post_batch(batch).answer.json())

    server.always = refuses_poison
    line.drain()
    assert central.effects == [each.tx_id for each in sent if each is not poison]
    recorded = line.outbox.result(poison.tx_id)
    assert recorded is not None
    assert recorded.state is State.QUARANTINED
    assert recorded.answer is not None
    assert recorded.answer.problem is not None
    assert recorded.answer.problem.code == "unreadable"
    assert len(line.results) == 10
    assert len(server.batches) <= 9


def test_a_proxy_that_finds_a_batch_too_long_gets_shorter_ones(
    line: Line, server: Server, central: Central
) -> None:
    def small_only(batch: BatchRequest, _raw: bytes) -> Reply:
        if len(batch.items) > 3:
            return html(413)
        return Reply(200, central.post_batch(batch).answer.json())

    for _ in range(8):
        line.outbox.enqueue(submission())
    server.always = small_only
    line.drain()
    assert [len(batch) for batch in server.batches] == [8, 4, 2, 2, 4, 2, 2]
    assert len(central.effects) == 8


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


def test_fault_16_an_older_copy_is_found_before_anything_is_sent(
    line: Line, server: Server, central: Central, terminal: Terminal, clock: FakeClock
) -> None:
    later = Terminal(
        terminal.path.with_name("later.db"), terminal.device_key, terminal.enrolment, clock
    )
    with later.open() as ahead:
        for _ in range(2):
            ahead.enqueue(submission())
        batch = ahead.take_batch(0.0)
        assert batch is not None
        central.post_batch(batch)
    kept = submission()
    line.outbox.enqueue(kept)
    line.syncer.step()
    assert (line.syncer.state, line.syncer.pause_reason) == (SyncState.PAUSED, "frozen")
    assert server.batches == []
    line.clock.advance(BACKOFF_CAP_S)
    line.syncer.step()
    assert line.syncer.state is SyncState.PAUSED
    assert line.outbox.status().unavailable is Reason.FROZEN
    recorded = line.outbox.result(kept.tx_id)
    assert recorded is not None
    assert recorded.state is State.READY


def test_fault_28_a_head_of_another_authority_pauses(line: Line, central: Central) -> None:
    line.outbox.enqueue(submission())
    central.signing = Central().signing
    line.syncer.step()
    assert (line.syncer.state, line.syncer.pause_reason) == (SyncState.PAUSED, "chain")
    assert central.effects == []


def test_fault_36_38_a_batch_is_settled_item_by_item(line: Line, central: Central) -> None:
    fine, refused, later = (submission() for _ in range(3))
    for each in (fine, refused, later):
        line.outbox.enqueue(each)
    central.reject.add(refused.tx_id)
    central.postpone[later.tx_id] = 10
    line.drain()
    outcomes = {tx_id: answer.outcome for tx_id, answer in line.results}
    assert outcomes == {
        fine.tx_id: Outcome.ACCEPTED,
        refused.tx_id: Outcome.REJECTED,
        later.tx_id: Outcome.ACCEPTED,
    }
    assert central.effects == [fine.tx_id, later.tx_id]


def test_an_answer_that_cannot_be_written_down_is_asked_for_again(
    line: Line, server: Server, central: Central
) -> None:
    once = submission()
    line.outbox.enqueue(once)
    db = line.outbox._connection._db

    def disk_fills(batch: BatchRequest, _raw: bytes) -> Reply:
        answer = central.post_batch(batch).answer
        db.execute("PRAGMA query_only = ON")
        return Reply(200, answer.json())

    server.faults.append(disk_fills)
    line.syncer.step()
    assert (line.syncer.state, line.syncer.pause_reason) == (SyncState.PAUSED, "read-only")
    db.execute("PRAGMA query_only = OFF")
    line.syncer.network_returned()
    line.drain()
    assert central.effects == [once.tx_id]
    assert [answer.outcome for _, answer in line.results] == [Outcome.DUPLICATE]


def test_fault_29_names_and_ports_that_lead_nowhere() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ingest = HttpIngest(url)
        with pytest.raises(Unreachable):
            ingest.head(KIOSK)
        ingest.close()
    ingest = HttpIngest("http://no-such-host.invalid")
    with pytest.raises(Unreachable):
        ingest.head(KIOSK)
    ingest.close()


def test_fault_23_a_server_that_drips_is_left() -> None:
    class Hurried(SystemClock):
        """Each look at this clock is a minute later."""

        def __init__(self) -> None:
            self.ticks = 0.0

        def monotonic(self) -> float:
            self.ticks += 60
            return self.ticks

    central = Central()
    server = Server(central)
    ingest = HttpIngest(server.url, timeouts=Timeouts(body_s=30), clock=Hurried())
    with pytest.raises(NoAnswer, match="slowly"):
        ingest.head(KIOSK)
    ingest.close()
    server.close()


def test_a_silent_server_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ingest = HttpIngest(url, timeouts=Timeouts(silence_s=0.05))
        with pytest.raises(NoAnswer):
            ingest.head(KIOSK)
        ingest.close()


def test_the_thread_sends_when_woken_and_ends_when_told(
    outbox: Outbox, server: Server, central: Central
) -> None:
    arrived: queue.Queue[str] = queue.Queue()
    ingest = HttpIngest(server.url)
    syncer = Syncer(outbox, ingest, on_result=lambda tx_id, _answer: arrived.put(tx_id))
    syncer.start()
    with pytest.raises(RuntimeError):
        syncer.start()
    for _ in range(3):
        once = submission()
        outbox.enqueue(once)
        syncer.wake()
        assert arrived.get(timeout=10) == once.tx_id
    assert syncer.stop()
    ingest.close()
    assert len(central.effects) == 3


def test_wake_from_many_threads_loses_nothing(
    outbox: Outbox, server: Server, central: Central
) -> None:
    arrived: queue.Queue[str] = queue.Queue()
    ingest = HttpIngest(server.url)
    syncer = Syncer(outbox, ingest, on_result=lambda tx_id, _answer: arrived.put(tx_id))
    syncer.start()

    def visit() -> None:
        for _ in range(10):
            outbox.enqueue(submission())
            syncer.wake()

    visits = [threading.Thread(target=visit) for _ in range(4)]
    for each in visits:
        each.start()
    for each in visits:
        each.join()
    seen = {arrived.get(timeout=10) for _ in range(40)}
    assert syncer.stop()
    ingest.close()
    assert seen == set(central.effects)
    assert len(central.effects) == 40
    assert sorted(central.records) == list(range(1, 41))
