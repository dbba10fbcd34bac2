"""Deciding a batch inside its database transaction: what is new, what is known, what contradicts.

New rows are written together; only when a rule fails on one of them are the items decided one by
one, each in a savepoint, so that it takes nothing from the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend_stub.cases.hooks import NewCase
from backend_stub.cases.register import Opened, open_cases
from backend_stub.ground.central import Central
from backend_stub.ground.database import is_unavailable
from backend_stub.ground.problems import place_of, problem
from backend_stub.ground.tables import Attachment, AttachmentSeal, Transaction, transaction_id
from backend_stub.ingest.applications import (
    Application,
    ApplicationRefused,
    ItemRefused,
    NotDecidable,
    RecordRefused,
)
from backend_stub.ingest.transactions import (
    Held,
    TransactionRow,
    insert_rows,
    read_held,
    replace_row,
)
from offline_queue.chain import GENESIS
from offline_queue.wire import (
    AttachmentRef,
    BatchItem,
    BatchRequest,
    Hearing,
    ItemAnswer,
    ItemKind,
    Outcome,
    Problem,
    TransactionResult,
    VoidReason,
)

_RETRY_AFTER_S: Final = 3600.0
"""When this API lacks a key, a schema or a service, people must act first."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Void:
    """The record came without its envelope."""

    reason: VoidReason


@dataclass(frozen=True, slots=True)
class Examined:
    """An item after its proofs."""

    item: BatchItem
    record_sha256: str
    finding: Application | Void | ItemRefused | None
    """``None``: the transaction is here already, so its envelope was not opened again."""


@dataclass(frozen=True, slots=True)
class _New:
    """A transaction that this batch brings: a row to insert, or a void one that comes to life."""

    row: TransactionRow
    is_here: bool
    """Whether the database has the row already."""
    item: BatchItem
    finding: Application | Void | ApplicationRefused


def decide(
    central: Central,
    session: Session,
    batch: BatchRequest,
    examined: Sequence[Examined],
    now: datetime,
) -> list[ItemAnswer]:
    """Decide every item and write what is new; the terminal's row is locked by the caller."""
    try:
        with session.begin_nested():
            return _decide_together(central, session, batch, examined, now)
    # A rule failed on one of them.
    except Exception as error:
        if is_unavailable(error):
            raise
    return [_decide_alone(central, session, batch, each, now) for each in examined]


def _decide_alone(
    central: Central, session: Session, batch: BatchRequest, examined: Examined, now: datetime
) -> ItemAnswer:
    try:
        with session.begin_nested():
            [answer] = _decide_together(central, session, batch, [examined], now)
    except Exception as error:
        if is_unavailable(error):
            raise
        return _refused(examined.item, failed(examined.item, error))
    return answer


def failed(item: BatchItem, error: Exception) -> NotDecidable:
    """What a rule of ours that raised makes of its item; logged with the place, for people."""
    # Never the message: it may quote what the citizen wrote.
    log.error(
        "central.item_failed",
        kiosk=item.record.kiosk,
        tx_id=item.record.tx_id,
        error=type(error).__name__,
        where=place_of(error),
    )
    return NotDecidable("rule-failed")


def _decide_together(
    central: Central,
    session: Session,
    batch: BatchRequest,
    examined: Sequence[Examined],
    now: datetime,
) -> list[ItemAnswer]:
    """Decide in the order of the request, write what is new, then answer."""
    held = read_held(session, batch.kiosk, [each.item for each in examined])
    new: list[_New] = []
    decisions = [_decide(held, new, each, now) for each in examined]
    _write(central, session, new, now)
    return [answer() for answer in decisions]


def _decide(
    held: Held, new: list[_New], examined: Examined, now: datetime
) -> Callable[[], ItemAnswer]:
    """What makes an item's answer, once everything in ``new`` is written."""
    item, finding = examined.item, examined.finding
    if isinstance(finding, RecordRefused):
        return partial(_refused, item, finding)
    row = held.by_tx_id.get(item.record.tx_id)
    if row is not None and not _comes_to_life(row, examined):
        return partial(_answer_to, row, examined)
    if row is None and item.kind is not ItemKind.STRANDED:
        contradiction = _contradiction(held, examined)
        if contradiction is not None:
            return contradiction
    if isinstance(finding, NotDecidable):
        return partial(_refused, item, finding)
    if isinstance(finding, Application | ApplicationRefused | Void):
        is_here = row is not None
        if row is None:
            row = _row(examined, now)
            held.add(row)
        row.void_reason = finding.reason if isinstance(finding, Void) else None
        new.append(_New(row, is_here, item, finding))
        return partial(_first_answer, row)
    # It was here when the proofs were checked and is not now: an old backup came in between.
    return partial(_refused, item, NotDecidable("busy"), retry_after_s=1.0)


def _comes_to_life(row: TransactionRow, examined: Examined) -> bool:
    """Whether the envelope of a void record followed after all, and may."""
    return (
        row.void_reason in (VoidReason.UNREADABLE, VoidReason.DAMAGED)
        and row.record_sha256 == examined.record_sha256
        and not isinstance(examined.finding, Void)
    )


def _contradiction(held: Held, examined: Examined) -> Callable[[], ItemAnswer] | None:
    """The answer to an item whose place in the chain is not free or not where it says."""
    item, record = examined.item, examined.item.record
    epoch, seq = record.epoch, record.seq
    if (epoch, seq) in held.by_place:
        return partial(_conflict, item, "seq-taken")
    if seq == 1 and record.prev != GENESIS:
        return partial(_refused, item, RecordRefused("chain-broken"))
    before, after = held.by_place.get((epoch, seq - 1)), held.by_place.get((epoch, seq + 1))
    if (before is not None and before.record_sha256 != record.prev) or (
        after is not None and after.prev != examined.record_sha256
    ):
        return partial(_conflict, item, "chain-forked")
    return None


def _row(examined: Examined, now: datetime) -> TransactionRow:
    item, record = examined.item, examined.item.record
    # A stranded one has no place: its number is made of the random bits of its tx_id.
    no_place = -1 - (uuid.UUID(record.tx_id).int & (2**52 - 1))
    return TransactionRow(
        id=transaction_id(record.kiosk, record.tx_id),
        tx_id=record.tx_id,
        kiosk=record.kiosk,
        epoch=record.epoch,
        seq=no_place if item.kind is ItemKind.STRANDED else record.seq,
        prev=record.prev,
        record_sha256=examined.record_sha256,
        case_ref=item.case_ref,
        case_seq=item.case_seq,
        received_at=now,
        outcome=Outcome.ACCEPTED,
        document=item.envelope,
    )


def _write(central: Central, session: Session, new: Sequence[_New], now: datetime) -> None:
    """Write transactions and their effects: first the effects, since the rows hold the results."""
    accepted: list[tuple[TransactionRow, Application]] = []
    for each in new:
        if isinstance(each.finding, Application):
            accepted.append((each.row, each.finding))
        elif isinstance(each.finding, ApplicationRefused):
            each.row.outcome = Outcome.REJECTED
            each.row.problem = _problem_of(each.finding).plain()
            each.row.document = each.item.envelope
    opened = open_cases(session, central.cases, [_new_case(*each) for each in accepted], now)
    for (row, application), case in zip(accepted, opened, strict=True):
        row.service = application.payload.service
        row.result = _result(case).plain()
        row.document = application.document
    # In one order for all: of two batches with the same transactions, one waits for the other.
    rows = [each.row for each in new if not each.is_here]
    insert_rows(session, sorted(rows, key=lambda row: row.id))
    for each in new:
        if each.is_here:
            replace_row(session, each.row)
    attachments, seals = [], []
    for each in new:
        if not isinstance(each.finding, Application):
            # Nothing is kept of what took no effect: papers are large, and would prove nothing.
            continue
        for number, wanted in _once(each.item.attachments):
            name = {"transaction_id": each.row.id, "sha256": wanted.sha256}
            attachments.append({**name, "size": wanted.size, "received": 0})
            seals.append({**name, "number": number, "key_id": each.item.key_id})
    if attachments:
        session.execute(insert(Attachment), attachments)
        session.execute(insert(AttachmentSeal), seals)


def _new_case(row: TransactionRow, application: Application) -> NewCase:
    payload = application.payload
    return NewCase(
        transaction_id=row.id,
        definition_sha256=application.definition.sha256,
        civil_number=payload.applicant.civil_number,
        language=payload.language,
        answers=payload.answers,
        papers=[
            {"sha256": paper.sha256, "size": paper.size, "type": paper.type}
            for paper in payload.attachments
        ],
        relied_on_facts=bool(payload.facts),
    )


def _result(opened: Opened) -> TransactionResult:
    hearing = None
    if opened.slot_at is not None:
        place = opened.office.place()
        hearing = Hearing(
            starts_at=opened.slot_at,
            place_ar=place.in_language("ar"),
            place_en=place.in_language("en"),
        )
    return TransactionResult(state=opened.state, number=opened.number, hearing=hearing)


def _once(attachments: Sequence[AttachmentRef]) -> Iterator[tuple[int, AttachmentRef]]:
    """Each attachment with its number from 1; one that is named twice, once."""
    seen: set[str] = set()
    for number, wanted in enumerate(attachments, start=1):
        if wanted.sha256 not in seen:
            seen.add(wanted.sha256)
            yield number, wanted


def _answer_to(row: TransactionRow, examined: Examined) -> ItemAnswer:
    """The answer to an item whose ``tx_id`` is here: the first one again, or a conflict."""
    if row.record_sha256 != examined.record_sha256:
        return _conflict(examined.item, "tx-id-taken")
    if examined.item.kind is ItemKind.VOID:
        outcome = Outcome.DUPLICATE
    elif row.void_reason == VoidReason.EXPIRED:
        return _refused(examined.item, ApplicationRefused("voided"))
    elif row.void_reason is not None:
        # Made void between the reading of its envelope and now.
        return _refused(examined.item, NotDecidable("busy"), retry_after_s=1.0)
    else:
        outcome = Outcome.DUPLICATE if row.outcome == Outcome.ACCEPTED else Outcome.REJECTED
    return ItemAnswer(
        tx_id=row.tx_id, outcome=outcome, result=first_result(row), problem=first_problem(row)
    )


def _first_answer(row: TransactionRow) -> ItemAnswer:
    return ItemAnswer(
        tx_id=row.tx_id,
        outcome=Outcome(row.outcome),
        result=first_result(row),
        problem=first_problem(row),
    )


def first_result(row: Transaction | TransactionRow) -> TransactionResult | None:
    """What the transaction led to, as it was said the first time."""
    return None if row.result is None else TransactionResult.parse(row.result)


def first_problem(row: Transaction | TransactionRow) -> Problem | None:
    """Why the transaction was rejected, as it was said the first time."""
    return None if row.problem is None else Problem.parse(row.problem)


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
    return problem(refusal.code, refusal.detail, refusal.errors)
