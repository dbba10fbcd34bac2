"""Money is integer baisa from end to end: 1 OMR = 1000 baisa. No float, no decimal point inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BAISA_PER_OMR: Final = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a gateway takes in one session, in baisa."""

    least: int = 100
    most: int = 9_999_000


class AmountRefused(ValueError):
    """An amount that no way of paying takes."""


def shown(baisa: int) -> str:
    """An amount as people read it, in OMR with its three decimals: ``1500`` is ``1.500``."""
    whole, rest = divmod(abs(baisa), BAISA_PER_OMR)
    return f"{'-' if baisa < 0 else ''}{whole:,}.{rest:03d}"


def divide(amounts: Sequence[int], limits: Limits) -> list[int]:
    """The part, from 0 up, in which each amount is paid: no part above the gateway's maximum.

    An amount is never cut: what one worker costs is paid, and goes back, in one piece. Amounts of
    nothing go with any part. Raises :class:`AmountRefused` for an amount that no part can hold, or
    when what is left is below the gateway's minimum.
    """
    parts: list[int] = []
    sums = [0]
    for amount in amounts:
        if amount < 0 or amount > limits.most:
            raise AmountRefused("an amount is negative, or above what the gateway takes at once")
        if sums[-1] + amount > limits.most:
            sums.append(0)
        sums[-1] += amount
        parts.append(len(sums) - 1)
    if len(sums) > 1 and sums[-1] < limits.least:
        _lend(parts, sums, amounts, limits)
    if any(0 < each < limits.least for each in sums):
        raise AmountRefused("the total is below what the gateway takes")
    return parts


def _lend(parts: list[int], sums: list[int], amounts: Sequence[int], limits: Limits) -> None:
    """Move amounts from the last part but one into the last, until that one is large enough."""
    last = len(sums) - 1
    for place in reversed([place for place, part in enumerate(parts) if part == last - 1]):
        if sums[last] >= limits.least:
            return
        parts[place] = last
        sums[last] += amounts[place]
        sums[last - 1] -= amounts[place]
