"""Ingest: what becomes of each item of a batch, exactly once.

All proofs are checked first, without the database. Then one transaction decides the whole batch:
the transactions' rows, their effects (complaints, notices) and the head of the chain are committed
together or not at all. Rows are written together; only when one of them meets another terminal's
are the items written one by one, each in a savepoint, so that it takes nothing from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend_stub.applications import (
    Application,
    ApplicationRefused,
    ItemRefused,
    NotDecidable,
    RecordRefused,
    check_record,
    open_application,
)
from backend_stub.central import Central
from backend_stub.complaints import NewComplaint, register
from backend_stub.kiosks import find_epoch, parse_device_key, signed_head
from backend_stub.problems import ProblemError, problem
from backend_stub.tables import Kiosk, KioskEpoch, Transaction
from offline_queue.chain import GENESIS, record_hash
from offline_queue.wire import (
    BATCH_MAX_ITEMS,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    ChainRecord,
    ItemAnswer,
    Outcome,
    Problem,
    TransactionResult,
)

_RETRY_AFTER_S: Final = 3600.0
"""When this API lacks a key, a schema or a service, people must act first."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Examined:
    """An item after its proofs."""

    item: BatchItem
    record_sha256: str
    finding: Application | ItemRefused | None
    """``None``: the transaction is here already, so its envelope was not opened again."""


@dataclass(frozen=True, slots=True)
class _New:
    """A transaction that this batch brings."""

    row: Transaction
    finding: Application | ApplicationRefused


@dataclass(frozen=True, slots=True)
class _Held:
    """What the database holds of a batch's transactions and of their places in the chain."""

    by_tx_id: dict[str, Transaction]
    by_seq: dict[int, Transaction]

    def add(self, row: Transaction) -> None:
        self.by_tx_id[row.tx_id] = row
        self.by_seq[row.seq] = row


def ingest(central: Central, batch: BatchRequest) -> BatchAnswer:
    """Decide every item of a batch and countersign how far the chain is held now.

    Raises :class:`ProblemError` when the terminal or its epoch is unknown or revoked, or when the
    terminal sends too often.
    """
    now = central.clock()
    with central.database.read() as session:
        epoch = _usable_epoch(session, batch, lock=False)
        device_key = parse_device_key(epoch.device_key)
        tx_ids = [item.record.tx_id for item in batch.items]
        known = set(session.scalars(select(Transaction.tx_id).where(Transaction.tx_id.in_(tx_ids))))
    envelopes = [_check_record(batch, item, device_key) for item in batch.items]
    if any(isinstance(envelope, bytes) for envelope in envelopes):
        central.limits.batches.charge(batch.kiosk)
    examined = [
        _Examined(item, record_hash(item.record), _examine(central, item, envelope, known, now))
        for item, envelope in zip(batch.items, envelopes, strict=True)
    ]
    with central.database.write() as session:
        # The lock lets one batch of this terminal in at a time.
        epoch = _usable_epoch(session, batch, lock=True)
        session.get_one(Kiosk, batch.kiosk).last_contact_at = now
        answers = _settle(central, session, batch, examined, now)
        _advance_head(session, epoch)
        head = signed_head(central, epoch)
    _log_outcomes(batch, answers)
    return BatchAnswer(answers=answers, head=head)


def _check_record(
    batch: BatchRequest, item: BatchItem, device_key: ec.EllipticCurvePublicKey
) -> bytes | RecordRefused:
    try:
        return check_record(batch, item, device_key)
    except RecordRefused as refusal:
        return refusal


def _examine(
    central: Central,
    item: BatchItem,
    envelope: bytes | RecordRefused,
    known: Set[str],
    now: datetime,
) -> Application | ItemRefused | None:
    if isinstance(envelope, RecordRefused):
        return envelope
    if item.record.tx_id in known:
        return None
    try:
        return open_application(central, item, envelope, now)
    except ItemRefused as refusal:
        return refusal


def _usable_epoch(session: Session, batch: BatchRequest, *, lock: bool) -> KioskEpoch:
    epoch = find_epoch(session, batch.kiosk, batch.epoch, lock=lock)
    if epoch.revoked_at is not None:
        raise ProblemError("epoch-revoked")
    return epoch


def _settle(
    central: Central,
    session: Session,
    batch: BatchRequest,
    examined: Sequence[_Examined],
    now: datetime,
) -> list[ItemAnswer]:
    try:
        with session.begin_nested():
            return _settle_together(central, session, batch, examined, now)
    except IntegrityError:
        # Another terminal sends one of these transactions at the same moment.
        return [_settle_alone(central, session, batch, each, now) for each in examined]


def _settle_alone(
    central: Central, session: Session, batch: BatchRequest, examined: _Examined, now: datetime
) -> ItemAnswer:
    try:
        with session.begin_nested():
            [answer] = _settle_together(central, session, batch, [examined], now)
    except IntegrityError:
        # The other terminal was first: this time its row is seen.
        [answer] = _settle_together(central, session, batch, [examined], now)
    return answer


def _settle_together(
    central: Central,
    session: Session,
    batch: BatchRequest,
    examined: Sequence[_Examined],
    now: datetime,
) -> list[ItemAnswer]:
    """Decide in the order of the request, write what is new, then answer.

    Raises ``IntegrityError`` when another terminal's transaction came in between.
    """
    held = _read_held(session, batch, [each.item.record for each in examined])
    new: list[_New] = []
    decisions = [_decide(held, new, each, now) for each in examined]
    _write(central, session, new, now)
    return [answer() for answer in decisions]


def _read_held(session: Session, batch: BatchRequest, records: Sequence[ChainRecord]) -> _Held:
    by_tx_id = session.scalars(
        select(Transaction).where(Transaction.tx_id.in_({record.tx_id for record in records}))
    )
    # The neighbours too: a record must follow the one before it, and the one after it must follow.
    places = {record.seq + step for record in records for step in (-1, 0, 1)}
    by_seq = session.scalars(
        select(Transaction).where(
            Transaction.kiosk == batch.kiosk,
            Transaction.epoch == batch.epoch,
            Transaction.seq.in_(places),
        )
    )
    return _Held({row.tx_id: row for row in by_tx_id}, {row.seq: row for row in by_seq})


def _decide(
    held: _Held, new: list[_New], examined: _Examined, now: datetime
) -> Callable[[], ItemAnswer]:
    """What makes an item's answer, once everything in ``new`` is written."""
    item, finding = examined.item, examined.finding
    if isinstance(finding, RecordRefused):
        return partial(_refused, item, finding)
    settled = _answer_from_held(held, examined)
    if settled is not None:
        return settled
    if isinstance(finding, NotDecidable):
        return partial(_refused, item, finding)
    if isinstance(finding, Application | ApplicationRefused):
        row = _row(examined, now)
        held.add(row)
        new.append(_New(row, finding))
        return partial(_first_answer, row)
    # It was here when the proofs were checked and is not now: an old backup came in between.
    return partial(_refused, item, NotDecidable("busy"), retry_after_s=1.0)


def _answer_from_held(held: _Held, examined: _Examined) -> Callable[[], ItemAnswer] | None:
    """The answer to an item that is here already or contradicts what is here."""
    item, record = examined.item, examined.item.record
    same = held.by_tx_id.get(record.tx_id)
    if same is not None:
        return partial(_answer_to, same, examined)
    if record.seq in held.by_seq:
        return partial(_conflict, item, "seq-taken")
    if record.seq == 1 and record.prev != GENESIS:
        return partial(_refused, item, RecordRefused("chain-broken"))
    before, after = held.by_seq.get(record.seq - 1), held.by_seq.get(record.seq + 1)
    if (before is not None and before.record_sha256 != record.prev) or (
        after is not None and after.prev != examined.record_sha256
    ):
        return partial(_conflict, item, "chain-forked")
    return None


def _answer_to(row: Transaction, examined: _Examined) -> ItemAnswer:
    """The answer to an item whose ``tx_id`` is here: the first one again, or a conflict."""
    if row.record_sha256 != examined.record_sha256:
        return _conflict(examined.item, "tx-id-taken")
    outcome = Outcome.DUPLICATE if row.outcome == Outcome.ACCEPTED else Outcome.REJECTED
    return ItemAnswer(
        tx_id=row.tx_id, outcome=outcome, result=first_result(row), problem=first_problem(row)
    )


def _first_answer(row: Transaction) -> ItemAnswer:
    return ItemAnswer(
        tx_id=row.tx_id,
        outcome=Outcome(row.outcome),
        result=first_result(row),
        problem=first_problem(row),
    )


def _row(examined: _Examined, now: datetime) -> Transaction:
    item, record = examined.item, examined.item.record
    return Transaction(
        tx_id=record.tx_id,
        kiosk=record.kiosk,
        epoch=record.epoch,
        seq=record.seq,
        prev=record.prev,
        record_sha256=examined.record_sha256,
        case_ref=item.case_ref,
        case_seq=item.case_seq,
        received_at=now,
        document=item.envelope,
    )


def _write(central: Central, session: Session, new: Sequence[_New], now: datetime) -> None:
    """Write transactions and their effects: first the effects, since the rows hold the results."""
    accepted: list[tuple[Transaction, Application]] = []
    for each in new:
        if isinstance(each.finding, Application):
            accepted.append((each.row, each.finding))
        else:
            each.row.outcome = Outcome.REJECTED
            each.row.problem = _problem_of(each.finding).model_dump(mode="json")
    results = register(session, central.offices, [_complaint(one) for _, one in accepted], now)
    for (row, application), result in zip(accepted, results, strict=True):
        row.outcome = Outcome.ACCEPTED
        row.service = application.payload.service
        row.result = result.model_dump(mode="json")
        row.document = application.document
    if new:
        # In one order for all: of two batches with the same transactions, one waits for the other.
        rows = sorted((each.row for each in new), key=lambda row: row.tx_id)
        session.execute(insert(Transaction), [_columns(row) for row in rows])


def _complaint(application: Application) -> NewComplaint:
    payload = application.payload
    return NewComplaint(
        tx_id=payload.tx_id,
        civil_number=payload.applicant.civil_number,
        language=payload.language,
        catalogue_version=payload.catalogue,
        answers=payload.answers,
    )


def _columns(row: Transaction) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in Transaction.__mapper__.column_attrs}


def first_result(row: Transaction) -> TransactionResult | None:
    """What the transaction led to, as it was said the first time."""
    return None if row.result is None else TransactionResult.model_validate(row.result)


def first_problem(row: Transaction) -> Problem | None:
    """Why the transaction was rejected, as it was said the first time."""
    return None if row.problem is None else Problem.model_validate(row.problem)


def _conflict(item: BatchItem, code: str) -> ItemAnswer:
    return ItemAnswer(tx_id=item.record.tx_id, outcome=Outcome.CONFLICT, problem=problem(code))


def _refused(
    item: BatchItem, refusal: ItemRefused, retry_after_s: float = _RETRY_AFTER_S
) -> ItemAnswer:
    document = _problem_of(refusal)
    if isinstance(refusal, NotDecidable):
        return ItemAnswer(
            tx_id=item.record.tx_id,
            outcome=Outcome.RETRY_AFTER,
            problem=document,
            retry_after_s=retry_after_s,
        )
    return ItemAnswer(tx_id=item.record.tx_id, outcome=Outcome.REJECTED, problem=document)


def _problem_of(refusal: ItemRefused) -> Problem:
    return problem(refusal.code, refusal.detail, **refusal.more)


def _advance_head(session: Session, epoch: KioskEpoch) -> None:
    """Move the acknowledged prefix over every record that now follows without a gap."""
    while True:
        rows = session.execute(
            select(Transaction.seq, Transaction.record_sha256)
            .where(
                Transaction.kiosk == epoch.kiosk,
                Transaction.epoch == epoch.epoch,
                Transaction.seq > epoch.ack_seq,
            )
            .order_by(Transaction.seq)
            .limit(BATCH_MAX_ITEMS)
        ).all()
        for seq, record_sha256 in rows:
            if seq != epoch.ack_seq + 1:
                return
            epoch.ack_seq = seq
            epoch.head = record_sha256
        if len(rows) < BATCH_MAX_ITEMS:
            return


def _log_outcomes(batch: BatchRequest, answers: list[ItemAnswer]) -> None:
    counts = {outcome.value: 0 for outcome in Outcome}
    for answer in answers:
        counts[answer.outcome] += 1
        if answer.problem is not None:
            log.warning(
                "central.item_refused",
                kiosk=batch.kiosk,
                tx_id=answer.tx_id,
                outcome=answer.outcome.value,
                code=answer.problem.code,
            )
    log.info("central.batch_ingested", kiosk=batch.kiosk, **counts)
