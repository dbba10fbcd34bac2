"""Several processes of the central API work on the same orders at the same time."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from backend_stub.ground.database import Database
from backend_stub.payments.process import CannotBegin, Payments
from backend_stub.payments.records import Line, MovementKind, Order, Way
from backend_stub.payments.states import LIVING, State
from backend_stub.payments.store import SqlStore

from .sql_world import SqlRegistry
from .test_kills import FEES, order_named
from .world import Chaos, Clock, GatewayModel

AT_ONCE = 8


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    SqlRegistry.create(database)
    yield database
    database.close()


def together(act: Callable[[int], object]) -> list[object]:
    """What each of several threads got, all let loose at once."""
    gate = threading.Barrier(AT_ONCE)

    def one(number: int) -> object:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def payments_on(database: Database) -> Payments:
    clock = Clock()
    gateway = GatewayModel(clock, Chaos(random.Random(0)))
    ids = (f"id-{number}" for number in range(10_000))
    lock = threading.Lock()

    def new_id() -> str:
        with lock:
            return next(ids)

    return Payments(SqlStore(database, SqlRegistry), gateway, clock, new_id)


def test_whoever_begins_at_once_there_is_one_living_attempt(database: Database) -> None:
    payments = payments_on(database)
    payments.store.place(order_named("o"))

    def begin(_: int) -> str | None:
        try:
            return payments.begin("o", 0, Way.CARD, "MCT-0001").attempt.id
        except CannotBegin:
            return None

    begun = [each for each in together(begin) if each is not None]
    assert len(begun) == 1
    book = payments.store.read("o")
    assert [view.state in LIVING for view in book.attempts.values()].count(True) == 1


def test_the_same_money_heard_of_at_once_is_captured_once(database: Database) -> None:
    payments = payments_on(database)
    payments.store.place(order_named("o"))
    attempt = payments.begin("o", 0, Way.GATEWAY, "MCT-0001").attempt.id
    assert isinstance(payments.gateway, GatewayModel)
    payments.gateway.pay(attempt)
    together(lambda number: payments.ask("o", attempt) if number % 2 else payments.work())
    book = payments.store.read("o")
    assert book.attempts[attempt].state is State.CAPTURED
    captured = [each for each in book.movements if each.kind is MovementKind.CAPTURED]
    assert len(captured) == len(FEES)


def test_two_orders_for_one_worker_are_paid_once(database: Database) -> None:
    payments = payments_on(database)
    orders: list[Order] = []
    for number in range(AT_ONCE):
        lines = (Line("the-same-worker", 1500, 0),)
        orders.append(replace(order_named(f"o{number}"), lines=lines))
        payments.store.place(orders[-1])

    def begin(number: int) -> str | None:
        try:
            return payments.begin(f"o{number}", 0, Way.GATEWAY, "MCT-0001").attempt.id
        except CannotBegin:
            return None

    begun = [each for each in together(begin) if each is not None]
    assert len(begun) == 1


def test_orders_for_the_same_workers_in_any_order_do_not_deadlock(database: Database) -> None:
    payments = payments_on(database)
    names = [f"worker-{number:02d}" for number in range(40)]
    for number in range(AT_ONCE):
        chosen = names if number % 2 else names[::-1]
        lines = tuple(Line(name, 1500, 0) for name in chosen)
        payments.store.place(replace(order_named(f"o{number}"), lines=lines))

    def begin(number: int) -> str | None:
        try:
            return payments.begin(f"o{number}", 0, Way.GATEWAY, "MCT-0001").attempt.id
        except CannotBegin:
            return None

    assert len([each for each in together(begin) if each is not None]) == 1
