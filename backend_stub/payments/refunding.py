"""The way back: every refund is asked for until it is done, under one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend_stub.payments.book import Book, RefundView
from backend_stub.payments.ports import Gateway, Store
from backend_stub.payments.records import (
    Move,
    Movement,
    MovementKind,
    NoticeKind,
    RefundMove,
    RefundState,
    Source,
    Way,
)
from backend_stub.payments.rules import Rules
from backend_stub.payments.states import State
from backend_stub.payments.words import RefundAnswer, Silent
from backend_stub.payments.writing import tell


def give_back(
    store: Store,
    gateway: Gateway,
    clock: Callable[[], datetime],
    rules: Rules,
    order: str,
    key: str,
) -> None:
    """Try once to return the money of a refund. After the first try, ask before asking for it."""
    with store.change(order) as (book, _):
        view = book.refunds[key]
        if view.state is RefundState.DONE:
            return
        tried = view.tries > 0
        book.add(RefundMove(key, RefundState.SENT, clock()))
        session = book.attempts[view.refund.attempt].session or ""
    try:
        answer = _answer(gateway, rules.refund_key(view), session, view.refund.amount, tried)
    except Silent:
        return
    with store.change(order) as (book, _):
        hear_refund(book, key, answer, clock(), Source.LOOK_UP)


def _answer(gateway: Gateway, key: str, session: str, amount: int, tried: bool) -> RefundAnswer:
    if tried:
        answer = gateway.look_up_refund(key)
        if answer is RefundAnswer.DONE:
            return answer
    return gateway.refund(key, session, amount)


def hear_refund(book: Book, key: str, answer: RefundAnswer, now: datetime, source: Source) -> None:
    """Take in what became of a refund; the same answer may come again."""
    view = book.refunds[key]
    if view.state is RefundState.DONE:
        return
    if answer is not RefundAnswer.DONE:
        book.add(RefundMove(key, RefundState.REFUSED, now, answer))
        return
    book.add(RefundMove(key, RefundState.DONE, now, answer))
    _record_return(book, view, now, source)
    attempt = view.refund.attempt
    if book.attempts[attempt].state is State.REFUND_DUE and not book.due_back(attempt):
        left = sum(book.net(line.worker, attempt) for line in book.order.lines)
        state = State.CAPTURED if left > 0 else State.REFUNDED
        book.add(Move(attempt, state, now, source))
        tell(book, NoticeKind.CAME_BACK, attempt, now)


def _record_return(book: Book, view: RefundView, now: datetime, source: Source) -> None:
    way = book.attempts[view.refund.attempt].attempt.way
    kind = MovementKind.VOIDED if way is Way.CARD else MovementKind.REFUNDED
    refund = view.refund
    book.add(Movement(refund.attempt, refund.worker, kind, refund.amount, now, source, refund.key))
