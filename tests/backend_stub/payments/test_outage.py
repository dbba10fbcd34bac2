"""The outage of 2020: for days money is taken, and registry and network fail by turns.

Sanad centres then took fees for three weeks while transactions stayed incomplete. Here, when all is
well again, every payment has its effect or its refund, every payer was told, and nobody did it by
hand.
"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from backend_stub.payments.effects import EffectsUnavailable
from backend_stub.payments.process import CannotBegin, Payments
from backend_stub.payments.records import Line, NoticeKind, Order, Way
from backend_stub.payments.states import DEAD, State

from .world import START, Chaos, Clock, GatewayModel, MemoryStore, Registry

FEE = 210_700
DAYS = timedelta(days=3)
STEP = timedelta(minutes=6)
STEPS_A_TURN = 7
"""Registry, network, nothing: every 42 minutes it is another's turn to be down."""


def order_of(number: int) -> Order:
    placed_at = START + number * STEP
    lines = (Line(f"w{number}", FEE, 0),)
    valid_until = placed_at + timedelta(days=1)
    return Order(f"o{number}", "C", "MCT-0001", "ar", "92345678", lines, placed_at, valid_until)


@pytest.mark.parametrize("seed", range(3))
def test_three_days_of_outage_leave_nobody_without_money_or_effect(seed: int) -> None:
    dice = random.Random(seed)
    clock, chaos, registry = Clock(), Chaos(dice), Registry()
    gateway = GatewayModel(clock, chaos)
    store = MemoryStore(registry, chaos)
    payments = Payments(store, gateway, clock, lambda: f"a{dice.getrandbits(64):x}")

    paid: dict[str, str] = {}
    open_pages: list[tuple[str, str]] = []
    for number in range(int(DAYS / STEP)):
        clock.now = START + number * STEP
        turn = number // STEPS_A_TURN % 3
        registry.down, chaos.loses = turn == 0, 0.7 if turn == 1 else 0.0
        for order_id, attempt in open_pages:
            if gateway.pay(attempt):
                paid[order_id] = attempt
                if dice.random() < 0.2:
                    # The permit cannot be renewed any more when the registry hears of the money.
                    registry.gone.add(store.read(order_id).order.lines[0].worker)
        open_pages.clear()
        payments.work()
        order = order_of(number)
        store.place(order)
        try:
            view = payments.begin(order.id, 0, Way.GATEWAY, "MCT-0001")
        except (CannotBegin, EffectsUnavailable):
            continue
        if view.page is not None:
            open_pages.append((order.id, view.attempt.id))
    assert len(paid) > 200

    registry.down, chaos.loses = False, 0.0
    for _ in range(200):
        clock.now += timedelta(minutes=30)
        payments.work()

    waited = sum(
        (NoticeKind.CONFIRMING, attempt) in store.read(order_id).notices
        for order_id, attempt in paid.items()
    )
    assert waited > 20
    told = {NoticeKind.RENEWED, NoticeKind.CAME_BACK}
    ends: set[State] = set()
    for order_id, attempt in paid.items():
        book = store.read(order_id)
        worker = book.order.lines[0].worker
        renewed = order_id in registry.renewed.get(worker, [])
        assert gateway.sessions[attempt].net == book.net(worker) == (FEE if renewed else 0)
        ends.add(book.attempts[attempt].state)
        assert {NoticeKind(kind) for kind, about in book.notices if about == attempt} & told
    assert ends == {State.CAPTURED, State.REFUNDED}
    for book in store.kept.values():
        assert {view.state for view in book.attempts.values()} <= DEAD | ends
        assert not book.verdicts
