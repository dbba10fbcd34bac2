"""The one artefact: a 1-bit image that is previewed, printed, archived and hashed."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import Final, Self

from PIL import Image

_INVERT: Final = bytes(255 - value for value in range(256))
DOTS_PER_INCH: Final = 203
"""Eight dots per millimetre: the resolution of practically every receipt printer's head."""


@dataclass(frozen=True, slots=True)
class ReceiptBitmap:
    """A 1-bit image, width in dots (a multiple of 8), rows packed, most significant bit leftmost.

    A set bit is a black dot, as ``GS v 0`` wants it.
    """

    width: int
    height: int
    rows: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.width <= 0 or self.width % 8 or self.height <= 0:
            raise ValueError("a bitmap is at least one row of a multiple of 8 dots")
        if len(self.rows) != self.stride * self.height:
            raise ValueError("rows do not fill width x height")

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return self.width // 8

    @property
    def sha256(self) -> str:
        """SHA-256 over width, height (4 bytes each, big-endian) and rows; 64 hex digits."""
        size = self.width.to_bytes(4, "big") + self.height.to_bytes(4, "big")
        return hashlib.sha256(size + self.rows).hexdigest()

    @property
    def millimetres(self) -> float:
        """Length on paper."""
        return self.height * 25.4 / DOTS_PER_INCH

    def row(self, y: int) -> bytes:
        """Return one packed row."""
        return self.rows[y * self.stride : (y + 1) * self.stride]

    def png(self, margin: int = 0) -> bytes:
        """Return a PNG, black on white; ``margin`` adds that many white dots all round."""
        image = self.image()
        if margin:
            framed = Image.new("1", (self.width + 2 * margin, self.height + 2 * margin), 1)
            framed.paste(image, (margin, margin))
            image = framed
        out = io.BytesIO()
        image.save(out, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
        return out.getvalue()

    def pdf(self) -> bytes:
        """Return a PDF of one page, as large as the paper; the dots compressed as fax (T.6)."""
        out = io.BytesIO()
        self.image().save(out, "PDF", resolution=DOTS_PER_INCH)
        return out.getvalue()

    def image(self) -> Image.Image:
        """Return the image for Pillow, mode ``1``."""
        return Image.frombytes("1", (self.width, self.height), self.rows.translate(_INVERT))

    @classmethod
    def from_image(cls, image: Image.Image) -> Self:
        """Take over a Pillow image of mode ``1``: white is paper, everything else a black dot."""
        if image.mode != "1":
            raise ValueError("only 1-bit images")
        rows = image.tobytes().translate(_INVERT)
        return cls(image.width, image.height, rows)

    @classmethod
    def from_png(cls, data: bytes) -> Self:
        """Read back what :meth:`png` wrote without a margin.

        Raises ``ValueError`` for another kind of picture, ``OSError`` for no picture at all.
        """
        return cls.from_image(Image.open(io.BytesIO(data)))
