"""What goes into a batch and in what order, and what an answer to it changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from offline_queue.chain import ChainBroken
from offline_queue.errors import AnswerMismatch, OutboxUnavailable, Reason
from offline_queue.records import State
from offline_queue.store import Outbox
from offline_queue.wire import Problem
from tests.offline_queue.stepped_outbox import deliver, raw, take
from tests.offline_queue.world import Central, FakeClock, Terminal, submission


def test_batches_keep_the_order_and_the_limits(outbox: Outbox, clock: FakeClock) -> None:
    for _ in range(60):
        outbox.enqueue(submission(b"x" * 4000))
    first = take(outbox, clock)
    assert [item.record.seq for item in first.items] == list(range(1, len(first.items) + 1))
    assert len(first.json().decode()) <= 256 * 1024
    assert 40 < len(first.items) <= 50
    small = outbox.take_batch(clock.monotonic(), max_items=3)
    assert small is not None
    assert [item.record.seq for item in small.items] == [1, 2, 3]


def test_one_case_waits_for_its_earlier_transaction(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    first, second, other = submission(case="a"), submission(case="a"), submission(case="b")
    for each in (first, second, other):
        outbox.enqueue(each)
    assert deliver(outbox, central, clock) == [first.tx_id, other.tx_id]
    assert deliver(outbox, central, clock) == [second.tx_id]
    assert [item.case_seq for batch in central.requests for item in batch.items] == [1, 1, 2]


def test_a_refused_transaction_holds_its_case_only(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    first, second, other = submission(case="a"), submission(case="a"), submission(case="b")
    for each in (first, second, other):
        outbox.enqueue(each)
    central.reject.add(first.tx_id)
    deliver(outbox, central, clock)
    assert outbox.take_batch(clock.monotonic()) is None
    status = outbox.status()
    assert (status.held, status.waiting) == (1, 1)
    assert status.holding == {first.tx_id: 1}
    assert status.counts[State.REJECTED] == status.counts[State.ACCEPTED] == 1


def test_told_to_wait_it_waits_and_no_longer(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    later = submission()
    outbox.enqueue(later)
    central.postpone[later.tx_id] = 30.0
    assert deliver(outbox, central, clock) == []
    assert outbox.take_batch(clock.monotonic()) is None
    due = outbox.next_due(clock.monotonic())
    assert due == clock.monotonic() + 30
    clock.wall -= dt.timedelta(days=400)  # fault 18: the wall clock does not matter
    clock.ticks += 31
    assert deliver(outbox, central, clock) == [later.tx_id]


@pytest.mark.parametrize("lie", [0.0, 1e12])
def test_fault_32_a_lying_wait_is_bounded(
    outbox: Outbox, central: Central, clock: FakeClock, lie: float
) -> None:
    later = submission()
    outbox.enqueue(later)
    central.postpone[later.tx_id] = lie
    deliver(outbox, central, clock)
    due = outbox.next_due(clock.monotonic())
    assert due is not None
    assert 2 <= due - clock.monotonic() <= 3600


def test_answers_to_another_batch_change_nothing(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    outbox.enqueue(submission())
    batch = take(outbox, clock)
    reply = central.post_batch(batch)
    with pytest.raises(AnswerMismatch):
        outbox.apply_answers([submission().tx_id], reply.answer, clock.monotonic(), None)
    assert outbox.status().counts[State.INFLIGHT] == 1


def test_answers_without_a_valid_countersignature_change_nothing(
    outbox: Outbox, clock: FakeClock
) -> None:
    outbox.enqueue(submission())
    batch = take(outbox, clock)
    reply = Central().post_batch(batch.changed(items=[]))  # another central API's head
    answer = reply.answer.changed(
        answers=[Central(reject={batch.items[0].record.tx_id})._take(batch.items[0], 1)]
    )
    with pytest.raises(ChainBroken):
        outbox.apply_answers([batch.items[0].record.tx_id], answer, clock.monotonic(), None)
    assert outbox.status().counts[State.INFLIGHT] == 1


def test_payloads_go_only_below_acknowledgement_and_backup(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    for _ in range(3):
        outbox.enqueue(submission())
    central.backed_up_seq = 2
    deliver(outbox, central, clock)
    kept = raw(outbox).execute("SELECT seq FROM outbox WHERE envelope IS NOT NULL").fetchall()
    assert kept == [(3,)]
    assert outbox.status().ack_seq == 3


def test_fault_33_a_restored_central_api_gets_everything_again(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    sent = [submission() for _ in range(4)]
    for each in sent:
        outbox.enqueue(each)
    central.backed_up_seq = 2
    deliver(outbox, central, clock)
    central.forget_after(2)
    outbox.check_head(central.signed_head("MCT-001"))
    assert outbox.status().waiting == 2
    deliver(outbox, central, clock)
    assert central.effects == [each.tx_id for each in sent]


def test_fault_34_another_chain_freezes_until_a_new_epoch(
    terminal: Terminal, central: Central, clock: FakeClock, tmp_path: Path
) -> None:
    clone = Terminal(tmp_path / "clone.db", terminal.device_key, terminal.enrolment, clock)
    with clone.open() as first:
        first.enqueue(submission(b"from the clone"))
        deliver(first, central, clock)
    with terminal.open() as outbox:
        mine = submission(b"from the original")
        outbox.enqueue(mine)
        with pytest.raises(OutboxUnavailable) as caught:
            deliver(outbox, central, clock)
        assert caught.value.reason is Reason.FROZEN
        assert outbox.status().unavailable is Reason.FROZEN
        assert outbox.status().waiting == 1
        with pytest.raises(OutboxUnavailable):
            outbox.enqueue(submission())
    terminal.enrolment = central.enrolment(epoch=2)
    with terminal.open() as outbox:
        kept = outbox.enqueue(submission())
        assert (kept.epoch, kept.seq) == (2, 1)
        assert outbox.result(mine.tx_id) is not None


def test_fault_19_only_the_central_clock_expires_and_only_what_was_never_sent(
    outbox: Outbox, clock: FakeClock
) -> None:
    soon = clock.now() + dt.timedelta(days=1)
    sent, unsent, lasting = submission(expires_at=soon), submission(expires_at=soon), submission()
    outbox.enqueue(sent)
    take(outbox, clock)
    outbox.release([sent.tx_id], 0.0, charged=True)
    outbox.enqueue(unsent)
    outbox.enqueue(lasting)
    clock.wall += dt.timedelta(days=4000)
    assert len(take(outbox, clock).items) == 3
    outbox.release([unsent.tx_id, lasting.tx_id], 0.0, charged=False)
    outbox.release([sent.tx_id], 0.0, charged=True)
    assert outbox.expire(soon - dt.timedelta(seconds=1)) == 0
    assert outbox.expire(soon) == 1
    recorded = outbox.result(unsent.tx_id)
    assert recorded is not None
    assert recorded.state is State.EXPIRED


def test_a_quarantined_transaction_tells_why(outbox: Outbox, clock: FakeClock) -> None:
    poison = submission()
    outbox.enqueue(poison)
    take(outbox, clock)
    problem = Problem(title="no such schema", status=422, code="unknown-schema")
    outbox.quarantine(poison.tx_id, problem)
    recorded = outbox.result(poison.tx_id)
    assert recorded is not None
    assert recorded.state is State.QUARANTINED
    assert recorded.answer is not None
    assert recorded.answer.problem == problem
