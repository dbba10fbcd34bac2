"""The modules of a QR code at level M (ISO/IEC 18004, clauses 7.4 to 7.9), five times as quick.

The tables of the standard are those of the library ``qrcode``, and a code is the library's own,
module for module: the tests compare. What it works out anew for every code and depends on the
version alone, such as where each bit lies, is kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Final

import qrcode
from qrcode import LUT, base, util
from qrcode.constants import ERROR_CORRECT_M

from printer.qr_mask import Grid, best_mask, mask, packed, turned

Segments = tuple[tuple[int, bytes], ...]
"""Mode and bytes of each stretch of the text."""
_VALUES: Final = {letter: value for value, letter in enumerate(util.ALPHA_NUM)}
_VERSIONS: Final = range(1, 41)


def version_of(segments: Segments) -> int | None:
    """The smallest version that takes the text; none when it is too long for all."""
    for version in _VERSIONS:
        if len(_stream(segments, version)) <= _room(version):
            return version
    return None


def modules(segments: Segments, version: int) -> tuple[str, ...]:
    """The rows from top to bottom without a quiet zone, a dark module is ``1``."""
    layout = _layout(version)
    words = _codewords(segments, version)
    # One light and one dark bit more, for the modules that are the same in every code.
    bits = f"{int.from_bytes(words):0{8 * len(words)}b}01"
    across, down = (int("".join(which(bits)), 2) for which in (layout.across, layout.down))
    number = best_mask(across, down, layout.free)
    n = layout.size
    code = f"{across ^ layout.changes[number]:0{n * n}b}"[::-1]
    return tuple(code[start : start + n] for start in range(0, n * n, n))


def _room(version: int) -> int:
    return int(util.BIT_LIMIT_TABLE[ERROR_CORRECT_M][version])


def _stream(segments: Segments, version: int) -> str:
    """The bits of the text (clause 7.4)."""
    sizes = util.mode_sizes_for_version(version)
    return "".join(
        f"{mode:04b}{len(run):0{sizes[mode]}b}{_letters(mode, run)}" for mode, run in segments
    )


@cache
def _pairs() -> dict[bytes, str]:
    """The bits of two letters, and of one that is left over."""
    one = {bytes((letter,)): value for letter, value in _VALUES.items()}
    two = {a + b: f"{45 * x + y:011b}" for a, x in one.items() for b, y in one.items()}
    return two | {letter: f"{value:06b}" for letter, value in one.items()}


def _letters(mode: int, run: bytes) -> str:
    if mode == util.MODE_ALPHA_NUM:
        pairs = _pairs()
        return "".join(pairs[run[at : at + 2]] for at in range(0, len(run), 2))
    return f"{int.from_bytes(run):0{8 * len(run)}b}"


def _codewords(segments: Segments, version: int) -> bytes:
    """Data and error correction in the order in which they are placed (clauses 7.5 and 7.6)."""
    room = _room(version)
    stream = _stream(segments, version)
    stream += "0" * min(4, room - len(stream))
    stream += "0" * (-len(stream) % 8)
    data = int(stream, 2).to_bytes(len(stream) // 8)
    data = (data + b"\xec\x11" * (room // 16))[: room // 8]
    parts, checks = [], []
    for block in base.rs_blocks(version, ERROR_CORRECT_M):
        parts.append(data[: block.data_count])
        data = data[block.data_count :]
        checks.append(_check(parts[-1], block.total_count - block.data_count))
    woven = chain(*zip_longest(*parts), *zip_longest(*checks))
    return bytes(word for word in woven if word is not None)


def _check(data: bytes, count: int) -> bytes:
    """The error correction words of one block: a remainder, by one step for each byte."""
    steps = _steps(count)
    rest, top = 0, 8 * (count - 1)
    for byte in data:
        lead = rest >> top
        rest = (rest ^ lead << top) << 8 ^ steps[lead ^ byte]
    return rest.to_bytes(count)


@cache
def _steps(count: int) -> tuple[int, ...]:
    """What each leading byte takes away: that many times the generator polynomial."""
    generator = LUT.rsPoly_LUT[count][1:]
    multiples = [bytes(count)]
    for byte in range(1, 256):
        power = base.glog(byte)
        multiples.append(
            bytes(base.gexp(base.glog(factor) + power) if factor else 0 for factor in generator)
        )
    return tuple(int.from_bytes(multiple) for multiple in multiples)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all codes of one version have in common. Numbers as in :mod:`printer.qr_mask`."""

    size: int
    across: Callable[[str], tuple[str, ...]]
    """Takes the bits of all modules, last one first, without a mask; format bits are light."""
    down: Callable[[str], tuple[str, ...]]
    """The same with x and y swapped."""
    free: tuple[tuple[bool, ...], ...]
    """Where data lie."""
    changes: tuple[int, ...]
    """What each mask changes, and its format information."""


class _Frame(qrcode.QRCode):  # type: ignore[misc] # the library has no types
    """A code without data: ``None`` where they lie."""

    modules: list[list[bool | None]]

    def map_data(self, data: object, mask_pattern: int) -> None:
        pass

    def drawn(self, number: int, *, test: bool) -> Grid:
        self.data_cache = ()
        self.makeImpl(test, number)
        return [list(row) for row in self.modules]


@cache
def _layout(version: int) -> _Layout:
    frame = _Frame(version=version, error_correction=ERROR_CORRECT_M, border=0)
    blank = frame.drawn(0, test=True)
    n = len(blank)
    count = 8 * sum(block.total_count for block in base.rs_blocks(version, ERROR_CORRECT_M))
    light, dark = count, count + 1
    source = [[dark if module else light for module in row] for row in blank]
    for bit, (y, x) in enumerate(_path(blank)):
        # What is left after the last word is light (clause 7.7.3).
        source[y][x] = bit if bit < count else light
    free = tuple(tuple(module is None for module in row) for row in blank)
    changes = tuple(
        mask(number, free)[0] ^ packed(frame.drawn(number, test=False)) ^ packed(blank)
        for number in range(8)
    )
    across, down = (
        itemgetter(*[bit for row in reversed(rows) for bit in reversed(row)])
        for rows in (source, turned(source))
    )
    return _Layout(n, across, down, free, changes)


def _path(blank: Grid) -> list[tuple[int, int]]:
    """The modules for data, in order: up and down in columns of two (clause 7.7.3)."""
    n = len(blank)
    path = []
    up = True
    for right in (*range(n - 1, 6, -2), *range(5, 0, -2)):
        for y in range(n - 1, -1, -1) if up else range(n):
            path += [(y, x) for x in (right, right - 1) if blank[y][x] is None]
        up = not up
    return path
