"""Each bit of each column of kept rows, flipped one at a time.

After each flip the transaction is delivered exactly once, or the check finds the change and names
it. Nothing is silent, and nothing ends in an error that is not the outbox's own.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offline_queue.errors import OutboxError
from offline_queue.records import State
from tests.offline_queue.scene import Scene
from tests.offline_queue.world import Central

COLUMNS = (
    *("epoch", "seq", "tx_id", "case_ref", "case_seq", "state", "attempts", "next_at"),
    *("expires_at", "confirmed_at", "schema_version", "key_id", "fingerprint", "sha256", "prev"),
    *("chain", "signature", "result", "envelope", "terms", "attachments", "released"),
    *("kept_proof", "settled_proof"),
)
ACCEPTED, REFUSED, WAITING = 1, 2, 3


def kept(scene: Scene) -> Path:
    """An accepted transaction, a refused one, one with an attachment waiting."""
    scene.keep()
    (refused,) = scene.keep()
    scene.central.reject.add(refused.tx_id)
    scene.drain()
    scene.keep(attachments=(b"a photograph",), expires_at=scene.clock.now().replace(year=2027))
    scene.outbox.close()
    original = scene.terminal.path.with_name("original.db")
    shutil.copy(scene.terminal.path, original)
    return original


def flips(value: object) -> Iterator[object]:
    """The value with each of its bits flipped in turn, as the disk would give it back."""
    match value:
        case int():
            for bit in range(64):
                yield struct.unpack("<q", struct.pack("<Q", (value & (2**64 - 1)) ^ (1 << bit)))[0]
        case float():
            for bit in range(64):
                (whole,) = struct.unpack("<Q", struct.pack("<d", value))
                yield struct.unpack("<d", struct.pack("<Q", whole ^ (1 << bit)))[0]
        case bytes():
            for bit in range(8 * len(value)):
                changed = bytearray(value)
                changed[bit // 8] ^= 1 << bit % 8
                yield bytes(changed)


def test_the_columns_are_all_there(scene: Scene) -> None:
    rows = scene.outbox._connection._db.execute("PRAGMA table_info(outbox)").fetchall()
    assert tuple(row[1] for row in rows) == COLUMNS


@pytest.mark.parametrize("column", COLUMNS)
def test_a_flipped_bit_is_found_or_does_no_harm(scene: Scene, column: str) -> None:
    original = kept(scene)
    read = f"SELECT rowid, typeof({column}), CAST({column} AS BLOB), {column} FROM outbox"  # noqa: S608 - our own columns
    with contextlib.closing(tampering(scene.terminal.path)) as db:
        rows = db.execute(f"{read} ORDER BY seq").fetchall()
    for place, kind, content, value in rows:
        put = "CAST(? AS TEXT)" if kind == "text" else "?"
        write = f"UPDATE outbox SET {column} = {put} WHERE rowid = ?"  # noqa: S608 - our own columns
        before = content if kind == "text" else value
        db = tampering(scene.terminal.path)
        for after in flips(before):
            try:
                db.execute(write, (after, place))
            except sqlite3.IntegrityError:
                continue  # another row's place: no two rows can be read there
            if scene.findings():
                db.execute(write, (before, place))
                continue
            db.close()
            _assert_delivered_once(scene)
            restore(original, scene.terminal.path)
            db = tampering(scene.terminal.path)
        db.close()
    scene.outbox = scene.terminal.open()


def restore(original: Path, path: Path) -> None:
    """The database as it was, in a file of its own: whoever has the old one open keeps that."""
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    copy = path.with_name(path.name + ".copy")
    shutil.copy(original, copy)
    copy.replace(path)


def tampering(path: Path) -> sqlite3.Connection:
    """The database open for changes that no rule of its own stops."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("PRAGMA synchronous = OFF")
    return db


@pytest.mark.parametrize("seq", [ACCEPTED, REFUSED, WAITING])
def test_whatever_the_state_becomes_the_transaction_is_settled_once(scene: Scene, seq: int) -> None:
    original = kept(scene)
    read = "SELECT CAST(state AS BLOB) FROM outbox WHERE seq = ?"
    with contextlib.closing(tampering(original)) as db:
        (state,) = db.execute(read, (seq,)).fetchone()
    for after in flips(state):
        restore(original, scene.terminal.path)
        write = "UPDATE outbox SET state = CAST(? AS TEXT) WHERE seq = ?"
        with contextlib.closing(tampering(scene.terminal.path)) as db:
            db.execute(write, (after, seq))
        assert any(finding.seq == seq for finding in scene.findings())
        _assert_delivered_once(scene)
        assert scene.findings() == []
    scene.outbox = scene.terminal.open()


def _held_by(central: Central) -> dict[str, Any]:
    """A copy of what the central API holds."""
    return {
        "chains": {epoch: dict(chain) for epoch, chain in central.chains.items()},
        "decided": dict(central.decided),
        "voids": dict(central.voids),
        "payloads": dict(central.payloads),
        "effects": list(central.effects),
        "uploads": {name: bytearray(held) for name, held in central.uploads.items()},
    }


def _assert_delivered_once(scene: Scene) -> None:
    """Start the terminal and let it deliver; then the central API holds what it held before."""
    before = _held_by(scene.central)
    try:
        scene.outbox = scene.terminal.open()
        scene.drain()
        for place, each in enumerate(scene.confirmed, start=1):
            recorded = scene.outbox.result(each.tx_id)
            assert recorded is not None
            assert recorded.state is (State.REJECTED if place == REFUSED else State.ACCEPTED)
            assert scene.central.effects.count(each.tx_id) == (0 if place == REFUSED else 1)
    except OutboxError as error:
        pytest.fail(f"the check is silent, and then: {error}")
    finally:
        scene.outbox.close()
        vars(scene.central).update(before)
