"""The central API comes back from a backup while keys change, uploads end and nobody comes."""

from __future__ import annotations

import queue
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue import Outbox, syncer as module
from offline_queue.errors import Reason
from offline_queue.records import State
from offline_queue.syncer import Syncer
from tests.offline_queue.scene import Scene
from tests.offline_queue.test_against_central import Field, on_site

__all__ = ["on_site"]


def copy_of(source: Path, target: Path) -> Path:
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)
    return target


def at_rest(site: Field, outbox: Outbox) -> None:
    assert site.drain(outbox).pause_reason is None
    assert outbox.status().waiting == 0


@pytest.mark.parametrize("revoked", [False, True], ids=["its-own-chain", "stranded"])
@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_fault_33_what_an_earlier_key_left_is_sent_again_too(
    on_site: Field, tmp_path: Path, revoked: bool, restart: bool
) -> None:
    with on_site.open() as outbox:
        kept = [on_site.complaint() for _ in range(3)]
        outbox.enqueue(kept[0])
        at_rest(on_site, outbox)
        for each in kept[1:]:
            outbox.enqueue(each)
    on_site.device_key = ec.generate_private_key(ec.SECP256R1())
    on_site.enrol()
    if revoked:
        with closing(sqlite3.connect(on_site.database)) as db:
            db.execute("UPDATE kiosk_epoch SET revoked_at = enrolled_at WHERE epoch = 1")
            db.commit()
    backup = copy_of(on_site.database, tmp_path / "backup")
    with on_site.open() as outbox:
        if not restart:
            # What shows to a terminal that goes on: something of its own epoch is lost as well.
            kept.append(on_site.complaint())
            outbox.enqueue(kept[-1])
        at_rest(on_site, outbox)
        assert on_site.effects() == sorted(each.tx_id for each in kept)
        copy_of(backup, on_site.database)
        assert on_site.effects() == [kept[0].tx_id]
        if not restart:
            at_rest(on_site, outbox)
    with on_site.open() as outbox:
        at_rest(on_site, outbox)
        assert all(outbox.result(each.tx_id).state is State.ACCEPTED for each in kept)
    assert on_site.effects() == sorted(each.tx_id for each in kept)


def test_fault_33_an_epochs_number_that_is_given_a_second_time(
    on_site: Field, tmp_path: Path
) -> None:
    kept = []

    def keep_under_a_new_key(count: int) -> None:
        on_site.device_key = ec.generate_private_key(ec.SECP256R1())
        with on_site.open() as outbox:
            for _ in range(count):
                kept.append(on_site.complaint())
                outbox.enqueue(kept[-1])
            at_rest(on_site, outbox)

    keep_under_a_new_key(2)
    backup = copy_of(on_site.database, tmp_path / "backup")
    keep_under_a_new_key(2)
    with on_site.open() as outbox:
        outbox.enqueue(waiting := on_site.complaint())
        kept.append(waiting)
    copy_of(backup, on_site.database)
    # The central API knows nothing of the second key, and a third one gets the same number.
    on_site.device_key = ec.generate_private_key(ec.SECP256R1())
    with on_site.open() as outbox:
        assert outbox.status().epoch == 2
        assert outbox.status().unavailable is Reason.FROZEN
        assert on_site.drain(outbox).pause_reason == "frozen"
        assert outbox.result(waiting.tx_id).state is State.READY
    keep_under_a_new_key(1)
    with on_site.open() as outbox:
        assert outbox.status().epoch == 3
        at_rest(on_site, outbox)
        assert all(outbox.result(each.tx_id).state is State.ACCEPTED for each in kept)
    assert on_site.effects() == sorted(each.tx_id for each in kept)


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
def test_fault_33_an_attachment_that_came_after_the_backup_comes_again(
    on_site: Field, tmp_path: Path, restart: bool
) -> None:
    def complete() -> bool:
        return on_site.column("SELECT completed_at FROM attachment") != [None]

    with on_site.open() as outbox:
        outbox.enqueue(on_site.complaint(attachments=(b"photograph" * 1000,)))
        on_site.syncer(outbox).step()
        backup = copy_of(on_site.database, tmp_path / "backup")
        if not restart:
            outbox.enqueue(on_site.complaint())
        at_rest(on_site, outbox)
        assert complete()
        copy_of(backup, on_site.database)
        assert not complete()
        if not restart:
            at_rest(on_site, outbox)
    with on_site.open() as outbox:
        at_rest(on_site, outbox)
        assert outbox.status().attachments_waiting == 0
    assert complete()


def test_fault_33_a_terminal_to_which_nobody_comes_notices_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_AGAIN_S", 0.02)
    told: queue.Queue[str] = queue.Queue()
    syncer = Syncer(
        scene.outbox,
        scene.central,
        clock=scene.clock,
        on_result=lambda tx_id, _answer: told.put(tx_id),
    )
    kept = scene.keep(3)
    syncer.start()
    assert [told.get(timeout=10) for _ in kept] == [each.tx_id for each in kept]
    scene.central.forget_after(1)
    assert [told.get(timeout=10) for _ in kept[1:]] == [each.tx_id for each in kept[1:]]
    assert syncer.stop()
    scene.assert_exactly_once()


def test_a_look_that_gets_no_answer_troubles_nobody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.keep()
    scene.drain()
    syncer = scene.syncer()
    with monkeypatch.context() as away:
        away.setattr(scene.central, "head", _no_head)
        assert syncer.step() is None
        assert syncer.state is module.SyncState.IDLE
    scene.central.forget_after(0)
    scene.drain(syncer)
    scene.assert_exactly_once()


def _no_head(_kiosk: str, _epoch: int | None = None) -> None:
    raise module.NoAnswer("nobody is there")
