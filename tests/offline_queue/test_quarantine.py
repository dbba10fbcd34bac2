"""Refused, expired and damaged transactions: their cases, their places, their later fate."""

from __future__ import annotations

import datetime as dt

import pytest

from offline_queue.chain import ChainBroken, check_terms, verify_notice
from offline_queue.records import State
from offline_queue.wire import BatchItem, ItemKind, Problem, VoidReason
from offline_queue.wire_model import MessageError
from tests.offline_queue.scene import Scene
from tests.offline_queue.world import submission


def test_a_case_is_held_until_somebody_releases_it(scene: Scene) -> None:
    refused, held = scene.keep(2, case="a")
    scene.confirmed.remove(refused)
    scene.central.reject.add(refused.tx_id)
    scene.drain()
    assert scene.outbox.status().held == 1
    assert scene.outbox.release_case(held.tx_id) == 0
    assert scene.outbox.release_case(refused.tx_id) == 1
    assert scene.outbox.release_case(refused.tx_id) == 0
    assert (scene.outbox.status().held, scene.outbox.status().holding) == (0, {})
    scene.drain()
    scene.assert_exactly_once()


def test_the_central_api_can_release_a_case_with_its_refusal(scene: Scene) -> None:
    refused, _ = scene.keep(2, case="a")
    scene.confirmed.remove(refused)
    scene.central.reject.add(refused.tx_id)
    scene.central.release.add(refused.tx_id)
    scene.drain()
    assert scene.outbox.status().held == 0
    scene.assert_exactly_once()


def test_a_void_for_what_took_effect_after_all_is_corrected(scene: Scene) -> None:
    """The answer was lost, an older copy of the disk expired it: the central API knows better."""
    soon = scene.clock.now() + dt.timedelta(hours=1)
    each = submission(expires_at=soon)
    scene.outbox.enqueue(each)
    scene.confirmed.append(each)
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    scene.central.post_batch(batch)
    scene.outbox.release([each.tx_id], 0.0, charged=False)
    scene.outbox.expire(soon)
    assert scene.outbox.result(each.tx_id).state is State.EXPIRED
    scene.drain()
    assert scene.central.voids == {}
    scene.assert_exactly_once()


def test_what_expired_stays_given_up_although_an_older_copy_sends_it(scene: Scene) -> None:
    soon = scene.clock.now() + dt.timedelta(hours=1)
    each = submission(expires_at=soon)
    scene.outbox.enqueue(each)
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    scene.outbox.release([each.tx_id], 0.0, charged=False)
    scene.outbox.expire(soon)
    scene.drain()
    assert scene.central.voids == {each.tx_id: VoidReason.EXPIRED}
    (answer,) = scene.central.post_batch(batch).answer.answers
    assert answer.problem is not None
    assert answer.problem.code == "voided"
    assert scene.central.effects == []


def test_voids_are_told_to_wait_forgotten_and_refused_without_harm(scene: Scene) -> None:
    sent = scene.keep(3)
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    gone = scene.confirmed.pop(1)
    scene.outbox.quarantine(gone.tx_id, Problem(title="unreadable", status=422, code="x"))
    scene.outbox.release([each.tx_id for each in sent], 0.0, charged=True)
    scene.central.postpone[gone.tx_id] = 40
    syncer = scene.syncer()
    syncer.step()
    due = syncer.step()
    assert due == pytest.approx(40)
    scene.drain(syncer)
    assert scene.central.voids == {gone.tx_id: VoidReason.UNREADABLE}
    assert scene.outbox.status().ack_seq == 3
    scene.central.forget_after(0)
    scene.outbox.check_head(scene.central.signed_head("MCT-001"))
    scene.drain()
    assert scene.outbox.status().ack_seq == 3
    scene.assert_exactly_once()


def test_damage_beside_the_envelope_is_found_before_it_is_sent(scene: Scene) -> None:
    """A flipped bit in a case's name would have the central API refuse a citizen for good."""
    damaged, whole = scene.keep(2)
    db = scene.outbox._connection._db
    db.execute("UPDATE outbox SET case_seq = 7 WHERE tx_id = ?", (damaged.tx_id,))
    assert [finding.seq for finding in scene.findings()] == [1]
    scene.drain()
    assert scene.central.effects == [whole.tx_id]
    assert scene.outbox.result(damaged.tx_id).state is State.QUARANTINED


def items(scene: Scene) -> list[BatchItem]:
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    return list(batch.items)


@pytest.mark.parametrize(
    "change",
    [
        {"case_seq": 2},
        {"case_ref": "0" * 64},
        {"schema_version": 2},
        {"key_id": "0" * 16},
        {"confirmed_at": dt.datetime(2026, 3, 1, 8, 0, 0, 1, tzinfo=dt.UTC)},
        {"confirmed_at": dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14)))},
        {"attachments": []},
    ],
)
def test_the_one_signature_covers_what_travels_beside(
    scene: Scene, change: dict[str, object]
) -> None:
    scene.keep(attachments=(b"photograph",))
    (item,) = items(scene)
    check_terms(item)
    with pytest.raises(ChainBroken):
        check_terms(item.changed(**change))
    # An item of the first release is not covered, and may name no attachments.
    bare = item.changed(record=item.record.changed(terms=None))
    with pytest.raises(ChainBroken):
        check_terms(bare)
    check_terms(bare.changed(attachments=[]))


def test_nobody_in_between_can_make_a_void_of_a_transaction(scene: Scene) -> None:
    sent = scene.keep(2)
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    scene.outbox.quarantine(sent[0].tx_id, Problem(title="x", status=422, code="x"))
    (void,) = (item for item in items(scene) if item.kind is ItemKind.VOID)
    public = scene.terminal.device_key.public_key()
    verify_notice(public, void, 1)
    other = batch.items[1]
    stolen = void.changed(record=other.record, signature=other.signature)
    with pytest.raises(ChainBroken):
        verify_notice(public, stolen, 1)
    with pytest.raises(ChainBroken):
        verify_notice(public, void, 2)
    with pytest.raises(ChainBroken):
        verify_notice(public, other, 1)
    assert void.notice is not None
    final = void.notice.notice.changed(reason=VoidReason.EXPIRED)
    changed = void.notice.changed(notice=final)
    with pytest.raises(ChainBroken):
        verify_notice(public, void.changed(notice=changed), 1)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ItemKind.VOID},
        {"kind": ItemKind.STRANDED},
        {"envelope": ""},
    ],
)
def test_an_item_is_of_one_kind(scene: Scene, change: dict[str, object]) -> None:
    scene.keep()
    (item,) = items(scene)
    with pytest.raises(MessageError, match="item"):
        BatchItem.parse(item.plain() | change)
    with pytest.raises(ValueError, match="item"):
        item.changed(**change)
