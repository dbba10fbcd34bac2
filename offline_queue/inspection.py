"""Reads an outbox without opening it for work: needs no key, and the terminal may be running."""

from __future__ import annotations

import contextlib
import sqlite3
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from offline_queue import attachments, ledger, overview
from offline_queue.clock import Clock, SystemClock
from offline_queue.errors import OutboxUnavailable, Reason, reason_of
from offline_queue.quota import kept_bytes
from offline_queue.records import OutboxStatus
from offline_queue.schema import APPLICATION_ID, MIGRATIONS, read_text


@contextlib.contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an outbox read-only, for one consistent snapshot.

    Raises ``OutboxUnavailable``, also for trouble inside the block.
    """
    try:
        # Never "immutable": the terminal may be writing at this moment.
        db = sqlite3.connect(f"file:{urllib.parse.quote(str(path))}?mode=ro", uri=True)
        with contextlib.closing(db):
            db.text_factory = read_text
            if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise OutboxUnavailable(Reason.FOREIGN_FILE)
            db.execute("BEGIN")
            if db.execute("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
                # The terminal of this release brings it up to date when it next starts.
                raise OutboxUnavailable(Reason.OTHER_SCHEMA)
            yield db
    except sqlite3.Error as error:
        raise OutboxUnavailable(reason_of(error) or Reason.CORRUPT) from error


def read_status(path: Path, clock: Clock | None = None) -> OutboxStatus:
    """Describe the outbox at ``path``, whether a terminal holds it or not.

    Raises ``OutboxUnavailable``.
    """
    with open_read_only(path) as db:
        return describe(db, clock or SystemClock(), None)


def describe(db: sqlite3.Connection, clock: Clock, trouble: Reason | None) -> OutboxStatus:
    """Describe an opened outbox. Raises ``OutboxUnavailable`` when it does not say whose it is."""
    meta = ledger.read_meta(db)
    chain = None if meta is None else ledger.read_chain(db, meta.epoch)
    if meta is None or chain is None:
        raise OutboxUnavailable(Reason.CORRUPT)
    oldest = overview.oldest_waiting(db)
    age = None if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())
    return OutboxStatus(
        kiosk=meta.kiosk,
        epoch=chain.epoch,
        counts=overview.counts(db),
        held=overview.held(db),
        holding=overview.holding(db),
        oldest_waiting_s=age,
        last_seq=chain.last_seq,
        ack_seq=chain.ack_seq,
        head=chain.head,
        last_contact=meta.last_contact,
        clock_skew_s=meta.clock_skew_s,
        attachments_waiting=attachments.waiting(db),
        kept_bytes=kept_bytes(db),
        unavailable=trouble or (Reason.FROZEN if chain.frozen else None),
    )
