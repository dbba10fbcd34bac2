"""The outbox keeps each transaction once, whatever ends the process, and no word in clear."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import serialization

from offline_queue.errors import PayloadTooLarge, TransactionConflict
from offline_queue.records import State, Submission
from offline_queue.store import Outbox
from offline_queue.wire import ENVELOPE_MAX_BYTES, Outcome
from tests.offline_queue.stepped_outbox import ROOT, deliver, raw, take
from tests.offline_queue.world import SECRET, Central, FakeClock, Terminal, submission


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
