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
    check_terms,
    envelope_hash,
    record_hash,
    sign_head,
    verify_by_device,
    verify_notice,
    verify_record,
)
from offline_queue.ingest import AttachmentRefused, BatchReply, HeadReply, Refused
from offline_queue.records import Submission, case_ref, new_tx_id
from offline_queue.sealing import associated_data, key_id, open_sealed
from offline_queue.store import Outbox
from offline_queue.wire import (
    AttachmentStatus,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    ChainRecord,
    Enrolment,
    HeadStatement,
    ItemAnswer,
    ItemKind,
    Outcome,
    Problem,
    SignedHead,
    SignedTicket,
    TransactionResult,
    VoidReason,
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
    older_sealing: list[X25519PrivateKey] = field(default_factory=list)
    device_keys: dict[int, ec.EllipticCurvePublicKey] = field(default_factory=dict)
    """By epoch; an epoch that is not in it has the key of the first."""
    revoked: set[int] = field(default_factory=set)
    refusal: str = "epoch-revoked"
    """The code with which batches of revoked epochs are refused."""
    chains: dict[int, dict[int, ChainRecord]] = field(default_factory=dict)
    decided: dict[str, tuple[str, ItemAnswer]] = field(default_factory=dict)
    """By ``tx_id``: the record's hash and the first answer."""
    voids: dict[str, VoidReason] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    reject: set[str] = field(default_factory=set)
    release: set[str] = field(default_factory=set)
    postpone: dict[str, float] = field(default_factory=dict)
    requests: list[BatchRequest] = field(default_factory=list)
    backed_up_seq: int = 0
    next_sync_in_s: float | None = None
    epoch: int = 1

    def forget(self) -> None:
        """Hold nothing again, for the next try of the same story."""
        for held in (self.chains, self.decided, self.voids, self.payloads, self.effects):
            held.clear()

    @property
    def records(self) -> dict[int, ChainRecord]:
        """The chain of the current epoch."""
        return self.chains.setdefault(self.epoch, {})

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
        if request.epoch in self.revoked:
            problem = Problem(title="closed", status=403, code=self.refusal)
            raise Refused("403", problem)
        answers = [self._take(item, request.epoch) for item in request.items]
        answer = BatchAnswer(
            answers=answers,
            head=self.signed_head(KIOSK, request.epoch),
            next_sync_in_s=self.next_sync_in_s,
        )
        return BatchReply(answer, None)

    def head(self, kiosk: str, epoch: int | None = None) -> HeadReply:
        return HeadReply(self.signed_head(kiosk, epoch))

    def signed_head(self, kiosk: str, epoch: int | None = None) -> SignedHead:
        epoch = self.epoch if epoch is None else epoch
        records = self.chains.get(epoch, {})
        ack = 0
        while ack + 1 in records:
            ack += 1
        return sign_head(
            self.signing,
            HeadStatement(
                kiosk=kiosk,
                epoch=epoch,
                ack_seq=ack,
                head=record_hash(records[ack]) if ack else GENESIS,
                backed_up_seq=min(ack, self.backed_up_seq),
            ),
        )

    def attachment_status(self, signed: SignedTicket) -> AttachmentStatus:
        ticket = signed.ticket
        if self.device_keys:
            verify_by_device(self._key(ticket.epoch), ticket, signed.signature)
        if ticket.tx_id not in self.decided:
            raise AttachmentRefused(404, None)
        received = len(self.uploads.get(ticket.sha256, b""))
        return AttachmentStatus(
            sha256=ticket.sha256,
            size=ticket.size,
            received=received,
            complete=received == ticket.size,
        )

    def put_attachment(self, signed: SignedTicket, first: int, data: bytes) -> AttachmentStatus:
        ticket = signed.ticket
        known = self.attachment_status(signed).received
        held = self.uploads.setdefault(ticket.sha256, bytearray())
        if first <= known:
            held += data[known - first :]
        if len(held) == ticket.size and envelope_hash(bytes(held)) != ticket.sha256:
            held.clear()
            raise AttachmentRefused(422, None)
        return self.attachment_status(signed)

    def forget_after(self, seq: int) -> None:
        """Come back from a backup that ends at ``seq``."""
        lost = {record.tx_id for number, record in self.records.items() if number > seq}
        self.chains[self.epoch] = {n: r for n, r in self.records.items() if n <= seq}
        for tx_id in lost:
            self.payloads.pop(tx_id, None)
            self.decided.pop(tx_id, None)
            self.voids.pop(tx_id, None)
        self.effects = [t for t in self.effects if t not in lost]

    def _key(self, epoch: int) -> ec.EllipticCurvePublicKey:
        return self.device_keys.get(epoch) or self.device_keys[min(self.device_keys)]

    def _take(self, item: BatchItem, epoch: int) -> ItemAnswer:
        # As it would arrive: through the wire's own checks.
        item = BatchItem.parse_json(item.json().decode())
        record, tx_id = item.record, item.record.tx_id
        if self.device_keys:
            verify_record(self._key(record.epoch), record, item.signature)
            check_terms(item)
            if item.kind is not ItemKind.SEALED:
                verify_notice(self._key(epoch), item, epoch)
        if tx_id in self.postpone:
            wait = self.postpone.pop(tx_id)
            return ItemAnswer(tx_id=tx_id, outcome=Outcome.RETRY_AFTER, retry_after_s=wait)
        fixed = record_hash(record)
        if tx_id in self.decided:
            before, answer = self.decided[tx_id]
            if before != fixed:
                return ItemAnswer(tx_id=tx_id, outcome=Outcome.CONFLICT)
            return answer.changed(outcome=Outcome.DUPLICATE)
        chain = self.chains.setdefault(record.epoch, {})
        if item.kind is not ItemKind.STRANDED:
            if record.seq in chain and chain[record.seq] != record:
                return ItemAnswer(tx_id=tx_id, outcome=Outcome.CONFLICT)
            chain[record.seq] = record
        if item.kind is ItemKind.VOID:
            assert item.notice is not None
            again = tx_id in self.voids
            self.voids[tx_id] = item.notice.notice.reason or VoidReason.EXPIRED
            outcome = Outcome.DUPLICATE if again else Outcome.ACCEPTED
            return ItemAnswer(tx_id=tx_id, outcome=outcome)
        if self.voids.get(tx_id) is VoidReason.EXPIRED:
            problem = Problem(title="given up", status=422, code="voided")
            return ItemAnswer(tx_id=tx_id, outcome=Outcome.REJECTED, problem=problem)
        answer = self._decide(item)
        self.decided[tx_id] = (fixed, answer)
        return answer

    def _decide(self, item: BatchItem) -> ItemAnswer:
        record, envelope = item.record, b64url_decode(item.envelope)
        assert record.sha256 == envelope_hash(envelope)
        if record.tx_id in self.reject:
            return ItemAnswer(
                tx_id=record.tx_id,
                outcome=Outcome.REJECTED,
                problem=Problem(title="breaks a rule", status=422, code="rule"),
                release_case=record.tx_id in self.release,
            )
        place = associated_data(
            record.kiosk, record.epoch, record.seq, record.tx_id, item.schema_version
        )
        (key,) = (
            key
            for key in (self.sealing, *self.older_sealing)
            if key_id(key.public_key().public_bytes_raw()) == item.key_id
        )
        self.payloads[record.tx_id] = open_sealed(key, envelope, place)
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
        central.device_keys[1] = device_key.public_key()
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
    attachments: tuple[bytes, ...] = (),
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
        attachments=attachments,
    )
