"""Killed at every commit and every message of a renewal of three workers: renewed = paid."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from backend_stub.ground.database import Database
from backend_stub.payments.agenda import next_at
from backend_stub.payments.book import Book
from backend_stub.payments.errands import AskTerminal, errands
from backend_stub.payments.process import CannotBegin, Payments
from backend_stub.payments.records import Line, Order, Way
from backend_stub.payments.states import DEAD, State

from .sql_world import KillingStore, SqlRegistry
from .world import START, CardModel, Chaos, Clock, GatewayModel, Killed

KIOSK = "MCT-0001"
FEES = {"w1": 210_700, "w2": 201_000, "w3": 301_000}


@dataclass
class Stage:
    """One payer, one kiosk, one gateway, and a central API that is started again when it dies."""

    database: Database
    order: Order
    chaos: Chaos

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.gateway = GatewayModel(self.clock, self.chaos)
        self.cards = CardModel(self.clock, self.chaos)
        self.store = KillingStore(self.database, SqlRegistry, chaos=self.chaos)
        ids = itertools.count(1)
        self.payments = Payments(
            self.store,
            self.gateway,
            self.clock,
            lambda: f"{self.order.id}-{next(ids)}",
        )

    def surviving(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Killed:
            self.clock.now += timedelta(seconds=5)
            return False
        except CannotBegin:
            return False
        return True

    def pay_by_phone(self) -> None:
        """Whatever page the payer gets to see is paid; at most twice it is tried."""
        for _ in range(2):
            self.surviving(lambda: self.payments.begin(self.order.id, 0, Way.GATEWAY, KIOSK))
            for view in self.book().attempts.values():
                if view.state is State.AWAITING and self.gateway.payable(view.attempt.id):
                    self.gateway.pay(view.attempt.id)
                    self.surviving(lambda v=view: self.payments.ask(self.order.id, v.attempt.id))
                    return

    def pay_by_card(self) -> None:
        """The kiosk may die too, wherever the central API may: both begin again from records."""

        def attend() -> None:
            view = self.payments.begin(self.order.id, 0, Way.CARD, KIOSK)
            self.chaos.step()
            self.cards.pay(view.attempt.id, view.attempt.amount, approved=True)
            self.chaos.step()
            word = self.cards.status(view.attempt.id)
            self.payments.hear(self.order.id, view.attempt.id, word)

        self.surviving(attend)
        self.run_errands()

    def run_errands(self) -> None:
        for errand in errands(self.book(), KIOSK):
            assert isinstance(errand, AskTerminal)
            word = self.cards.status(errand.attempt)
            self.surviving(lambda w=word, e=errand: self.payments.hear(self.order.id, e.attempt, w))

    def book(self) -> Book:
        return self.store.read(self.order.id)

    def settle_down(self) -> None:
        """Days pass; everything due is done."""
        self.run_errands()
        for _ in range(400):
            due = next_at(self.book())
            if due is None or due > self.clock.now + timedelta(days=3):
                return
            self.clock.now = max(self.clock.now, due)
            self.surviving(self.payments.work)
        raise AssertionError("the order never comes to rest")

    def judge(self) -> set[str]:
        """Who is renewed; raises unless exactly those are paid for, and with the right amounts."""
        book = self.book()
        with self.database.read() as session:
            renewed = SqlRegistry(session).renewed(self.order.id)
        for worker, fee in FEES.items():
            key = worker_of(self.order, worker)
            assert book.net(key) == (fee if key in renewed else 0)
        taken = sum(s.net for s in (*self.gateway.sessions.values(), *self.cards.taken.values()))
        assert taken == sum(fee for w, fee in FEES.items() if worker_of(self.order, w) in renewed)
        final = DEAD | {State.CAPTURED, State.REFUNDED}
        assert {view.state for view in book.attempts.values()} <= final
        return renewed


def worker_of(order: Order, worker: str) -> str:
    return f"{order.id}{worker}"


def order_named(name: str) -> Order:
    lines = tuple(Line(f"{name}{worker}", fee, 0) for worker, fee in FEES.items())
    valid_until = START + timedelta(hours=8)
    return Order(name, "C-1", KIOSK, "ar", "92345678", lines, START, valid_until)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    SqlRegistry.create(database)
    yield database
    database.close()


def play(database: Database, name: str, way: Way, chaos: Chaos) -> set[str]:
    stage = Stage(database, order_named(name), chaos)
    stage.store.place(stage.order)
    (stage.pay_by_phone if way is Way.GATEWAY else stage.pay_by_card)()
    stage.settle_down()
    return stage.judge()


@pytest.mark.parametrize("way", Way)
def test_killed_at_every_step(database: Database, way: Way) -> None:
    undisturbed = Chaos(random.Random(0))
    assert len(play(database, "o", way, undisturbed)) == 3
    assert undisturbed.steps >= 8
    outcomes = [
        play(database, f"k{step}", way, Chaos(random.Random(0), kill_at=step))
        for step in range(undisturbed.steps)
    ]
    # Killed before money was asked for, a payment may end without any; it is never half.
    assert {len(renewed) for renewed in outcomes} <= {0, 3}
    assert outcomes[-1]


def test_every_message_to_the_gateway_lost_once(database: Database) -> None:
    undisturbed = Chaos(random.Random(0))
    play(database, "o", Way.GATEWAY, undisturbed)
    for step in range(undisturbed.steps):
        play(database, f"l{step}", Way.GATEWAY, Chaos(random.Random(0), lose_at=step))


def test_the_same_book_comes_back_from_the_database(database: Database) -> None:
    stage = Stage(database, order_named("b"), Chaos(random.Random(0)))
    stage.store.place(stage.order)
    stage.store.place(replace(stage.order, language="en"))
    assert stage.book().order == stage.order
    stage.pay_by_phone()
    again = KillingStore(database, SqlRegistry, chaos=stage.chaos).read("b")
    assert again.order == stage.order
    assert again.records == stage.book().records
    assert stage.store.order_of("b-1") == "b"
