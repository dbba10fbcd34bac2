"""The transactions of an outbox as rows for people and other programs, through sqlite-utils."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from offline_queue.inspection import open_read_only
from offline_queue.records import State

COLUMNS: Final = (
    *("epoch", "seq", "tx_id", "state", "attempts", "confirmed_at", "expires_at"),
    *("case_ref", "case_seq", "released", "envelope_bytes", "answer"),
)
"""What a row tells: nothing personal, and nothing sealed."""

_ROWS: Final = (
    "SELECT epoch, seq, tx_id, state, attempts, confirmed_at, expires_at, case_ref, case_seq,"
    " released, length(envelope) AS envelope_bytes,"
    " CASE WHEN json_valid(result) THEN json_extract(result, '$.outcome') END AS answer"
    " FROM outbox WHERE :state IS NULL OR state = :state ORDER BY epoch, seq"
)


def list_transactions(path: Path, state: State | None = None) -> list[Mapping[str, Any]]:
    """Every transaction kept, or those in one state, in the order of the chain.

    Opens read-only, also while the terminal runs. Raises ``OutboxUnavailable``.
    """
    with open_read_only(path) as db:
        wanted = {"state": None if state is None else state.value}
        return list(Database(db).query(_ROWS, wanted))
