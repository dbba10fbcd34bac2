"""A small world around payment: gateway, registry and store in memory, with everything that fails.

The gateway and the card terminal hold the truth about money, the registry the truth about effects.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from backend_stub.payments.agenda import next_at
from backend_stub.payments.book import Book
from backend_stub.payments.effects import EffectRefused, Effects, EffectsUnavailable
from backend_stub.payments.ports import UnknownOrder
from backend_stub.payments.records import CardTotals, Notice, NoticeKind, Order, Source
from backend_stub.payments.words import RefundAnswer, Refused, Silent, Status, Word

T = TypeVar("T")
START = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Chaos:
    """Who is killed, and what the network loses. Nothing of either by default."""

    dice: random.Random = field(default_factory=random.Random)
    kills: float = 0.0
    loses: float = 0.0
    kill_at: int | None = None
    """Kill at this step, counted from 0."""
    lose_at: int | None = None
    """Lose the message of this step."""
    steps: int = 0

    def step(self) -> None:
        """A commit or a message: the process may end here."""
        here, self.steps = self.steps, self.steps + 1
        if here == self.kill_at or (self.kills and self.dice.random() < self.kills):
            raise Killed

    def lost(self) -> bool:
        if self.lose_at is not None and self.steps - 1 == self.lose_at:
            return True
        return bool(self.loses) and self.dice.random() < self.loses


@dataclass
class Registry:
    """Which workers are renewed, for which order."""

    renewed: dict[str, list[str]] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Left the country: cannot be renewed any more."""
    down: bool = False

    def copy(self) -> Registry:
        renewed = {worker: list(orders) for worker, orders in self.renewed.items()}
        return Registry(renewed, dict(self.reserved), set(self.gone), self.down)

    def reserve(self, order: str, worker: str) -> None:
        self._check(order, worker)
        self.reserved[worker] = order

    def apply(self, order: str, worker: str) -> None:
        self._check(order, worker)
        self.reserved.pop(worker, None)
        if order not in self.renewed.setdefault(worker, []):
            self.renewed[worker].append(order)

    def release(self, order: str, worker: str) -> None:
        if self.down:
            raise EffectsUnavailable
        if self.reserved.get(worker) == order:
            del self.reserved[worker]

    def applied(self, order: str, worker: str) -> bool:
        if self.down:
            raise EffectsUnavailable
        return order in self.renewed.get(worker, [])

    def _check(self, order: str, worker: str) -> None:
        if self.down:
            raise EffectsUnavailable
        if worker in self.gone:
            raise EffectRefused("not-in-the-country")
        if self.reserved.get(worker, order) != order or self.renewed.get(worker, [order]) != [
            order
        ]:
            raise EffectRefused("already-renewed")


@dataclass
class MemoryStore:
    """Books in memory; a commit is one assignment."""

    registry: Registry
    chaos: Chaos
    kept: dict[str, Book] = field(default_factory=dict)
    dues: dict[str, datetime | None] = field(default_factory=dict)
    watching: Callable[[Notice], None] = lambda _: None
    totals: list[CardTotals] = field(default_factory=list)

    def card_totals(self, since: datetime) -> list[CardTotals]:
        return [totals for totals in self.totals if totals.since >= since]

    def place(self, order: Order) -> None:
        if order.id not in self.kept:
            self._keep(Book(order))

    def read(self, order: str) -> Book:
        if order not in self.kept:
            raise UnknownOrder(order)
        kept = self.kept[order]
        return Book(kept.order, kept.records)

    @contextmanager
    def change(self, order: str) -> Iterator[tuple[Book, Effects]]:
        book = self.read(order)
        before = len(book.records)
        registry = self.registry.copy()
        yield book, registry
        self.chaos.step()
        self._keep(book)
        self.registry.renewed, self.registry.reserved = registry.renewed, registry.reserved
        for record in book.records[before:]:
            if isinstance(record, Notice) and record.kind is NoticeKind.NOTHING_TAKEN:
                self.watching(record)
        self.chaos.step()

    def renewed(self, order: str) -> set[str]:
        lines = self.read(order).order.lines
        return {line.worker for line in lines if self.registry.applied(order, line.worker)}

    def all_orders(self, since: datetime) -> list[str]:
        return list(self.kept)

    def due(self, now: datetime) -> list[str]:
        return [order for order, at in self.dues.items() if at is not None and at <= now]

    def postpone(self, order: str, until: datetime) -> None:
        self.dues[order] = until

    def order_of(self, attempt: str) -> str:
        for order, book in self.kept.items():
            if attempt in book.attempts:
                return order
        raise UnknownOrder(attempt)

    def _keep(self, book: Book) -> None:
        self.kept[book.order.id] = book
        self.dues[book.order.id] = next_at(book)


@dataclass
class Session:
    reference: str
    amount: int
    expires_at: datetime
    status: str = "unpaid"
    paid: int = 0
    paid_at: datetime | None = None
    refunds: dict[str, int] = field(default_factory=dict)
    odd_until: datetime | None = None
    """Until then its status is one that nobody documented."""
    hidden_until: datetime | None = None
    """Until then it is not found."""

    @property
    def net(self) -> int:
        return self.paid - sum(self.refunds.values())


@dataclass
class GatewayModel:
    """The gateway's truth, and what of it gets through."""

    clock: Clock
    chaos: Chaos
    sessions: dict[str, Session] = field(default_factory=dict)
    minutes: int = 10
    resurrects: bool = False
    """Takes money for what it called expired or cancelled."""
    refuses_refunds_until: datetime = START
    silent_until: datetime = START
    closed: Callable[[datetime], bool] = lambda _: False

    def open(self, reference: str, amount: int, order: Order) -> Word:
        def work() -> Word:
            if self.closed(self.clock.now):
                raise Refused("closed")
            assert reference not in self.sessions, "the same reference was sent twice"
            expires_at = self.clock.now + timedelta(minutes=self.minutes)
            self.sessions[reference] = Session(reference, amount, expires_at)
            return self._word(self.sessions[reference])

        return self._message(work)

    def look_up(self, reference: str) -> Word:
        def work() -> Word:
            session = self.sessions.get(reference)
            if session is None or self._before(session.hidden_until):
                return Word(Status.NOT_FOUND, Source.LOOK_UP, "not-found")
            return self._word(session)

        return self._message(work)

    def cancel(self, session: str) -> None:
        def work() -> None:
            known = self.sessions[session]
            if known.status == "paid":
                raise Refused("paid")
            known.status = "cancelled"

        self._message(work)

    def refund(self, key: str, session: str, amount: int) -> RefundAnswer:
        def work() -> RefundAnswer:
            if self._before(self.refuses_refunds_until):
                return RefundAnswer.REFUSED
            self.sessions[session].refunds.setdefault(key, amount)
            return RefundAnswer.DONE

        return self._message(work)

    def look_up_refund(self, key: str) -> RefundAnswer:
        def work() -> RefundAnswer:
            known = any(key in session.refunds for session in self.sessions.values())
            return RefundAnswer.DONE if known else RefundAnswer.NOT_FOUND

        return self._message(work)

    def payable(self, reference: str) -> bool:
        session = self.sessions[reference]
        if session.paid:
            return False
        over = session.status == "cancelled" or self.clock.now >= session.expires_at
        return self.resurrects or not over

    def pay(self, reference: str, amount: int | None = None) -> bool:
        session = self.sessions[reference]
        if not self.payable(reference):
            return False
        session.status, session.paid_at = "paid", self.clock.now
        session.paid = session.amount if amount is None else amount
        return True

    def _word(self, session: Session) -> Word:
        if self._before(session.odd_until):
            status, said = Status.UNDOCUMENTED, "on_hold"
        else:
            status, said = Status(session.status), session.status
        return Word(
            status,
            Source.LOOK_UP,
            said,
            amount=session.paid or session.amount,
            session=session.reference,
            page=f"https://gateway.test/{session.reference}",
            expires_at=session.expires_at,
            paid_at=session.paid_at,
        )

    def _before(self, until: datetime | None) -> bool:
        return until is not None and self.clock.now < until

    def _message(self, work: Callable[[], T]) -> T:
        self.chaos.step()
        if self._before(self.silent_until) or self.chaos.lost():
            raise Silent
        answer = work()
        self.chaos.step()
        if self.chaos.lost():
            raise Silent
        return answer


@dataclass
class CardModel:
    """A card terminal's own truth: what it took and what it gave back."""

    clock: Clock
    chaos: Chaos
    taken: dict[str, Session] = field(default_factory=dict)

    def start(self, reference: str, amount: int) -> None:
        self.taken.setdefault(reference, Session(reference, amount, self.clock.now))

    def pay(self, reference: str, amount: int, approved: bool) -> str:
        self.start(reference, amount)
        session = self.taken[reference]
        if approved:
            session.status, session.paid, session.paid_at = "paid", amount, self.clock.now
        else:
            session.status = "declined"
        return session.status

    def status(self, reference: str) -> Word:
        session = self.taken.get(reference)
        if session is None:
            return Word(Status.NOT_FOUND, Source.TERMINAL, "NotFound")
        return Word(
            Status(session.status),
            Source.TERMINAL,
            session.status,
            amount=session.amount,
            session=reference,
            paid_at=session.paid_at,
        )

    def reverse(self, key: str, reference: str, amount: int) -> RefundAnswer:
        self.taken[reference].refunds.setdefault(key, amount)
        return RefundAnswer.DONE
