"""The states of an attempt to pay, and the one table of its legal moves."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


class State(enum.StrEnum):
    """Where an attempt stands."""

    CREATED = "created"
    """Committed here; nothing was sent. The effect is reserved."""
    SENT = "sent"
    """About to be sent, or sent: from here on somebody may have taken money."""
    AWAITING = "awaiting"
    """The payer can pay now."""
    AUTHORISED = "authorised"
    """The money is there, its effect is not yet: the registry could not be reached."""
    CAPTURED = "captured"
    """The money is ours, and its effect is applied."""
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """Nobody here knows whether money was taken. Never shown or treated as a failure."""
    REFUND_DUE = "refund-due"
    """Money of it, all or some, must go back."""
    REFUNDED = "refunded"
    """All of its money went back."""


S = State

MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        S.CREATED: frozenset({S.SENT, S.CANCELLED}),
        S.SENT: frozenset(
            {
                S.AWAITING,
                S.UNKNOWN,
                S.AUTHORISED,
                S.CAPTURED,
                S.REFUND_DUE,
                S.DECLINED,
                S.CANCELLED,
                S.EXPIRED,
            }
        ),
        S.AWAITING: frozenset(
            {
                S.UNKNOWN,
                S.AUTHORISED,
                S.CAPTURED,
                S.REFUND_DUE,
                S.DECLINED,
                S.CANCELLED,
                S.EXPIRED,
            }
        ),
        S.UNKNOWN: frozenset(
            {
                S.AWAITING,
                S.AUTHORISED,
                S.CAPTURED,
                S.REFUND_DUE,
                S.DECLINED,
                S.CANCELLED,
                S.EXPIRED,
            }
        ),
        S.AUTHORISED: frozenset({S.CAPTURED, S.REFUND_DUE}),
        S.CAPTURED: frozenset({S.REFUND_DUE}),
        # Some of its money went back, or all of it.
        S.REFUND_DUE: frozenset({S.CAPTURED, S.REFUNDED}),
        # Money that came late, for an attempt that was dead: it buys the effect or goes back.
        S.DECLINED: frozenset({S.AUTHORISED, S.CAPTURED, S.REFUND_DUE}),
        S.CANCELLED: frozenset({S.AUTHORISED, S.CAPTURED, S.REFUND_DUE}),
        S.EXPIRED: frozenset({S.AUTHORISED, S.CAPTURED, S.REFUND_DUE}),
        S.REFUNDED: frozenset(),
    }
)
"""From each state to those that may follow. Anything else raises :class:`IllegalMove`."""

LIVING: Final = frozenset({S.CREATED, S.SENT, S.AWAITING, S.UNKNOWN, S.AUTHORISED})
"""Money may still come, or has come and waits for its effect."""
OPEN: Final = frozenset({S.SENT, S.AWAITING, S.UNKNOWN})
"""Only the gateway or the card terminal knows more."""
DEAD: Final = frozenset({S.DECLINED, S.CANCELLED, S.EXPIRED})
PAID: Final = frozenset({S.AUTHORISED, S.CAPTURED, S.REFUND_DUE, S.REFUNDED})
"""Its money came, wherever it is now."""


class IllegalMove(Exception):
    """A move that the table does not have: a fault of ours, never of a peer."""

    def __init__(self, old: State, new: State) -> None:
        super().__init__(f"an attempt cannot go from {old} to {new}")
        self.old = old
        self.new = new


def check_move(old: State, new: State) -> None:
    """Raise :class:`IllegalMove` unless the table has this move."""
    if new not in MOVES[old]:
        raise IllegalMove(old, new)
