"""Each rule of payment switched off, the way other people's systems have it off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count

from backend_stub.payments.book import AttemptView, Book, RefundView
from backend_stub.payments.records import Effect
from backend_stub.payments.rules import RULES, Rules, state_told
from backend_stub.payments.states import State
from backend_stub.payments.words import Status, Word
from backend_stub.payments.writing import capture, turn

_tries = count()


def gives_up_asking(word: Word, view: AttemptView, now: datetime) -> State:
    """Ends what it does not understand, as one that expires a charge without cancelling it."""
    if word.status is Status.UNDOCUMENTED:
        return State.EXPIRED
    return state_told(word, view, now)


def expires_by_the_clock(view: AttemptView) -> State:
    return State.EXPIRED


def marks_as_handled(book: Book, view: AttemptView, word: Word, now: datetime) -> None:
    """Marks the payment as handled although nothing came of it."""
    if view.state is State.AUTHORISED:
        return
    capture(book, view, word, now)
    for line in book.order.part(view.attempt.part):
        book.add(Effect(line.worker, view.attempt.id, now))
    turn(book, view.attempt.id, State.CAPTURED, now, word)


def key_per_try(view: RefundView) -> str:
    return f"{view.refund.key}-{next(_tries)}"


def first_payment(book: Book, attempt: str) -> str:
    """The order's first paid attempt instead of the double."""
    paid = [view for view in book.attempts.values() if view.paid_amount]
    return paid[0].attempt.id if paid else attempt


CARELESS: dict[str, Rules] = {
    "1 a time-out is a failure": replace(RULES, after_silence=lambda: State.DECLINED),
    "2 several living attempts": replace(RULES, blocks_another=lambda *_: None),
    "2 late money is ignored": replace(RULES, takes_late_money=lambda _: False),
    "3 an unknown status is an end": replace(RULES, state_told=gives_up_asking),
    "4 expired without asking": replace(RULES, at_expiry=expires_by_the_clock),
    "5 handled without the effect": replace(RULES, without_effect=marks_as_handled),
    "5 a refund key per try": replace(RULES, refund_key=key_per_try),
    "5 the good payment goes back": replace(RULES, returns_from=first_payment),
}
