"""Photographs and scans: sealed in chunks, uploaded part by part, kept while there is room."""

from __future__ import annotations

import datetime as dt

import pytest

from offline_queue.errors import OutboxUnavailable, PayloadTooLarge, Reason
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import BatchReply, HeadReply
from offline_queue.quota import Quota
from offline_queue.records import State
from offline_queue.sealing import SealBroken, attachment_place, open_chunks
from offline_queue.store import Outbox
from offline_queue.syncer import SyncState
from offline_queue.wire import (
    ATTACHMENT_CHUNK_BYTES,
    ATTACHMENT_MAX_BYTES,
    AttachmentStatus,
    BatchRequest,
    SignedTicket,
)
from tests.offline_queue.http_central import Reply, Server
from tests.offline_queue.scene import Scene
from tests.offline_queue.world import KIOSK, SECRET, submission

PHOTO = b"".join(n.to_bytes(4, "big") for n in range(75_000))  # 300 kB


def opened(scene: Scene, tx_id: str, number: int = 1) -> bytes:
    """What the central API holds of an attachment, opened."""
    (item,) = (
        item
        for request in scene.central.requests[-1:]
        for item in request.items
        if item.record.tx_id == tx_id
    )
    sealed = bytes(scene.central.uploads[item.attachments[number - 1].sha256])
    place = attachment_place(KIOSK, tx_id, number)
    return open_chunks(scene.central.sealing, sealed, place)


def test_the_transaction_goes_first_and_its_attachments_follow(scene: Scene) -> None:
    with scene.line() as (syncer, _):
        each = scene.keep(attachments=(PHOTO, b"second"))[0]
        syncer.step()
        assert scene.outbox.result(each.tx_id).state is State.ACCEPTED
        assert scene.central.uploads == {}
        assert scene.outbox.status().attachments_waiting == 2
        scene.drain(syncer)
    assert scene.outbox.status().attachments_waiting == 0
    assert (opened(scene, each.tx_id, 1), opened(scene, each.tx_id, 2)) == (PHOTO, b"second")
    scene.assert_exactly_once()


def test_an_upload_is_resumed_where_it_broke_off(scene: Scene) -> None:
    server = Server(scene.central)
    ingest = HttpIngest(server.url, timeouts=Timeouts(connect_s=2, silence_s=2))
    each = scene.keep(attachments=(PHOTO * 3,))[0]
    syncer = scene.syncer(ingest)
    syncer.step()
    for _ in range(3):
        syncer.step()  # asks, then two ranges
    (held,) = scene.central.uploads.values()
    before = len(held)
    assert 0 < before < len(PHOTO) * 3
    server.upload_faults.append(Reply(drop=True))
    scene.clock.advance(syncer.step() or 0)
    scene.reopen()  # and the terminal starts anew
    uploads = server.uploads
    scene.drain(scene.syncer(ingest))
    assert opened(scene, each.tx_id) == PHOTO * 3
    # One question, and what was missing: nothing was carried twice.
    missing = scene.central.uploads.popitem()[1][before:]
    assert server.uploads - uploads == 1 + -(-len(missing) // (4 * ATTACHMENT_CHUNK_BYTES))
    ingest.close()
    server.close()


@pytest.mark.parametrize("status", [404, 413, 422])
def test_a_refused_attachment_holds_up_no_transaction(scene: Scene, status: int) -> None:
    server = Server(scene.central)
    ingest = HttpIngest(server.url, timeouts=Timeouts(connect_s=2, silence_s=2))
    scene.keep(attachments=(PHOTO,))
    server.upload_faults.append(Reply(status))
    syncer = scene.syncer(ingest)
    syncer.step()
    assert syncer.step() == 0.0
    scene.keep()
    assert syncer.step() == 0.0
    assert len(scene.central.effects) == 2
    due = syncer.step()
    assert due is not None
    assert 0 < due <= 60
    scene.clock.advance(due)
    scene.drain(syncer)
    assert scene.outbox.status().attachments_waiting == 0
    scene.assert_exactly_once()
    ingest.close()
    server.close()


def test_a_server_that_takes_nothing_is_not_asked_for_ever(scene: Scene) -> None:
    class Stuck:
        calls = 0

        def post_batch(self, request: BatchRequest) -> BatchReply:
            return scene.central.post_batch(request)

        def head(self, kiosk: str) -> HeadReply:
            return scene.central.head(kiosk)

        def attachment_status(self, signed: SignedTicket) -> AttachmentStatus:
            self.calls += 1
            ticket = signed.ticket
            return AttachmentStatus(
                sha256=ticket.sha256, size=ticket.size, received=0, complete=False
            )

        def put_attachment(self, signed: SignedTicket, _: int, __: bytes) -> AttachmentStatus:
            return self.attachment_status(signed)

    scene.keep(attachments=(b"photograph",))
    stuck = Stuck()
    syncer = scene.syncer(stuck)
    for _ in range(20):
        delay = syncer.step()
        assert delay is not None
        scene.clock.advance(delay)
    assert stuck.calls < 20
    assert scene.clock.ticks > 1000 + 600


def test_a_restored_central_api_gets_attachments_again_and_then_they_are_purged(
    scene: Scene,
) -> None:
    each = scene.keep(attachments=(PHOTO,))[0]
    scene.drain()
    kept = scene.outbox.status().kept_bytes
    assert kept > len(PHOTO)
    scene.central.forget_after(0)
    scene.central.uploads.clear()
    scene.outbox.check_head(scene.central.signed_head(KIOSK))
    scene.drain()
    assert opened(scene, each.tx_id) == PHOTO
    scene.central.backed_up_seq = 1
    scene.outbox.check_head(scene.central.signed_head(KIOSK))
    assert scene.outbox.status().kept_bytes == 0
    db = scene.outbox._connection._db
    assert db.execute("SELECT count(*) FROM attachment_chunk").fetchone() == (0,)
    scene.assert_exactly_once()
    assert scene.findings() == []


def test_no_chunk_can_be_left_out_moved_or_exchanged(scene: Scene) -> None:
    each = scene.keep(attachments=(PHOTO,))[0]
    scene.drain()
    (sealed,) = (bytes(held) for held in scene.central.uploads.values())
    step = ATTACHMENT_CHUNK_BYTES
    chunks = [sealed[at : at + step] for at in range(0, len(sealed), step)]
    private = scene.central.sealing
    place = attachment_place(KIOSK, each.tx_id, 1)
    for other in (chunks[1:], chunks[:-1], [chunks[1], chunks[0], *chunks[2:]], []):
        if other:
            with pytest.raises(SealBroken):
                open_chunks(private, b"".join(other), place)
    with pytest.raises(SealBroken):
        open_chunks(private, sealed, attachment_place(KIOSK, each.tx_id, 2))


def test_an_attachment_on_the_disk_shows_nothing_and_shows_every_change(scene: Scene) -> None:
    scene.keep(attachments=("شهادة راتب Fatma".encode() * 500,))
    seen = b"".join(f.read_bytes() for f in scene.terminal.path.parent.glob("outbox.db*"))
    assert b"Fatma" not in seen
    assert SECRET not in seen
    db = scene.outbox._connection._db
    db.execute("UPDATE attachment_chunk SET sealed = zeroblob(length(sealed))")
    assert [finding.sentence for finding in scene.findings()] == [
        "An attachment of transaction 1 is not the one that was signed."
    ]


def test_limits_of_attachments(scene: Scene) -> None:
    with pytest.raises(PayloadTooLarge):
        scene.outbox.enqueue(submission(attachments=(b"x" * (ATTACHMENT_MAX_BYTES + 1),)))
    with pytest.raises(PayloadTooLarge):
        scene.outbox.enqueue(submission(attachments=(b"x",) * 9))
    scene.keep(attachments=(b"x" * ATTACHMENT_MAX_BYTES,))
    scene.drain()
    scene.assert_exactly_once()


def test_an_expired_transaction_takes_its_attachments_with_it_and_leaves_no_hole(
    scene: Scene,
) -> None:
    soon = scene.clock.now() + dt.timedelta(hours=1)
    late = submission(expires_at=soon, attachments=(PHOTO,))
    scene.outbox.enqueue(late)
    scene.keep(2)
    assert scene.outbox.expire(soon) == 1
    scene.central.backed_up_seq = 3
    scene.drain()
    status = scene.outbox.status()
    assert (status.ack_seq, status.last_seq) == (3, 3)
    assert status.kept_bytes == 0
    assert scene.outbox.result(late.tx_id).state is State.EXPIRED
    assert late.tx_id not in scene.central.effects
    scene.assert_exactly_once()


def test_quota_says_no_before_a_visit_and_lets_the_one_that_began_end(scene: Scene) -> None:
    scene.outbox.close()
    quota = Quota(max_bytes=100_000, reserve_bytes=30_000, min_free_bytes=0)
    scene.outbox = Outbox.open(
        scene.terminal.path,
        enrolment=scene.terminal.enrolment,
        device_key=scene.terminal.device_key,
        secret=SECRET,
        clock=scene.clock,
        quota=quota,
    )
    scene.keep(3, size=20_000)
    assert scene.outbox.status().unavailable is None
    scene.keep(size=20_000)
    assert scene.outbox.status().unavailable is Reason.QUOTA
    scene.keep(size=10_000)  # this visit had begun
    with pytest.raises(OutboxUnavailable) as caught:
        scene.outbox.enqueue(submission(b"x" * 20_000))
    assert caught.value.reason is Reason.QUOTA
    scene.central.backed_up_seq = 5
    scene.drain()
    assert scene.outbox.status().unavailable is None
    scene.keep(size=20_000)
    scene.drain()
    scene.assert_exactly_once()


def test_a_disk_that_is_nearly_full_begins_no_visit(scene: Scene) -> None:
    scene.outbox._quota = type(scene.outbox._quota)(
        scene.terminal.path, Quota(min_free_bytes=2**62)
    )
    assert scene.outbox.status().unavailable is Reason.QUOTA
    scene.keep()  # one that began ends
    assert scene.drain() is SyncState.IDLE
    scene.assert_exactly_once()
