"""What the kiosk must do at its card terminal, because nobody else can reach that."""

from __future__ import annotations

from dataclasses import dataclass

from backend_stub.payments.book import Book
from backend_stub.payments.records import RefundState, Way
from backend_stub.payments.states import OPEN


@dataclass(frozen=True, slots=True)
class AskTerminal:
    """Ask the card terminal what became of an attempt (nexo: TransactionStatus)."""

    attempt: str


@dataclass(frozen=True, slots=True)
class ReverseAtTerminal:
    """Give money back through the card terminal (nexo: Reversal), the whole or a part."""

    key: str
    attempt: str
    session: str
    """The card terminal's own number of the payment."""
    amount: int


Errand = AskTerminal | ReverseAtTerminal


def errands(book: Book, kiosk: str | None = None) -> list[Errand]:
    """What this kiosk's card terminal, or any, has to be asked or told about an order."""
    found: list[Errand] = []
    mine = {
        view.attempt.id: view
        for view in book.attempts.values()
        if view.attempt.way is Way.CARD and kiosk in (None, view.attempt.kiosk)
    }
    found.extend(AskTerminal(attempt) for attempt, view in mine.items() if view.state in OPEN)
    for refund in book.refunds.values():
        view = mine.get(refund.refund.attempt)
        if view is not None and refund.state is not RefundState.DONE:
            money = refund.refund
            found.append(
                ReverseAtTerminal(money.key, money.attempt, view.session or "", money.amount)
            )
    return found
