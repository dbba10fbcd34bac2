"""Bitmap → ESC/POS: short raster bands, blank rows as feeds, white margins left out.

What consists of squares of two by two dots, as a QR code does, is sent with one dot for each and
doubled by the printer (``GS v 0``, m = 3): a quarter of its bytes, dot for dot the same. The
printer's own QR codes (``GS ( k``) would save 2.4 KB more of 65 to 91 on wide paper and 3.5 KB of
42 to 59 on narrow paper, a twentieth. They are not used: they cannot be compared with the bitmap,
choose their own version and mask, and have no quiet zone.

Bands of at most 100 rows keep every command under 8 KiB, so that 8 KiB of NUL always bring a
printer back that was left in the middle of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from printer import escpos
from printer.bitmap import ReceiptBitmap

BAND_ROWS: Final = 100
_FEED_FROM: Final = 2
"""A run of blank rows this long is fed. Shorter ones cost less as white dots than as commands."""


@dataclass(frozen=True, slots=True)
class RasterStatistics:
    """What the encoding cost: bytes sent, bytes of the plain bitmap, bands, rows fed not sent."""

    sent: int
    plain: int
    bands: int
    rows_fed: int

    def seconds_at(self, baud: int) -> float:
        """Time on a serial line with 8 data bits, no parity, 1 stop bit."""
        return self.sent * 10 / baud


@dataclass(frozen=True, slots=True)
class EncodedReceipt:
    """A receipt as the printer takes it, in pieces that end between two commands."""

    bands: tuple[bytes, ...] = field(repr=False)
    """Each at most 100 rows with the margin and feed that belong to it."""
    cut: bytes
    statistics: RasterStatistics

    @property
    def data(self) -> bytes:
        """Everything in order: bands, then the cut."""
        return b"".join((*self.bands, self.cut))


def encode(bitmap: ReceiptBitmap) -> EncodedReceipt:
    """Encode for a printer in standard mode whose motion units are dots (``GS P 203 203``)."""
    bands = tuple(encode_bands(bitmap))
    statistics = RasterStatistics(
        sent=sum(map(len, bands)) + len(escpos.CUT),
        plain=len(bitmap.rows),
        bands=sum(escpos.RASTER in band for band in bands),
        rows_fed=sum(end - start for start, end, blank in _runs(_rows(bitmap)) if blank),
    )
    return EncodedReceipt(bands, escpos.CUT, statistics)


def encode_bands(bitmap: ReceiptBitmap) -> Iterator[bytes]:
    """The bands of :func:`encode`, each when it is asked for: the first one need not wait."""
    rows = _rows(bitmap)
    margin = 0
    for start, end, blank in _runs(rows):
        if blank:
            yield escpos.feed(end - start)
            continue
        for top, bottom, doubled in _bands(rows, start, end):
            left, width, data = _trim(rows[top:bottom])
            if doubled:
                width, data = (width + 1) // 2, _halved(width, data)
            band = escpos.raster(width, len(data) // width, data, doubled=doubled)
            # Every band brings its margin along: a printer that was off for a moment forgets it.
            if left or margin:
                band = escpos.left_margin(left * 8) + band
            margin = left
            yield band
    if margin:
        yield escpos.left_margin(0)


def _rows(bitmap: ReceiptBitmap) -> list[bytes]:
    stride = bitmap.stride
    return [bitmap.rows[at : at + stride] for at in range(0, len(bitmap.rows), stride)]


def _runs(rows: list[bytes]) -> Iterator[tuple[int, int, bool]]:
    """Split the rows into (start, end, blank), where short blank runs belong to the ink around."""
    blank_row = bytes(len(rows[0]))
    height = len(rows)
    start = y = 0
    while y < height:
        end = y
        while end < height and rows[end] == blank_row:
            end += 1
        if end - y >= _FEED_FROM or (end > y and end == height):
            if y > start:
                yield start, y, False
            yield y, end, True
            start = end
        y = max(end, y + 1)
    if start < height:
        yield start, height, False


def _trim(rows: list[bytes]) -> tuple[int, int, bytes]:
    """Return (bytes of margin left, bytes of width, data) of a band without its white sides."""
    left = min(len(row) - len(row.lstrip(b"\0")) for row in rows)
    right = max(len(row.rstrip(b"\0")) for row in rows)
    return left, right - left, b"".join(row[left:right] for row in rows)


_SQUARES_FROM: Final = 12
"""Rows of squares before they are worth a band of their own."""
_NIBBLE: Final = {
    sum(0b11 << 2 * bit for bit in range(4) if value >> bit & 1): value for value in range(16)
}
"""A byte of four doubled dots, and the four dots."""


def _bands(rows: list[bytes], start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Split rows with ink into (top, bottom, whether all is squares of two by two dots)."""
    pieces: list[tuple[int, int, bool]] = []
    top = start
    while top < end:
        bottom = top
        while bottom + 1 < end and _squares(rows[bottom], rows[bottom + 1]):
            bottom += 2
        doubled = bottom - top >= _SQUARES_FROM
        bottom = bottom if doubled else min(max(bottom, top + 2), end)
        if pieces and not doubled and not pieces[-1][2]:
            pieces[-1] = (pieces[-1][0], bottom, False)
        else:
            pieces.append((top, bottom, doubled))
        top = bottom
    for first, last, doubled in pieces:
        for top in range(first, last, BAND_ROWS):
            yield top, min(top + BAND_ROWS, last), doubled


def _squares(row: bytes, next_row: bytes) -> bool:
    return row == next_row and _NIBBLE.keys() >= set(row)


def _halved(width: int, data: bytes) -> bytes:
    """Return one dot for each square of two by two."""
    half = bytearray()
    for start in range(0, len(data), 2 * width):
        nibbles = [_NIBBLE[byte] for byte in data[start : start + width]] + [0] * (width % 2)
        half += bytes(a << 4 | b for a, b in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes(half)
