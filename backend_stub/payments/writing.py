"""Sentences that several decisions write into a book."""

from __future__ import annotations

from datetime import datetime

from backend_stub.payments.book import AttemptView, Book
from backend_stub.payments.records import (
    Move,
    Movement,
    MovementKind,
    Notice,
    NoticeKind,
    Source,
    Task,
    TaskKind,
)
from backend_stub.payments.states import DEAD, PAID, State
from backend_stub.payments.words import Status, Word


def turn(book: Book, attempt: str, state: State, now: datetime, word: Word) -> None:
    """Put an attempt into a state because of a word, and tell the payer what it means."""
    book.add(
        Move(
            attempt,
            state,
            now,
            word.source,
            word.said,
            word.session,
            word.page,
            word.expires_at,
        )
    )
    if state is State.UNKNOWN:
        tell(book, NoticeKind.NOT_CONFIRMED, attempt, now)
    elif state in DEAD:
        tell(book, NoticeKind.NOTHING_TAKEN, attempt, now)


def ours(status: Status, said: str) -> Word:
    """A word of our own: nobody else said anything."""
    return Word(status, Source.OURSELVES, said)


def tell(book: Book, kind: NoticeKind, subject: str, now: datetime) -> None:
    """Tell the payer, once."""
    if (kind, subject) not in book.notices:
        book.add(Notice(kind, subject, now))


def call(book: Book, kind: TaskKind, subject: str, now: datetime, said: str = "") -> None:
    """Make it somebody's task, once."""
    if not book.has_task(subject, kind):
        book.add(Task(kind, subject, now, said))


def capture(book: Book, view: AttemptView, word: Word, now: datetime) -> None:
    """Record that the money of an attempt came, worker by worker."""
    _move_money(book, view, word, now, MovementKind.CAPTURED)


def hold(book: Book, view: AttemptView, word: Word, now: datetime) -> None:
    """Rule 5. It is paid and the registry cannot be reached: kept as authorised until it can."""
    if view.state in PAID:
        return
    turn(book, view.attempt.id, State.AUTHORISED, now, word)
    _move_money(book, view, word, now, MovementKind.AUTHORISED)
    tell(book, NoticeKind.CONFIRMING, view.attempt.id, now)


def _move_money(
    book: Book, view: AttemptView, word: Word, now: datetime, kind: MovementKind
) -> None:
    for line in book.order.part(view.attempt.part):
        if line.amount:
            book.add(
                Movement(
                    view.attempt.id,
                    line.worker,
                    kind,
                    line.amount,
                    word.paid_at or now,
                    word.source,
                    word.said,
                )
            )
