"""The outbox and the real central API, over real HTTP: what the two of them agreed on holds."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec

from backend_stub import EmbeddedServer, EnrolmentCode, Settings
from backend_stub.ingest import applications
from offline_queue import HttpIngest, Outbox, Submission, Syncer, case_ref, new_tx_id
from offline_queue.chain import sign_enrolment
from offline_queue.records import State
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import Enrolment
from tests.backend_stub.cards import Card, Issuer
from tests.backend_stub.terminal import ANSWERS
from tests.offline_queue.world import FakeClock

KIOSK = "MCT-0001"
SECRET = b"a secret of this terminal only"
EFFECTS = "SELECT t.tx_id FROM case_file AS c JOIN transactions AS t ON t.id = c.transaction_id"


@dataclass(eq=False)
class Field:
    """A terminal in the field and its central API."""

    url: str
    database: Path
    card: Card
    path: Path
    clock: FakeClock
    device_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def enrol(self) -> Enrolment:
        body = sign_enrolment(KIOSK, "MULTI-USE", self.device_key).plain()
        reply = requests.post(f"{self.url}/v1/kiosks/{KIOSK}/enrolment", json=body, timeout=20)
        return Enrolment.parse(reply.json())

    def open(self) -> Outbox:
        return Outbox.open(
            self.path,
            enrolment=self.enrol(),
            device_key=self.device_key,
            secret=SECRET,
            clock=self.clock,
        )

    def complaint(self, **more: object) -> Submission:
        tx_id = new_tx_id()
        now = dt.datetime.now(dt.UTC)
        application = {
            "v": 1,
            "tx_id": tx_id,
            "kiosk": KIOSK,
            "service": "complaint",
            "catalogue": "2026-11-01",
            "language": "ar",
            "applicant": {"civil_number": self.card.civil_number},
            "answers": ANSWERS,
            "confirmed_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        told = {
            "tx_id": tx_id,
            "case_ref": case_ref(SECRET, tx_id),
            "schema_version": 1,
            "payload": self.card.sign(application).encode(),
            "confirmed_at": now,
        }
        return Submission(**(told | more))  # type: ignore[arg-type] - the test's own keywords

    def syncer(self, outbox: Outbox) -> Syncer:
        signer = RequestSigner(KIOSK, outbox.status().epoch, self.device_key)
        ingest = HttpIngest(self.url, signer=signer)
        return Syncer(outbox, ingest, clock=self.clock, rng=random.Random(7))

    def drain(self, outbox: Outbox) -> Syncer:
        syncer = self.syncer(outbox)
        for _ in range(40):
            delay = syncer.step()
            if delay is None or syncer.pause_reason:
                break
            self.clock.advance(delay)
        return syncer

    def effects(self) -> list[object]:
        return sorted(self.column(EFFECTS))

    def column(self, query: str) -> list[object]:
        db = sqlite3.connect(self.database)
        rows = [row[0] for row in db.execute(query)]
        db.close()
        return rows


@pytest.fixture
def on_site(tmp_path: Path) -> Iterator[Field]:
    issuer = Issuer.make("Issuing CA of the tests")
    (tmp_path / "issuers").mkdir()
    (tmp_path / "issuers" / "ca.pem").write_bytes(issuer.pem())
    database = tmp_path / "central.sqlite3"
    settings = Settings(
        f"sqlite:///{database}",
        tmp_path,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
    )
    with EmbeddedServer(settings) as url:
        clock = FakeClock(dt.datetime.now(dt.UTC))
        yield Field(url, database, Card.make(issuer), tmp_path / "outbox.db", clock)


def test_attachments_and_void_places_arrive(on_site: Field) -> None:
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    with on_site.open() as outbox:
        filed = on_site.complaint(attachments=(b"photograph" * 40_000, b"scan"))
        late = on_site.complaint(expires_at=soon)
        last = on_site.complaint()
        for each in (filed, late, last):
            outbox.enqueue(each)
        outbox.expire(soon)
        syncer = on_site.drain(outbox)
        assert syncer.pause_reason is None
        status = outbox.status()
        assert (status.ack_seq, status.attachments_waiting, status.waiting) == (3, 0, 0)
        assert outbox.result(late.tx_id).state is State.EXPIRED
        assert outbox.result(filed.tx_id).answer.result.number
    assert sorted(on_site.column(EFFECTS)) == sorted([filed.tx_id, last.tx_id])


def test_what_waits_under_a_revoked_key_arrives_under_the_next(on_site: Field) -> None:
    with on_site.open() as outbox:
        first = on_site.complaint()
        outbox.enqueue(first)
        on_site.drain(outbox)
        waiting = [on_site.complaint() for _ in range(3)]
        for each in waiting:
            outbox.enqueue(each)
    db = sqlite3.connect(on_site.database)
    db.execute("UPDATE kiosk_epoch SET revoked_at = enrolled_at WHERE epoch = 1")
    db.commit()
    db.close()
    on_site.device_key = ec.generate_private_key(ec.SECP256R1())
    with on_site.open() as outbox:
        fresh = on_site.complaint()
        outbox.enqueue(fresh)
        syncer = on_site.drain(outbox)
        assert syncer.pause_reason is None
        states = {outbox.result(each.tx_id).state for each in (first, *waiting, fresh)}
        assert states == {State.ACCEPTED}
    assert sorted(on_site.column(EFFECTS)) == sorted(
        each.tx_id for each in (first, *waiting, fresh)
    )


def test_fault_34_both_copies_of_a_disk_stop_and_bring_what_they_kept_under_new_keys(
    on_site: Field, tmp_path: Path
) -> None:
    with on_site.open() as outbox:
        outbox.enqueue(first := on_site.complaint())
        on_site.drain(outbox)
    clock = FakeClock(dt.datetime.now(dt.UTC))
    clone = replace(on_site, path=tmp_path / "clone" / "outbox.db", clock=clock)
    clone.path.parent.mkdir()
    shutil.copy(on_site.path, clone.path)
    kept = {each: each.complaint() for each in (on_site, clone)}
    with on_site.open() as original, clone.open() as copied:
        original.enqueue(kept[on_site])
        copied.enqueue(kept[clone])
        assert on_site.drain(original).pause_reason is None
        # The same place in the chain with another record: neither copy is believed any more.
        syncer = clone.syncer(copied)
        syncer._head_checked = True  # it asked before; now it would stop by itself, and harm nobody
        syncer.step()
        assert syncer.pause_reason == "frozen"
        original.enqueue(last := on_site.complaint())
        assert on_site.drain(original).pause_reason == "403"
        assert original.result(last.tx_id).state is State.READY
    assert on_site.effects() == sorted([first.tx_id, kept[on_site].tx_id])
    for each in (on_site, clone):
        each.device_key = ec.generate_private_key(ec.SECP256R1())
        with each.open() as outbox:
            assert each.drain(outbox).pause_reason is None
            assert outbox.status().waiting == 0
    wanted = [first, kept[on_site], kept[clone], last]
    assert on_site.effects() == sorted(each.tx_id for each in wanted)


def test_fault_36_a_newer_schema_waits_until_the_central_api_is_brought_up_to_date(
    on_site: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_site.open() as outbox:
        outbox.enqueue(fine := on_site.complaint())
        outbox.enqueue(newer := on_site.complaint(schema_version=3))
        syncer = on_site.syncer(outbox)
        assert syncer.step() is not None
        assert on_site.effects() == [fine.tx_id]
        waiting = outbox.result(newer.tx_id)
        assert waiting is not None and waiting.state is State.READY
        for _ in range(3):
            on_site.clock.advance(syncer.step() or 0)
            assert on_site.effects() == [fine.tx_id]
        monkeypatch.setattr(applications, "SCHEMA_VERSION", 3)
        on_site.drain(outbox)
        assert outbox.result(newer.tx_id).state is State.ACCEPTED
    assert on_site.effects() == sorted([fine.tx_id, newer.tx_id])
