"""The process of payment: it commits, then speaks, and finds after any kill what is due.

A payment never depends on this process living on. What was about to be sent is committed before, an
answer that was not heard is asked for again, and every function here may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from backend_stub.payments import agenda
from backend_stub.payments.book import AttemptView, Book
from backend_stub.payments.effects import EffectsUnavailable
from backend_stub.payments.ports import Gateway, Store, UnknownOrder
from backend_stub.payments.records import (
    Asked,
    Attempt,
    Closing,
    Move,
    MovementKind,
    NoticeKind,
    Source,
    TaskKind,
    Verdict,
    Way,
    Wish,
)
from backend_stub.payments.refunding import give_back, hear_refund
from backend_stub.payments.rules import RULES, Rules
from backend_stub.payments.schedule import ClosedHours
from backend_stub.payments.settling import (
    LAPSED,
    fall_silent,
    hear,
    release,
    reserve,
)
from backend_stub.payments.states import DEAD, LIVING, OPEN, PAID, State
from backend_stub.payments.words import RefundAnswer, Refused, Silent, Status, Word
from backend_stub.payments.writing import call, ours, tell, turn

_REGISTRY_PAUSE: Final = timedelta(minutes=1)
_FAULT_PAUSE: Final = timedelta(minutes=5)


class CannotBegin(Exception):
    """No attempt was made, and nothing was charged."""


class Closed(CannotBegin):
    """The gateway is closed until :attr:`opens_at`; the payer has the link."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("the gateway is closed")
        self.opens_at = opens_at


class OrderClosed(CannotBegin):
    """The order is paid, given up, or its price is out of date."""


class StillLiving(CannotBegin):
    """An earlier attempt may still be paid: do not pay again."""

    def __init__(self, attempt: str) -> None:
        super().__init__("an earlier attempt is not known to be dead")
        self.attempt = attempt


class NotToBeHad(CannotBegin):
    """The registry refuses some workers; a new quote leaves them out."""

    def __init__(self, refused: dict[str, str]) -> None:
        super().__init__(f"{len(refused)} of the workers cannot be renewed")
        self.refused = refused
        """Worker → reason."""


def surface(error: Exception) -> None:
    """Let a fault of ours end everything, as tests want it."""
    raise error


class NotUnknown(Exception):
    """Only what is unknown is for people to judge; there is no other way to force an end."""

    def __init__(self, state: State) -> None:
        super().__init__(f"the attempt is {state}")
        self.state = state


@dataclass(frozen=True, slots=True)
class Payments:
    """Payment of orders, on a store and a gateway."""

    store: Store
    gateway: Gateway
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    """Ids of attempts: unique for ever, and not to be guessed."""
    hours: ClosedHours = field(default_factory=ClosedHours)
    rules: Rules = RULES
    failed: Callable[[Exception], None] = surface
    """Told of an order at which our own code fails."""

    def begin(self, order: str, part: int, way: Way, kiosk: str) -> AttemptView:
        """Let a payer pay one part of an order; the attempt that is already open is good for it.

        For a card, whoever gets this answer must carry the payment to the card terminal. Raises
        :class:`CannotBegin` or :class:`~.effects.EffectsUnavailable`.
        """
        opens_at = self.rules.closed_until(way, self.hours, self.clock())
        if opens_at is not None:
            self.remind(order)
            raise Closed(opens_at)
        usable = self._clear(order, part, way)
        if usable is not None:
            return usable
        attempt = self.new_id()
        with self.store.change(order) as (book, effects):
            now = self.clock()
            if not book.open() or now > book.order.valid_until or book.settled(part):
                raise OrderClosed
            blocking = self.rules.blocks_another(book, part)
            if blocking is not None:
                raise StillLiving(blocking.attempt.id)
            lines = book.order.part(part)
            refused = reserve(book, lines, effects)
            if refused:
                raise NotToBeHad(refused)
            amount = sum(line.amount for line in lines)
            book.add(Attempt(attempt, part, way, amount, kiosk, now))
        self._send(order, attempt)
        return self.store.read(order).attempts[attempt]

    def remind(self, order: str) -> None:
        """Send the payer the link with which the order can be paid, or looked at, later."""
        with self.store.change(order) as (book, _):
            tell(book, NoticeKind.PAY_LATER, order, self.clock())

    def leave(self, order: str, did_pay: bool | None) -> Book:
        """The payer goes. The order stays open; an attempt ends only if nothing was paid.

        ``did_pay`` is what the payer answered, ``None`` when there was no answer.
        """
        ending: list[str] = []
        with self.store.change(order) as (book, _):
            now = self.clock()
            tell(book, NoticeKind.PAY_LATER, order, now)
            for view in book.attempts.values():
                if view.state in LIVING and self.rules.ends_when_left(did_pay, view.state):
                    book.add(Wish(view.attempt.id, now))
                    ending.append(view.attempt.id)
        for attempt in ending:
            self.ask(order, attempt)
        return self.store.read(order)

    def ask(self, order: str, attempt: str) -> None:
        """Ask the gateway how an attempt stands; what should have ended is cancelled there.

        A callback is no more than a reason to do this: what it says is not believed.
        """
        view = self.store.read(order).attempts[attempt]
        never_sent = view.sent_at is None
        if view.attempt.way is not Way.GATEWAY or never_sent or view.state in PAID:
            return
        now = self.clock()
        if view.state in OPEN and view.expired(now):
            ended = self.rules.at_expiry(view)
            if ended is not view.state:
                with self.store.change(order) as (book, _):
                    book.add(Move(attempt, ended, now, Source.OURSELVES))
                return
        try:
            word = self._question(view, now)
        except Silent:
            with self.store.change(order) as (book, _):
                fall_silent(book, attempt, self.clock(), self.rules)
            return
        self.hear(order, attempt, word)

    def hear(self, order: str, attempt: str, word: Word) -> None:
        """Take in a word of the gateway, its statement, a card terminal, or two people."""
        try:
            with self.store.change(order) as (book, effects):
                hear(book, attempt, word, self.clock(), effects, self.rules)
        except EffectsUnavailable:
            with self.store.change(order) as (book, _):
                view = book.attempts[attempt]
                now = self.clock()
                as_asked = word.amount in (None, view.attempt.amount)
                authorised = view.state is State.AUTHORISED
                if word.status is Status.PAID and as_asked and not authorised:
                    self.rules.without_effect(book, view, word, now)
                elif view.state in LIVING | DEAD:
                    book.add(Asked(attempt, now, None))

    def hear_reversal(
        self, order: str, key: str, answer: RefundAnswer, another: str | None = None
    ) -> None:
        """Take in what a card terminal did about money that was due back.

        ``another`` is the payment that it reversed instead: money stays due, and somebody must act.
        """
        with self.store.change(order) as (book, _):
            if another is not None:
                call(book, TaskKind.CONTRADICTION, key, self.clock(), another)
            hear_refund(book, key, answer, self.clock(), Source.TERMINAL)

    def judge(self, order: str, attempt: str, officer: str, *, paid: bool, evidence: str) -> bool:
        """A person says what became of an unknown attempt; whether that has ended it.

        It takes two people who say the same. If they differ it stays unknown, and is a task.
        Raises :class:`~.ports.UnknownOrder` and :class:`NotUnknown`.
        """
        with self.store.change(order) as (book, _):
            view = book.attempts.get(attempt)
            if view is None:
                raise UnknownOrder(attempt)
            if view.state is not State.UNKNOWN:
                raise NotUnknown(view.state)
            others = [
                verdict
                for verdict in book.verdicts
                if verdict.attempt == attempt and verdict.officer != officer
            ]
            book.add(Verdict(attempt, officer, paid, evidence, self.clock()))
            if others and others[-1].paid is not paid:
                call(book, TaskKind.CONTRADICTION, attempt, self.clock(), "two people differ")
        if not others or others[-1].paid is not paid:
            return False
        status = Status.PAID if paid else Status.CANCELLED
        self.hear(order, attempt, Word(status, Source.PEOPLE, f"{others[-1].officer}, {officer}"))
        return True

    def work(self) -> int:
        """Do everything that is due now; how much was done. Safe in several processes at once."""
        done = 0
        for order in self.store.due(self.clock()):
            try:
                for action in agenda.due(self.store.read(order), self.clock()):
                    self._perform(order, action)
                    done += 1
            except EffectsUnavailable:
                self.store.postpone(order, self.clock() + _REGISTRY_PAUSE)
            # Whatever one order is, the others must go on; it is told, and tried again.
            except Exception as error:  # noqa: BLE001
                self.failed(error)
                self.store.postpone(order, self.clock() + _FAULT_PAUSE)
        return done

    def _perform(self, order: str, action: agenda.Action) -> None:
        match action:
            case agenda.Drop():
                self._drop(order, action.attempt)
            case agenda.Ask():
                self.ask(order, action.attempt)
            case agenda.StopWaiting():
                with self.store.change(order) as (book, _):
                    if any(again == action for again in agenda.actions(book)):
                        fall_silent(book, action.attempt, self.clock(), self.rules)
            case agenda.SettleAgain():
                self._settle_again(order, action.attempt)
            case agenda.GiveBack():
                give_back(self.store, self.gateway, self.clock, self.rules, order, action.key)
            case agenda.CallSomebody():
                with self.store.change(order) as (book, _):
                    call(book, action.kind, action.subject, self.clock())
            case agenda.Lapse():
                with self.store.change(order) as (book, _):
                    if any(isinstance(again, agenda.Lapse) for again in agenda.actions(book)):
                        book.add(Closing(LAPSED, self.clock()))

    def _clear(self, order: str, part: int, way: Way) -> AttemptView | None:
        """The open attempt when it serves; otherwise ask, cancel and ask again until it is dead."""
        book = self.store.read(order)
        view = self.rules.blocks_another(book, part)
        if view is None:
            return None
        if view.attempt.way is way is Way.GATEWAY and _payable(view, self.clock()):
            return view
        if view.state is State.CREATED:
            self._drop(order, view.attempt.id)
        elif view.state in OPEN:
            if not view.wished:
                with self.store.change(order) as (changing, _):
                    changing.add(Wish(view.attempt.id, self.clock()))
            self.ask(order, view.attempt.id)
        return None

    def _send(self, order: str, attempt: str) -> None:
        with self.store.change(order) as (book, _):
            view = book.attempts[attempt]
            if view.state is not State.CREATED:
                return
            book.add(Move(attempt, State.SENT, self.clock(), Source.OURSELVES))
        if view.attempt.amount == 0:
            self.hear(order, attempt, ours(Status.PAID, "nothing to pay"))
            return
        if view.attempt.way is Way.CARD:
            return
        try:
            word = self.gateway.open(attempt, view.attempt.amount, book.order)
        except Refused as refusal:
            word = Word(Status.CANCELLED, Source.LOOK_UP, refusal.said)
        except Silent:
            with self.store.change(order) as (book, _):
                fall_silent(book, attempt, self.clock(), self.rules)
            return
        self.hear(order, attempt, word)

    def _question(self, view: AttemptView, now: datetime) -> Word:
        word = self.gateway.look_up(view.attempt.id)
        session = word.session or view.session
        if word.status is Status.UNPAID and session and (view.wished or _over(word, view, now)):
            # Refused: paid in this very moment, most likely. The next question tells.
            with suppress(Refused):
                self.gateway.cancel(session)
            word = self.gateway.look_up(view.attempt.id)
        return word

    def _drop(self, order: str, attempt: str) -> None:
        with self.store.change(order) as (book, effects):
            view = book.attempts[attempt]
            if view.state is State.CREATED:
                never_sent = ours(Status.CANCELLED, "never sent")
                turn(book, attempt, State.CANCELLED, self.clock(), never_sent)
                release(book, view.attempt, effects)

    def _settle_again(self, order: str, attempt: str) -> None:
        book = self.store.read(order)
        view = book.attempts[attempt]
        paid_at = next(
            (
                movement.at
                for movement in book.movements
                if movement.attempt == attempt and movement.kind is MovementKind.AUTHORISED
            ),
            None,
        )
        word = Word(
            Status.PAID,
            Source.OURSELVES,
            "authorised",
            amount=view.attempt.amount,
            paid_at=paid_at,
        )
        if view.state is State.AUTHORISED:
            self.hear(order, attempt, word)


def _over(word: Word, view: AttemptView, now: datetime) -> bool:
    """Whether its time is over; of a session that was never heard of here the word alone tells."""
    ends_at = word.expires_at or view.expires_at
    return ends_at is not None and now >= ends_at


def _payable(view: AttemptView, now: datetime) -> bool:
    return view.state is State.AWAITING and not view.wished and not view.expired(now)
