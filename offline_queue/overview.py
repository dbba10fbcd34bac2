"""Readings of the outbox for people and for the terminal's screen: counts, ages, results."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from typing import Final

from offline_queue.ledger import read_moment
from offline_queue.records import Recorded, State
from offline_queue.wire import ItemAnswer
from offline_queue.wire_model import MessageError


def counts(db: sqlite3.Connection) -> Mapping[State, int]:
    """Count the transactions of each state, each through its own partial index."""
    return {
        state: db.execute(
            f"SELECT count(*) FROM outbox INDEXED BY outbox_{state.value}"  # noqa: S608 - an enum
            f" WHERE state = '{state.value}'"
        ).fetchone()[0]
        for state in State
    }


# CROSS JOIN keeps the order of the loops: from the few refused to what waits behind them.
_BEHIND: Final = (
    " FROM outbox AS b INDEXED BY outbox_{0} CROSS JOIN outbox AS o"
    " ON o.case_ref = b.case_ref AND o.case_seq > b.case_seq"
    " WHERE b.state = '{0}' AND b.released = 0 AND o.state = 'ready'"
)
_HOLDING: Final = (State.REJECTED, State.QUARANTINED, State.EXPIRED)


def held(db: sqlite3.Connection) -> int:
    """Count what is ready but behind a refused, set-aside or expired one of its case."""
    return sum(
        db.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT o.epoch, o.seq{_BEHIND.format(state)})"  # noqa: S608 - an enum
        ).fetchone()[0]
        for state in _HOLDING
    )


def holding(db: sqlite3.Connection) -> Mapping[str, int]:
    """Find the transactions that others of their case wait behind, and how many do."""
    found: dict[str, int] = {}
    for state in _HOLDING:
        found |= db.execute(
            f"SELECT b.tx_id, count(*){_BEHIND.format(state)} GROUP BY b.tx_id"
        ).fetchall()
    return found


def oldest_waiting(db: sqlite3.Connection) -> dt.datetime | None:
    """Return when the first waiting transaction was confirmed."""
    found = [
        row[0]
        for state in (State.READY, State.INFLIGHT)
        if (
            row := db.execute(
                f"SELECT confirmed_at FROM outbox WHERE state = '{state.value}'"  # noqa: S608 - an enum
                " ORDER BY epoch, seq LIMIT 1"
            ).fetchone()
        )
    ]
    moments = (read_moment(text) for text in found)
    return min((moment for moment in moments if moment is not None), default=None)


def read_recorded(db: sqlite3.Connection, tx_id: str) -> Recorded | None:
    """Read what is known of one transaction."""
    row = db.execute(
        "SELECT tx_id, epoch, seq, state, attempts, result FROM outbox WHERE tx_id = ?", (tx_id,)
    ).fetchone()
    if row is None:
        return None
    return Recorded(row[0], row[1], row[2], State(row[3]), row[4], _read_answer(row[5]))


def _read_answer(text: str | None) -> ItemAnswer | None:
    try:
        return None if text is None else ItemAnswer.parse_json(text)
    except MessageError:
        return None  # the disk damaged it; what became of the transaction the state says
