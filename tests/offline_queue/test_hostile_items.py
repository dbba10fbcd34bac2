"""Items and pages made to hold up or take down the rest: the rest is not concerned."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from offline_queue.ingest import BatchReply, HeadReply, ServerFault
from offline_queue.records import State
from offline_queue.wire import BatchRequest
from tests.offline_queue.scene import Scene
from tests.offline_queue.test_against_central import Field, on_site
from tests.offline_queue.world import submission

__all__ = ["on_site"]


class FailsAt:
    """A central API that fails whenever one transaction is among those that come."""

    def __init__(self, scene: Scene, poison: str) -> None:
        self.scene, self.poison = scene, poison

    def head(self, kiosk: str, epoch: int | None = None) -> HeadReply:
        return self.scene.central.head(kiosk, epoch)

    def post_batch(self, batch: BatchRequest) -> BatchReply:
        if self.poison in {item.record.tx_id for item in batch.items}:
            raise ServerFault(500)
        return self.scene.central.post_batch(batch)


def test_fault_37_an_item_at_which_the_central_api_fails_holds_up_no_other(scene: Scene) -> None:
    kept = scene.keep(60)
    ingest = FailsAt(scene, kept[0].tx_id)
    syncer = scene.syncer(ingest)  # type: ignore[arg-type] - no attachments here
    for _ in range(40):
        scene.clock.advance(syncer.step() or 0)
    assert sorted(scene.central.effects) == sorted(each.tx_id for each in kept[1:])
    assert scene.outbox.result(kept[0].tx_id).state is State.READY
    ingest.poison = ""  # the central API is mended
    scene.drain(syncer)
    scene.assert_exactly_once()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE epoch SET signed_head = '{\"statement\"'",
        "UPDATE outbox SET confirmed_at = 'x026-03-01T08:00:00.000000Z' WHERE seq = 2",
        "UPDATE outbox SET result = '{\"tx_id\"' WHERE seq = 1",
        "UPDATE meta SET last_contact_at = '2026-0x'",
        # One bit, and a text is no UTF-8 any more.
        "UPDATE outbox SET signature = CAST(x'ff' AS TEXT) || substr(signature, 2) WHERE seq = 2",
        "UPDATE outbox SET confirmed_at = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE meta SET last_contact_at = CAST(x'ff' AS TEXT)",
    ],
    ids=["head", "time", "result", "contact", "signature-byte", "time-byte", "contact-byte"],
)
def test_fault_12_one_damaged_text_does_not_take_the_terminal_out_of_service(
    scene: Scene, damage: str
) -> None:
    scene.keep()
    scene.drain()
    scene.keep(2)
    scene.outbox.close()
    with closing(sqlite3.connect(scene.terminal.path)) as db:
        db.execute(damage)
        db.commit()
    scene.outbox = scene.terminal.open()
    assert scene.outbox.status().unavailable is None
    scene.keep()
    scene.drain()
    states = [scene.outbox.result(each.tx_id).state for each in scene.confirmed]
    damaged = [State.QUARANTINED if "seq = 2" in damage else State.ACCEPTED]
    assert states == [State.ACCEPTED, *damaged, State.ACCEPTED, State.ACCEPTED]
    if "confirmed_at" not in damage:  # which a void item would have to tell as well
        assert scene.outbox.status().ack_seq == 4


def test_fault_12_a_damaged_signature_is_no_refusal_by_the_central_api(on_site: Field) -> None:
    with on_site.open() as outbox:
        kept = [on_site.complaint() for _ in range(3)]
        for each in kept:
            outbox.enqueue(each)
    with closing(sqlite3.connect(on_site.path)) as db:
        [signature] = db.execute("SELECT signature FROM outbox WHERE seq = 2").fetchone()
        other = ("B" if signature[0] != "B" else "C") + signature[1:]
        db.execute("UPDATE outbox SET signature = ? WHERE seq = 2", (other,))
        db.commit()
    with on_site.open() as outbox:
        assert on_site.drain(outbox).pause_reason is None
        states = [outbox.result(each.tx_id).state for each in kept]
        assert states == [State.ACCEPTED, State.QUARANTINED, State.ACCEPTED]
        assert outbox.status().ack_seq == 3


def test_an_empty_paper_is_refused_before_anything_is_confirmed(scene: Scene) -> None:
    """It has no sealed bytes: nothing could be sent of it, and its transaction not without it."""
    with pytest.raises(ValueError, match="empty"):
        submission(attachments=(b"photograph", b""))


def test_fault_12_damaged_rows_do_not_hide_the_ones_behind(scene: Scene) -> None:
    """Not even when a line is so slow that one goes at a time."""
    kept = scene.keep(3)
    db = scene.outbox._connection._db
    db.execute("UPDATE outbox SET chain = replace(chain, substr(chain, 1, 1), 'x') WHERE seq < 3")
    batch = scene.outbox.take_batch(scene.clock.monotonic(), max_items=1)
    assert batch is not None
    assert [item.record.tx_id for item in batch.items] == [kept[2].tx_id]
