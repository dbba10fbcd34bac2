"""Faults 9 to 17: the disk is full, deaf, broken, or not the one it was.

Every test asserts that confirmed ⊆ local ∪ central and that effects are exactly one each, where the
disk still has what was confirmed. Where it does not (12, 14, 15, and 40 among the faults of the
fleet) no program can: there the docstring says what is gone, and the test asserts the rest of the
invariant: nothing takes effect twice or falsely, the loss is noticed and named before another
citizen is told anything, and what the centre holds is whole.
"""

from __future__ import annotations

import contextlib
import random
import resource
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from offline_queue import folder, ledger
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.folder import FolderBroken, FolderUnwritable, read_export
from offline_queue.verify import Code
from offline_queue.wire import SignedManifest
from tests.offline_queue.power_cut import crash_states
from tests.offline_queue.recording_disk import Disk, Kind, Operation
from tests.offline_queue.scene import Scene, die, in_a_child, refused
from tests.offline_queue.world import submission


def on_a_disk(scene: Scene, disk: Disk) -> None:
    """Put the scene's outbox on a disk that fails at will."""
    with disk.under_the_outbox():
        scene.reopen()


def failing(error: type[apsw.Error], kind: Kind) -> Disk:
    """A disk that answers a kind of operation on the log with an error while it is failing."""
    disk = Disk()

    def fault(operation: Operation) -> None:
        if disk.failing and operation.kind is kind and operation.file == "wal":
            raise error

    disk.fault = fault
    return disk


def test_fault_09_the_disk_is_full(scene: Scene) -> None:
    disk = failing(apsw.FullError, Kind.WRITE)
    on_a_disk(scene, disk)
    scene.keep(3)
    disk.failing = True
    assert refused(scene.outbox, submission()).reason is Reason.DISK_FULL
    assert scene.outbox.status().unavailable is Reason.DISK_FULL
    scene.assert_nothing_lost()
    disk.failing = False
    assert scene.outbox.status().unavailable is None
    scene.keep()
    scene.drain()
    scene.assert_exactly_once()


def test_fault_09_a_file_may_not_grow(scene: Scene) -> None:
    """The kernel itself refuses: RLIMIT_FSIZE, in a process of its own."""
    kept = scene.keep(3)
    scene.outbox.close()

    def act() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        outbox = scene.terminal.open()
        with contextlib.suppress(OutboxUnavailable):
            for _ in range(200):
                outbox.enqueue(submission(b"x" * 20_000))
        if outbox.result(kept[0].tx_id) is not None and outbox._connection.trouble is not None:
            die()

    assert in_a_child(act) == 9
    scene.outbox = scene.terminal.open()
    # What that process was told is kept is kept; it is confirmed now, and goes.
    db = scene.outbox._connection._db
    known = {each.tx_id for each in scene.confirmed}
    for (tx_id,) in db.execute("SELECT tx_id FROM outbox").fetchall():
        if tx_id not in known:
            scene.confirmed.append(replace(submission(b"x" * 20_000), tx_id=tx_id))
    assert len(scene.confirmed) > 3
    scene.drain()
    scene.assert_exactly_once()
    assert scene.findings() == []


def test_fault_10_the_disk_is_read_only(scene: Scene) -> None:
    disk = failing(apsw.ReadOnlyError, Kind.WRITE)
    on_a_disk(scene, disk)
    scene.keep(3)
    disk.failing = True
    assert refused(scene.outbox, submission()).reason is Reason.READ_ONLY
    scene.assert_nothing_lost()
    disk.failing = False
    scene.drain()
    scene.assert_exactly_once()


def test_fault_11_the_disk_reports_an_error_when_syncing(scene: Scene) -> None:
    disk = failing(apsw.IOError, Kind.SYNC)
    on_a_disk(scene, disk)
    scene.keep(2)
    disk.failing = True
    doubtful = submission()
    assert refused(scene.outbox, doubtful).reason is Reason.IO_ERROR
    disk.failing = False
    # What the disk still holds of the failed write is not known: nothing more is taken.
    assert refused(scene.outbox, submission()).reason is Reason.IO_ERROR
    assert scene.outbox.status().unavailable is Reason.IO_ERROR
    on_a_disk(scene, disk)
    scene.keep()
    if scene.outbox.result(doubtful.tx_id) is None:
        scene.outbox.enqueue(doubtful)
    scene.confirmed.append(doubtful)
    scene.drain()
    scene.assert_exactly_once()
    scene.outbox.close()
    assert scene.findings() == []


def test_fault_12_a_bit_flips(scene: Scene) -> None:
    """Sixty flips all over the file. What a flip destroyed is gone, so not every transaction can
    take effect: nothing false does, nothing does twice, and nothing is missing without a word."""
    scene.keep(8, size=30_000)
    scene.outbox.close()
    whole = scene.terminal.path.read_bytes()
    rng = random.Random(12)
    noticed = 0
    for _ in range(60):
        scene.central.forget()
        damaged = bytearray(whole)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        scene.terminal.path.write_bytes(damaged)
        findings = scene.findings()
        noticed += bool(findings)
        try:
            with scene.terminal.open() as scene.outbox:
                scene.drain(rounds=400)
        except (OutboxUnavailable, sqlite3.DatabaseError, ValueError, AssertionError) as error:
            assert findings or not isinstance(error, AssertionError), error
        payloads = {each.tx_id: each.payload for each in scene.confirmed}
        assert len(set(scene.central.effects)) == len(scene.central.effects)
        assert set(scene.central.effects) <= set(payloads)
        assert all(payloads[tx] == found for tx, found in scene.central.payloads.items())
        # Each took effect exactly once, or the damage is reported.
        assert findings or set(scene.central.effects) == set(payloads)
    assert noticed > 20
    scene.terminal.path.write_bytes(whole)
    scene.outbox = scene.terminal.open()


def test_fault_13_a_write_is_torn(scene: Scene) -> None:
    """Simulated from the record of a real run: every cut tears what was not synced. What was
    confirmed before the cut is whole on the disk, goes, and takes effect exactly once; what came
    after the cut never was."""
    disk = Disk()
    scene.outbox.close()
    for file in scene.terminal.path.parent.glob("outbox.db*"):
        file.unlink()
    on_a_disk(scene, disk)
    marks = []
    for _ in range(4):
        scene.keep()
        marks.append(len(disk.operations))
    scene.outbox.close()
    confirmed = scene.confirmed
    for state in crash_states(disk.operations, random.Random(13), 60):
        for file in scene.terminal.path.parent.glob("outbox.db*"):
            file.unlink()
        for name, content in state.files:
            suffix = "" if name == "db" else f"-{name}"
            scene.terminal.path.with_name(f"outbox.db{suffix}").write_bytes(content)
        scene.central.forget()
        with scene.terminal.open() as scene.outbox:
            before = [
                each.tx_id
                for mark, each in zip(marks, confirmed, strict=True)
                if state.at >= mark or scene.outbox.result(each.tx_id) is not None
            ]
            scene.drain()
            scene.confirmed = [each for each in confirmed if each.tx_id in before]
            scene.assert_exactly_once()
        assert scene.findings() == []
    scene.outbox = scene.terminal.open()


def crash(scene: Scene, keep: tuple[str, ...] = ("", "-wal", ".lock")) -> None:
    """Leave the files as a killed process does, without those not named."""
    aside = scene.terminal.path.parent / "aside"
    aside.mkdir()
    for suffix in keep:
        shutil.copy(f"{scene.terminal.path}{suffix}", aside / f"outbox.db{suffix}")
    scene.outbox.close()
    for file in scene.terminal.path.parent.glob("outbox.db*"):
        file.unlink()
    for file in aside.iterdir():
        shutil.move(file, scene.terminal.path.parent / file.name)


def test_fault_14_the_log_is_deleted(scene: Scene) -> None:
    """What was only in the log and not yet sent is gone with it: no program can bring it back.
    It is found at the next start, the terminal stops, and all that the centre holds stays once."""
    sent = scene.keep(2)
    scene.drain()
    scene.outbox._connection._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    gone = scene.keep(2)
    crash(scene, keep=("", ".lock"))
    scene.outbox = scene.terminal.open()
    assert scene.outbox.status().unavailable is Reason.FROZEN
    assert refused(scene.outbox, submission()).reason is Reason.FROZEN
    db = scene.outbox._connection._db
    assert db.execute("SELECT frozen FROM epoch").fetchone() == (ledger.ROLLED_BACK,)
    assert all(scene.outbox.result(each.tx_id) is None for each in gone)
    # Of all that is left, the invariant holds, also after another try to send.
    scene.drain()
    scene.confirmed = sent
    scene.assert_exactly_once()
    assert Code.ROLLED_BACK in {finding.code for finding in scene.findings()}


def test_fault_15_a_stale_log_beside_a_new_database(scene: Scene) -> None:
    """SQLite would delete the log of a database that is gone, and what was confirmed with it: the
    outbox refuses before that. Nothing is sent by a terminal that does not start; when the database
    is put back beside its log, all of it takes effect exactly once."""
    scene.keep(3)
    database = scene.terminal.path.read_bytes()
    crash(scene, keep=("-wal", ".lock"))
    log = scene.terminal.path.with_name("outbox.db-wal")
    before = log.read_bytes()
    for content in (None, b""):
        if content is not None:
            scene.terminal.path.write_bytes(content)
        with pytest.raises(OutboxUnavailable) as caught:
            scene.terminal.open()
        assert caught.value.reason is Reason.CORRUPT
        assert log.read_bytes() == before
        assert scene.central.effects == []
    scene.terminal.path.write_bytes(database)
    scene.outbox = scene.terminal.open()
    scene.drain()
    scene.assert_exactly_once()


def test_fault_15_a_log_of_another_database(scene: Scene, tmp_path: Path) -> None:
    """An older log beside the database it does not belong to any more. Replayed, it may take pages
    back to where they were, and what came later is gone: then the terminal stops before it takes or
    sends anything. Otherwise all that was confirmed takes effect exactly once."""
    scene.keep(2)
    older = tmp_path / "older"
    shutil.copy(f"{scene.terminal.path}-wal", older)
    scene.keep(2)
    scene.outbox.close()
    shutil.copy(older, f"{scene.terminal.path}-wal")
    try:
        scene.outbox = scene.terminal.open()
    except OutboxUnavailable as error:
        assert error.reason is Reason.CORRUPT
        assert scene.central.effects == []
        return
    if scene.outbox.status().unavailable is Reason.FROZEN:
        scene.drain()
        assert scene.central.effects == []
        assert refused(scene.outbox, submission()).reason is Reason.FROZEN
    else:
        scene.drain()
        scene.assert_exactly_once()


def test_fault_16_rolled_back_to_an_older_copy(scene: Scene, tmp_path: Path) -> None:
    scene.keep(2)
    scene.outbox.close()
    older = tmp_path / "older"
    shutil.copy(scene.terminal.path, older)
    scene.outbox = scene.terminal.open()
    scene.keep(2)
    scene.drain()
    scene.outbox.close()
    shutil.copy(older, scene.terminal.path)
    # The file beside it still knows better; a thorough hand would have put that back too.
    assert Code.ROLLED_BACK in {finding.code for finding in scene.findings()}
    scene.terminal.path.with_name("outbox.db.lock").write_bytes(b"")
    scene.outbox = scene.terminal.open()
    extra = scene.outbox.enqueue(submission())
    assert extra.seq == 3
    scene.drain()  # the centre's head is ahead: frozen before anything is sent
    assert scene.outbox.status().unavailable is Reason.FROZEN
    assert len(scene.central.effects) == 4
    assert len(set(scene.central.effects)) == 4


class Pulled(OSError):
    """The stick is gone."""


def test_fault_17_the_stick_is_pulled_during_an_export(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.keep(60, attachments=(b"photograph" * 10_000,))
    public = scene.terminal.device_key.public_key()
    real = folder._write
    done = 0

    def count(path: Path, content: bytes) -> None:
        nonlocal done
        done += 1
        real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(folder, "_write", count)
        whole = scene.outbox.export(tmp_path / "whole")
    assert (whole.transactions, whole.attachments) == (60, 60)
    for survive in range(0, done, 17):
        left = survive

        def pulled(path: Path, content: bytes) -> None:
            nonlocal left
            if left == 0:
                path.with_name(f"{path.name}.part").write_bytes(content[: len(content) // 2])
                raise Pulled(5, "Input/output error")
            left -= 1
            real(path, content)

        stick = tmp_path / f"stick-{survive}"
        with monkeypatch.context() as patch, pytest.raises(FolderUnwritable):
            patch.setattr(folder, "_write", pulled)
            scene.outbox.export(stick)
        (torn,) = stick.iterdir()
        with pytest.raises(FolderBroken):
            read_export(torn, lambda _kiosk, _epoch: public)
        scene.assert_nothing_lost()
    # A file of a finished one that the stick lost or changed makes all of it nothing.
    for file in sorted(whole.directory.iterdir())[::20]:
        content = file.read_bytes()
        for damage in (content[:-1], content[:10] + b"!" + content[11:]):
            file.write_bytes(damage)
            with pytest.raises(FolderBroken):
                read_export(whole.directory, lambda _kiosk, _epoch: public)
        file.write_bytes(content)
    assert SignedManifest.parse_json((whole.directory / "manifest.json").read_bytes())
    scene.drain()
    scene.assert_exactly_once()
