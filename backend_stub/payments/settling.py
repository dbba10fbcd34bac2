"""What follows from a word about an attempt: the money, its effect, its way back, who is told.

Everything here writes into a book inside one transaction of its store, effects included.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from backend_stub.payments.book import AttemptView, Book
from backend_stub.payments.effects import EffectRefused, Effects
from backend_stub.payments.records import (
    Asked,
    Attempt,
    Closing,
    Effect,
    Line,
    Movement,
    MovementKind,
    NoticeKind,
    Refund,
    TaskKind,
    Way,
    Wish,
)
from backend_stub.payments.rules import Rules
from backend_stub.payments.states import DEAD, LIVING, OPEN, PAID, State
from backend_stub.payments.words import Status, Word
from backend_stub.payments.writing import call, capture, ours, tell, turn

SETTLED: Final = "settled"
WITHDRAWN: Final = "withdrawn"
LAPSED: Final = "lapsed"
"""Why an order takes no more attempts: paid, given up, its price is out of date."""


def reserve(book: Book, lines: tuple[Line, ...], effects: Effects) -> dict[str, str]:
    """Reserve the effect for every line; who is refused, and why. Raises ``EffectsUnavailable``."""
    refused: dict[str, str] = {}
    for line in _by_name(lines):
        try:
            effects.reserve(book.order.id, line.worker)
        except EffectRefused as refusal:
            refused[line.worker] = refusal.reason
    return refused


def fall_silent(book: Book, attempt: str, now: datetime, rules: Rules) -> None:
    """No usable answer came. What should have ended, or begun, is from now on unknown."""
    view = book.attempts[attempt]
    over = view.expired(now) or view.attempt.way is Way.CARD
    if view.state is State.SENT or (view.state is State.AWAITING and over):
        turn(book, attempt, rules.after_silence(), now, ours(Status.UNDOCUMENTED, "silence"))
    elif view.state not in PAID:
        book.add(Asked(attempt, now, None))


def hear(
    book: Book, attempt: str, word: Word, now: datetime, effects: Effects, rules: Rules
) -> None:
    """Take in what they say of an attempt. Raises :class:`~.effects.EffectsUnavailable`.

    The same word may come any number of times and in any order.
    """
    view = book.attempts[attempt]
    if word.status is Status.PAID:
        _hear_paid(book, view, word, now, effects, rules)
        return
    if view.state in PAID and word.status in (Status.CANCELLED, Status.DECLINED):
        call(book, TaskKind.CONTRADICTION, attempt, now, word.said)
    if word.status is Status.UNDOCUMENTED and view.state not in PAID:
        call(book, TaskKind.STATUS, attempt, now, word.said)
    if view.state in DEAD:
        forgotten = word.status is Status.NOT_FOUND and view.session is not None
        usable = word.status is not Status.UNDOCUMENTED and not forgotten
        book.add(Asked(attempt, now, word.said if usable else None))
    if view.state not in OPEN:
        return
    new = rules.state_told(word, view, now)
    if new is view.state:
        book.add(Asked(attempt, now, word.said))
        return
    turn(book, attempt, new, now, word)
    if new in DEAD:
        release(book, view.attempt, effects)


def settle(book: Book, view: AttemptView, word: Word, now: datetime, effects: Effects) -> None:
    """Apply what the money of an attempt buys, and record both. Raises ``EffectsUnavailable``."""
    attempt = view.attempt
    refused: dict[str, str] = {}
    lines = book.order.part(attempt.part)
    for line in _by_name(lines):
        try:
            effects.apply(book.order.id, line.worker)
        except EffectRefused as refusal:
            refused[line.worker] = refusal.reason
            effects.release(book.order.id, line.worker)
    capture(book, view, word, now)
    for line in lines:
        book.add(Effect(line.worker, attempt.id, now, refused.get(line.worker)))
    back = [line for line in lines if line.worker in refused and line.amount]
    for line in back:
        _owe(book, attempt.id, line.worker, line.amount, refused[line.worker], now)
    turn(book, attempt.id, State.REFUND_DUE if back else State.CAPTURED, now, word)
    tell(book, _outcome(len(refused), len(lines)), attempt.id, now)
    for other in book.attempts.values():
        if other is not view and other.attempt.part == attempt.part and other.state in LIVING:
            book.add(Wish(other.attempt.id, now))
    if book.open() and all(book.settled(part) for part in range(book.order.parts)):
        book.add(Closing(SETTLED, now))


def _outcome(refused: int, of: int) -> NoticeKind:
    if refused == of:
        return NoticeKind.COMES_BACK
    return NoticeKind.PARTLY if refused else NoticeKind.RENEWED


def _hear_paid(
    book: Book, view: AttemptView, word: Word, now: datetime, effects: Effects, rules: Rules
) -> None:
    attempt = view.attempt
    if view.state in PAID and view.state is not State.AUTHORISED:
        return
    if view.state in DEAD and not rules.takes_late_money(view.state):
        book.add(Asked(attempt.id, now, word.said))
        return
    if word.amount is not None and word.amount != attempt.amount:
        _return_other_amount(book, view, word, word.amount, now)
    elif book.settled(attempt.part):
        _return_all(book, view, word, now, "paid twice", rules)
    elif not _in_time(book, word, now):
        _return_all(book, view, word, now, "paid too late", rules)
    else:
        settle(book, view, word, now, effects)
        return
    release(book, attempt, effects)


def _in_time(book: Book, word: Word, now: datetime) -> bool:
    """Whether the order took this money; when it was paid counts, not when we hear of it."""
    withdrawn = book.closing is not None and book.closing.reason == WITHDRAWN
    return not withdrawn and (word.paid_at or now) <= book.order.valid_until


def _return_other_amount(
    book: Book, view: AttemptView, word: Word, amount: int, now: datetime
) -> None:
    attempt = view.attempt.id
    kind = MovementKind.CAPTURED
    book.add(Movement(attempt, None, kind, amount, now, word.source, word.said))
    _owe(book, attempt, None, amount, "another amount", now)
    turn(book, attempt, State.REFUND_DUE, now, word)
    call(book, TaskKind.AMOUNT, attempt, now, str(amount))
    tell(book, NoticeKind.COMES_BACK, attempt, now)


def _return_all(
    book: Book, view: AttemptView, word: Word, now: datetime, reason: str, rules: Rules
) -> None:
    capture(book, view, word, now)
    source = rules.returns_from(book, view.attempt.id)
    for line in book.order.part(view.attempt.part):
        if line.amount:
            _owe(book, source, line.worker, line.amount, reason, now)
    turn(book, view.attempt.id, State.REFUND_DUE, now, word)
    tell(book, NoticeKind.COMES_BACK, view.attempt.id, now)


def _owe(
    book: Book, attempt: str, worker: str | None, amount: int, reason: str, now: datetime
) -> None:
    # The key names the refund, so that there can be one only: this attempt's, of this worker.
    book.add(Refund(f"{attempt}-{worker or 'all'}", attempt, worker, amount, reason, now))


def release(book: Book, attempt: Attempt, effects: Effects) -> None:
    """Give back what was reserved for a part, unless it is still needed or was applied."""
    if book.living(attempt.part) is not None or book.settled(attempt.part):
        return
    for line in _by_name(book.order.part(attempt.part)):
        effects.release(book.order.id, line.worker)


def _by_name(lines: tuple[Line, ...]) -> list[Line]:
    """Rows are locked in one order, whoever wants them: two orders never wait in a circle."""
    return sorted(lines, key=lambda line: line.worker)
