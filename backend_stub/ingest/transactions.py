"""Transactions as a batch reads and writes them: plain values, and statements that are made once.

Not the ORM's: it keeps books on every object and builds the same statements for every batch anew.
After an outage a whole fleet's transactions pass here, and this process sets their pace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from backend_stub.ground.tables import Transaction
from offline_queue.wire import BatchItem, VoidReason

_NEAR: Final = 3
"""Places that are no further apart are read in one piece: nothing lies between their neighbours."""


@dataclass(slots=True, kw_only=True)
class TransactionRow:
    """A row of :class:`Transaction`, where it is told what the columns mean."""

    id: str
    tx_id: str
    kiosk: str
    epoch: int
    seq: int
    prev: str
    record_sha256: str
    case_ref: str
    case_seq: int
    received_at: datetime
    outcome: str
    service: str | None = None
    result: dict[str, Any] | None = field(default=None, repr=False)
    problem: dict[str, Any] | None = None
    void_reason: str | None = None
    document: str = field(repr=False)


_C: Final = Transaction.__table__.c
_COLUMNS: Final = tuple(each.name for each in fields(TransactionRow))
_ROW: Final = select(*(_C[name] for name in _COLUMNS))
_OWN: Final = (_C.kiosk == bindparam("kiosk"), _C.tx_id.in_(bindparam("tx_ids", expanding=True)))
"""What a terminal calls by these numbers: whatever another one calls so has nothing to do with it.
"""
_BY_TX_ID: Final = _ROW.where(*_OWN)
_BY_PLACE: Final = _ROW.where(
    _C.kiosk == bindparam("kiosk"),
    _C.epoch == bindparam("epoch"),
    _C.seq.between(bindparam("first"), bindparam("last")),
)
_KNOWN: Final = select(_C.tx_id).where(
    *_OWN,
    or_(_C.void_reason.is_(None), _C.void_reason == VoidReason.EXPIRED),
)
_FOLLOWING: Final = (
    select(_C.seq, _C.record_sha256)
    .where(
        _C.kiosk == bindparam("kiosk"),
        _C.epoch == bindparam("epoch"),
        _C.seq > bindparam("after"),
    )
    .order_by(_C.seq)
    .limit(bindparam("at_most"))
)
_INSERT: Final = insert(Transaction)
_REPLACE: Final = update(Transaction).where(_C.id == bindparam("replaced"))


@dataclass(frozen=True, slots=True)
class Held:
    """What the database holds of a batch's transactions and of their places in the chain."""

    by_tx_id: dict[str, TransactionRow]
    by_place: dict[tuple[int, int], TransactionRow]
    """By epoch and sequence number."""

    def add(self, row: TransactionRow) -> None:
        """Count a row in that is still to be written."""
        self.by_tx_id[row.tx_id] = row
        self.by_place[row.epoch, row.seq] = row


def read_known(session: Session, kiosk: str, items: Sequence[BatchItem]) -> Set[str]:
    """Which transactions are here, so that their envelopes need not be opened again."""
    tx_ids = [item.record.tx_id for item in items]
    return set(session.connection().scalars(_KNOWN, {"kiosk": kiosk, "tx_ids": tx_ids}))


def read_held(session: Session, kiosk: str, items: Sequence[BatchItem]) -> Held:
    """The items' transactions, the places they want in the terminal's chains, and those beside."""
    connection = session.connection()
    tx_ids = [item.record.tx_id for item in items]
    own = connection.execute(_BY_TX_ID, {"kiosk": kiosk, "tx_ids": tx_ids})
    by_tx_id = {row.tx_id: row for row in _rows(own)}
    by_place = {
        (row.epoch, row.seq): row
        for epoch, first, last in runs({(item.record.epoch, item.record.seq) for item in items})
        for row in _rows(
            connection.execute(
                _BY_PLACE, {"kiosk": kiosk, "epoch": epoch, "first": first, "last": last}
            )
        )
    }
    return Held(by_tx_id, by_place)


def read_following(
    session: Session, kiosk: str, epoch: int, after: int, at_most: int
) -> list[tuple[int, str]]:
    """Number and hash of the records that are here after a place of the chain, in its order."""
    place = {"kiosk": kiosk, "epoch": epoch, "after": after, "at_most": at_most}
    rows = session.connection().execute(_FOLLOWING, place)
    return [(seq, record_sha256) for seq, record_sha256 in rows]


def insert_rows(session: Session, rows: Sequence[TransactionRow]) -> None:
    """Write new rows; raises ``IntegrityError`` when one of them is here by now."""
    if rows:
        session.connection().execute(_INSERT, [_values(row) for row in rows])


def replace_row(session: Session, row: TransactionRow) -> None:
    """Write a row that is here and was changed."""
    session.connection().execute(_REPLACE, {"replaced": row.id, **_values(row)})


def runs(places: Collection[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Epoch, first and last number of what holds all ``places`` and those beside each of them.

    A record must follow the one before it, and the one after it must follow. A batch is usually
    one piece; however far apart its places are, nothing is read that is not near one of them.
    """
    places = sorted(places)
    start = 0
    for end, (epoch, seq) in enumerate(places, start=1):
        if end < len(places) and places[end] <= (epoch, seq + _NEAR):
            continue
        yield epoch, places[start][1] - 1, seq + 1
        start = end


def _rows(found: Iterable[Row[Any]]) -> list[TransactionRow]:
    return [TransactionRow(**row._mapping) for row in found]


def _values(row: TransactionRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in _COLUMNS}
