"""Opening an outbox: its settings, its one holder, its files, its terminal and key, its release."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from offline_queue import schema
from offline_queue.chain import b64url
from offline_queue.errors import OutboxLocked, OutboxUnavailable, Reason
from offline_queue.sealing import key_id
from offline_queue.store import Outbox
from tests.offline_queue.stepped_outbox import ROOT, raw, take
from tests.offline_queue.world import Central, FakeClock, Terminal, submission


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
    with monkeypatch.context() as patch, pytest.raises(OutboxUnavailable):
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
