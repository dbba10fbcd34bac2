"""How much paper is left: what was printed since the roll was changed, and what its sensor says.

No receipt printer measures its roll. It has a switch that trips near the end, and the print
journal knows the length of every receipt, so that both together give a number of receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from printer.journal import RollUse

CUT_MILLIMETRES: Final = 13.0
"""Fed to the cutter after every receipt: the way from head to knife of a usual 80 mm printer."""


@dataclass(frozen=True, slots=True)
class Roll:
    """The paper that is bought. Millimetres."""

    length: float = 80_000.0
    """A roll of 80 mm diameter."""
    near_end: float = 4_000.0
    """Left when the sensor trips; a little less than measured is a good value."""
    receipt: float = 250.0
    """A usual receipt, until enough were printed to know better."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``receipts`` left on the roll; ``None`` until a change of roll has been seen."""

    receipts: int | None
    used: float
    """Millimetres of this roll, cuts included."""


def forecast(use: RollUse, roll: Roll = Roll()) -> Forecast:
    """Say how many receipts are left on the roll. The sensor's word counts more than the sum."""
    used = use.used + use.receipts * CUT_MILLIMETRES
    usual = roll.receipt + CUT_MILLIMETRES if use.receipts < 5 else used / use.receipts
    if use.used_since_low is not None:
        left = roll.near_end - use.used_since_low
    elif use.known:
        left = roll.length - used
    else:
        return Forecast(None, used)
    return Forecast(max(0, int(left / usual)), used)
