"""Symbols drawn here: the emblem, the tick, the clock, the warning, a number in a disc."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from printer.text_layout import Align, Style, Text, Weight, text

_BLACK = QColor("black")
_WHITE = QColor("white")


def _star(centre: QPointF, radius: float) -> QPainterPath:
    """Two squares turned against each other by 45 degrees: the eight-pointed khatim."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for turn in (0.0, math.pi / 4):
        square = QPainterPath()
        corners = [
            centre
            + QPointF(math.cos(turn + k * math.pi / 2), math.sin(turn + k * math.pi / 2)) * radius
            for k in range(4)
        ]
        square.moveTo(corners[0])
        for corner in corners[1:]:
            square.lineTo(corner)
        square.closeSubpath()
        path = path.united(square)
    return path


def _arch(centre: QPointF, width: float, height: float) -> QPainterPath:
    """A pointed arch, the outline of an Omani doorway, centred on ``centre``."""
    left, right = centre.x() - width / 2, centre.x() + width / 2
    top, bottom = centre.y() - height / 2, centre.y() + height / 2
    spring = top + height * 0.45
    path = QPointF(left, bottom)
    door = QPainterPath(path)
    door.lineTo(left, spring)
    door.cubicTo(
        left, top + height * 0.22, centre.x() - width * 0.2, top + height * 0.1, centre.x(), top
    )
    door.cubicTo(
        centre.x() + width * 0.2, top + height * 0.1, right, top + height * 0.22, right, spring
    )
    door.lineTo(right, bottom)
    door.closeSubpath()
    return door


def emblem(painter: QPainter, centre_x: int, top: int, size: int) -> None:
    """A doorway in an eight-pointed star: the terminal's own mark, no emblem of any state."""
    painter.drawImage(QPoint(centre_x - size // 2, top), _emblem(size))


@cache
def _emblem(size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_emblem(painter, size)
    finally:
        painter.end()
    return image


def _paint_emblem(painter: QPainter, size: int) -> None:
    centre = QPointF(size / 2, size / 2)
    painter.fillPath(_star(centre, size / 2), _BLACK)
    ring = QPen(_WHITE, size * 0.028)
    ring.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.strokePath(_star(centre, size * 0.435), ring)
    door = centre + QPointF(0, size * 0.015)
    painter.fillPath(_arch(door, size * 0.36, size * 0.46), _WHITE)
    inner = door + QPointF(0, size * 0.045)
    painter.fillPath(_arch(inner, size * 0.23, size * 0.37), _BLACK)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_WHITE)
    painter.drawEllipse(inner + QPointF(size * 0.06, size * 0.06), size * 0.02, size * 0.02)


def tick(painter: QPainter, box: QRectF) -> None:
    """A white disc with a black tick, for a black ground."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_WHITE)
    painter.drawEllipse(box)
    pen = QPen(_BLACK, box.width() * 0.13)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    stroke = QPainterPath(_at(box, 0.27, 0.53))
    stroke.lineTo(_at(box, 0.44, 0.69))
    stroke.lineTo(_at(box, 0.74, 0.34))
    painter.strokePath(stroke, pen)


def clock(painter: QPainter, box: QRectF) -> None:
    """A clock face, for a white ground."""
    pen = QPen(_BLACK, box.width() * 0.1)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    inset = box.width() * 0.05
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.setPen(pen)
    painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
    painter.drawLine(_at(box, 0.5, 0.27), _at(box, 0.5, 0.53))
    painter.drawLine(_at(box, 0.5, 0.53), _at(box, 0.67, 0.64))


def warning(painter: QPainter, box: QRectF) -> None:
    """An exclamation mark in a triangle, for a white ground."""
    pen = QPen(_BLACK, box.width() * 0.1)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    triangle = QPainterPath(_at(box, 0.5, 0.08))
    triangle.lineTo(_at(box, 0.95, 0.88))
    triangle.lineTo(_at(box, 0.05, 0.88))
    triangle.closeSubpath()
    painter.strokePath(triangle, pen)
    painter.setPen(pen)
    painter.drawLine(_at(box, 0.5, 0.38), _at(box, 0.5, 0.58))
    painter.drawPoint(_at(box, 0.5, 0.74))


def numeral(value: int, size: int) -> Text:
    """The number that belongs into a :func:`disc` of ``size`` dots."""
    style = Style(round(size * 0.62), Weight.Bold, leading=size / round(size * 0.62))
    return text(str(value), style, size, Align.CENTRE, rtl=False)


def disc(painter: QPainter, x: float, y: float, number: Text) -> None:
    """A black disc with a white number, top left corner at ``x, y``."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BLACK)
    painter.drawEllipse(QRectF(x, y, number.width, number.width))
    number.draw(painter, x, y, white=True)


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.x() + box.width() * x, box.y() + box.height() * y)
