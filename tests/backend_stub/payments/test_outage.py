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

PAYERS = 120
FEE = 210_700
TURN = timedelta(hours=2)
DAYS = 3


@pytest.mark.parametrize("seed", range(3))
def test_three_days_of_outage_leave_nobody_without_money_or_effect(seed: int) -> None:
    dice = random.Random(seed)
    clock, chaos, registry = Clock(), Chaos(dice), Registry()
    gateway = GatewayModel(clock, chaos)
    store = MemoryStore(registry, chaos)
    payments = Payments(store, gateway, clock, lambda: f"a{dice.getrandbits(64):x}")

    def rotate() -> None:
        """Every two hours something else is down."""
        turn = int((clock.now - START) / TURN) % 3
        registry.down = turn == 0
        chaos.loses = 0.7 if turn == 1 else 0.0

    paid: dict[str, str] = {}
    end = START + timedelta(days=DAYS)
    step = (end - START) / (PAYERS * 10)
    for number in range(PAYERS * 10):
        clock.now = START + number * step
        rotate()
        payments.work()
        if number % 10:
            continue
        order = Order(
            f"o{number}",
            "C-1",
            "MCT-0001",
            "ar",
            "92345678",
            (Line(f"w{number}", FEE, 0),),
            clock.now,
            clock.now + timedelta(days=1),
        )
        store.place(order)
        try:
            attempt = payments.begin(order.id, 0, Way.GATEWAY, "MCT-0001")
        except (CannotBegin, EffectsUnavailable):
            continue
        # The permit of some cannot be renewed any more when the registry hears of the money.
        if attempt.page is not None and gateway.pay(attempt.attempt.id):
            paid[order.id] = attempt.attempt.id
            if dice.random() < 0.2:
                registry.gone.add(f"w{number}")
    assert len(paid) > PAYERS / 3

    registry.down, chaos.loses = False, 0.0
    for _ in range(200):
        clock.now += timedelta(minutes=30)
        payments.work()

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
