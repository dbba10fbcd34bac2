"""The central API's acknowledged head, as SQL: compare it, follow it, purge what it covers."""

from __future__ import annotations

import sqlite3
from typing import Final

from offline_queue import attachments
from offline_queue.chain import GENESIS
from offline_queue.clock import Clock
from offline_queue.ledger import Chain, log, read_chain
from offline_queue.records import State
from offline_queue.wire import HeadStatement, SignedHead


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
        (signed.statement.ack_seq, signed.json().decode(), signed.statement.epoch),
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


def at_risk(db: sqlite3.Connection) -> list[int]:
    """Return the epochs of which the central API may still lose what it acknowledged.

    It came back from a backup, perhaps while nothing was sent: only asking shows it.
    """
    rows = db.execute("SELECT epoch FROM epoch WHERE server_ack_seq > purged_seq ORDER BY epoch")
    return [row[0] for row in rows.fetchall()]


def send_unacknowledged_again(db: sqlite3.Connection, before_epoch: int) -> None:
    """Send again, from earlier epochs, what was accepted and never acknowledged in their chains.

    It went as stranded: no acknowledgement could show that any of it was lost.
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
    db: sqlite3.Connection,
    clock: Clock,
    chain: Chain,
    signed: SignedHead,
    own_epoch: int,
    *,
    hole: bool,
) -> bool:
    """Take over an agreeing head: send again what the central API lost, purge what it keeps.

    ``hole``: what ``has_hole`` found, unless everything was sent again for it already. Tells
    whether the central API lost something: then it may have lost of every epoch.
    """
    ack = signed.statement.ack_seq
    _write_head(db, signed)
    lost = ack < chain.ack_seq or hole
    if lost:
        _send_again(db, chain.epoch, ack)
        send_unacknowledged_again(db, own_epoch)
        attachments.ask_again(db)
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
    return lost


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
