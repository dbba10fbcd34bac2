"""Proof of the columns that decide a row's fate and that no signature covers.

The device signs what is sent. When a transaction expires, how it is recognised again and what
became of it stay on this disk: they are proven by HMAC-SHA-256 under the terminal's secret, which
is not in the database. A row without a valid proof that it is settled is still waiting: sent twice
it takes effect once, never sent it takes none.
"""

from __future__ import annotations

import hmac
import sqlite3
from typing import Final

import structlog

from offline_queue.clock import Clock
from offline_queue.ledger import log
from offline_queue.records import State

_log = structlog.get_logger()

_CHUNK: Final = 500
"""How many rows are looked at before a visit may come in between."""

# As bytes: a text that the disk damaged is compared, not decoded.
KEPT: Final = "kept_proof(CAST(tx_id AS BLOB), CAST(expires_at AS BLOB), fingerprint)"
SETTLED: Final = (
    "settled_proof(CAST(tx_id AS BLOB), CAST(state AS BLOB), CAST(result AS BLOB), released)"
)

_WAITING: Final = ("ready", "inflight")
_STATES: Final = frozenset(state.value for state in State)


def install(db: sqlite3.Connection, secret: bytes) -> None:
    """Give the connection the functions ``KEPT`` and ``SETTLED`` call."""

    def kept(tx_id: bytes, expires_at: bytes | None, fingerprint: bytes) -> bytes:
        return _mac(secret, b"kept|", tx_id, expires_at, fingerprint)

    def settled(tx_id: bytes, state: bytes, result: bytes | None, released: object) -> bytes:
        return _mac(secret, b"settled|", tx_id, state, result, str(released).encode())

    db.create_function("kept_proof", 3, kept, deterministic=True)
    db.create_function("settled_proof", 4, settled, deterministic=True)


def prove_settled(db: sqlite3.Connection, epoch: int, seq: int) -> None:
    """Prove what became of a row, after its state, answer or release was changed."""
    db.execute(
        f"UPDATE outbox SET settled_proof = {SETTLED} WHERE epoch = ? AND seq = ?",  # noqa: S608 - constant
        (epoch, seq),
    )


def adopt(db: sqlite3.Connection) -> None:
    """Prove once what an earlier release kept, as it stands."""
    if db.execute("SELECT proven FROM meta").fetchone()[0]:
        return
    db.execute(f"UPDATE outbox SET kept_proof = {KEPT}, settled_proof = {SETTLED}")  # noqa: S608 - constant
    db.execute("UPDATE meta SET proven = 1")


def mend(
    db: sqlite3.Connection, clock: Clock, after: tuple[int, int]
) -> tuple[tuple[int, int] | None, int]:
    """Let unproven rows behind epoch and seq ``after`` wait again; looks at the next few hundred.

    Returns where to go on (``None`` at the end) and how many were mended. Rows whose envelope was
    purged are left: the central API acknowledged them, and nothing could be sent.
    """
    rows = db.execute(
        "SELECT epoch, seq, state, settled_proof IS " + SETTLED + " FROM outbox"  # noqa: S608 - constant
        " WHERE (epoch, seq) > (?, ?) AND envelope IS NOT NULL ORDER BY epoch, seq LIMIT ?",
        (*after, _CHUNK),
    ).fetchall()
    unproven = [
        (epoch, seq)
        for epoch, seq, state, proven in rows
        if state not in _WAITING and not (proven and state in _STATES)
    ]
    for epoch, seq in unproven:
        db.execute(
            "UPDATE outbox SET state = 'ready', next_at = 0, released ="
            " EXISTS (SELECT 1 FROM event WHERE kind = 'released' AND event.epoch = outbox.epoch"
            " AND event.seq = outbox.seq) WHERE epoch = ? AND seq = ?",
            (epoch, seq),
        )
        log(db, clock, "unproven", epoch, seq)
        _log.error("outbox.row_damaged", epoch=epoch, seq=seq)
    return ((rows[-1][0], rows[-1][1]) if len(rows) == _CHUNK else None), len(unproven)


def _mac(secret: bytes, label: bytes, *parts: bytes | None) -> bytes:
    mac = hmac.new(secret, label, "sha256")
    for part in parts:
        mac.update(b"-" if part is None else b"%d:" % len(part) + part)
    return mac.digest()
