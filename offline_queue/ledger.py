"""The outbox's own record, as SQL: whose it is, how far its chains go, what happened to it.

One function per reading or change, inside the caller's transaction; so in ``delivery`` (its
transactions on their way) and ``acknowledgement`` (what the central API says it holds).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass
from typing import Final

from offline_queue.chain import GENESIS, timestamp
from offline_queue.clock import Clock
from offline_queue.wire import Enrolment

FORKED: Final = "forked"
"""The central API holds another chain than this outbox."""

TAIL_CUT: Final = "tail-cut"
"""The outbox has fewer transactions than it counted."""

ROLLED_BACK: Final = "rolled-back"
"""The outbox ends before a transaction that was once surely in it."""

OTHER_KEY: Final = "other-key"
"""The device key is not the one that signed this epoch's transactions: a central API that came
back from a backup gave the number of the epoch a second time."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How far one epoch's chain goes and how far the central API holds it."""

    epoch: int
    last_seq: int
    head: str
    ack_seq: int
    purged_seq: int
    frozen: str | None


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
    return Meta(row[0], row[1], row[2], row[3], row[4], read_moment(row[5]), row[6])


def read_moment(text: str | None) -> dt.datetime | None:
    """Read what ``timestamp`` wrote, for people to look at; ``None`` when the disk damaged it."""
    try:
        return None if text is None else dt.datetime.fromisoformat(text)
    except ValueError:
        return None


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
        "SELECT epoch, last_seq, head, server_ack_seq, purged_seq, frozen FROM epoch"
        " WHERE epoch = ?",
        (epoch,),
    ).fetchone()
    return None if row is None else Chain(*row)


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
