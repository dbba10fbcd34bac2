"""The outbox: what is kept, when it is refused, what comes back after a crash."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from offline_queue import schema
from offline_queue.chain import ChainBroken, b64url
from offline_queue.errors import (
    AnswerMismatch,
    OutboxLocked,
    OutboxUnavailable,
    PayloadTooLarge,
    Reason,
    TransactionConflict,
)
from offline_queue.records import State, Submission
from offline_queue.sealing import key_id
from offline_queue.store import Outbox
from offline_queue.wire import ENVELOPE_MAX_BYTES, BatchRequest, Outcome, Problem
from tests.offline_queue.world import SECRET, Central, FakeClock, Terminal, submission

ROOT = Path(__file__).parents[2]


def raw(outbox: Outbox) -> sqlite3.Connection:
    """Reach under the outbox, to break things."""
    return outbox._connection._db


def take(outbox: Outbox, clock: FakeClock) -> BatchRequest:
    batch = outbox.take_batch(clock.monotonic())
    assert batch is not None
    return batch


def deliver(outbox: Outbox, central: Central, clock: FakeClock) -> list[str]:
    batch = take(outbox, clock)
    reply = central.post_batch(batch)
    sent = [item.record.tx_id for item in batch.items]
    settled = outbox.apply_answers(sent, reply.answer, clock.monotonic(), None)
    return [answer.tx_id for answer in settled]


# Settings and ownership


def test_the_settings_are_in_force(outbox: Outbox) -> None:
    in_force = {
        name: raw(outbox).execute(f"PRAGMA {name}").fetchone()[0] for name, _, _ in schema.PRAGMAS
    }
    assert in_force["journal_mode"] == "wal"
    assert in_force["synchronous"] == 2
    assert in_force["secure_delete"] == 1
    assert in_force == {name: expected for name, _, expected in schema.PRAGMAS}


def test_a_setting_that_sqlite_does_not_take_is_noticed(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "PRAGMAS", (("journal_mode", "DELETE", "wal"),))
    with pytest.raises(OutboxUnavailable) as caught:
        terminal.open()
    assert caught.value.reason is Reason.PRAGMA_REFUSED


def test_fault_07_a_second_holder_is_locked_out(terminal: Terminal, outbox: Outbox) -> None:
    with pytest.raises(OutboxLocked):
        terminal.open()
    program = (
        "import pathlib, sys; from offline_queue import schema, errors\n"
        "try: schema.lock(pathlib.Path(sys.argv[1]))\n"
        "except errors.OutboxLocked: sys.exit(7)"
    )
    other = subprocess.run([sys.executable, "-c", program, terminal.path], cwd=ROOT, check=False)
    assert other.returncode == 7
    outbox.close()
    terminal.open().close()


def test_the_files_are_the_owners_alone(terminal: Terminal, outbox: Outbox) -> None:
    outbox.enqueue(submission())
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode)
        for file in terminal.path.parent.glob("outbox.db*")
    }
    assert len(modes) == 4  # database, log, its index, lock
    assert set(modes.values()) == {0o600}


def test_a_stranger_database_is_left_alone(terminal: Terminal) -> None:
    with sqlite3.connect(terminal.path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    before = terminal.path.read_bytes()
    with pytest.raises(OutboxUnavailable) as caught:
        terminal.open()
    assert caught.value.reason is Reason.FOREIGN_FILE
    assert terminal.path.read_bytes() == before


def test_an_outbox_of_a_later_release_is_left_alone(terminal: Terminal) -> None:
    terminal.open().close()
    with sqlite3.connect(terminal.path) as db:
        db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(OutboxUnavailable) as caught:
        terminal.open()
    assert caught.value.reason is Reason.NEWER_SCHEMA


def test_fault_06_a_migration_that_breaks_off_changes_nothing(
    terminal: Terminal, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = submission()
    outbox.enqueue(kept)
    outbox.close()
    step = ("ALTER TABLE outbox ADD COLUMN extra TEXT", "SELECT no_such_function()")
    with monkeypatch.context() as patch, pytest.raises(sqlite3.OperationalError):
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
        terminal.open()
    with terminal.open() as again:
        assert again.result(kept.tx_id) is not None
        columns = raw(again).execute("PRAGMA table_info(outbox)").fetchall()
    assert "extra" not in {column[1] for column in columns}


def test_history_cannot_be_rewritten(outbox: Outbox) -> None:
    outbox.enqueue(submission())
    for statement in ("DELETE FROM event", "UPDATE event SET kind = 'nothing'"):
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            raw(outbox).execute(statement)


# Keeping


def test_the_receipt_names_its_place_in_the_chain(outbox: Outbox) -> None:
    first, second = outbox.enqueue(submission()), outbox.enqueue(submission())
    assert (first.seq, second.seq) == (1, 2)
    status = outbox.status()
    assert status.head == second.head != first.head
    assert status.counts[State.READY] == status.waiting == 2


def test_the_same_again_is_one(outbox: Outbox) -> None:
    once = submission()
    assert outbox.enqueue(once) == outbox.enqueue(once)
    assert outbox.status().waiting == 1


def test_fault_39_a_reused_key_is_a_conflict(outbox: Outbox) -> None:
    once = submission(b"one thing")
    outbox.enqueue(once)
    with pytest.raises(TransactionConflict):
        outbox.enqueue(replace(once, payload=b"another"))
    assert outbox.status().waiting == 1


def test_what_cannot_be_sent_is_not_taken(outbox: Outbox) -> None:
    with pytest.raises(PayloadTooLarge):
        outbox.enqueue(submission(b"x" * ENVELOPE_MAX_BYTES))
    outbox.enqueue(submission(b"x" * (ENVELOPE_MAX_BYTES - 48)))
    batch = outbox.take_batch(0.0)
    assert batch is not None
    assert len(batch.items) == 1


def test_a_bad_submission_shows_no_content() -> None:
    with pytest.raises(ValueError) as caught:
        Submission(
            tx_id="Salim's own number",
            case_ref="0" * 64,
            schema_version=1,
            payload=b"secret words",
            confirmed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
    assert "Salim" not in str(caught.value)
    assert "secret words" not in repr(submission(b"secret words"))


ENQUEUE_AND_DIE = """
import datetime, os, pathlib, signal, sys
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from offline_queue import Outbox, Submission
from offline_queue.wire import Enrolment
path, enrolment, pem, tx_id, secret = sys.argv[1:]
outbox = Outbox.open(pathlib.Path(path), enrolment=Enrolment.parse_json(enrolment),
                     device_key=load_pem_private_key(pem.encode(), None), secret=secret.encode())
outbox.enqueue(Submission(tx_id=tx_id, case_ref="0" * 64, schema_version=1, payload=b"kept",
                          confirmed_at=datetime.datetime.now(datetime.UTC)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_fault_03_killed_after_commit_is_there_exactly_once(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    once = submission(b"kept")
    pem = terminal.device_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    command = [sys.executable, "-c", ENQUEUE_AND_DIE, str(terminal.path)]
    command += [terminal.enrolment.json().decode(), pem, once.tx_id, SECRET.decode()]
    for _ in range(2):  # the second start asks for the same transaction once more
        done = subprocess.run(command, cwd=ROOT, check=False)
        assert done.returncode == -signal.SIGKILL
    with terminal.open() as outbox:
        assert outbox.status().waiting == 1
        assert deliver(outbox, central, clock) == [once.tx_id]
        assert central.payloads[once.tx_id] == b"kept"
        assert outbox.take_batch(clock.monotonic()) is None


def test_fault_02_what_was_not_committed_is_not_there(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("offline_queue.ledger.log", dies)
        outbox.enqueue(submission())
    assert outbox.status().waiting == 0
    assert outbox.enqueue(submission()).seq == 1


def test_fault_04_a_crash_after_sending_sends_again(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    once = submission()
    outbox = terminal.open()
    outbox.enqueue(once)
    central.post_batch(take(outbox, clock))
    # Closing is what a crash leaves behind: the row in flight, its answer unread.
    outbox.close()
    with terminal.open() as again:
        assert deliver(again, central, clock) == [once.tx_id]
        recorded = again.result(once.tx_id)
    assert recorded is not None
    assert recorded.answer is not None
    assert recorded.answer.outcome is Outcome.DUPLICATE
    assert (recorded.state, recorded.attempts) == (State.ACCEPTED, 2)
    assert central.effects == [once.tx_id]


def test_a_thief_finds_no_word(terminal: Terminal, central: Central, clock: FakeClock) -> None:
    outbox = terminal.open()
    secrets = [b"Fatma Al Balushi", b"12345678", "فاطمة".encode()]
    for words in secrets:
        outbox.enqueue(submission(words * 20, case=words.decode()))
    seen = b"".join(file.read_bytes() for file in terminal.path.parent.glob("outbox.db*"))
    deliver(outbox, central, clock)
    outbox.close()
    seen += b"".join(file.read_bytes() for file in terminal.path.parent.glob("outbox.db*"))
    assert b"enqueued" in seen  # the search does see what is in clear
    for words in [*secrets, SECRET]:
        assert words not in seen
    assert sorted(central.payloads.values()) == sorted(words * 20 for words in secrets)


def test_a_purged_payload_leaves_no_bytes(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    outbox = terminal.open()
    outbox.enqueue(submission())
    envelope = bytes(raw(outbox).execute("SELECT envelope FROM outbox").fetchone()[0])
    central.backed_up_seq = 1
    deliver(outbox, central, clock)
    outbox.close()
    assert envelope not in terminal.path.read_bytes()


# Troubles of the disk


def test_fault_09_a_full_disk_refuses_and_keeps(outbox: Outbox) -> None:
    kept = submission()
    outbox.enqueue(kept)
    pages = raw(outbox).execute("PRAGMA page_count").fetchone()[0]
    raw(outbox).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxUnavailable) as caught:
        for _ in range(20):
            outbox.enqueue(submission(b"x" * 4000))
    assert caught.value.reason is Reason.DISK_FULL
    # One more line would fit where no envelope does: that must not count as room.
    assert outbox.status().unavailable is Reason.DISK_FULL
    assert outbox.result(kept.tx_id) is not None
    waiting = outbox.status().waiting
    raw(outbox).execute("PRAGMA max_page_count = 1000000")
    assert outbox.status().unavailable is None
    outbox.enqueue(submission())
    assert outbox.status().waiting == waiting + 1


def test_fault_10_a_read_only_disk_refuses_and_keeps(outbox: Outbox) -> None:
    """Simulated on the connection: the tests may run as root, whom no file mode stops."""
    kept = submission()
    outbox.enqueue(kept)
    raw(outbox).execute("PRAGMA query_only = ON")
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(submission())
    assert caught.value.reason is Reason.READ_ONLY
    assert outbox.status().unavailable is Reason.READ_ONLY
    assert outbox.result(kept.tx_id) is not None
    raw(outbox).execute("PRAGMA query_only = OFF")
    assert outbox.status().unavailable is None


class FailingSync:
    """A connection whose disk reports an I/O error when a transaction is to be made durable."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __getattr__(self, name: str) -> object:
        return getattr(self.db, name)

    def execute(self, sql: str, *args: object) -> object:
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error
        return self.db.execute(sql, *args)


def test_fault_11_after_an_io_error_nothing_is_taken_until_reopened(
    terminal: Terminal, outbox: Outbox
) -> None:
    """Simulated on the connection."""
    kept = submission()
    outbox.enqueue(kept)
    db = raw(outbox)
    outbox._connection._db = FailingSync(db)  # type: ignore[assignment] - stands in for the disk
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(submission())
    assert caught.value.reason is Reason.IO_ERROR
    outbox._connection._db = db
    with pytest.raises(OutboxUnavailable):
        outbox.enqueue(submission())
    assert outbox.status().unavailable is Reason.IO_ERROR
    outbox.close()
    with terminal.open() as again:
        assert again.result(kept.tx_id) is not None
        assert again.enqueue(submission()).seq == 2


def test_fault_12_a_flipped_bit_is_set_aside_and_the_rest_goes(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    damaged, whole = submission(), submission()
    outbox.enqueue(damaged)
    outbox.enqueue(whole)
    raw(outbox).execute(
        "UPDATE outbox SET envelope = zeroblob(length(envelope)) WHERE tx_id = ?",
        (damaged.tx_id,),
    )
    assert deliver(outbox, central, clock) == [whole.tx_id]
    recorded = outbox.result(damaged.tx_id)
    assert recorded is not None
    assert recorded.state is State.QUARANTINED


def test_a_closed_outbox_says_so(outbox: Outbox) -> None:
    outbox.close()
    outbox.close()
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(submission())
    assert caught.value.reason is Reason.CLOSED


def test_rubbish_in_place_of_the_database_is_typed(terminal: Terminal) -> None:
    terminal.path.write_bytes(os.urandom(4096))
    with pytest.raises(OutboxUnavailable) as caught:
        terminal.open()
    assert caught.value.reason is Reason.CORRUPT


# Batches and answers


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


def test_an_outbox_does_not_change_hands(terminal: Terminal, central: Central) -> None:
    terminal.enrolment = central.enrolment(epoch=3)
    terminal.open().close()
    for change in ({"epoch": 2}, {"kiosk": "SLL-009"}):
        terminal.enrolment = central.enrolment(epoch=3).changed(**change)
        with pytest.raises(OutboxUnavailable) as caught:
            terminal.open()
        assert caught.value.reason is Reason.OTHER_TERMINAL


def test_a_rotated_sealing_key_leaves_older_envelopes_as_they_are(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    with terminal.open() as outbox:
        outbox.enqueue(submission())
    fresh = X25519PrivateKey.generate().public_key().public_bytes_raw()
    terminal.enrolment = terminal.enrolment.changed(
        sealing_key_id=key_id(fresh), sealing_public_key=b64url(fresh)
    )
    with terminal.open() as outbox:
        outbox.enqueue(submission())
        ids = [item.key_id for item in take(outbox, clock).items]
    assert ids == [central.enrolment().sealing_key_id, key_id(fresh)]


def test_a_key_that_cannot_seal_is_refused_at_the_start(
    terminal: Terminal,
) -> None:
    terminal.enrolment = terminal.enrolment.changed(
        sealing_key_id=key_id(bytes(32)), sealing_public_key=b64url(bytes(32))
    )
    with pytest.raises(ValueError, match="shared key"):
        terminal.open()


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


def test_status_tells_age_and_skew(outbox: Outbox, central: Central, clock: FakeClock) -> None:
    outbox.enqueue(submission())
    clock.advance(90)
    assert outbox.status().oldest_waiting_s == 90
    batch = take(outbox, clock)
    server_time = clock.now() + dt.timedelta(seconds=5)
    outbox.apply_answers(
        [item.record.tx_id for item in batch.items],
        central.post_batch(batch).answer,
        clock.monotonic(),
        server_time,
    )
    status = outbox.status()
    assert status.oldest_waiting_s is None
    assert status.clock_skew_s == 5
    assert status.last_contact == clock.now()


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


def test_expiry_and_order_are_looked_up_in_indexes(outbox: Outbox) -> None:
    plans = [
        raw(outbox).execute(f"EXPLAIN QUERY PLAN {query}").fetchone()[3]
        for query in (
            "UPDATE outbox SET state = 'expired'"
            " WHERE state = 'ready' AND attempts = 0 AND expires_at <= 'x'",
            "SELECT min(next_at) FROM outbox WHERE state = 'ready' AND next_at > 0",
        )
    ]
    assert "outbox_expiry" in plans[0]
    assert "outbox_ready" in plans[1]
