"""What an outbox that somebody changed looks like from outside."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.inspection import read_status
from offline_queue.verify import Code, Finding, verify_outbox
from offline_queue.wire import SignedHead
from tests.offline_queue.world import Central, FakeClock, Terminal, submission


def fill(terminal: Terminal, central: Central, clock: FakeClock, sent: int, waiting: int) -> None:
    with terminal.open() as outbox:
        for number in range(sent + waiting):
            outbox.enqueue(submission(b"complaint %d" % number))
            if number + 1 == sent:
                batch = outbox.take_batch(clock.monotonic())
                assert batch is not None
                outbox.apply_answers(
                    [item.record.tx_id for item in batch.items],
                    central.post_batch(batch).answer,
                    clock.monotonic(),
                    None,
                )


def verify(
    terminal: Terminal, central: Central, held: SignedHead | None = None
) -> list[tuple[Code, int | None]]:
    return [(found.code, found.seq) for found in findings(terminal, central, held)]


def findings(terminal: Terminal, central: Central, held: SignedHead | None = None) -> list[Finding]:
    return verify_outbox(
        terminal.path,
        terminal.device_key.public_key(),
        central.signing.public_key().public_bytes_raw(),
        held,
    )


def tamper(terminal: Terminal, *statements: str) -> None:
    db = sqlite3.connect(terminal.path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_an_untouched_outbox_is_clean_open_closed_and_after_a_crash(
    terminal: Terminal, central: Central, clock: FakeClock, tmp_path: Path
) -> None:
    fill(terminal, central, clock, sent=3, waiting=2)
    assert verify(terminal, central, central.signed_head("MCT-001")) == []
    with terminal.open() as outbox:
        outbox.enqueue(submission())
        assert verify(terminal, central) == []  # while the terminal runs
        left = tmp_path / "left"
        left.mkdir()
        for file in tmp_path.glob("outbox.db*"):  # as a killed process leaves it
            if file.suffix != ".lock":
                shutil.copy(file, left)
    crashed = Terminal(left / "outbox.db", terminal.device_key, terminal.enrolment, clock)
    assert (left / "outbox.db-wal").stat().st_size > 0
    assert verify(crashed, central) == []


TAMPERING = {
    "envelope": (
        "UPDATE outbox SET envelope = zeroblob(100) WHERE seq = 4",
        [(Code.EDITED, 4)],
    ),
    "signed column": (
        "UPDATE outbox SET sha256 = prev WHERE seq = 2",
        [(Code.EDITED, 2), (Code.EDITED, 2)],
    ),
    "chain value": ("UPDATE outbox SET chain = prev WHERE seq = 4", [(Code.EDITED, 4)]),
    "what stands beside": ("UPDATE outbox SET case_seq = 9 WHERE seq = 4", [(Code.EDITED, 4)]),
    "a key's name": (
        "UPDATE outbox SET key_id = '0000000000000000' WHERE seq = 2",
        [(Code.EDITED, 2)],
    ),
    "the time of the confirmation": (
        "UPDATE outbox SET confirmed_at = '2020-01-01T00:00:00.000000Z' WHERE seq = 6",
        [(Code.EDITED, 6)],
    ),
    "marked as sent": ("UPDATE outbox SET state = 'accepted' WHERE seq = 4", [(Code.EDITED, 4)]),
    "one removed": ("DELETE FROM outbox WHERE seq = 4", [(Code.REMOVED, 4)]),
    "two removed": ("DELETE FROM outbox WHERE seq IN (1, 2)", [(Code.REMOVED, 1)]),
    "envelope removed": (
        "UPDATE outbox SET envelope = NULL WHERE seq = 5",
        [(Code.REMOVED, 5)],
    ),
    "fault 40, tail cut": ("DELETE FROM outbox WHERE seq >= 5", [(Code.TAIL_CUT, 5)]),
    "own head": ("UPDATE epoch SET head = 'x'", [(Code.EDITED, 6)]),
    "no owner": ("DELETE FROM meta", [(Code.REMOVED, None)]),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_each_change_is_found_where_it_is(
    terminal: Terminal, central: Central, clock: FakeClock, kind: str
) -> None:
    fill(terminal, central, clock, sent=3, waiting=3)
    statement, expected = TAMPERING[kind]
    tamper(terminal, statement)
    assert verify(terminal, central) == expected


def test_swapped_places_are_told_from_edits(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    fill(terminal, central, clock, sent=3, waiting=3)
    tamper(
        terminal,
        "UPDATE outbox SET seq = 99 WHERE seq = 4",
        "UPDATE outbox SET seq = 4 WHERE seq = 5",
        "UPDATE outbox SET seq = 5 WHERE seq = 99",
    )
    found = findings(terminal, central)
    assert [(f.code, f.seq) for f in found] == [(Code.REORDERED, 4), (Code.REORDERED, 5)]
    assert found[0].sentence == "The transaction at place 4 belongs at place 5."


def test_fault_40_a_cut_tail_with_all_counters_forged_shows_by_the_countersignature(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    fill(terminal, central, clock, sent=6, waiting=0)
    tamper(
        terminal,
        "DELETE FROM outbox WHERE seq >= 5",
        "UPDATE epoch SET last_seq = 4, head = (SELECT chain FROM outbox WHERE seq = 4)",
    )
    assert verify(terminal, central) == [(Code.ROLLED_BACK, 5), (Code.TAIL_CUT, 5)]
    terminal.path.with_name("outbox.db.lock").write_bytes(b"")
    assert verify(terminal, central) == [(Code.TAIL_CUT, 5)]


def test_fault_16_an_older_copy_shows_by_a_newer_head(
    terminal: Terminal, central: Central, clock: FakeClock, tmp_path: Path
) -> None:
    fill(terminal, central, clock, sent=2, waiting=0)
    older = tmp_path / "older"
    shutil.copy(terminal.path, older)
    fill(terminal, central, clock, sent=2, waiting=0)
    shutil.copy(older, terminal.path)
    assert verify(terminal, central) == [(Code.ROLLED_BACK, 3)]
    terminal.path.with_name("outbox.db.lock").write_bytes(b"")  # a thorough hand
    assert verify(terminal, central) == []
    assert verify(terminal, central, central.signed_head("MCT-001")) == [(Code.ROLLED_BACK, 3)]


def test_fault_34_a_clone_shows_by_the_other_chain(
    terminal: Terminal, central: Central, clock: FakeClock, tmp_path: Path
) -> None:
    clone = Terminal(tmp_path / "clone.db", terminal.device_key, terminal.enrolment, clock)
    fill(clone, central, clock, sent=2, waiting=0)
    fill(
        terminal,
        Central(sealing=central.sealing, signing=central.signing),
        clock,
        sent=2,
        waiting=1,
    )
    assert verify(terminal, central, central.signed_head("MCT-001")) == [(Code.FORKED, 2)]


def test_a_head_that_the_central_api_did_not_sign_counts_for_nothing(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    fill(terminal, central, clock, sent=2, waiting=0)
    assert verify(terminal, central, Central().signed_head("MCT-001")) == [(Code.HEAD_FORGED, 0)]
    stranger = central.signed_head("MCT-002")
    assert verify(terminal, central, stranger) == [(Code.HEAD_FORGED, 2)]


def test_rubbish_and_nothing_are_findings_not_crashes(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    assert verify(terminal, central) == [(Code.UNREADABLE, None)]
    assert not terminal.path.exists()
    terminal.path.write_bytes(b"rubbish" * 1000)
    assert verify(terminal, central) == [(Code.UNREADABLE, None)]


def test_verifying_changes_nothing(terminal: Terminal, central: Central, clock: FakeClock) -> None:
    fill(terminal, central, clock, sent=1, waiting=1)
    before = terminal.path.read_bytes()
    verify(terminal, central)
    assert terminal.path.read_bytes() == before


def test_the_status_is_the_same_from_outside(
    terminal: Terminal, central: Central, clock: FakeClock
) -> None:
    fill(terminal, central, clock, sent=2, waiting=1)
    with terminal.open() as outbox:
        assert read_status(terminal.path, clock) == outbox.status()
    assert read_status(terminal.path, clock).waiting == 1


def test_there_is_no_status_of_nothing_or_of_a_stranger(tmp_path: Path) -> None:
    with pytest.raises(OutboxUnavailable) as caught:
        read_status(tmp_path / "none.db")
    assert caught.value.reason is Reason.CANNOT_OPEN
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    with pytest.raises(OutboxUnavailable) as caught:
        read_status(tmp_path / "other.db")
    assert caught.value.reason is Reason.FOREIGN_FILE
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.db"]
