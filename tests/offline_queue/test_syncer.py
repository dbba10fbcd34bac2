"""The syncer sends what is kept, settles each item of a batch, and runs in a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from offline_queue.errors import Reason
from offline_queue.http import HttpIngest
from offline_queue.records import State
from offline_queue.store import Outbox
from offline_queue.syncer import BACKOFF_CAP_S, Syncer, SyncState
from offline_queue.wire import BatchRequest, Outcome
from tests.offline_queue.http_central import Reply, Server, html, problem
from tests.offline_queue.stepped_line import Line
from tests.offline_queue.world import Central, FakeClock, Terminal, submission


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


@contextmanager
def in_its_thread(outbox: Outbox, server: Server) -> Iterator[tuple[Syncer, queue.Queue[str]]]:
    """A syncer that runs, and the transactions that it reports."""
    arrived: queue.Queue[str] = queue.Queue()
    ingest = HttpIngest(server.url)
    syncer = Syncer(outbox, ingest, on_result=lambda tx_id, _answer: arrived.put(tx_id))
    syncer.start()
    try:
        yield syncer, arrived
    finally:
        assert syncer.stop()
        ingest.close()


def test_the_thread_sends_when_woken_and_ends_when_told(
    outbox: Outbox, server: Server, central: Central
) -> None:
    with in_its_thread(outbox, server) as (syncer, arrived):
        with pytest.raises(RuntimeError):
            syncer.start()
        for _ in range(3):
            once = submission()
            outbox.enqueue(once)
            syncer.wake()
            assert arrived.get(timeout=10) == once.tx_id
    assert len(central.effects) == 3


def test_wake_from_many_threads_loses_nothing(
    outbox: Outbox, server: Server, central: Central
) -> None:
    def visit(syncer: Syncer) -> None:
        for _ in range(10):
            outbox.enqueue(submission())
            syncer.wake()

    with in_its_thread(outbox, server) as (syncer, arrived):
        visits = [threading.Thread(target=visit, args=(syncer,)) for _ in range(4)]
        for each in visits:
            each.start()
        for each in visits:
            each.join()
        seen = {arrived.get(timeout=10) for _ in range(40)}
    assert seen == set(central.effects)
    assert len(central.effects) == 40
    assert sorted(central.records) == list(range(1, 41))
