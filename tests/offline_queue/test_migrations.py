"""Every released schema, as a stored database, comes up to date and loses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from offline_queue import schema
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.inspection import read_status
from offline_queue.records import State
from offline_queue.verify import verify_outbox
from offline_queue.wire import ChainRecord, Enrolment, VoidReason
from tests.offline_queue.world import Central, FakeClock, Terminal, submission

DATA = Path(__file__).parent / "data"


def test_there_is_a_stored_database_of_every_schema_but_the_newest() -> None:
    stored = sorted(int(file.stem.removeprefix("schema-")) for file in DATA.glob("schema-*.db"))
    assert stored == list(range(1, len(schema.MIGRATIONS)))


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
def test_what_an_earlier_release_kept_is_sent_by_this_one(
    tmp_path: Path, clock: FakeClock, version: int
) -> None:
    told = json.loads((DATA / f"schema-{version}.json").read_text())
    path = tmp_path / "outbox.db"
    shutil.copy(DATA / f"schema-{version}.db", path)
    central = Central(
        sealing=X25519PrivateKey.from_private_bytes(bytes.fromhex(told["sealing_key"])),
        signing=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["head_key"])),
    )
    device_key = load_pem_private_key(told["device_key"].encode(), None)
    central.device_keys[1] = device_key.public_key()
    central.chains[1] = {r["seq"]: ChainRecord.parse(r) for r in told["records"]}
    with pytest.raises(OutboxUnavailable) as caught:
        read_status(path)
    assert caught.value.reason is Reason.OTHER_SCHEMA
    terminal = Terminal(path, device_key, Enrolment.parse(told["enrolment"]), clock)
    known = told["transactions"]
    waiting = [tx for tx, (_, state, _) in known.items() if state in ("ready", "inflight")]
    with terminal.open() as outbox:
        status = outbox.status()
        assert (status.head, status.last_seq) == (told["head"], len(known))
        assert status.kept_bytes > 0
        fresh = submission(b"of this release")
        outbox.enqueue(fresh)
        while (batch := outbox.take_batch(clock.monotonic())) is not None:
            answer = central.post_batch(batch).answer
            sent = [item.record.tx_id for item in batch.items]
            outbox.apply_answers(sent, answer, clock.monotonic(), None)
        # One waits behind a refusal, as it did before.
        assert outbox.status().held == 1
        held = next(tx for tx in waiting if outbox.result(tx).state is State.READY)
        refused = next(tx for tx, (_, state, _) in known.items() if state == "rejected")
        assert outbox.release_case(refused) == 1
        batch = outbox.take_batch(clock.monotonic())
        assert [item.record.tx_id for item in batch.items] == [held]
        answer = central.post_batch(batch).answer
        outbox.apply_answers([held], answer, clock.monotonic(), None)
        # The places that earlier releases left open are taken, so the acknowledgement moves on.
        assert set(central.voids.values()) == {VoidReason.EXPIRED, VoidReason.UNREADABLE}
        assert outbox.status().ack_seq == len(known) + 1
    assert sorted(central.effects) == sorted([*waiting, fresh.tx_id])
    assert all(central.payloads[tx].decode() == known[tx][2] for tx in waiting)
    head_key = central.signing.public_key().public_bytes_raw()
    assert (
        verify_outbox(path, device_key.public_key(), head_key, central.signed_head("MCT-001")) == []
    )
