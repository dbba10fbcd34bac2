"""The rules of payment, one function each. :data:`RULES` is what holds.

They are handed in as one value, so that a proof can run with one of them replaced by a careless
one and show that the careless one loses money.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend_stub.payments.book import AttemptView, Book, RefundView
from backend_stub.payments.money import Limits, divide
from backend_stub.payments.records import Way
from backend_stub.payments.schedule import NEVER_ARRIVED, ClosedHours
from backend_stub.payments.states import DEAD, OPEN, State
from backend_stub.payments.words import Status, Word
from backend_stub.payments.writing import hold


def after_silence() -> State:
    """Rule 1. A time-out is unknown, never failed."""
    return State.UNKNOWN


def blocks_another(book: Book, part: int) -> AttemptView | None:
    """Rule 2. One living attempt: what must be dead at the gateway before another may begin."""
    return book.living(part)


def takes_late_money(state: State) -> bool:
    """Rule 2. "Paid" for a dead attempt counts: it settles the order, or goes back at once."""
    return state in DEAD


def state_told(word: Word, view: AttemptView, now: datetime) -> State:
    """Rule 3. What a word makes of an open attempt that is not paid.

    A status that nobody documented is unknown, and so is a session that they have forgotten. A
    request that they do not know long after it was sent never arrived; what a card terminal has
    never heard of it never did, because only its own kiosk could have sent it.
    """
    ends_at = word.expires_at or view.expires_at
    over = ends_at is not None and now >= ends_at
    match word.status:
        case Status.UNPAID:
            # It was to be cancelled before this was said: that it is not, nobody can explain.
            return State.UNKNOWN if over else State.AWAITING
        case Status.DECLINED:
            return State.DECLINED
        case Status.CANCELLED:
            return State.EXPIRED if over else State.CANCELLED
        case Status.NOT_FOUND if _never_arrived(view, now):
            return State.CANCELLED
    return State.UNKNOWN


def _never_arrived(view: AttemptView, now: datetime) -> bool:
    if view.session is not None:
        return False
    if view.attempt.way is Way.CARD:
        return True
    return view.sent_at is not None and now >= view.sent_at + NEVER_ARRIVED


def at_expiry(view: AttemptView) -> State:
    """Rule 4. Asked before expiring: our own clock ends nothing."""
    return view.state


def refund_key(view: RefundView) -> str:
    """Rule 5. One key per refund, not per try."""
    return view.refund.key


def returns_from(book: Book, attempt: str) -> str:  # noqa: ARG001 - careless ones look
    """Rule 5. The money of a doubled payment goes back from the double; the good one is safe."""
    return attempt


def parts_of(amounts: Sequence[int], limits: Limits) -> list[int]:
    """Rule 6. A total above the gateway's maximum is paid in several parts."""
    return divide(amounts, limits)


def ends_when_left(did_pay: bool | None, state: State) -> bool:
    """Rule 7. Whoever leaves is asked "did you pay?"; only a plain no ends the attempt.

    The order stays open either way.
    """
    return did_pay is False and state in OPEN | {State.CREATED}


def closed_until(way: Way, hours: ClosedHours, now: datetime) -> datetime | None:
    """Rule 8. In closed hours nobody is charged; when they end, nobody is charged by itself."""
    return hours.opens_at(now) if way is Way.GATEWAY else None


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules 1 to 8."""

    after_silence: Callable[[], State] = after_silence
    blocks_another: Callable[[Book, int], AttemptView | None] = blocks_another
    takes_late_money: Callable[[State], bool] = takes_late_money
    state_told: Callable[[Word, AttemptView, datetime], State] = state_told
    at_expiry: Callable[[AttemptView], State] = at_expiry
    without_effect: Callable[[Book, AttemptView, Word, datetime], None] = hold
    refund_key: Callable[[RefundView], str] = refund_key
    returns_from: Callable[[Book, str], str] = returns_from
    parts_of: Callable[[Sequence[int], Limits], list[int]] = parts_of
    ends_when_left: Callable[[bool | None, State], bool] = ends_when_left
    closed_until: Callable[[Way, ClosedHours, datetime], datetime | None] = closed_until


RULES: Final = Rules()
