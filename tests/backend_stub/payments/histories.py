"""Random histories of payment: everybody errs, is killed and comes back; then money must be right.

    python -m tests.backend_stub.payments.histories --count 100000 --processes 2

A history is made from its number alone, so that any of them can be looked at again.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from backend_stub.payments.effects import EffectsUnavailable
from backend_stub.payments.errands import AskTerminal, errands
from backend_stub.payments.money import Limits
from backend_stub.payments.process import CannotBegin, Payments
from backend_stub.payments.records import Line, Notice, Order, Source, TaskKind, Way
from backend_stub.payments.rules import RULES, Rules
from backend_stub.payments.schedule import ClosedHours
from backend_stub.payments.states import State
from backend_stub.payments.words import Status, Word

from .careless import CARELESS
from .world import START, CardModel, Chaos, Clock, GatewayModel, Killed, MemoryStore, Registry

KIOSK = "MCT-0001"
TROUBLE_H = 30
"""For so long everything goes wrong; after it most things heal."""
QUIET_H = 28
"""Long enough for everything that is unknown to become somebody's task."""


@dataclass
class World:
    """One history."""

    seed: int
    rules: Rules = RULES
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.clock = Clock(START + timedelta(hours=self.dice.uniform(0, 24)))
        self.begun_at = self.clock.now
        kind = self.dice.random()
        self.chaos = Chaos(
            self.dice,
            kills=self.dice.choice((0.0, 0.02, 0.05)),
            loses=self.dice.choice((0.0, 0.05, 0.3)),
        )
        self.registry = Registry()
        self.store = MemoryStore(self.registry, self.chaos, watching=self.watch)
        hours = ClosedHours()
        self.gateway = GatewayModel(
            self.clock,
            self.chaos,
            minutes=self.dice.choice((5, 10, 30)),
            resurrects=kind < 0.15,
            closed=lambda now: hours.opens_at(now) is not None,
        )
        self.cards = CardModel(self.clock, self.chaos)
        ids = itertools.count(1)
        self.payments = Payments(
            self.store, self.gateway, self.clock, lambda: f"a{next(ids)}", hours, self.rules
        )
        self.callbacks = self.dice.random() < 0.6
        self.statements = self.dice.random() < 0.4
        self.stuck = self.dice.random() < 0.08
        self.kiosk_lost = self.dice.random() < 0.08
        """It never comes back; what it knew is somebody's task."""
        self.central_up_at = self.clock.now
        self.kiosk_up_at = self.clock.now
        self.attending: str | None = None
        self.events: list[tuple[object, int, Callable[[], None]]] = []
        self.number = itertools.count()
        self.orders: list[str] = []
        self.pages: dict[str, str] = {}
        """Attempt → order, of pages that a payer has seen."""

    # --- time -------------------------------------------------------------------------------

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        at = self.clock.now + timedelta(seconds=seconds)
        heapq.heappush(self.events, (at, next(self.number), event))

    def soon(self, most: float) -> float:
        return self.dice.uniform(0, most)

    def central(self, act: Callable[[], None]) -> bool:
        """Something at the central API; ``False`` when it is down or dies of it."""
        if self.clock.now < self.central_up_at:
            return False
        try:
            act()
        except Killed:
            down = self.dice.choice((2, 60, 1800, 7200))
            self.central_up_at = self.clock.now + timedelta(seconds=down)
            return False
        except (CannotBegin, EffectsUnavailable):
            return False
        return True

    def run(self) -> list[str]:
        self.place_orders()
        self.later(self.soon(60), self.visit)
        for _ in range(self.dice.randrange(6)):
            self.later(self.soon(TROUBLE_H * 3600), self.trouble)
        for day in (24, 48):
            if self.statements:
                self.later(day * 3600 - self.soon(7200), self.reconcile)
        self.go_on(self.begun_at + timedelta(hours=TROUBLE_H))
        self.heal()
        self.go_on(self.clock.now + timedelta(hours=QUIET_H))
        self.judge()
        return self.wrong

    def go_on(self, until: object) -> None:
        while True:
            dues = [at for at in self.store.dues.values() if at is not None]
            due = max(min(dues), self.clock.now, self.central_up_at) if dues else None
            event = self.events[0][0] if self.events else None
            upcoming = min((at for at in (due, event) if at is not None), default=None)
            if upcoming is None or upcoming > until:  # type: ignore[operator]
                self.clock.now = until  # type: ignore[assignment]
                return
            if upcoming == event:
                self.clock.now = max(self.clock.now, event)  # type: ignore[type-var]
                heapq.heappop(self.events)[2]()
            else:
                self.clock.now = due  # type: ignore[assignment]
                self.central(lambda: self.payments.work() and None)
                # A round takes time; whatever is due already waits for the next one.
                self.clock.now += timedelta(seconds=1)

    def heal(self) -> None:
        self.chaos.kills = self.chaos.loses = 0.0
        self.gateway.resurrects = False
        self.gateway.silent_until = self.gateway.refuses_refunds_until = START
        self.registry.down = False
        self.central_up_at = self.kiosk_up_at = self.clock.now
        for session in self.gateway.sessions.values():
            session.hidden_until = None
            session.odd_until = (
                self.clock.now + timedelta(days=9) if self.stuck and session.odd_until else None
            )
        self.attending = None
        if self.kiosk_lost:
            self.kiosk_up_at = self.clock.now + timedelta(days=9)
        for hour in range(QUIET_H):
            self.later(hour * 3600 + 60, self.run_errands)

    # --- who does what -----------------------------------------------------------------------

    def place_orders(self) -> None:
        workers = [f"w{n}" for n in range(self.dice.randint(1, 4))]
        for number in range(1 + (self.dice.random() < 0.2)):
            fees = [self.dice.choice((0, 101_000, 201_000, 210_700)) for _ in workers]
            most = self.dice.choice((9_999_000, 250_000))
            parts = self.rules.parts_of(fees, Limits(most=most))
            lines = tuple(map(Line, workers, fees, parts))
            valid = self.clock.now + timedelta(hours=self.dice.choice((1, 8, 26)))
            order = Order(
                f"o{number}", "case", KIOSK, "ar", "92345678", lines, self.clock.now, valid
            )
            self.store.place(order)
            self.orders.append(order.id)
            workers = workers[:1]

    def visit(self) -> None:
        """A payer stands at the kiosk, or opens the link at home."""
        order = self.dice.choice(self.orders)
        part = self.dice.randrange(self.store.read(order).order.parts)
        way = self.dice.choice((Way.GATEWAY, Way.GATEWAY, Way.CARD))
        if way is Way.CARD and self.clock.now < self.kiosk_up_at:
            way = Way.GATEWAY
        self.central(lambda: self.begin(order, part, way))
        if self.dice.random() < 0.8:
            self.later(self.soon(self.dice.choice((300, 7200, 36000))), self.visit)

    def begin(self, order: str, part: int, way: Way) -> None:
        view = self.payments.begin(order, part, way, KIOSK)
        attempt = view.attempt.id
        if way is Way.CARD:
            if view.state is State.SENT:
                self.attending = attempt
                self.later(self.soon(20), lambda: self.at_the_terminal(order, attempt))
            return
        if view.page is None:
            return
        others = [
            other
            for other, of in self.pages.items()
            if of == f"{order}/{part}" and other != attempt and self.can_pay(other)
        ]
        if others:
            self.wrong.append(f"{attempt} and {others[0]} can both be paid")
        self.pages[attempt] = f"{order}/{part}"
        if self.dice.random() < 0.8:
            wait = self.soon(self.dice.choice((60, 600, 7200)))
            self.later(wait, lambda: self.pay(order, attempt))
        if self.dice.random() < 0.3:
            self.later(self.soon(200), lambda: self.leave(order))

    def can_pay(self, attempt: str) -> bool:
        session = self.gateway.sessions.get(attempt)
        return (
            session is not None
            and session.status == "unpaid"
            and self.clock.now < session.expires_at
        )

    def pay(self, order: str, attempt: str) -> None:
        amount = 5_000 if self.dice.random() < 0.03 else None
        if not self.gateway.pay(attempt, amount):
            return
        session = self.gateway.sessions[attempt]
        if self.dice.random() < 0.15:
            session.odd_until = self.clock.now + timedelta(seconds=self.soon(80_000))
        if self.dice.random() < 0.05:
            session.hidden_until = self.clock.now + timedelta(seconds=self.soon(4000))
        if self.callbacks:
            for _ in range(self.dice.choice((0, 1, 1, 2))):
                self.later(
                    self.soon(self.dice.choice((2, 600, 90_000))),
                    lambda: self.central(lambda: self.payments.ask(order, attempt)) and None,
                )

    def leave(self, order: str) -> None:
        did_pay = self.dice.choice((True, False, None))
        self.central(lambda: self.payments.leave(order, did_pay) and None)

    def at_the_terminal(self, order: str, attempt: str) -> None:
        """The kiosk carries a payment to its card terminal, unless it is dead by now."""
        if self.clock.now < self.kiosk_up_at:
            self.attending = None
            return
        amount = self.store.read(order).attempts[attempt].attempt.amount
        fate = self.dice.random()
        if fate < 0.1:  # killed before anything was sent
            self.kill_kiosk()
        elif fate < 0.7:
            self.cards.pay(attempt, amount, approved=self.dice.random() < 0.8)
            self.attending = None
            if self.dice.random() < 0.7:
                self.tell_central(order, attempt)
            elif self.dice.random() < 0.5:
                self.kill_kiosk()
        else:  # says yes after we gave up
            self.cards.start(attempt, amount)
            self.later(self.soon(900), lambda: self.cards.pay(attempt, amount, True) and None)
            self.later(120, self.give_up_attending)
            self.tell_central(order, attempt)

    def give_up_attending(self) -> None:
        # A terminal that has answered nothing yet answers the question for the status when done.
        self.later(900, lambda: setattr(self, "attending", None))

    def kill_kiosk(self) -> None:
        self.kiosk_up_at = self.clock.now + timedelta(seconds=self.soon(4000))
        self.attending = None

    def tell_central(self, order: str, attempt: str) -> None:
        if not self.chaos.lost():
            word = self.cards.status(attempt)
            self.central(lambda: self.payments.hear(order, attempt, word))

    def run_errands(self) -> None:
        """The kiosk, started again or told to, does what it has to at its card terminal."""
        for order in self.orders:
            for errand in errands(self.store.read(order), KIOSK):
                if errand.attempt == self.attending or self.clock.now < self.kiosk_up_at:
                    continue
                if isinstance(errand, AskTerminal):
                    self.tell_central(order, errand.attempt)
                else:
                    answer = self.cards.reverse(errand.key, errand.attempt, errand.amount)
                    if not self.chaos.lost():
                        key = errand.key
                        self.central(
                            lambda o=order, k=key, a=answer: self.payments.hear_reversal(o, k, a)
                        )

    def reconcile(self) -> None:
        """The gateway's statement of everything paid so far."""
        for order in self.orders:
            for attempt in list(self.store.read(order).attempts):
                session = self.gateway.sessions.get(attempt)
                if session is not None and session.paid:
                    word = Word(
                        Status.PAID,
                        Source.STATEMENT,
                        "paid",
                        session.paid,
                        attempt,
                        paid_at=session.paid_at,
                    )
                    self.central(lambda o=order, a=attempt, w=word: self.payments.hear(o, a, w))

    def trouble(self) -> None:
        until = self.clock.now + timedelta(seconds=self.soon(self.dice.choice((60, 3600, 40_000))))
        match self.dice.choice((0, 1, 1, 1, 2, 2, 3, 4, 5)):
            case 0:
                self.gateway.silent_until = until
            case 1:
                self.registry.down = True
                self.later((until - self.clock.now).total_seconds(), self.registry_back)
            case 2:
                self.gateway.refuses_refunds_until = until
            case 3:
                self.registry.gone.add(f"w{self.dice.randrange(4)}")
            case 4:
                self.central_up_at = until
            case 5:
                self.kill_kiosk()
                self.later((self.kiosk_up_at - self.clock.now).total_seconds(), self.run_errands)

    def registry_back(self) -> None:
        self.registry.down = False

    # --- what must hold -----------------------------------------------------------------------

    def watch(self, notice: Notice) -> None:
        session = self.gateway.sessions.get(notice.subject)
        if session is not None and session.paid:
            self.wrong.append(f"{notice.subject}: 'nothing was taken', and it was paid")

    def judge(self) -> None:
        for order in self.orders:
            book = self.store.read(order)
            for view in book.attempts.values():
                self.judge_attempt(order, view.attempt.id)
            for line in book.order.lines:
                renewed = order in self.registry.renewed.get(line.worker, [])
                if renewed != (line.worker in book.effects):
                    self.wrong.append(f"{order} {line.worker}: book and registry disagree")
                waits = self.kiosk_lost and any(
                    refund.refund.worker == line.worker
                    for attempt in book.attempts
                    for refund in book.due_back(attempt)
                )
                right = line.amount if renewed else 0
                if book.net(line.worker) != right and not waits:
                    self.wrong.append(f"{order} {line.worker}: book {book.net(line.worker)}")
                unsure = any(
                    view.state in (State.UNKNOWN, State.AUTHORISED)
                    for view in book.attempts.values()
                )
                if self.registry.reserved.get(line.worker) == order and not unsure:
                    self.wrong.append(f"{order} {line.worker}: reserved for ever")
        for worker, by in self.registry.renewed.items():
            if len(by) > 1:
                self.wrong.append(f"{worker} renewed {len(by)} times")

    def judge_attempt(self, order: str, attempt: str) -> None:
        book = self.store.read(order)
        view = book.attempts[attempt]
        if view.state is State.UNKNOWN:
            session = self.gateway.sessions.get(attempt)
            lost = self.kiosk_lost and view.attempt.way is Way.CARD
            if not lost and (session is None or session.odd_until is None):
                self.wrong.append(f"{attempt}: unknown, although the gateway tells")
            if not book.has_task(attempt, TaskKind.UNKNOWN):
                self.wrong.append(f"{attempt}: unknown, and nobody's task")
            return
        if view.state in (State.CREATED, State.SENT, State.AWAITING, State.AUTHORISED):
            self.wrong.append(f"{attempt}: still {view.state}")
            return
        if view.state is State.REFUND_DUE:
            if self.kiosk_lost and view.attempt.way is Way.CARD:
                key = book.due_back(attempt)[0].refund.key
                if not book.has_task(key, TaskKind.REFUND):
                    self.wrong.append(f"{key}: due back, and nobody's task")
                return
            self.wrong.append(f"{attempt}: money is still due back")
        bought = sum(
            line.amount
            for line in book.order.lines
            if (effect := book.effects.get(line.worker)) is not None
            and effect.attempt == attempt
            and order in self.registry.renewed.get(line.worker, [])
        )
        session = self.gateway.sessions.get(attempt)
        odd = session is not None and session.odd_until is not None
        if odd and session.odd_until > self.clock.now and book.dead(attempt):
            # It was dead, came back as something that nobody documented, and stays so.
            if not book.has_task(attempt, TaskKind.STATUS):
                self.wrong.append(f"{attempt}: undocumented, and nobody's task")
            return
        taken = session or self.cards.taken.get(attempt)
        if (taken.net if taken else 0) != bought:
            self.wrong.append(f"{attempt}: paid {taken and taken.net}, bought {bought}")


def judged(seed: int, rules: Rules = RULES) -> list[str]:
    """What is wrong at the end of one history; nothing, when the rules hold."""
    return World(seed, rules).run()


def _one(seed: int) -> tuple[int, list[str]]:
    return seed, judged(seed)


def main() -> None:
    """Run many histories, then every control."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--controls", type=int, default=2_000)
    options = parser.parse_args()
    begun = time.monotonic()
    seeds = range(options.first, options.first + options.count)
    bad: Counter[str] = Counter()
    with multiprocessing.Pool(options.processes) as pool:
        for seed, wrong in pool.imap_unordered(_one, seeds, chunksize=100):
            if wrong:
                bad["histories"] += 1
                if bad["histories"] <= 10:
                    print(f"history {seed}: {'; '.join(wrong)}")
    seconds = time.monotonic() - begun
    print(f"{options.count} histories in {seconds:.0f} s, {bad['histories']} with money wrong")
    blind = 0
    for name, rules in CARELESS.items():
        failed = sum(bool(judged(seed, rules)) for seed in range(options.controls))
        blind += not failed
        print(f"rule {name}: {failed} of {options.controls} histories with money wrong")
    sys.exit(1 if bad or blind else 0)


if __name__ == "__main__":
    main()
