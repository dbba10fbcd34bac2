"""What is due for an order, and when: found in its records, so that no kill can lose it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend_stub.payments.book import AttemptView, Book, RefundView
from backend_stub.payments.records import RefundState, TaskKind, Way
from backend_stub.payments.schedule import (
    ATTENDED,
    CARD_SILENCE,
    LADDER,
    LAST_QUESTION,
    SOMEBODYS_TASK,
    wait_before,
)
from backend_stub.payments.states import DEAD, LIVING, OPEN, State


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing was sent and nobody is about to: end it."""

    at: datetime
    attempt: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the gateway how an attempt stands."""

    at: datetime
    attempt: str


@dataclass(frozen=True, slots=True)
class StopWaiting:
    """The terminal that carried a payment to its card terminal has said nothing for too long."""

    at: datetime
    attempt: str


@dataclass(frozen=True, slots=True)
class SettleAgain:
    """Try again to apply what is already paid."""

    at: datetime
    attempt: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Return money."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class CallSomebody:
    """Make it a person's task."""

    at: datetime
    kind: TaskKind
    subject: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The price is out of date and nobody can pay any more."""

    at: datetime


Action = Drop | Ask | StopWaiting | SettleAgain | GiveBack | CallSomebody | Lapse


def actions(book: Book) -> Iterator[Action]:
    """Everything that is to come, in no order; what a kiosk must do is not here (errands)."""
    for view in book.attempts.values():
        yield from _of_attempt(book, view)
    for refund in book.refunds.values():
        if refund.state is RefundState.DONE:
            continue
        if book.attempts[refund.refund.attempt].attempt.way is Way.GATEWAY:
            yield GiveBack(_next_try(refund), refund.refund.key)
        if not book.has_task(refund.refund.key, TaskKind.REFUND):
            yield CallSomebody(
                refund.refund.at + SOMEBODYS_TASK, TaskKind.REFUND, refund.refund.key
            )
    living = any(view.state in LIVING for view in book.attempts.values())
    if book.open() and not living:
        yield Lapse(book.order.valid_until + timedelta(microseconds=1))


def due(book: Book, now: datetime) -> list[Action]:
    """What is to be done now, the longest due first."""
    return sorted(
        (action for action in actions(book) if action.at <= now), key=lambda action: action.at
    )


def next_at(book: Book) -> datetime | None:
    """When the next thing is due; ``None`` when the order needs nothing any more."""
    return min((action.at for action in actions(book)), default=None)


def _of_attempt(book: Book, view: AttemptView) -> Iterator[Action]:
    attempt = view.attempt.id
    last = view.asked_at or view.moved_at
    if view.state is State.CREATED:
        yield Drop(last + LADDER[0], attempt)
    elif view.state in OPEN and view.attempt.way is Way.GATEWAY:
        yield Ask(_next_question(view, last), attempt)
    elif view.state in (State.SENT, State.AWAITING) and view.attempt.way is Way.CARD:
        yield StopWaiting(view.moved_at + CARD_SILENCE, attempt)
    elif view.state in DEAD and view.attempt.way is Way.GATEWAY and view.sent_at is not None:
        at = view.moved_at + LAST_QUESTION
        if view.answered_at is None or view.answered_at < at:
            yield Ask(at if last < at else last + wait_before(view.asked), attempt)
    elif view.state is State.AUTHORISED:
        yield SettleAgain(last + wait_before(view.asked), attempt)
    if view.unsure_since is not None:
        kind = TaskKind.EFFECT if view.state is State.AUTHORISED else TaskKind.UNKNOWN
        if not book.has_task(attempt, kind):
            yield CallSomebody(view.unsure_since + SOMEBODYS_TASK, kind, attempt)


def _next_question(view: AttemptView, last: datetime) -> datetime:
    if view.state is not State.AWAITING or view.expires_at is None or last >= view.expires_at:
        return last + wait_before(view.asked)
    return min(last + min(wait_before(view.asked), ATTENDED), view.expires_at)


def _next_try(view: RefundView) -> datetime:
    if not view.tries:
        return view.moved_at
    return view.moved_at + wait_before(view.tries - 1)
