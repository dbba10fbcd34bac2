"""Dated values: fees and deadlines, of which the newest that is in force counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Something that holds from a day on."""

    @property
    def valid_from(self) -> date:
        """The first day on which it holds."""
        ...


D = TypeVar("D", bound=Dated)


def in_force(values: Sequence[D], day: date) -> D:
    """The value that is in force on ``day``; before the first one's day, the first.

    A terminal whose clock is years behind must still print a receipt, so no date raises. An empty
    table raises ``LookupError``.
    """
    if not values:
        raise LookupError("the table of dated values is empty")
    begun = [value for value in values if value.valid_from <= day]
    if not begun:
        return min(values, key=lambda value: value.valid_from)
    return max(begun, key=lambda value: value.valid_from)
