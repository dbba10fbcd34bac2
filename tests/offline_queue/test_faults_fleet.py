"""Faults 33 to 40: the central API forgets, terminals are copied, keys end, items are poison."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.errors import OutboxUnavailable, Reason, TransactionConflict
from offline_queue.ingest import BatchRefused, BatchReply, HeadReply
from offline_queue.records import State
from offline_queue.syncer import SyncState
from offline_queue.verify import Code
from offline_queue.wire import BatchRequest, ItemKind, Outcome, Problem, VoidReason
from tests.offline_queue.scene import WAITING, Scene, refused
from tests.offline_queue.world import Terminal, submission


def new_epoch(scene: Scene) -> None:
    """Enrol the terminal anew, with a fresh device key."""
    scene.outbox.close()
    scene.terminal.device_key = ec.generate_private_key(ec.SECP256R1())
    scene.central.epoch += 1
    scene.central.device_keys[scene.central.epoch] = scene.terminal.device_key.public_key()
    scene.terminal.enrolment = scene.central.enrolment(scene.central.epoch)
    scene.outbox = scene.terminal.open()


def test_fault_33_the_central_api_is_restored_from_an_old_backup(scene: Scene) -> None:
    scene.keep(4)
    scene.drain()
    scene.central.backed_up_seq = 4
    scene.keep(4)
    scene.drain()
    scene.central.forget_after(4)
    assert len(scene.central.effects) == 4
    kept = scene.outbox._connection._db.execute(
        "SELECT seq FROM outbox WHERE envelope IS NOT NULL ORDER BY seq"
    ).fetchall()
    assert kept == [(5,), (6,), (7,), (8,)]
    scene.reopen()
    scene.keep()
    scene.drain()
    scene.assert_exactly_once()


def test_fault_33_what_was_accepted_behind_a_waiting_one_is_not_forgotten(scene: Scene) -> None:
    """The acknowledgement stops at the one that waits, so it cannot fall when the rest is lost."""
    first = scene.keep(3)[0]
    scene.central.postpone[first.tx_id] = 3000
    syncer = scene.syncer()
    syncer.step()
    assert len(scene.central.effects) == 2
    scene.central.forget_after(0)
    scene.clock.advance(3000)
    scene.drain(syncer)
    scene.assert_exactly_once()
    assert scene.outbox.status().ack_seq == 3


def test_fault_34_a_cloned_disk_freezes_and_what_waited_goes_under_a_new_epoch(
    scene: Scene, tmp_path: Path
) -> None:
    scene.keep(2)
    scene.drain()
    scene.outbox.close()
    clone_path = tmp_path / "clone" / "outbox.db"
    clone_path.parent.mkdir()
    shutil.copy(scene.terminal.path, clone_path)
    clone = Terminal(clone_path, scene.terminal.device_key, scene.terminal.enrolment, scene.clock)
    scene.outbox = scene.terminal.open()
    with clone.open() as other:
        mine = submission(b"kept by the clone")
        other.enqueue(mine)
        scene.confirmed.append(mine)
        batch = other.take_batch(0.0)
        assert batch is not None
        scene.central.post_batch(batch)
    original = scene.keep(2)
    scene.drain()
    assert scene.outbox.status().unavailable is Reason.FROZEN
    assert refused(scene.outbox, submission()).reason is Reason.FROZEN
    assert all(scene.outbox.result(each.tx_id).state in WAITING for each in original)
    scene.outbox.close()
    assert Code.FORKED in {finding.code for finding in scene.findings(online=True)}
    new_epoch(scene)
    scene.keep()
    scene.drain()
    assert sorted(scene.central.effects) == sorted(each.tx_id for each in scene.confirmed)
    kinds = {item.kind for request in scene.central.requests for item in request.items}
    assert ItemKind.STRANDED in kinds
    assert all(scene.outbox.result(each.tx_id).state is State.ACCEPTED for each in original)


def test_fault_34_a_central_api_that_knows_no_stranded_items_loses_none(scene: Scene) -> None:
    waiting = scene.keep()[0]
    db = scene.outbox._connection._db
    db.execute("UPDATE epoch SET frozen = 'forked'")
    new_epoch(scene)

    class Older:
        def post_batch(self, request: BatchRequest) -> BatchReply:
            reply = scene.central.post_batch(
                request.changed(items=[i for i in request.items if i.kind is ItemKind.SEALED])
            )
            problem = Problem(title="of another epoch", status=422, code="record-mismatch")
            refusals = [
                {"tx_id": i.record.tx_id, "outcome": "rejected", "problem": problem.plain()}
                for i in request.items
                if i.kind is not ItemKind.SEALED
            ]
            answer = reply.answer.plain()
            answer["answers"] += refusals
            return BatchReply(type(reply.answer).parse(answer), None)

        def head(self, kiosk: str) -> HeadReply:
            return scene.central.head(kiosk)

    scene.syncer(Older()).step()  # type: ignore[arg-type] - no attachments here
    assert scene.outbox.result(waiting.tx_id).state is State.READY
    scene.assert_nothing_lost()
    now = scene.clock.monotonic()
    assert scene.outbox.next_due(now) == now + 3600  # until then nobody is asked every two seconds
    scene.clock.advance(7200)
    scene.drain()
    scene.assert_exactly_once()


@pytest.mark.parametrize("refusal", ["epoch-revoked", "epoch-frozen"])
def test_fault_35_the_key_is_revoked_mid_queue(scene: Scene, refusal: str) -> None:
    scene.central.refusal = refusal
    scene.keep(3)
    scene.central.revoked.add(1)
    assert scene.drain() is SyncState.PAUSED
    scene.assert_nothing_lost()
    assert scene.central.effects == []
    assert all(scene.outbox.result(each.tx_id).attempts == 0 for each in scene.confirmed)
    new_epoch(scene)
    scene.keep(2)
    scene.drain()
    scene.assert_exactly_once()
    assert scene.outbox.status().unavailable is None
    scene.outbox.close()
    assert scene.findings(online=True) == []


def test_fault_36_a_schema_that_the_central_api_does_not_know_yet(scene: Scene) -> None:
    fine, newer = scene.keep(2)
    scene.central.postpone[newer.tx_id] = 3600
    syncer = scene.syncer()
    syncer.step()
    assert scene.central.effects == [fine.tx_id]
    scene.assert_nothing_lost()
    scene.clock.advance(3600)  # the central API was brought up to date
    scene.drain(syncer)
    scene.assert_exactly_once()


class Choking:
    """A central API that cannot read a batch with a certain sealed item in it."""

    def __init__(self, scene: Scene, poison: str) -> None:
        self.scene, self.poison = scene, poison

    def post_batch(self, request: BatchRequest) -> BatchReply:
        for item in request.items:
            if item.record.tx_id == self.poison and item.kind is ItemKind.SEALED:
                raise BatchRefused(400, Problem(title="unreadable", status=400, code="bad-batch"))
        return self.scene.central.post_batch(request)

    def head(self, kiosk: str) -> HeadReply:
        return self.scene.central.head(kiosk)


def test_fault_37_a_poison_item_leaves_no_hole(scene: Scene) -> None:
    sent = scene.keep(9)
    poison = sent[4]
    scene.drain(scene.syncer(Choking(scene, poison.tx_id)))  # type: ignore[arg-type] - no attachments
    recorded = scene.outbox.result(poison.tx_id)
    assert recorded.state is State.QUARANTINED
    assert scene.outbox._connection._db.execute(
        "SELECT envelope IS NOT NULL FROM outbox WHERE tx_id = ?", (poison.tx_id,)
    ).fetchone() == (1,)
    assert scene.central.effects == [each.tx_id for each in sent if each is not poison]
    # Its record took its place in the chain, so the acknowledgement goes to the end.
    assert scene.central.voids == {poison.tx_id: VoidReason.UNREADABLE}
    status = scene.outbox.status()
    assert status.ack_seq == status.last_seq == 9
    assert scene.findings() == []


def test_fault_38_a_batch_that_is_taken_in_part(scene: Scene) -> None:
    sent = scene.keep(10)
    for each in sent[::3]:
        scene.central.postpone[each.tx_id] = 5
    scene.syncer().step()
    assert len(scene.central.effects) == 6
    scene.assert_nothing_lost()
    scene.drain()
    scene.clock.advance(10)
    scene.drain()
    scene.assert_exactly_once()


def test_fault_39_a_reused_key(scene: Scene) -> None:
    once = scene.keep()[0]
    with pytest.raises(TransactionConflict):
        scene.outbox.enqueue(replace(once, payload=b"another"))
    with pytest.raises(TransactionConflict):
        scene.outbox.enqueue(replace(once, attachments=(b"another",)))
    assert scene.outbox.enqueue(once).seq == 1
    scene.drain()
    scene.assert_exactly_once()
    # Reused on another terminal: the central API compares the record, not the name alone.
    request = scene.central.requests[-1]
    item = request.items[0]
    forged = item.changed(record=item.record.changed(seq=2, prev="1" * 64))
    scene.central.device_keys.clear()
    answer = scene.central.post_batch(request.changed(items=[forged])).answer
    assert answer.answers[0].outcome is Outcome.CONFLICT
    scene.assert_exactly_once()


@pytest.mark.parametrize("forged", [False, True])
def test_fault_40_the_tail_is_cut_off(scene: Scene, forged: bool) -> None:
    """Of what the central API holds, nothing is lost; what it never had cannot come back, so the
    transaction that waited is gone from both: then the cut must be noticed. It shows at the next
    start, or, with every counter forged, in the countersigned head; the terminal takes nothing any
    more, and keeps what it took until then. All that was sent took effect exactly once."""
    sent = scene.keep(4)
    scene.drain()
    scene.keep()
    scene.outbox.close()
    db = sqlite3.connect(scene.terminal.path)
    db.execute("DELETE FROM outbox WHERE seq >= 3")
    if forged:
        db.execute("UPDATE epoch SET last_seq = 2, head = (SELECT chain FROM outbox WHERE seq = 2)")
        scene.terminal.path.with_name("outbox.db.lock").write_bytes(b"")
    db.commit()
    db.close()
    assert Code.TAIL_CUT in {finding.code for finding in scene.findings()}
    scene.outbox = scene.terminal.open()
    if forged:
        meanwhile = submission()
        scene.outbox.enqueue(meanwhile)
        scene.drain()
        recorded = scene.outbox.result(meanwhile.tx_id)
        assert recorded is not None
        assert recorded.state in WAITING
    assert scene.outbox.status().unavailable is Reason.FROZEN
    with pytest.raises(OutboxUnavailable):
        scene.outbox.enqueue(submission())
    assert sorted(scene.central.effects) == sorted(each.tx_id for each in sent)
