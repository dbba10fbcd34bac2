"""The roll: dots row by row until a cut, then one receipt."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from printer.bitmap import ReceiptBitmap

_LINE_DOTS: Final = 30
"""Default line spacing, about 1/6 inch."""


class Paper:
    """What has been printed since the last cut; positions in dots."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows = bytearray()

    @property
    def rows(self) -> int:
        """Rows since the last cut."""
        return len(self._rows) * 8 // self._width

    def feed(self, dots: int) -> None:
        """Move on without printing."""
        self._rows += bytes(self._width // 8 * dots)

    def raster(self, left: int, stride: int, data: bytes, mode: int = 0) -> None:
        """Print rows of ``stride`` bytes from ``left``; what passes the right edge is lost.

        Bit 0 of ``mode`` doubles the width of every dot, bit 1 its height.
        """
        for start in range(0, len(data), stride):
            dots = int.from_bytes(data[start : start + stride], "big")
            if mode & 1:
                dots = int("".join(bit * 2 for bit in f"{dots:b}"), 2)
            shift = self._width - left - stride * 8 * (2 if mode & 1 else 1)
            dots = dots << shift if shift >= 0 else dots >> -shift
            dots &= (1 << self._width) - 1
            self._rows += dots.to_bytes(self._width // 8, "big") * (2 if mode & 2 else 1)

    def text(self, line: str) -> None:
        """Print a line in a plain built-in font: this printer is for pictures."""
        image = Image.new("1", (self._width, _LINE_DOTS), 1)
        ImageDraw.Draw(image).text((0, 6), line, fill=0, font=ImageFont.load_default())
        self._rows += ReceiptBitmap.from_image(image).rows

    def cut(self) -> ReceiptBitmap | None:
        """Give the receipt out and start anew; ``None`` if nothing was printed."""
        rows, self._rows = bytes(self._rows), bytearray()
        if not rows:
            return None
        return ReceiptBitmap(self._width, len(rows) * 8 // self._width, rows)
