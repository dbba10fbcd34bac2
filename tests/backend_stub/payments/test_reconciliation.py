"""Orders, the gateway's statement and the registry, compared three ways."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from backend_stub.payments.gateway_client import StatementLine
from backend_stub.payments.process import Payments
from backend_stub.payments.reconciliation import (
    OWNERS,
    Difference,
    DifferenceKind,
    reconcile,
    totals_of,
)
from backend_stub.payments.records import CardTotals, Line, Order, Source, Way
from backend_stub.payments.states import State
from backend_stub.payments.words import Status, Word

from .world import START, Chaos, Clock, GatewayModel, MemoryStore, Registry

FEE = 210_700
KIND = DifferenceKind


@dataclass
class Day:
    clock: Clock = field(default_factory=Clock)
    lines: list[StatementLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registry = Registry()
        self.gateway = GatewayModel(self.clock, Chaos())
        self.store = MemoryStore(self.registry, Chaos())
        ids = itertools.count(1)
        self.payments = Payments(self.store, self.gateway, self.clock, lambda: f"a{next(ids)}")
        lines = (Line("w1", FEE, 0),)
        valid_until = START + timedelta(hours=8)
        self.store.place(Order("o", "C", "K", "ar", "", lines, START, valid_until))

    def statement(self, since: datetime, until: datetime) -> list[StatementLine]:
        return [line for line in self.lines if since <= line.at < until]

    def state_paid(self, reference: str, amount: int = FEE) -> None:
        self.lines.append(StatementLine("paid", reference, reference, "", amount, self.clock.now))

    def compare(self) -> list[Difference]:
        return reconcile(self.payments, self.store, self, self.clock.now)

    def kinds(self, **later: float) -> list[DifferenceKind]:
        self.clock.now += timedelta(**later)
        return [difference.kind for difference in self.compare()]


@pytest.fixture
def day() -> Day:
    return Day()


def paid(day: Day) -> str:
    attempt = day.payments.begin("o", 0, Way.GATEWAY, "K").attempt.id
    day.gateway.pay(attempt)
    return attempt


def test_when_all_three_agree_there_is_nothing(day: Day) -> None:
    attempt = paid(day)
    day.payments.ask("o", attempt)
    day.state_paid(attempt)
    assert day.kinds(hours=2) == []


def test_what_only_the_statement_knows_takes_its_effect(day: Day) -> None:
    attempt = paid(day)
    day.state_paid(attempt)
    assert day.kinds(hours=2) == []
    assert day.store.read("o").attempts[attempt].state is State.CAPTURED
    assert day.registry.renewed == {"w1": ["o"]}


def test_money_for_a_reference_that_nobody_knows(day: Day) -> None:
    day.state_paid("stranger", 5000)
    day.clock.now += timedelta(hours=2)
    (difference,) = day.compare()
    assert (difference.kind, difference.amount, difference.owner) == (
        KIND.NOT_HERE,
        5000,
        "gateway",
    )
    assert difference.since == START


def test_captured_here_and_not_in_the_statement(day: Day) -> None:
    attempt = paid(day)
    day.payments.ask("o", attempt)
    assert day.kinds(minutes=30) == []  # it may be on its way
    assert day.kinds(hours=2) == [KIND.NOT_THERE]


def test_another_amount_there(day: Day) -> None:
    attempt = paid(day)
    day.payments.ask("o", attempt)
    day.state_paid(attempt, FEE - 700)
    day.clock.now += timedelta(hours=2)
    (difference,) = day.compare()
    assert (difference.kind, difference.amount) == (KIND.AMOUNT, 700)


def test_renewed_by_hand_without_money_and_money_without_renewal(day: Day) -> None:
    day.registry.renewed["w1"] = ["o"]
    assert day.kinds(hours=2) == [KIND.RENEWED_NOT_PAID]
    day.registry.renewed.clear()
    attempt = paid(day)
    day.payments.ask("o", attempt)
    day.state_paid(attempt)
    day.registry.renewed.clear()
    assert day.kinds(hours=2) == [KIND.PAID_NOT_RENEWED]


def test_a_refund_that_the_statement_does_not_have_and_one_that_was_not_due(day: Day) -> None:
    attempt = paid(day)
    day.registry.gone.add("w1")
    day.payments.ask("o", attempt)
    day.payments.work()
    day.state_paid(attempt)
    assert day.kinds(hours=2) == [KIND.REFUND_NOT_THERE]
    key = f"{attempt}-w1"
    day.lines.append(StatementLine("refund", attempt, attempt, key, FEE, START))
    assert day.kinds() == []
    day.lines.append(StatementLine("refund", attempt, attempt, "strange", 1, START))
    assert day.kinds() == [KIND.REFUND_NOT_HERE]


def test_a_refund_that_only_the_statement_confirms_is_done(day: Day) -> None:
    attempt = paid(day)
    day.registry.gone.add("w1")
    day.payments.ask("o", attempt)
    day.state_paid(attempt)
    assert day.kinds(hours=2) == [KIND.REFUND_WAITS]
    key = f"{attempt}-w1"
    day.lines.append(StatementLine("refund", attempt, attempt, key, FEE, START))
    assert day.kinds() == []
    assert day.store.read("o").attempts[attempt].state is State.REFUNDED


def test_what_is_unknown_and_what_waits_for_the_registry(day: Day) -> None:
    attempt = paid(day)
    day.registry.down = True
    day.payments.ask("o", attempt)
    day.state_paid(attempt)
    assert day.kinds(hours=2) == [KIND.EFFECT_WAITS]


def test_windows_overlap_so_that_an_outage_is_outlasted(day: Day) -> None:
    attempt = paid(day)
    day.state_paid(attempt)
    day.clock.now += timedelta(days=6)
    assert day.compare() == []
    assert day.registry.renewed == {"w1": ["o"]}


def test_totals_of_a_card_terminal(day: Day) -> None:
    attempt = day.payments.begin("o", 0, Way.CARD, "K").attempt.id
    day.payments.hear("o", attempt, Word(Status.PAID, Source.TERMINAL, "Success", FEE, "POI-1"))
    day.clock.now += timedelta(hours=2)
    day.store.totals.append(CardTotals("K", START, START + timedelta(hours=1), FEE, 0))
    assert day.compare() == []
    day.store.totals.append(CardTotals("K", START, START + timedelta(hours=1), FEE, 700))
    (difference,) = day.compare()
    assert (difference.kind, difference.amount) == (KIND.TERMINAL_TOTALS, 700)
    books = [day.store.read("o")]
    tomorrow = START + timedelta(days=1)
    assert totals_of(books, "K", START, tomorrow) == FEE
    assert totals_of(books, "ANOTHER", START, tomorrow) == 0
    assert totals_of(books, "K", tomorrow, tomorrow + timedelta(days=1)) == 0


def test_every_kind_has_an_owner() -> None:
    assert set(OWNERS) == set(DifferenceKind)
