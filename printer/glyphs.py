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
_MOST: Final = 1500
"""Pictures kept of one font; all receipts of one terminal need less than half of it."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A picture and where its corner lies, seen from the glyph's origin."""

    left: int
    top: int
    image: QImage


# By font, then by glyph and position within a dot. Shared by all threads: a picture is never
# changed, and one made twice is the same twice.
_kept: Final[dict[tuple[str, QFont.Weight, float, bool], dict[int, _Glyph | None]]] = {}


def draw(
    painter: QPainter, run: QGlyphRun, weight: QFont.Weight, origin: QPointF, *, white: bool
) -> None:
    """Paint a run of glyphs of one font whose positions count from ``origin``, in dots."""
    raw = run.rawFont()
    kept = _kept.setdefault((raw.familyName(), weight, raw.pixelSize(), white), {})
    left, top = origin.x(), origin.y()
    for index, position in zip(run.glyphIndexes(), run.positions(), strict=True):
        x, x_part = divmod(round((position.x() + left) * _STEPS), _STEPS)
        y, y_part = divmod(round((position.y() + top) * _STEPS), _STEPS)
        key = (index * _STEPS + x_part) * _STEPS + y_part
        if key in kept:
            glyph = kept[key]
        else:
            glyph = _filled(raw, index, x_part / _STEPS, y_part / _STEPS, white=white)
            if len(kept) < _MOST:
                kept[key] = glyph
        if glyph is not None:
            painter.drawImage(QPoint(x + glyph.left, y + glyph.top), glyph.image)


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
