"""Glyphs as small pictures, made once: what makes drawing a receipt quick.

A receipt has about a thousand glyphs and a few hundred different ones. Each is filled from its
unhinted outline by Qt's rasteriser and kept, at four positions within a dot, across and down. (The
platform's own glyph cache would be as quick, but its bits depend on fontconfig and the display.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QFont, QGlyphRun, QImage, QPainter, QRawFont

_STEPS: Final = 4
"""Positions within a dot: what is left of a quarter of a dot, no print head shows."""
_MOST: Final = 6000
"""Pictures kept, a few megabytes; all receipts of one terminal need less than half of it."""

_Key = tuple[str, int, float, int, int, int, bool]


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A picture and where its corner lies, seen from the glyph's origin."""

    left: int
    top: int
    image: QImage


# Shared by all threads: a picture is never changed, and one made twice is the same twice.
_kept: Final[dict[_Key, _Glyph | None]] = {}


def draw(
    painter: QPainter, run: QGlyphRun, weight: QFont.Weight, origin: QPointF, *, white: bool
) -> None:
    """Paint a run of glyphs of one font whose positions count from ``origin``, in dots."""
    raw = run.rawFont()
    family, size = raw.familyName(), raw.pixelSize()
    for index, position in zip(run.glyphIndexes(), run.positions(), strict=True):
        x = round((position.x() + origin.x()) * _STEPS)
        y = round((position.y() + origin.y()) * _STEPS)
        key = (family, weight.value, size, index, x % _STEPS, y % _STEPS, white)
        if key in _kept:
            glyph = _kept[key]
        else:
            glyph = _filled(raw, index, x % _STEPS / _STEPS, y % _STEPS / _STEPS, white=white)
            if len(_kept) < _MOST:
                _kept[key] = glyph
        if glyph is not None:
            corner = QPoint(x // _STEPS + glyph.left, y // _STEPS + glyph.top)
            painter.drawImage(corner, glyph.image)


def _filled(raw: QRawFont, index: int, x: float, y: float, *, white: bool) -> _Glyph | None:
    """Fill one outline, shifted by parts of a dot; ``None`` for a space."""
    path = raw.pathForGlyph(index)
    if path.isEmpty():
        return None
    path.translate(x, y)
    bounds = path.boundingRect()
    left, top = math.floor(bounds.left()), math.floor(bounds.top())
    path.translate(-left, -top)
    image = QImage(
        math.ceil(bounds.right()) - left,
        math.ceil(bounds.bottom()) - top,
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, QColor("white" if white else "black"))
    finally:
        painter.end()
    return _Glyph(left, top, image)
