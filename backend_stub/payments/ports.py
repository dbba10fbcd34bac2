"""What the process of payment needs of others: a store and a gateway."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from backend_stub.payments.book import Book
from backend_stub.payments.effects import Effects
from backend_stub.payments.records import Order
from backend_stub.payments.words import RefundAnswer, Word


class UnknownOrder(LookupError):
    """There is no such order or attempt."""


class Store(Protocol):
    """Keeps books. One transaction at a time changes a book."""

    def place(self, order: Order) -> None:
        """Begin a book; the same order again changes nothing."""

    def read(self, order: str) -> Book:
        """A copy to look at. Raises :class:`UnknownOrder`."""

    def change(self, order: str) -> AbstractContextManager[tuple[Book, Effects]]:
        """A book to write into, with the effects of the same transaction.

        What was added is committed when the block ends, and nothing of it when it raises.
        Raises :class:`UnknownOrder`.
        """

    def renewed(self, order: str) -> set[str]:
        """Workers for whom the registry holds what this order bought.

        Raises :class:`~.effects.EffectsUnavailable`.
        """

    def due(self, now: datetime) -> list[str]:
        """Orders that something is due for, at most a hundred."""

    def postpone(self, order: str, until: datetime) -> None:
        """What is due for an order now is due then."""

    def order_of(self, attempt: str) -> str:
        """The order that an attempt belongs to. Raises :class:`UnknownOrder`."""


class Gateway(Protocol):
    """The payment gateway. It knows no idempotency key for payments; references find them.

    Every function raises :class:`~.words.Silent` when no usable answer came.
    """

    def open(self, reference: str, amount: int, order: Order) -> Word:
        """Open a session in which the payer can pay. Raises :class:`~.words.Refused`."""

    def look_up(self, reference: str) -> Word:
        """How the session with this reference stands."""

    def cancel(self, session: str) -> None:
        """End a session that is not paid. Raises :class:`~.words.Refused`."""

    def refund(self, key: str, session: str, amount: int) -> RefundAnswer:
        """Give money back. The same key again is the same refund."""

    def look_up_refund(self, key: str) -> RefundAnswer:
        """What became of a refund."""
