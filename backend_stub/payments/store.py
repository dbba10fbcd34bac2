"""Books in the central API's database: one transaction reads, decides and adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend_stub.ground.database import Database, insert_into
from backend_stub.payments.agenda import next_at
from backend_stub.payments.book import Book
from backend_stub.payments.effects import Effects
from backend_stub.payments.errands import errands
from backend_stub.payments.ports import UnknownOrder
from backend_stub.payments.records import (
    Asked,
    Attempt,
    CardTotals,
    Closing,
    Effect,
    Line,
    Move,
    Movement,
    MovementKind,
    Notice,
    Order,
    Record,
    Refund,
    RefundMove,
    Source,
    Task,
    Verdict,
    Way,
    Wish,
)
from backend_stub.payments.tables import (
    AttemptRow,
    CardTotalsRow,
    EventRow,
    LineRow,
    MovementRow,
    OrderRow,
)

_EVENTS: Final[dict[str, type[Record]]] = {
    "move": Move,
    "asked": Asked,
    "wish": Wish,
    "effect": Effect,
    "refund": Refund,
    "refund-move": RefundMove,
    "task": Task,
    "verdict": Verdict,
    "notice": Notice,
    "closing": Closing,
}
_KINDS: Final = {record: kind for kind, record in _EVENTS.items()}
_AT_ONCE: Final = 100

EffectsOf = Callable[[Session], Effects]
"""The effects of a transaction of the central API."""
NoticeTaker = Callable[[Session, Book, Notice], None]
"""Hands a notice on, in the transaction that causes it."""


def no_notices(_: Session, __: Book, ___: Notice) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class SqlStore:
    """:class:`~.ports.Store` in SQLite or PostgreSQL."""

    database: Database
    effects_of: EffectsOf
    take_notice: NoticeTaker = no_notices

    def place(self, order: Order) -> None:
        """Begin a book; the same order again changes nothing."""
        with self.database.write() as session:
            place(session, order)

    def read(self, order: str) -> Book:
        """A copy to look at."""
        with self.database.read() as session:
            return read_book(session, order)

    @contextmanager
    def change(self, order: str) -> Iterator[tuple[Book, Effects]]:
        """Lock, read, and add what was written when the block ends."""
        with self.database.write() as session:
            locked = session.scalar(
                select(OrderRow.id).where(OrderRow.id == order).with_for_update()
            )
            if locked is None:
                raise UnknownOrder(order)
            book = read_book(session, order)
            known = len(book.records)
            yield book, self.effects_of(session)
            self._add(session, book, known)

    def renewed(self, order: str) -> set[str]:
        """Workers for whom the registry holds what this order bought."""
        with self.database.read() as session:
            book, effects = read_book(session, order), self.effects_of(session)
            return {line.worker for line in book.order.lines if effects.applied(order, line.worker)}

    def due(self, now: datetime) -> list[str]:
        """Orders that something is due for."""
        with self.database.read() as session:
            return list(
                session.scalars(
                    select(OrderRow.id)
                    .where(OrderRow.due_at <= now)
                    .order_by(OrderRow.due_at)
                    .limit(_AT_ONCE)
                )
            )

    def postpone(self, order: str, until: datetime) -> None:
        """What is due for an order now is due then."""
        with self.database.write() as session:
            session.execute(update(OrderRow).where(OrderRow.id == order).values(due_at=until))

    def order_of(self, attempt: str) -> str:
        """The order that an attempt belongs to."""
        with self.database.read() as session:
            order = session.scalar(select(AttemptRow.order_id).where(AttemptRow.id == attempt))
        if order is None:
            raise UnknownOrder(attempt)
        return order

    def with_errands(self, kiosk: str) -> list[str]:
        """Orders about which this kiosk has to ask or tell its card terminal something."""
        with self.database.read() as session:
            return list(
                session.scalars(
                    select(OrderRow.id)
                    .join(AttemptRow, AttemptRow.order_id == OrderRow.id)
                    .where(AttemptRow.kiosk == kiosk, AttemptRow.way == Way.CARD)
                    .where(OrderRow.has_errands)
                    .distinct()
                )
            )

    def all_orders(self, since: datetime) -> list[str]:
        """Orders placed since a time, and older ones that still need something."""
        with self.database.read() as session:
            return list(
                session.scalars(
                    select(OrderRow.id)
                    .where((OrderRow.placed_at >= since) | OrderRow.due_at.is_not(None))
                    .order_by(OrderRow.placed_at)
                )
            )

    def keep_totals(self, totals: CardTotals) -> None:
        """Keep what a card terminal says of itself; the same again changes nothing."""
        with self.database.write() as session:
            session.execute(
                insert_into(session, CardTotalsRow).values(asdict(totals)).on_conflict_do_nothing()
            )

    def card_totals(self, since: datetime) -> list[CardTotals]:
        """What card terminals said of themselves since a time."""
        with self.database.read() as session:
            return [
                CardTotals(row.kiosk, row.since, row.until, row.taken, row.given_back)
                for row in session.scalars(
                    select(CardTotalsRow).where(CardTotalsRow.since >= since)
                )
            ]

    def _add(self, session: Session, book: Book, known: int) -> None:
        new = list(enumerate(book.records))[known:]
        if not new:
            return
        _add_rows(session, book.order.id, new)
        session.execute(
            update(OrderRow)
            .where(OrderRow.id == book.order.id)
            .values(due_at=next_at(book), has_errands=bool(errands(book)))
        )
        for _, record in new:
            if isinstance(record, Notice):
                self.take_notice(session, book, record)


def place(session: Session, order: Order) -> None:
    """Begin a book in a transaction of the caller's; the same order again changes nothing."""
    values = asdict(order)
    del values["lines"]
    added = session.execute(
        insert_into(session, OrderRow)
        .values(
            {OrderRow.case if name == "case" else name: each for name, each in values.items()}
            | {"due_at": next_at(Book(order)), "has_errands": False}
        )
        .on_conflict_do_nothing()
        .returning(OrderRow.id)
    ).all()
    if added and order.lines:
        session.execute(
            insert(LineRow),
            [
                {"order_id": order.id, "place": place, **asdict(line)}
                for place, line in enumerate(order.lines)
            ],
        )


def read_book(session: Session, order: str) -> Book:
    """A book in a transaction of the caller's. Raises :class:`UnknownOrder`."""
    row = session.get(OrderRow, order)
    if row is None:
        raise UnknownOrder(order)
    lines = session.execute(
        select(LineRow.worker, LineRow.amount, LineRow.part)
        .where(LineRow.order_id == order)
        .order_by(LineRow.place)
    )
    # Columns, not objects: a large order has thousands of rows, and is read for every step.
    records: dict[int, Record] = {}
    for seq, id_, part, way, amount, kiosk, at in session.execute(
        select(
            AttemptRow.seq,
            AttemptRow.id,
            AttemptRow.part,
            AttemptRow.way,
            AttemptRow.amount,
            AttemptRow.kiosk,
            AttemptRow.at,
        ).where(AttemptRow.order_id == order)
    ):
        records[seq] = Attempt(id_, part, Way(way), amount, kiosk, at)
    for seq, attempt, worker, kind, amount, at, source, said in session.execute(
        select(
            MovementRow.seq,
            MovementRow.attempt,
            MovementRow.worker,
            MovementRow.kind,
            MovementRow.amount,
            MovementRow.at,
            MovementRow.source,
            MovementRow.said,
        ).where(MovementRow.order_id == order)
    ):
        records[seq] = Movement(
            attempt, worker, MovementKind(kind), amount, at, Source(source), said
        )
    for seq, kind, content in session.execute(
        select(EventRow.seq, EventRow.kind, EventRow.content).where(EventRow.order_id == order)
    ):
        records[seq] = msgspec.convert(content, _EVENTS[kind])
    return Book(
        Order(
            row.id,
            row.case,
            row.kiosk,
            row.language,
            row.mobile,
            tuple(Line(*line) for line in lines),
            row.placed_at,
            row.valid_until,
        ),
        (records[seq] for seq in sorted(records)),
    )


def _add_rows(session: Session, order: str, new: Sequence[tuple[int, Record]]) -> None:
    attempts = [{**asdict(each), "seq": seq} for seq, each in new if isinstance(each, Attempt)]
    movements = [{**asdict(each), "seq": seq} for seq, each in new if isinstance(each, Movement)]
    events = [
        {"seq": seq, "kind": kind, "content": msgspec.to_builtins(each)}
        for seq, each in new
        if (kind := _KINDS.get(type(each))) is not None
    ]
    for table, rows in ((AttemptRow, attempts), (MovementRow, movements), (EventRow, events)):
        if rows:
            session.execute(insert(table), [{"order_id": order, **row} for row in rows])
