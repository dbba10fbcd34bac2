"""Bitmap → ESC/POS: short raster bands, blank rows as feeds, white margins left out.

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
    bands: list[bytes] = []
    fed = 0
    rasters = 0
    margin = 0
    for start, end, blank in _runs(bitmap):
        if blank:
            bands.append(escpos.feed(end - start))
            fed += end - start
            continue
        for top in range(start, end, BAND_ROWS):
            bottom = min(top + BAND_ROWS, end)
            left, width, data = _trim(bitmap, top, bottom)
            band = escpos.raster(width, bottom - top, data)
            if left != margin:
                band = escpos.left_margin(left * 8) + band
                margin = left
            bands.append(band)
            rasters += 1
    if margin:
        bands.append(escpos.left_margin(0))
    sent = sum(map(len, bands)) + len(escpos.CUT)
    statistics = RasterStatistics(sent, len(bitmap.rows), rasters, fed)
    return EncodedReceipt(tuple(bands), escpos.CUT, statistics)


def _runs(bitmap: ReceiptBitmap) -> Iterator[tuple[int, int, bool]]:
    """Split the rows into (start, end, blank), where short blank runs belong to the ink around."""
    blank_row = bytes(bitmap.stride)
    blank = [bitmap.row(y) == blank_row for y in range(bitmap.height)]
    start = y = 0
    while y < bitmap.height:
        end = y
        while end < bitmap.height and blank[end]:
            end += 1
        if end - y >= _FEED_FROM or (end > y and end == bitmap.height):
            if y > start:
                yield start, y, False
            yield y, end, True
            start = end
        y = max(end, y + 1)
    if start < bitmap.height:
        yield start, bitmap.height, False


def _trim(bitmap: ReceiptBitmap, top: int, bottom: int) -> tuple[int, int, bytes]:
    """Return (bytes of margin left, bytes of width, data) of a band without its white sides."""
    rows = [bitmap.row(y) for y in range(top, bottom)]
    left = min(len(row) - len(row.lstrip(b"\0")) for row in rows)
    right = max(len(row.rstrip(b"\0")) for row in rows)
    return left, right - left, b"".join(row[left:right] for row in rows)
