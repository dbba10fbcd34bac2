"""Transactions on their way, as SQL: what may go next, in which form, and what became of it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from offline_queue.chain import b64url, envelope_hash, record_hash, terms_hash, timestamp
from offline_queue.clock import Clock
from offline_queue.ledger import log
from offline_queue.proofs import KEPT, prove_settled
from offline_queue.records import State
from offline_queue.wire import (
    AttachmentRef,
    BatchItem,
    ChainRecord,
    ItemAnswer,
    ItemKind,
    Outcome,
    SignedNotice,
    VoidReason,
)

RETRY_AFTER_FLOOR_S: Final = 2.0

RETRY_AFTER_CAP_S: Final = 60 * 60.0
"""Bounds of the wait that the central API can ask for: whoever asks for years is mistaken."""

_ITEM_COLUMNS: Final = (
    "epoch",
    "seq",
    "tx_id",
    "case_ref",
    "case_seq",
    "schema_version",
    "key_id",
    "sha256",
    "prev",
    "signature",
    "confirmed_at",
    "terms",
    "attachments",
    "chain",
    "envelope",
)

_NOT_KNOWN_TO_CENTRAL: Final = "record-mismatch"
"""How a central API refuses a stranded item when it does not know that there are such."""


def recover_inflight(db: sqlite3.Connection) -> None:
    """Make sendable again what was on its way when its answer got lost."""
    db.execute("UPDATE outbox SET state = 'ready', next_at = 0 WHERE state = 'inflight'")


def forget_waits(db: sqlite3.Connection) -> None:
    """Let everything go at once: waits count in the monotonic time of the process they began in."""
    db.execute("UPDATE outbox SET next_at = 0 WHERE state = 'ready' AND next_at > 0")


def due(next_at: str) -> str:
    """SQL for: this wait is over. Its two parameters are both the monotonic time now.

    No wait is longer than the cap: one that is was damaged on the disk, and ends now.
    """
    return f"({next_at} > ? AND {next_at} <= ? + {RETRY_AFTER_CAP_S}) IS NOT TRUE"


def qualified(alias: str) -> str:
    """Name the columns that ``to_item`` reads, of a table that goes by ``alias``."""
    return ", ".join(f"{alias}.{column}" for column in _ITEM_COLUMNS)


_SENDABLE: Final = (
    f"SELECT {qualified('o')} FROM outbox AS o INDEXED BY outbox_ready"  # noqa: S608 - constant
    f" WHERE o.state = 'ready' AND {due('o.next_at')}"
    " AND o.epoch IN (SELECT epoch FROM epoch WHERE %s)"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.case_ref = o.case_ref"
    " AND before.case_seq < o.case_seq AND before.state <> 'accepted'"
    " AND (before.released <> 1 OR before.state IN ('ready', 'inflight')))"
    " ORDER BY o.epoch, o.seq LIMIT ?"
)


def sendable(
    db: sqlite3.Connection, now: float, limit: int, stranded_before: int | None = None
) -> Iterator[tuple[object, ...]]:
    """Yield rows that may be sent now, in the order of the chain.

    A transaction waits until everything before it in its case was accepted or released. A frozen
    epoch waits as a whole; with ``stranded_before``, it is only those of earlier epochs that are
    yielded.
    """
    if stranded_before is None:
        yield from db.execute(_SENDABLE % "frozen IS NULL", (now, now, limit))
    else:
        yield from db.execute(
            _SENDABLE % "frozen IS NOT NULL AND epoch < ?", (now, now, stranded_before, limit)
        )


def to_item(
    kiosk: str,
    row: Sequence[object],
    notice: Callable[[ChainRecord], SignedNotice] | None = None,
    sign: Callable[[ChainRecord], str] | None = None,
) -> BatchItem:
    """Turn a row of ``sendable`` into what is sent: the stored bytes, as they were signed.

    ``notice`` makes what an item needs that is not ``sealed``; ``sign`` signs the record anew for
    a place from which nothing takes effect, whatever became of the first signature. Raises
    ``ValueError`` when the row is not what was once written.
    """
    values = dict(zip(_ITEM_COLUMNS, row, strict=True))
    chain, envelope, listed = (values.pop(name) for name in ("chain", "envelope", "attachments"))
    signed = {name: values.pop(name) for name in ("epoch", "seq", "tx_id", "prev", "sha256")}
    terms: Any = values.pop("terms")
    record = ChainRecord.parse({"kiosk": kiosk, "terms": terms, **signed})
    if record_hash(record) != chain:
        raise ValueError("the record is not the one that was signed")
    beside: dict[str, Any] = values
    refs = [] if listed is None else [AttachmentRef.parse(ref) for ref in json.loads(str(listed))]
    kept = beside.pop("signature")
    signature = kept if sign is None else sign(record)
    if terms is not None and terms_hash(**beside, attachments=refs) != terms:
        raise ValueError("what stands beside the envelope is not what was signed")
    signed_notice = None if notice is None else notice(record)
    kind = ItemKind.SEALED if signed_notice is None else signed_notice.notice.kind
    sealed = b""
    if kind is not ItemKind.VOID:
        if not isinstance(envelope, bytes) or envelope_hash(envelope) != record.sha256:
            raise ValueError("the envelope is not the one that was signed")
        sealed = envelope
    return BatchItem.parse(
        {
            "record": record,
            "signature": signature,
            "envelope": b64url(sealed),
            "kind": kind,
            "notice": signed_notice,
            "attachments": refs,
            **beside,
        }
    )


def to_items(
    kiosk: str, rows: Iterable[Sequence[object]]
) -> tuple[list[BatchItem], list[Sequence[object]]]:
    """Turn rows of ``sendable`` into items; returns them and the rows that are damaged."""
    items: list[BatchItem] = []
    damaged: list[Sequence[object]] = []
    for row in rows:
        try:
            items.append(to_item(kiosk, row))
        except ValueError:
            damaged.append(row)
    return items, damaged


def mark_inflight(db: sqlite3.Connection, items: Sequence[BatchItem]) -> list[BatchItem]:
    """Note that items are on their way; returns those that still are to go."""
    tx_ids = json.dumps([item.record.tx_id for item in items])
    marked = db.execute(
        "UPDATE outbox SET state = 'inflight', attempts = attempts + 1"
        " WHERE tx_id IN (SELECT value FROM json_each(?)) AND state = 'ready' RETURNING tx_id",
        (tx_ids,),
    ).fetchall()
    going = {row[0] for row in marked}
    return [item for item in items if item.record.tx_id in going or item.kind is ItemKind.VOID]


def asked_wait(answer: ItemAnswer) -> float:
    """Return how long to wait as an answer asks, in seconds, within reason."""
    if _is_unknown_to_central(answer):
        return RETRY_AFTER_CAP_S  # until people have brought the central API up to date
    return min(max(answer.retry_after_s or 0.0, RETRY_AFTER_FLOOR_S), RETRY_AFTER_CAP_S)


def settle(
    db: sqlite3.Connection, clock: Clock, answer: ItemAnswer, state: State, now: float
) -> bool:
    """Write down what became of one transaction; tells whether that is new.

    ``now`` is monotonic; an answer for a transaction that is already settled changes nothing.
    """
    row = db.execute(
        "UPDATE outbox SET state = ?, next_at = ?, result = ?, released = ?"
        " WHERE tx_id = ? AND state IN ('ready', 'inflight') RETURNING epoch, seq",
        (
            state.value,
            now + asked_wait(answer) if state is State.READY else 0.0,
            None if state is State.READY else answer.json().decode(),
            int(answer.release_case and state is not State.READY),
            answer.tx_id,
        ),
    ).fetchone()
    if row is None or state is State.READY:
        return False
    prove_settled(db, row[0], row[1])
    log(db, clock, state.value, row[0], row[1], answer.outcome.value)
    return True


def state_after(answer: ItemAnswer) -> State:
    """Say where an answer leaves a transaction."""
    match answer.outcome:
        case Outcome.ACCEPTED:
            return State.ACCEPTED
        case Outcome.DUPLICATE:
            # A duplicate repeats the first answer, and that may have been a refusal.
            return State.ACCEPTED if answer.problem is None else State.REJECTED
        case Outcome.REJECTED if _is_unknown_to_central(answer):
            return State.READY
        case Outcome.CONFLICT | Outcome.REJECTED:
            return State.REJECTED
        case Outcome.RETRY_AFTER:
            return State.READY


def _is_unknown_to_central(answer: ItemAnswer) -> bool:
    return answer.problem is not None and answer.problem.code == _NOT_KNOWN_TO_CENTRAL


def release_case(db: sqlite3.Connection, clock: Clock, tx_id: str) -> int:
    """Let what waits behind a refused transaction of a case go; returns how many those are."""
    row = db.execute(
        "UPDATE outbox SET released = 1 WHERE tx_id = ? AND released = 0"
        " AND state IN ('rejected', 'quarantined', 'expired')"
        " RETURNING epoch, seq, case_ref, case_seq",
        (tx_id,),
    ).fetchone()
    if row is None:
        return 0
    epoch, seq, case, place = row
    prove_settled(db, epoch, seq)
    log(db, clock, "released", epoch, seq)
    behind = db.execute(
        "SELECT count(*) FROM outbox WHERE case_ref = ? AND case_seq > ? AND state = 'ready'",
        (case, place),
    ).fetchone()
    return int(behind[0])


def expire(db: sqlite3.Connection, clock: Clock, server_now: dt.datetime) -> int:
    """Give up what lost its meaning and was never sent; returns how many.

    One whose time of expiry is not proven is sent instead: the central API decides. What may have
    reached it, even once, is no longer the terminal's to give up.
    """
    rows = db.execute(
        "UPDATE outbox SET state = 'expired' WHERE state = 'ready' AND attempts = 0"  # noqa: S608 - constant
        f" AND expires_at <= ? AND kept_proof IS {KEPT} RETURNING epoch, seq",
        (timestamp(server_now),),
    ).fetchall()
    for epoch, seq in rows:
        prove_settled(db, epoch, seq)
        declare_void(db, epoch, seq, VoidReason.EXPIRED)
        log(db, clock, State.EXPIRED.value, epoch, seq)
    return len(rows)


def declare_void(db: sqlite3.Connection, epoch: int, seq: int, reason: VoidReason) -> None:
    """Have the record of a place that nothing will take effect from sent without its envelope."""
    db.execute(
        "INSERT INTO void (epoch, seq, reason, state) VALUES (?, ?, ?, 'due')"
        " ON CONFLICT DO NOTHING",
        (epoch, seq, reason.value),
    )
