"""Rows that cannot go the usual way: damaged, void and stranded ones.

A transaction that expired, was damaged on disk or cannot be read by the central API must leave no
gap in the chain, or the acknowledgement would stop before it for ever: its record is sent as a
``void`` item. Rows waiting in a frozen epoch are sent as ``stranded`` items once a new epoch has
begun. ``wire.BatchItem`` says how the central API answers both.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from functools import partial

import structlog

from offline_queue import delivery, ledger
from offline_queue.chain import ChainBroken, sign_notice, sign_record, verify_record
from offline_queue.clock import Clock
from offline_queue.keys import TerminalKeys
from offline_queue.proofs import prove_settled
from offline_queue.records import State
from offline_queue.wire import (
    BatchItem,
    ChainRecord,
    ItemAnswer,
    ItemKind,
    Outcome,
    SignedNotice,
    VoidReason,
)

_log = structlog.get_logger()


def stranded_items(
    db: sqlite3.Connection, clock: Clock, keys: TerminalKeys, now: float, limit: int
) -> list[BatchItem]:
    """Make items of what waits in frozen earlier epochs."""
    rows = delivery.sendable(db, now, limit, stranded_before=keys.epoch)
    items = [carried_item(db, clock, keys, row) for row in rows]
    return [item for item in items if item is not None]


def carried_item(
    db: sqlite3.Connection, clock: Clock, keys: TerminalKeys, row: Sequence[object]
) -> BatchItem | None:
    """Make an item to be carried by hand under the terminal's own epoch.

    ``None`` for a row that the disk damaged; it is set aside.
    """

    def vouch(record: ChainRecord) -> SignedNotice:
        return sign_notice(keys.device_key, ItemKind.STRANDED, record, keys.epoch)

    try:
        return delivery.to_item(keys.kiosk, row, None if row[0] == keys.epoch else vouch)
    except ValueError:
        put_damaged(db, clock, row)
        return None


def void_items(
    db: sqlite3.Connection, keys: TerminalKeys, now: float, limit: int
) -> list[BatchItem]:
    """Make items of the places that are to be declared void."""
    rows = db.execute(
        f"SELECT v.reason, {delivery.qualified('o')} FROM void AS v INDEXED BY void_due"  # noqa: S608 - constant
        " JOIN outbox AS o ON o.epoch = v.epoch AND o.seq = v.seq"
        f" WHERE v.state = 'due' AND {delivery.due('v.next_at')} ORDER BY v.epoch, v.seq LIMIT ?",
        (now, now, limit),
    ).fetchall()
    items = []
    for reason, *row in rows:

        def declare(record: ChainRecord, reason: str = reason) -> SignedNotice:
            return sign_notice(
                keys.device_key, ItemKind.VOID, record, keys.epoch, _void_reason(reason)
            )

        sign = partial(sign_record, keys.device_key) if row[0] == keys.epoch else None
        try:
            items.append(delivery.to_item(keys.kiosk, row, declare, sign))
        except ValueError:
            # The record itself is damaged: nothing that the central API could take is left of it.
            db.execute("UPDATE void SET state = 'refused' WHERE epoch = ? AND seq = ?", row[:2])
    return items


def settle_void(db: sqlite3.Connection, clock: Clock, answer: ItemAnswer, now: float) -> bool:
    """Write down the answer to a void item, if it is one.

    Tells whether the central API turned out to hold the transaction after all: then its first
    answer is the truth, and was taken over.
    """
    row = db.execute(
        "SELECT v.epoch, v.seq FROM void AS v JOIN outbox AS o"
        " ON o.epoch = v.epoch AND o.seq = v.seq WHERE o.tx_id = ? AND v.state = 'due'",
        (answer.tx_id,),
    ).fetchone()
    if row is None:
        return False
    if answer.outcome is Outcome.RETRY_AFTER:
        db.execute(
            "UPDATE void SET next_at = ? WHERE epoch = ? AND seq = ?",
            (now + delivery.asked_wait(answer), *row),
        )
        return False
    refused = answer.outcome in (Outcome.REJECTED, Outcome.CONFLICT)
    db.execute(
        "UPDATE void SET state = ? WHERE epoch = ? AND seq = ?",
        ("refused" if refused else "answered", *row),
    )
    ledger.log(db, clock, "void", row[0], row[1], answer.outcome.value)
    if answer.outcome is not Outcome.DUPLICATE or (
        answer.result is None and answer.problem is None
    ):
        return False
    db.execute(
        "UPDATE outbox SET state = ?, result = ? WHERE tx_id = ?",
        (delivery.state_after(answer).value, answer.json().decode(), answer.tx_id),
    )
    prove_settled(db, row[0], row[1])
    return True


def _void_reason(text: str) -> VoidReason:
    try:
        return VoidReason(text)
    except ValueError:
        return VoidReason.DAMAGED  # so is what stood here


def declare_unreadable(db: sqlite3.Connection, tx_id: str) -> None:
    """Have the place of a transaction that was set aside declared void."""
    row = db.execute("SELECT epoch, seq FROM outbox WHERE tx_id = ?", (tx_id,)).fetchone()
    delivery.declare_void(db, row[0], row[1], VoidReason.UNREADABLE)


def refuse_void(db: sqlite3.Connection, tx_id: str) -> None:
    """Note that the central API could not read even the void item of a transaction."""
    db.execute(
        "UPDATE void SET state = 'refused' WHERE (epoch, seq) ="
        " (SELECT epoch, seq FROM outbox WHERE tx_id = ?)",
        (tx_id,),
    )


def try_refused_again(db: sqlite3.Connection) -> None:
    """Have refused voids sent once more: the central API may have learnt of them since."""
    db.execute("UPDATE void SET state = 'due', next_at = 0 WHERE state <> 'answered'")


def next_due(db: sqlite3.Connection, now: float) -> float | None:
    """Return when, after ``now``, a void that was told to wait may go."""
    row = db.execute(
        "SELECT min(next_at) FROM void INDEXED BY void_due WHERE state = 'due'"  # noqa: S608 - constant
        f" AND NOT {delivery.due('next_at')}",
        (now, now),
    ).fetchone()
    return None if row[0] is None else float(row[0])


def mend_unproven(db: sqlite3.Connection, clock: Clock, keys: TerminalKeys, tx_id: str) -> bool:
    """Deal with a transaction that the central API refuses as one of another device.

    Its refusal would be the last word about it. One of the terminal's own epoch whose signature
    the disk damaged is set aside. A stranded one is signed anew and goes again: the central API
    may not know the key that signed it first, and the present key vouches for it anyway. Returns
    ``False`` when it is neither, so that the refusal counts.
    """
    row = db.execute(
        f"SELECT {delivery.qualified('o')} FROM outbox AS o"  # noqa: S608 - constant
        " WHERE o.tx_id = ? AND o.state IN ('ready', 'inflight')",
        (tx_id,),
    ).fetchone()
    if row is None:
        return False
    try:
        item = delivery.to_item(keys.kiosk, row)
    except ValueError:
        put_damaged(db, clock, row)
        return True
    if is_signed(keys, item):
        return False
    if item.record.epoch < keys.epoch:
        db.execute(
            "UPDATE outbox SET signature = ?, state = 'ready', next_at = 0 WHERE tx_id = ?",
            (sign_record(keys.device_key, item.record), tx_id),
        )
    else:
        put_damaged(db, clock, row)
    return True


def is_signed(keys: TerminalKeys, item: BatchItem) -> bool:
    """Tell whether the device key signed an item's record."""
    try:
        verify_record(keys.device_key.public_key(), item.record, item.signature)
    except ChainBroken:
        return False
    return True


def is_of_another_key(db: sqlite3.Connection, keys: TerminalKeys) -> bool:
    """Tell whether another key than the device's signed what waits in the terminal's own epoch.

    Looks at the newest few: one of them may be damaged.
    """
    rows = db.execute(
        f"SELECT {delivery.qualified('o')} FROM outbox AS o"  # noqa: S608 - constant
        " WHERE o.epoch = ? AND o.envelope IS NOT NULL ORDER BY o.seq DESC LIMIT 3",
        (keys.epoch,),
    ).fetchall()
    signed = []
    for row in rows:
        with contextlib.suppress(ValueError):
            signed.append(is_signed(keys, delivery.to_item(keys.kiosk, row)))
    return bool(signed) and not any(signed)


def put_damaged(db: sqlite3.Connection, clock: Clock, row: Sequence[object]) -> None:
    """Quarantine a row that no longer is what was written; its record is sent as void."""
    epoch, seq, tx_id = row[:3]
    db.execute("UPDATE outbox SET state = ? WHERE tx_id = ?", (State.QUARANTINED.value, tx_id))
    if isinstance(epoch, int) and isinstance(seq, int):
        prove_settled(db, epoch, seq)
        delivery.declare_void(db, epoch, seq, VoidReason.DAMAGED)
        ledger.log(db, clock, "damaged", epoch, seq)
    _log.error("outbox.row_damaged", epoch=epoch, seq=seq)
