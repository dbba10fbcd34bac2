"""Three ways, every day and on demand: orders ↔ the gateway's statement ↔ effects.

Windows overlap, so that what one day misses the next one finds. What the statement says that was
not known here is taken in as its word; what then still differs is listed, with its kind, whose it
is, and since when.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from backend_stub.payments.book import Book
from backend_stub.payments.effects import EffectsUnavailable
from backend_stub.payments.gateway_client import StatementLine
from backend_stub.payments.ports import Store, UnknownOrder
from backend_stub.payments.process import Payments
from backend_stub.payments.records import CardTotals, MovementKind, RefundState, Source, Way
from backend_stub.payments.refunding import hear_refund
from backend_stub.payments.states import OPEN, PAID, State
from backend_stub.payments.words import RefundAnswer, Status, Word

WINDOW: Final = timedelta(days=7)
"""How far back each comparison looks: longer than any outage is expected to last."""
SETTLES_WITHIN: Final = timedelta(hours=1)
"""Younger than this, a difference may be on its way."""


class DifferenceKind(enum.StrEnum):
    """How orders, statement and effects differ."""

    NOT_HERE = "not-here"
    """The gateway has money for a reference that no order has."""
    NOT_THERE = "not-there"
    """Captured here, and not in the statement."""
    AMOUNT = "amount"
    """Other amounts here and there."""
    REFUND_NOT_HERE = "refund-not-here"
    """The gateway gave back what was not due here."""
    REFUND_NOT_THERE = "refund-not-there"
    UNKNOWN = "unknown"
    """Nobody has said how an attempt ended."""
    EFFECT_WAITS = "effect-waits"
    """Paid, and the registry did not renew yet."""
    REFUND_WAITS = "refund-waits"
    TERMINAL_TOTALS = "terminal-totals"
    """A card terminal's own totals differ from what was recorded of it."""
    PAID_NOT_RENEWED = "paid-not-renewed"
    RENEWED_NOT_PAID = "renewed-not-paid"


OWNERS: Final = {
    DifferenceKind.NOT_HERE: "gateway",
    DifferenceKind.NOT_THERE: "gateway",
    DifferenceKind.AMOUNT: "gateway",
    DifferenceKind.REFUND_NOT_HERE: "gateway",
    DifferenceKind.REFUND_NOT_THERE: "gateway",
    DifferenceKind.UNKNOWN: "payments",
    DifferenceKind.EFFECT_WAITS: "registry",
    DifferenceKind.REFUND_WAITS: "payments",
    DifferenceKind.TERMINAL_TOTALS: "acquirer",
    DifferenceKind.PAID_NOT_RENEWED: "registry",
    DifferenceKind.RENEWED_NOT_PAID: "payments",
}
"""Who has to clear it up."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same on all three sides."""

    kind: DifferenceKind
    subject: str
    """A reference, a refund's key, or a worker."""
    order: str | None
    amount: int
    """Baisa at stake."""
    since: datetime

    @property
    def owner(self) -> str:
        """Whose it is."""
        return OWNERS[self.kind]


class Statements(Protocol):
    """Whoever gives the gateway's statement."""

    def statement(self, since: datetime, until: datetime) -> list[StatementLine]:
        """Every movement of money in a time. Raises :class:`~.words.Silent`."""


class OrderLister(Store, Protocol):
    """A store that also lists orders."""

    def all_orders(self, since: datetime) -> list[str]:
        """Orders placed since a time, and older ones that still need something."""

    def card_totals(self, since: datetime) -> list[CardTotals]:
        """What card terminals said of themselves since a time."""


def reconcile(
    process: Payments, store: OrderLister, statements: Statements, now: datetime
) -> list[Difference]:
    """Take in the statement, then compare. Raises :class:`~.words.Silent`: no statement."""
    since = now - WINDOW
    lines = statements.statement(since, now)
    strangers = list(_take_in(process, store, lines, now))
    books = _books(store, since)
    totals = _against_terminals([book for book, _ in books], store.card_totals(since))
    return _sorted([*strangers, *totals, *compare(books, lines, since, now)])


def compare_ourselves(store: OrderLister, now: datetime) -> list[Difference]:
    """What differs between orders and effects, and what waits, while there is no statement."""
    since = now - WINDOW
    return _sorted(compare(_books(store, since), None, since, now))


def _sorted(differences: Iterable[Difference]) -> list[Difference]:
    return sorted(differences, key=lambda difference: difference.since)


def _books(store: OrderLister, since: datetime) -> list[tuple[Book, set[str] | None]]:
    return [(store.read(order), _renewed(store, order)) for order in store.all_orders(since)]


def _renewed(store: Store, order: str) -> set[str] | None:
    try:
        return store.renewed(order)
    except EffectsUnavailable:
        return None


def compare(
    books: Sequence[tuple[Book, set[str] | None]],
    lines: Sequence[StatementLine] | None,
    since: datetime,
    now: datetime,
) -> Iterator[Difference]:
    """Every difference between books, a statement from ``since`` on, and effects.

    Without a statement only books and effects are compared. With each book come the workers whom
    the registry holds as renewed by it; ``None`` where it cannot be asked.
    """
    told = lines or ()
    paid = {line.reference: line for line in told if line.kind == "paid"}
    refunds = {line.refund: line for line in told if line.kind == "refund"}
    settled_before = now - SETTLES_WITHIN
    for book, renewed in books:
        for difference in (
            *(_against_statement(book, paid, refunds, since) if lines is not None else ()),
            *_waiting(book),
            *(_effects(book, renewed) if renewed is not None else ()),
        ):
            if difference.since <= settled_before:
                yield difference


def totals_of(books: Sequence[Book], kiosk: str, since: datetime, until: datetime) -> int:
    """What a kiosk's card terminal should have taken, less what it gave back, in baisa."""
    total = 0
    for book in books:
        for movement in book.movements:
            attempt = book.attempts[movement.attempt].attempt
            if attempt.way is not Way.CARD or attempt.kiosk != kiosk:
                continue
            if not since <= movement.at < until:
                continue
            if movement.kind is MovementKind.CAPTURED:
                total += movement.amount
            elif movement.kind is MovementKind.VOIDED:
                total -= movement.amount
    return total


def _against_terminals(books: Sequence[Book], totals: Sequence[CardTotals]) -> Iterator[Difference]:
    for each in totals:
        ours = totals_of(books, each.kiosk, each.since, each.until)
        theirs = each.taken - each.given_back
        if ours != theirs:
            yield Difference(
                DifferenceKind.TERMINAL_TOTALS, each.kiosk, None, abs(ours - theirs), each.until
            )


def _take_in(
    process: Payments, store: Store, lines: Sequence[StatementLine], now: datetime
) -> Iterator[Difference]:
    for line in lines:
        try:
            order = store.order_of(line.reference)
        except UnknownOrder:
            yield Difference(DifferenceKind.NOT_HERE, line.reference, None, line.amount, line.at)
            continue
        if line.kind == "paid":
            _take_in_payment(process, order, line)
        else:
            yield from _take_in_refund(store, order, line, now)


def _take_in_payment(process: Payments, order: str, line: StatementLine) -> None:
    view = process.store.read(order).attempts[line.reference]
    if view.state not in PAID:
        word = Word(
            Status.PAID, Source.STATEMENT, "paid", line.amount, line.session, paid_at=line.at
        )
        process.hear(order, line.reference, word)


def _take_in_refund(
    store: Store, order: str, line: StatementLine, now: datetime
) -> Iterator[Difference]:
    view = store.read(order).refunds.get(line.refund)
    if view is None:
        yield Difference(DifferenceKind.REFUND_NOT_HERE, line.refund, order, line.amount, line.at)
    elif view.state is not RefundState.DONE:
        with store.change(order) as (book, _):
            hear_refund(book, line.refund, RefundAnswer.DONE, now, Source.STATEMENT)


def _against_statement(
    book: Book,
    paid: dict[str, StatementLine],
    refunds: dict[str, StatementLine],
    since: datetime,
) -> Iterator[Difference]:
    order = book.order.id
    for attempt, view in book.attempts.items():
        if view.attempt.way is not Way.GATEWAY or not view.paid_amount:
            continue
        taken_at = min(
            (
                movement.at
                for movement in book.movements
                if movement.attempt == attempt and movement.kind is MovementKind.CAPTURED
            ),
            default=view.moved_at,
        )
        line = paid.get(attempt)
        if line is None and taken_at >= since:
            yield Difference(DifferenceKind.NOT_THERE, attempt, order, view.paid_amount, taken_at)
        elif line is not None and line.amount != view.paid_amount:
            at_stake = abs(line.amount - view.paid_amount)
            yield Difference(DifferenceKind.AMOUNT, attempt, order, at_stake, taken_at)
    for key, refund in book.refunds.items():
        way = book.attempts[refund.refund.attempt].attempt.way
        if way is Way.GATEWAY and refund.state is RefundState.DONE:
            missing = key not in refunds and refund.moved_at >= since
            if missing:
                yield Difference(
                    DifferenceKind.REFUND_NOT_THERE,
                    key,
                    order,
                    refund.refund.amount,
                    refund.moved_at,
                )


def _waiting(book: Book) -> Iterator[Difference]:
    order = book.order.id
    for attempt, view in book.attempts.items():
        if view.state in OPEN and view.unsure_since is not None:
            yield Difference(
                DifferenceKind.UNKNOWN, attempt, order, view.attempt.amount, view.unsure_since
            )
        elif view.state is State.AUTHORISED:
            yield Difference(
                DifferenceKind.EFFECT_WAITS, attempt, order, view.attempt.amount, view.moved_at
            )
    for key, refund in book.refunds.items():
        if refund.state is not RefundState.DONE:
            yield Difference(
                DifferenceKind.REFUND_WAITS, key, order, refund.refund.amount, refund.refund.at
            )


def _effects(book: Book, renewed: set[str]) -> Iterator[Difference]:
    """The invariant, worker by worker: captured − refunded = fee if renewed, 0 if not."""
    owed: dict[str | None, int] = {}
    for refund in book.refunds.values():
        if refund.state is not RefundState.DONE:
            owed[refund.refund.worker] = owed.get(refund.refund.worker, 0) + refund.refund.amount
    decided_at = {effect.worker: effect.at for effect in book.decided}
    for line in book.order.lines:
        kept = book.net(line.worker) - owed.get(line.worker, 0)
        right = line.amount if line.worker in renewed else 0
        if kept != right:
            too_much = kept > right
            yield Difference(
                DifferenceKind.PAID_NOT_RENEWED if too_much else DifferenceKind.RENEWED_NOT_PAID,
                line.worker,
                book.order.id,
                abs(kept - right),
                decided_at.get(line.worker, book.order.placed_at),
            )
