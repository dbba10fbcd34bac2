"""The world around an outbox: a clock to turn, a terminal, a central API in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from offline_queue.chain import (
    GENESIS,
    b64url,
    b64url_decode,
    envelope_hash,
    record_hash,
    sign_head,
    verify_record,
)
from offline_queue.ingest import BatchReply
from offline_queue.records import Submission, case_ref, new_tx_id
from offline_queue.sealing import associated_data, key_id, open_sealed
from offline_queue.store import Outbox
from offline_queue.wire import (
    BatchAnswer,
    BatchItem,
    BatchRequest,
    ChainRecord,
    Enrolment,
    HeadStatement,
    ItemAnswer,
    Outcome,
    SignedHead,
    TransactionResult,
)

KIOSK = "MCT-001"
SECRET = b"a secret of this terminal only"


@dataclass
class FakeClock:
    """Wall and monotonic time, turned by hand and apart from one another."""

    wall: dt.datetime
    ticks: float = 1000.0

    def now(self) -> dt.datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def boot_id(self) -> str:
        return "boot-1"

    def advance(self, seconds: float) -> None:
        self.ticks += seconds
        self.wall += dt.timedelta(seconds=seconds)


@dataclass
class Central:
    """A central API in memory: keeps every effect, answers by the contract."""

    sealing: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device_key: ec.EllipticCurvePublicKey | None = None
    records: dict[int, ChainRecord] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    reject: set[str] = field(default_factory=set)
    postpone: dict[str, float] = field(default_factory=dict)
    requests: list[BatchRequest] = field(default_factory=list)
    backed_up_seq: int = 0
    next_sync_in_s: float | None = None
    epoch: int = 1

    def enrolment(self, epoch: int = 1) -> Enrolment:
        sealing = self.sealing.public_key().public_bytes_raw()
        signing = self.signing.public_key().public_bytes_raw()
        return Enrolment(
            kiosk=KIOSK,
            epoch=epoch,
            sealing_key_id=key_id(sealing),
            sealing_public_key=b64url(sealing),
            head_key_id=key_id(signing),
            head_public_key=b64url(signing),
            receipt_verifier="MANFADH.EXAMPLE",
        )

    def post_batch(self, request: BatchRequest) -> BatchReply:
        self.requests.append(request)
        answers = [self._take(item) for item in request.items]
        answer = BatchAnswer(
            answers=answers, head=self.head(KIOSK), next_sync_in_s=self.next_sync_in_s
        )
        return BatchReply(answer, None)

    def head(self, kiosk: str) -> SignedHead:
        ack = 0
        while ack + 1 in self.records:
            ack += 1
        return sign_head(
            self.signing,
            HeadStatement(
                kiosk=kiosk,
                epoch=self.epoch,
                ack_seq=ack,
                head=record_hash(self.records[ack]) if ack else GENESIS,
                backed_up_seq=min(ack, self.backed_up_seq),
            ),
        )

    def forget_after(self, seq: int) -> None:
        """Come back from a backup that ends at ``seq``."""
        lost = {record.tx_id for number, record in self.records.items() if number > seq}
        self.records = {n: record for n, record in self.records.items() if n <= seq}
        self.payloads = {t: p for t, p in self.payloads.items() if t not in lost}
        self.effects = [t for t in self.effects if t not in lost]

    def _take(self, item: BatchItem) -> ItemAnswer:
        record, envelope = item.record, b64url_decode(item.envelope)
        if self.device_key is not None:
            verify_record(self.device_key, record, item.signature)
        assert record.sha256 == envelope_hash(envelope)
        if record.tx_id in self.postpone:
            return ItemAnswer(
                tx_id=record.tx_id,
                outcome=Outcome.RETRY_AFTER,
                retry_after_s=self.postpone.pop(record.tx_id),
            )
        known = self.records.get(record.seq)
        if known is not None:
            same = known == record
            outcome = Outcome.DUPLICATE if same else Outcome.CONFLICT
            return ItemAnswer(tx_id=record.tx_id, outcome=outcome)
        self.records[record.seq] = record
        if record.tx_id in self.reject:
            return ItemAnswer(tx_id=record.tx_id, outcome=Outcome.REJECTED)
        place = associated_data(
            record.kiosk, record.epoch, record.seq, record.tx_id, item.schema_version
        )
        self.payloads[record.tx_id] = open_sealed(self.sealing.private_bytes_raw(), envelope, place)
        self.effects.append(record.tx_id)
        return ItemAnswer(
            tx_id=record.tx_id,
            outcome=Outcome.ACCEPTED,
            result=TransactionResult(state="registered", number=f"C-2026-{record.seq:06}"),
        )


@dataclass
class Terminal:
    """What stays of a terminal when its process ends."""

    path: Path
    device_key: ec.EllipticCurvePrivateKey
    enrolment: Enrolment
    clock: FakeClock

    @classmethod
    def enrolled(cls, folder: Path, central: Central, clock: FakeClock) -> Terminal:
        device_key = ec.generate_private_key(ec.SECP256R1())
        central.device_key = device_key.public_key()
        return cls(folder / "outbox.db", device_key, central.enrolment(), clock)

    def open(self) -> Outbox:
        return Outbox.open(
            self.path,
            enrolment=self.enrolment,
            device_key=self.device_key,
            secret=SECRET,
            clock=self.clock,
        )


def submission(
    payload: bytes = b"a signed complaint",
    case: str | None = None,
    expires_at: dt.datetime | None = None,
) -> Submission:
    """Make a transaction, in a case of its own unless one is named."""
    tx_id = new_tx_id()
    return Submission(
        tx_id=tx_id,
        case_ref=case_ref(SECRET, case or tx_id),
        schema_version=1,
        payload=payload,
        confirmed_at=dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC),
        expires_at=expires_at,
    )
