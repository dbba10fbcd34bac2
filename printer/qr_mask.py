"""Which of the eight masks a QR code gets (ISO/IEC 18004, clause 7.8), thirty times as quick.

The library draws all eight codes and looks at them module by module, a third of the time that a
whole receipt takes. Here a code is one large integer, module (x, y) its bit ``y * n + x``, and
every rule is a few shifts of it. The choice is the library's own: the tests compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from operator import and_
from typing import TypeVar

from qrcode import util

Grid = Sequence[Sequence[bool | None]]
_T = TypeVar("_T")


def best_mask(across: int, down: int, free: tuple[tuple[bool, ...], ...]) -> int:
    """Return the number of the best mask for a code that has none yet.

    ``down`` is the code with x and y swapped; ``free`` is where data lie, which is what a mask
    changes.
    """
    n = len(free)
    points = []
    for number in range(8):
        change_across, change_down = mask(number, free)
        points.append(_points(across ^ change_across, down ^ change_down, n))
    return points.index(min(points))


def packed(grid: Grid) -> int:
    """The dark modules as one number."""
    return int("".join("1" if module else "0" for row in grid for module in row)[::-1], 2)


def turned(grid: Sequence[Sequence[_T]]) -> list[tuple[_T, ...]]:
    """Columns as rows."""
    return list(zip(*grid, strict=True))


@cache
def mask(number: int, free: tuple[tuple[bool, ...], ...]) -> tuple[int, int]:
    """What a mask changes, and the same with x and y swapped."""
    changed = util.mask_func(number)
    grid = [[data and changed(y, x) for x, data in enumerate(row)] for y, row in enumerate(free)]
    return packed(grid), packed(turned(grid))


@cache
def _windows(n: int, size: int) -> int:
    """Every place where ``size`` modules of one row begin."""
    row = (1 << n - size + 1) - 1
    return sum(row << y * n for y in range(n))


def _points(across: int, down: int, n: int) -> int:
    blocks = _same(across, n)
    blocks &= (blocks >> n) & ~(across ^ across >> n)
    dark = abs(across.bit_count() / n**2 * 100 - 50)
    lines = sum(_runs(code, n) + 40 * _finders(code, n) for code in (across, down))
    return lines + 3 * blocks.bit_count() + 10 * int(dark / 5)


def _same(code: int, n: int) -> int:
    """Where a module is like its right neighbour."""
    return ~(code ^ code >> 1) & _windows(n, 2)


def _runs(code: int, n: int) -> int:
    """3 points for five modules alike in a line, 1 for each more."""
    same = _same(code, n)
    fives = same & same >> 1 & same >> 2 & same >> 3
    return fives.bit_count() + 2 * (fives & ~(fives << 1)).bit_count()


def _finders(code: int, n: int) -> int:
    """How often something looks like a finder pattern: 1:1:3:1:1 beside four light modules."""
    shifted = [code >> place for place in range(11)]

    def matches(pattern: str) -> int:
        parts = [s if dark == "1" else ~s for s, dark in zip(shifted, pattern, strict=True)]
        return (reduce(and_, parts) & _windows(n, 11)).bit_count()

    return matches("10111010000") + matches("00001011101")
