"""The outbox's SQL: one function per reading or change, inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from offline_queue import attachments
from offline_queue.chain import (
    GENESIS,
    b64url,
    envelope_hash,
    record_hash,
    terms_hash,
    timestamp,
)
from offline_queue.clock import Clock
from offline_queue.records import State
from offline_queue.wire import (
    AttachmentRef,
    BatchItem,
    ChainRecord,
    Enrolment,
    HeadStatement,
    ItemAnswer,
    ItemKind,
    Outcome,
    SignedHead,
    SignedNotice,
    VoidReason,
)

FORKED: Final = "forked"
"""The central API holds another chain than this outbox."""

RETRY_AFTER_FLOOR_S: Final = 2.0
RETRY_AFTER_CAP_S: Final = 60 * 60.0
"""Bounds of the wait that the central API can ask for: whoever asks for years is mistaken."""

TAIL_CUT: Final = "tail-cut"
"""The outbox has fewer transactions than it counted."""

ROLLED_BACK: Final = "rolled-back"
"""The outbox ends before a transaction that was once surely in it."""

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


@dataclass(frozen=True, slots=True)
class Chain:
    """How far one epoch's chain goes and how far the central API holds it."""

    epoch: int
    last_seq: int
    head: str
    ack_seq: int
    purged_seq: int
    frozen: str | None
    signed_head: SignedHead | None


@dataclass(frozen=True, slots=True)
class Meta:
    """Whose outbox this is, and the keys in use."""

    kiosk: str
    epoch: int
    sealing_key_id: str
    sealing_public_key: bytes
    head_public_key: bytes
    last_contact: dt.datetime | None
    clock_skew_s: float | None


def log(
    db: sqlite3.Connection,
    clock: Clock,
    kind: str,
    epoch: int,
    seq: int | None = None,
    detail: str = "",
) -> None:
    """Add one line to the append-only history, with wall time, monotonic time and boot."""
    db.execute(
        "INSERT INTO event (at, monotonic, boot_id, kind, epoch, seq, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (timestamp(clock.now()), clock.monotonic(), clock.boot_id(), kind, epoch, seq, detail),
    )


def read_meta(db: sqlite3.Connection) -> Meta | None:
    """Read whose outbox this is; ``None`` while it is new."""
    row = db.execute(
        "SELECT kiosk_id, epoch, sealing_key_id, sealing_public_key, head_public_key,"
        " last_contact_at, clock_skew_s FROM meta"
    ).fetchone()
    if row is None:
        return None
    contact = None if row[5] is None else dt.datetime.fromisoformat(row[5])
    return Meta(row[0], row[1], row[2], row[3], row[4], contact, row[6])


def write_meta(db: sqlite3.Connection, enrolment: Enrolment, sealing: bytes, head: bytes) -> None:
    """Remember the enrolment, and start its epoch's chain when that is new."""
    db.execute(
        "INSERT INTO epoch (epoch, head) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (enrolment.epoch, GENESIS),
    )
    db.execute(
        "INSERT INTO meta (id, kiosk_id, epoch, sealing_key_id, sealing_public_key,"
        " head_public_key) VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " epoch = excluded.epoch, sealing_key_id = excluded.sealing_key_id,"
        " sealing_public_key = excluded.sealing_public_key,"
        " head_public_key = excluded.head_public_key",
        (enrolment.kiosk, enrolment.epoch, enrolment.sealing_key_id, sealing, head),
    )


def read_chain(db: sqlite3.Connection, epoch: int) -> Chain | None:
    """Read how far an epoch's chain goes; ``None`` when the outbox never knew that epoch."""
    row = db.execute(
        "SELECT epoch, last_seq, head, server_ack_seq, purged_seq, frozen, signed_head"
        " FROM epoch WHERE epoch = ?",
        (epoch,),
    ).fetchone()
    if row is None:
        return None
    signed = None if row[6] is None else SignedHead.model_validate_json(row[6])
    return Chain(row[0], row[1], row[2], row[3], row[4], row[5], signed)


def freeze(db: sqlite3.Connection, clock: Clock, epoch: int, why: str) -> None:
    """Stop an epoch: nothing is added to it and nothing of it is sent any more."""
    db.execute("UPDATE epoch SET frozen = ? WHERE epoch = ?", (why, epoch))
    log(db, clock, "frozen", epoch, detail=why)


def read_epochs(db: sqlite3.Connection) -> list[Chain]:
    """Read every epoch that is not frozen."""
    rows = db.execute("SELECT epoch FROM epoch WHERE frozen IS NULL ORDER BY epoch").fetchall()
    return [chain for row in rows if (chain := read_chain(db, row[0])) is not None]


def why_not_whole(db: sqlite3.Connection, chain: Chain, tip: tuple[int, int]) -> str | None:
    """Say what an epoch lacks at its end; ``None`` when it is whole as far as one can see here.

    ``tip`` is how far the chain of an epoch is known to have gone.
    """
    if chain.epoch == tip[0] and chain.last_seq < tip[1]:
        return ROLLED_BACK
    row = db.execute(
        "SELECT seq, chain FROM outbox WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (chain.epoch,)
    ).fetchone()
    return None if (chain.last_seq, chain.head) == (row or (0, GENESIS)) else TAIL_CUT


def recover_inflight(db: sqlite3.Connection) -> None:
    """Make sendable again what was on its way when its answer got lost."""
    db.execute("UPDATE outbox SET state = 'ready', next_at = 0 WHERE state = 'inflight'")


def forget_waits(db: sqlite3.Connection) -> None:
    """Let everything go at once: waits count in the monotonic time of the process they began in."""
    db.execute("UPDATE outbox SET next_at = 0 WHERE state = 'ready' AND next_at > 0")


def qualified(alias: str) -> str:
    """Name the columns that ``to_item`` reads, of a table that goes by ``alias``."""
    return ", ".join(f"{alias}.{column}" for column in _ITEM_COLUMNS)


_SENDABLE: Final = (
    f"SELECT {qualified('o')} FROM outbox AS o INDEXED BY outbox_ready"  # noqa: S608 - constant
    " WHERE o.state = 'ready' AND o.next_at <= ?"
    " AND o.epoch IN (SELECT epoch FROM epoch WHERE %s)"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.case_ref = o.case_ref"
    " AND before.case_seq < o.case_seq AND before.state <> 'accepted' AND before.released = 0)"
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
        yield from db.execute(_SENDABLE % "frozen IS NULL", (now, limit))
    else:
        yield from db.execute(
            _SENDABLE % "frozen IS NOT NULL AND epoch < ?", (now, stranded_before, limit)
        )


def to_item(
    kiosk: str, row: Sequence[object], notice: Callable[[ChainRecord], SignedNotice] | None = None
) -> BatchItem:
    """Turn a row of ``sendable`` into what is sent: the stored bytes, as they were signed.

    ``notice`` makes what an item needs that is not ``sealed``. Raises ``ValueError`` when the row
    is not what was once written.
    """
    values = dict(zip(_ITEM_COLUMNS, row, strict=True))
    chain, envelope, listed = (values.pop(name) for name in ("chain", "envelope", "attachments"))
    signed = {name: values.pop(name) for name in ("epoch", "seq", "tx_id", "prev", "sha256")}
    terms: Any = values.pop("terms")
    record = ChainRecord.model_validate({"kiosk": kiosk, "terms": terms, **signed})
    if record_hash(record) != chain:
        raise ValueError("the record is not the one that was signed")
    beside: dict[str, Any] = values
    refs = [] if listed is None else [AttachmentRef(**ref) for ref in json.loads(str(listed))]
    signature = beside.pop("signature")
    if terms is not None and terms_hash(**beside, attachments=refs) != terms:
        raise ValueError("what stands beside the envelope is not what was signed")
    signed_notice = None if notice is None else notice(record)
    kind = ItemKind.SEALED if signed_notice is None else signed_notice.notice.kind
    sealed = b""
    if kind is not ItemKind.VOID:
        if not isinstance(envelope, bytes) or envelope_hash(envelope) != record.sha256:
            raise ValueError("the envelope is not the one that was signed")
        sealed = envelope
    return BatchItem(
        record=record,
        signature=signature,
        envelope=b64url(sealed),
        kind=kind,
        notice=signed_notice,
        attachments=refs,
        **beside,
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
            None if state is State.READY else answer.model_dump_json(),
            int(answer.release_case and state is not State.READY),
            answer.tx_id,
        ),
    ).fetchone()
    if row is None or state is State.READY:
        return False
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
    log(db, clock, "released", epoch, seq)
    behind = db.execute(
        "SELECT count(*) FROM outbox WHERE case_ref = ? AND case_seq > ? AND state = 'ready'",
        (case, place),
    ).fetchone()
    return int(behind[0])


def agrees(db: sqlite3.Connection, statement: HeadStatement) -> bool:
    """Tell whether the central API holds a part of this very chain."""
    if statement.ack_seq == 0:
        return statement.head == GENESIS
    row = db.execute(
        "SELECT chain FROM outbox WHERE epoch = ? AND seq = ?",
        (statement.epoch, statement.ack_seq),
    ).fetchone()
    return row is not None and row[0] == statement.head


def note_progress(db: sqlite3.Connection, signed: SignedHead) -> None:
    """Keep an agreeing head that goes further, before the answers that came with it.

    Were the power to fail between them, answers without their head would look like forged ones.
    """
    chain = read_chain(db, signed.statement.epoch)
    if chain is not None and signed.statement.ack_seq > chain.ack_seq:
        _write_head(db, signed)


def _write_head(db: sqlite3.Connection, signed: SignedHead) -> None:
    db.execute(
        "UPDATE epoch SET server_ack_seq = ?, signed_head = ? WHERE epoch = ?",
        (signed.statement.ack_seq, signed.model_dump_json(), signed.statement.epoch),
    )


def has_hole(db: sqlite3.Connection, statement: HeadStatement) -> bool:
    """Tell whether the central API lacks a transaction that it once accepted.

    It came back from a backup while an earlier one was still waiting: its acknowledgement did not
    fall, it stops before one that is settled here.
    """
    following = (statement.epoch, statement.ack_seq)
    first = db.execute(
        "SELECT min(seq) FROM outbox INDEXED BY outbox_accepted"
        " WHERE state = 'accepted' AND epoch = ? AND seq > ?",
        following,
    ).fetchone()[0]
    if first is None:
        return False
    # Whatever waits in between is reason enough for the acknowledgement to stop.
    waits = any(
        db.execute(
            f"SELECT EXISTS (SELECT 1 FROM outbox WHERE state = '{state.value}'"  # noqa: S608 - an enum
            " AND epoch = ? AND seq > ? AND seq < ?)",
            (*following, first),
        ).fetchone()[0]
        for state in (State.READY, State.INFLIGHT, State.QUARANTINED, State.EXPIRED)
    )
    return not waits


def send_unacknowledged_again(db: sqlite3.Connection, before_epoch: int) -> None:
    """Send again, from earlier epochs, what was accepted and never acknowledged in their chains.

    Their acknowledgement moves no more, so it could not show that any of it was lost.
    """
    for epoch, ack in db.execute(
        "SELECT epoch, server_ack_seq FROM epoch WHERE epoch < ?", (before_epoch,)
    ).fetchall():
        _send_again(db, epoch, ack)


def _send_again(db: sqlite3.Connection, epoch: int, ack_seq: int) -> None:
    db.execute(
        "UPDATE outbox SET state = 'ready', next_at = 0 WHERE epoch = ? AND seq > ?"
        " AND state IN ('accepted', 'rejected') AND envelope IS NOT NULL",
        (epoch, ack_seq),
    )


def adopt_head(
    db: sqlite3.Connection, clock: Clock, chain: Chain, signed: SignedHead, *, hole: bool
) -> None:
    """Take over an agreeing head: send again what the central API lost, purge what it keeps.

    ``hole``: what ``has_hole`` found, unless everything was sent again for it already.
    """
    ack = signed.statement.ack_seq
    _write_head(db, signed)
    if ack < chain.ack_seq or hole:
        _send_again(db, chain.epoch, ack)
        attachments.send_again(db, chain.epoch, ack)
        db.execute(
            "UPDATE void SET state = 'due', next_at = 0 WHERE epoch = ? AND seq > ?",
            (chain.epoch, ack),
        )
        log(db, clock, "resend", chain.epoch, ack, "the central API holds less than before")
    safe = min(ack, signed.statement.backed_up_seq, _first_waiting(db, chain.epoch) - 1)
    freed = attachments.purge(db, chain.epoch, safe)
    if safe > chain.purged_seq:
        span = (chain.epoch, chain.purged_seq, safe)
        freed += db.execute(
            f"SELECT coalesce(sum(length(envelope)), 0) FROM outbox WHERE {_PURGEABLE}",  # noqa: S608 - constant
            span,
        ).fetchone()[0]
        db.execute(f"UPDATE outbox SET envelope = NULL WHERE {_PURGEABLE}", span)  # noqa: S608 - constant
        db.execute("UPDATE epoch SET purged_seq = ? WHERE epoch = ?", (safe, chain.epoch))
    if freed:
        db.execute(
            "UPDATE epoch SET kept_bytes = kept_bytes - ? WHERE epoch = ?", (freed, chain.epoch)
        )


_PURGEABLE: Final = (
    "epoch = ? AND seq > ? AND seq <= ? AND state IN ('accepted', 'rejected', 'expired')"
)


def _first_waiting(db: sqlite3.Connection, epoch: int) -> int:
    found = [2**53]
    for state in (State.READY, State.INFLIGHT):
        row = db.execute(
            f"SELECT min(seq) FROM outbox WHERE state = '{state.value}' AND epoch = ?",  # noqa: S608 - an enum
            (epoch,),
        ).fetchone()
        if row[0] is not None:
            found.append(row[0])
    return min(found)


def expire(db: sqlite3.Connection, clock: Clock, server_now: dt.datetime) -> int:
    """Give up what lost its meaning and was never sent; returns how many.

    What may have reached the central API, even once, is no longer the terminal's to give up.
    """
    rows = db.execute(
        "UPDATE outbox SET state = 'expired' WHERE state = 'ready' AND attempts = 0"
        " AND expires_at <= ? RETURNING epoch, seq",
        (timestamp(server_now),),
    ).fetchall()
    for epoch, seq in rows:
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
