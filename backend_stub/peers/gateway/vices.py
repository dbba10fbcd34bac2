"""What can be wrong with the gateway, each on a switch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Vices:
    """None of them by default."""

    slow_s: float = 0.0
    """Waits so long before it answers a merchant."""
    down: bool = False
    """Answers merchants 503 and does nothing."""
    silent: bool = False
    """Does what the merchant asks and then answers nothing of use."""
    closed: bool | None = None
    """Takes no payment; ``None``: by the clock, in its closed hours."""
    callbacks_lost: bool = False
    callbacks_doubled: bool = False
    callbacks_delayed_s: float = 0.0
    """The first of two callbacks comes so much later, after the second: reordered."""
    callbacks_forged: bool = False
    """Signed with another key."""
    wrong_amount: int | None = None
    """This many baisa are paid, whatever was asked for."""
    undocumented_status: str | None = None
    """Said instead of every status."""
    paid_after_expiry: bool = False
    """Takes money for a session that is expired or cancelled."""
    refund_refused: bool = False

    def switched(self, changes: dict[str, Any]) -> Vices:
        """With some of them changed. Raises ``TypeError`` for one that does not exist."""
        return replace(self, **changes)
