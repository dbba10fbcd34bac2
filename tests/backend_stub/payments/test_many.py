"""Two thousand workers in one order: parts that the gateway takes, in time that a payer accepts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend_stub.ground.database import Database
from backend_stub.payments.money import Limits, divide
from backend_stub.payments.process import Payments
from backend_stub.payments.records import Line, Order, Way
from backend_stub.payments.store import SqlStore

from .sql_world import SqlRegistry
from .world import START, Chaos, Clock, GatewayModel

WORKERS = 2_000
FEE = 301_000
PARTS = 8
"""Of 61; the others are paid in the same way."""
LIMIT_S = 5.0
"""For each step of the payer's, on this kind of machine."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    SqlRegistry.create(database)
    yield database
    database.close()


def test_each_part_of_a_large_order_is_begun_and_settled_in_time(database: Database) -> None:
    clock = Clock()
    gateway = GatewayModel(clock, Chaos(random.Random(0)))
    ids = (f"id-{number}" for number in range(1000))
    payments = Payments(SqlStore(database, SqlRegistry), gateway, clock, lambda: next(ids))
    parts = divide([FEE] * WORKERS, Limits())
    lines = tuple(Line(f"w{number:04}", FEE, part) for number, part in enumerate(parts))
    valid_until = START + timedelta(hours=8)
    payments.store.place(Order("o", "C", "K", "ar", "", lines, START, valid_until))
    slowest = 0.0
    for part in range(PARTS):
        begun = time.monotonic()
        attempt = payments.begin("o", part, Way.GATEWAY, "K").attempt
        assert attempt.amount <= Limits().most
        assert gateway.pay(attempt.id)
        payments.ask("o", attempt.id)
        slowest = max(slowest, time.monotonic() - begun)
    book = payments.store.read("o")
    assert len(book.effects) == parts.index(PARTS)
    assert book.open()
    assert sum(book.net(line.worker) for line in lines[:10]) == 10 * FEE
    assert slowest < LIMIT_S
    print(f"slowest part: {slowest:.2f} s")
