"""The attachments of kept transactions: what is to be uploaded, how far, and when it may go.

A transaction is sent first and its attachments follow: on a slow line a complaint is registered
on its day, although its photographs take the night.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from offline_queue.chain import canonical, sign_by_device
from offline_queue.delivery import due
from offline_queue.keys import TerminalKeys
from offline_queue.wire import (
    ATTACHMENT_CHUNK_BYTES,
    ATTACHMENT_RANGE_MAX_BYTES,
    AttachmentTicket,
    SignedTicket,
)


@dataclass(frozen=True, slots=True)
class Pending:
    """An attachment that is to be uploaded now."""

    sha256: str
    tx_id: str
    size: int
    attempts: int

    def ticket(self, keys: TerminalKeys) -> SignedTicket:
        """Make the proof with which the attachment is uploaded."""
        ticket = AttachmentTicket(
            kiosk=keys.kiosk,
            epoch=keys.epoch,
            tx_id=self.tx_id,
            sha256=self.sha256,
            size=self.size,
        )
        return SignedTicket(
            ticket=ticket, signature=sign_by_device(keys.device_key, canonical(ticket))
        )


def next_pending(db: sqlite3.Connection, now: float) -> Pending | None:
    """Return the next attachment of an accepted transaction; ``None`` when none may go now."""
    row = db.execute(
        "SELECT a.sha256, o.tx_id, a.size, a.attempts FROM attachment AS a"  # noqa: S608 - constant
        " INDEXED BY attachment_ready JOIN outbox AS o ON o.epoch = a.epoch AND o.seq = a.seq"
        f" WHERE a.state = 'ready' AND {due('a.next_at')} AND o.state = 'accepted'"
        " ORDER BY a.epoch, a.seq LIMIT 1",
        (now, now),
    ).fetchone()
    return None if row is None else Pending(*row)


def all_pending(db: sqlite3.Connection) -> list[Pending]:
    """Return every attachment that is not uploaded yet and may still be wanted."""
    rows = db.execute(
        "SELECT a.sha256, o.tx_id, a.size, a.attempts FROM attachment AS a"
        " INDEXED BY attachment_ready JOIN outbox AS o ON o.epoch = a.epoch AND o.seq = a.seq"
        " WHERE a.state = 'ready' AND o.state IN ('ready', 'inflight', 'accepted')"
        " ORDER BY a.epoch, a.seq"
    )
    return [Pending(*row) for row in rows]


def next_due(db: sqlite3.Connection, now: float) -> float | None:
    """Return when, after ``now``, an attachment that was told to wait may go."""
    row = db.execute(
        "SELECT min(a.next_at) FROM attachment AS a INDEXED BY attachment_ready"  # noqa: S608 - constant
        " JOIN outbox AS o ON o.epoch = a.epoch AND o.seq = a.seq"
        f" WHERE a.state = 'ready' AND NOT {due('a.next_at')} AND o.state = 'accepted'",
        (now, now),
    ).fetchone()
    return None if row[0] is None else float(row[0])


def read_range(db: sqlite3.Connection, sha256: str, first: int) -> bytes:
    """Return sealed bytes from ``first`` on, as many as one request may carry."""
    number, skip = divmod(first, ATTACHMENT_CHUNK_BYTES)
    count = ATTACHMENT_RANGE_MAX_BYTES // ATTACHMENT_CHUNK_BYTES
    rows = db.execute(
        "SELECT sealed FROM attachment_chunk WHERE sha256 = ? AND number >= ? AND number < ?"
        " ORDER BY number",
        (sha256, number, number + count),
    )
    return b"".join(row[0] for row in rows)[skip:]


def uploaded(db: sqlite3.Connection, sha256: str) -> None:
    """Note that the central API holds an attachment."""
    db.execute(
        "UPDATE attachment SET state = 'uploaded' WHERE sha256 = ? AND state = 'ready'", (sha256,)
    )


def postpone(db: sqlite3.Connection, sha256: str, next_at: float) -> None:
    """Let one attachment wait; ``next_at`` is monotonic."""
    db.execute(
        "UPDATE attachment SET attempts = attempts + 1, next_at = ? WHERE sha256 = ?",
        (next_at, sha256),
    )


def forget_waits(db: sqlite3.Connection) -> None:
    """Let everything go at once: waits count in the time of the process they began in."""
    db.execute("UPDATE attachment SET next_at = 0 WHERE state = 'ready' AND next_at > 0")


def mend_states(db: sqlite3.Connection) -> None:
    """Let those wait again whose state the disk damaged."""
    db.execute(
        "UPDATE attachment SET state = 'ready', next_at = 0"
        " WHERE state NOT IN ('ready', 'uploaded', 'purged')"
    )


def ask_again(db: sqlite3.Connection) -> None:
    """Ask anew after everything uploaded whose content is still here.

    A backup may hold a transaction and not yet what was uploaded after it: no acknowledgement
    falls when that is lost. What the central API has is not sent twice.
    """
    db.execute("UPDATE attachment SET state = 'ready', next_at = 0 WHERE state = 'uploaded'")


def purge(db: sqlite3.Connection, epoch: int, safe_seq: int) -> int:
    """Delete the content of what the central API keeps or will never want; returns its bytes."""
    rows = db.execute(
        "SELECT a.sha256, a.size FROM attachment AS a INDEXED BY attachment_kept"
        " JOIN outbox AS o ON o.epoch = a.epoch AND o.seq = a.seq"
        " WHERE a.state <> 'purged' AND a.epoch = ? AND a.seq <= ?"
        " AND (a.state = 'uploaded' OR o.state IN ('rejected', 'expired'))",
        (epoch, safe_seq),
    ).fetchall()
    for sha256, _ in rows:
        db.execute("DELETE FROM attachment_chunk WHERE sha256 = ?", (sha256,))
        db.execute("UPDATE attachment SET state = 'purged' WHERE sha256 = ?", (sha256,))
    return sum(size for _, size in rows)


def waiting(db: sqlite3.Connection) -> int:
    """Count what is not uploaded yet and will be."""
    row = db.execute(
        "SELECT count(*) FROM attachment AS a INDEXED BY attachment_ready"
        " JOIN outbox AS o ON o.epoch = a.epoch AND o.seq = a.seq"
        " WHERE a.state = 'ready' AND o.state IN ('ready', 'inflight', 'accepted')"
    ).fetchone()
    return int(row[0])
