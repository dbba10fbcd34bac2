"""The process of payment, case by case: what a payer, a gateway, and two people can do to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from backend_stub.payments.process import NotUnknown, OrderClosed, Payments, StillLiving
from backend_stub.payments.records import Line, NoticeKind, Order, Source, TaskKind, Way
from backend_stub.payments.states import State
from backend_stub.payments.words import RefundAnswer, Status, Word

from .world import START, Chaos, Clock, GatewayModel, MemoryStore, Registry

FEE = 210_700


@dataclass
class Scene:
    clock: Clock = field(default_factory=Clock)
    chaos: Chaos = field(default_factory=Chaos)
    registry: Registry = field(default_factory=Registry)

    def __post_init__(self) -> None:
        self.gateway = GatewayModel(self.clock, self.chaos)
        self.store = MemoryStore(self.registry, self.chaos)
        ids = itertools.count(1)
        self.payments = Payments(self.store, self.gateway, self.clock, lambda: f"a{next(ids)}")
        lines = (Line("w1", FEE, 0), Line("w2", FEE, 0))
        valid_until = START + timedelta(hours=1)
        self.store.place(Order("o", "C", "K", "ar", "92345678", lines, START, valid_until))

    def begin(self, way: Way = Way.GATEWAY) -> str:
        return self.payments.begin("o", 0, way, "K").attempt.id

    def state(self, attempt: str) -> State:
        return self.store.read("o").attempts[attempt].state

    def wait(self, **time: float) -> None:
        self.clock.now += timedelta(**time)
        self.payments.work()

    def tasks(self) -> list[tuple[str, str]]:
        return [(task.kind, task.subject) for task in self.store.read("o").tasks]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_paid_in_the_last_second_counts_whenever_we_hear_of_it(scene: Scene) -> None:
    scene.clock.now = START + timedelta(minutes=59)
    attempt = scene.begin()
    scene.clock.now = START + timedelta(hours=1)
    scene.gateway.pay(attempt)
    scene.wait(hours=5)
    assert scene.state(attempt) is State.CAPTURED
    assert scene.registry.renewed == {"w1": ["o"], "w2": ["o"]}


def test_paid_a_second_too_late_goes_back(scene: Scene) -> None:
    scene.clock.now = START + timedelta(minutes=59)
    attempt = scene.begin()
    scene.clock.now = START + timedelta(hours=1, seconds=1)
    scene.gateway.pay(attempt)
    scene.wait(minutes=5)
    scene.wait(seconds=1)
    assert scene.state(attempt) is State.REFUNDED
    assert scene.gateway.sessions[attempt].net == 0
    assert scene.registry.renewed == {}


def test_who_cannot_be_renewed_gets_the_money_back_and_the_others_are_renewed(scene: Scene) -> None:
    attempt = scene.begin()
    scene.registry.gone.add("w2")
    scene.gateway.pay(attempt)
    scene.wait(seconds=10)
    scene.wait(seconds=1)
    assert scene.state(attempt) is State.CAPTURED
    assert scene.gateway.sessions[attempt].net == FEE
    assert list(scene.gateway.sessions[attempt].refunds) == [f"{attempt}-w2"]
    assert scene.registry.renewed == {"w1": ["o"]}


def test_another_amount_goes_back_and_somebody_looks(scene: Scene) -> None:
    attempt = scene.begin()
    scene.gateway.pay(attempt, 5)
    scene.wait(seconds=10)
    assert (TaskKind.AMOUNT, attempt) in scene.tasks()
    scene.wait(seconds=1)
    assert scene.gateway.sessions[attempt].net == 0
    assert scene.state(attempt) is State.REFUNDED
    # The order is still open and can be paid.
    assert scene.begin() != attempt


def test_a_second_attempt_only_when_the_first_is_dead_at_the_gateway(scene: Scene) -> None:
    first = scene.begin()
    scene.payments.leave("o", did_pay=False)
    assert scene.gateway.sessions[first].status == "cancelled"
    second = scene.begin()
    scene.gateway.silent_until = scene.clock.now + timedelta(hours=1)
    scene.payments.leave("o", did_pay=False)
    with pytest.raises(StillLiving) as living:
        scene.begin()
    assert living.value.attempt == second


def test_a_card_instead_of_the_telephone_ends_the_telephones_attempt(scene: Scene) -> None:
    first = scene.begin()
    second = scene.begin(Way.CARD)
    assert scene.state(first) is State.CANCELLED
    assert scene.state(second) is State.SENT
    with pytest.raises(StillLiving):
        scene.begin()


def test_paid_twice_returns_the_second_and_never_touches_the_first(scene: Scene) -> None:
    first = scene.begin()
    scene.payments.leave("o", did_pay=False)
    second = scene.begin()
    scene.gateway.resurrects = True
    scene.gateway.pay(second)
    scene.payments.ask("o", second)
    scene.gateway.pay(first)
    scene.payments.ask("o", first)
    scene.wait(seconds=1)
    assert scene.gateway.sessions[second].net == 2 * FEE
    assert scene.gateway.sessions[first].net == 0
    with pytest.raises(OrderClosed):
        scene.begin()


def test_late_money_settles_an_open_order_and_ends_the_other_attempt(scene: Scene) -> None:
    first = scene.begin()
    scene.payments.leave("o", did_pay=False)
    second = scene.begin()
    scene.gateway.resurrects = True
    scene.gateway.pay(first)
    scene.payments.ask("o", first)
    assert scene.state(first) is State.CAPTURED
    scene.wait(seconds=30)
    assert scene.state(second) is State.CANCELLED


def test_two_people_and_only_two_end_what_is_unknown(scene: Scene) -> None:
    attempt = scene.begin(Way.CARD)
    with pytest.raises(NotUnknown):
        scene.payments.judge("o", attempt, "aisha", paid=True, evidence="slip 7")
    scene.wait(minutes=6)
    assert scene.state(attempt) is State.UNKNOWN
    judge = scene.payments.judge
    assert not judge("o", attempt, "aisha", paid=True, evidence="slip 7")
    assert not judge("o", attempt, "aisha", paid=True, evidence="slip 7, again")
    assert scene.state(attempt) is State.UNKNOWN
    assert not judge("o", attempt, "salim", paid=False, evidence="not on the list")
    assert (TaskKind.CONTRADICTION, attempt) in scene.tasks()
    assert judge("o", attempt, "salim", paid=True, evidence="acquirer's list, line 12")
    assert scene.state(attempt) is State.CAPTURED
    assert scene.registry.renewed == {"w1": ["o"], "w2": ["o"]}


def test_a_card_terminal_that_never_comes_back_is_somebodys_task(scene: Scene) -> None:
    attempt = scene.begin(Way.CARD)
    scene.wait(minutes=6)
    scene.wait(hours=24)
    assert (TaskKind.UNKNOWN, attempt) in scene.tasks()


def test_a_reversal_of_another_payment_stays_due_and_is_a_task(scene: Scene) -> None:
    attempt = scene.begin(Way.CARD)
    scene.registry.gone |= {"w1", "w2"}
    word = Word(Status.PAID, Source.TERMINAL, "Success", 2 * FEE, "POI-1")
    scene.payments.hear("o", attempt, word)
    key = f"{attempt}-w1"
    scene.payments.hear_reversal("o", key, RefundAnswer.REFUSED, "POI-9")
    assert (TaskKind.CONTRADICTION, key) in scene.tasks()
    assert scene.state(attempt) is State.REFUND_DUE
    for worker in ("w1", "w2"):
        scene.payments.hear_reversal("o", f"{attempt}-{worker}", RefundAnswer.DONE)
    assert scene.state(attempt) is State.REFUNDED


def test_registry_down_between_check_and_effect(scene: Scene) -> None:
    attempt = scene.begin()
    scene.registry.down = True
    scene.gateway.pay(attempt)
    scene.payments.ask("o", attempt)
    assert scene.state(attempt) is State.AUTHORISED
    assert (NoticeKind.CONFIRMING, attempt) in scene.store.read("o").notices
    with pytest.raises(StillLiving):
        scene.begin()
    scene.registry.down = False
    scene.wait(seconds=10)
    assert scene.state(attempt) is State.CAPTURED


def test_one_order_that_fails_does_not_hold_up_the_others(scene: Scene) -> None:
    failed: list[str] = []
    payments = Payments(
        scene.store,
        scene.gateway,
        scene.clock,
        lambda: "x",
        failed=lambda error: failed.append(type(error).__name__),
    )
    attempt = scene.begin()
    scene.gateway.pay(attempt)
    lines = (Line("w9", FEE, 0),)
    scene.store.place(Order("poison", "C", "K", "ar", "", lines, START, START))
    scene.store.dues = {"poison": START, **scene.store.dues}
    original = scene.store.read

    def read(order: str):
        if order == "poison":
            raise RuntimeError
        return original(order)

    scene.store.read = read  # type: ignore[method-assign]
    scene.clock.now += timedelta(seconds=10)
    payments.work()
    assert failed == ["RuntimeError"]
    assert scene.state(attempt) is State.CAPTURED
    assert scene.store.dues["poison"] > scene.clock.now
