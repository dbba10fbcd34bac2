"""Laid-out text, rules and white space: blocks that know their height and draw themselves.

All lengths are dots. Glyphs are unhinted outlines (``glyphs``), and the grey picture is cut to
black and white once at the end: the bits depend on Qt, the font files and this code, never on the
display, fontconfig or a hinting setting.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from PIL import Image
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPainter,
    QTextLayout,
    QTextOption,
)

from printer import fonts, glyphs
from printer.bitmap import ReceiptBitmap

Weight = QFont.Weight
_FSI: Final = "\u2068"
_PDI: Final = "\u2069"
_NO_BREAK: Final = "\u00a0"
_SHORT_START: Final = re.compile(r"(?<=[.؟?!] )(\S{1,3}) (?=\S)")
"""A short word that begins a sentence, and the space behind it."""
_BLACK_BELOW: Final = 150
"""Grey level under which a dot is burnt: a little more than half, because thin strokes fade."""
_UNBROKEN: Final = 100_000
"""A line as long as no text is."""
_THRESHOLD: Final = [0] * _BLACK_BELOW + [1] * (256 - _BLACK_BELOW)


class Align(Enum):
    """Absolute: left stays left in Arabic."""

    LEFT = Qt.AlignmentFlag.AlignLeft
    CENTRE = Qt.AlignmentFlag.AlignHCenter
    RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class Style:
    """Size in dots, weight, and line height as a multiple of the size."""

    size: int
    weight: Weight = Weight.Normal
    leading: float = 1.5


def isolate(value: str) -> str:
    """Wrap a value in FSI…PDI (UAX #9, clause 2.4): neither it nor its neighbours reorder."""
    return f"{_FSI}{value}{_PDI}"


@dataclass(frozen=True, slots=True)
class Text:
    """A laid-out paragraph; ``natural`` is the width of its longest line, ``last`` of its last."""

    width: int
    height: int
    natural: float
    lines: int
    last: float
    indent: int
    weight: Weight
    _layout: QTextLayout = field(repr=False)

    def draw(self, painter: QPainter, x: float, y: float, *, white: bool = False) -> None:
        """Paint with the top left corner at ``x, y``; ``white`` on a black ground."""
        origin = QPointF(x + self.indent, y)
        for run in self._layout.glyphRuns():
            glyphs.draw(painter, run, self.weight, origin, white=white)


def text(content: str, style: Style, width: int, align: Align, *, rtl: bool) -> Text:
    """Shape and break ``content`` into lines of ``width`` dots with a fixed line height.

    Raises :exc:`printer.errors.MissingGlyph`.
    """
    fonts.check_coverage(content)
    option = QTextOption(align.value | Qt.AlignmentFlag.AlignAbsolute)
    direction = Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(content, fonts.font(style.size, style.weight))
    layout.setTextOption(option)
    step = round(style.size * style.leading)
    natural = last = 0.0
    lines = 0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        # The baseline sits at the same height in every line, whatever fonts the line mixes.
        baseline = lines * step + round(step * 0.5 + style.size * 0.36)
        # It starts on a whole dot: the same words look the same on either side of the paper.
        start = line.naturalTextRect().x()
        line.setPosition(QPointF(round(start) - start, baseline - line.ascent()))
        last = line.naturalTextWidth()
        natural = max(natural, last)
        lines += 1
    layout.endLayout()
    return Text(width, lines * step, natural, lines, last, 0, style.weight, layout)


def fitted(content: str, sizes: tuple[Style, ...], width: int, align: Align, *, rtl: bool) -> Text:
    """Return ``content`` in the first style that needs one line, else two, else in the last one."""
    made = [text(content, style, width, align, rtl=rtl) for style in sizes]
    for lines in (1, 2):
        for style, laid in zip(sizes, made, strict=True):
            if laid.lines == lines:
                return laid if lines == 1 else _balanced(content, style, width, align, rtl=rtl)
    return _balanced(content, sizes[-1], width, align, rtl=rtl)


def paragraph(content: str, style: Style, width: int, align: Align, *, rtl: bool) -> Text:
    """Break running text into lines so that no short word stands alone.

    Neither in the last line, nor as the beginning of a sentence at the end of a line.
    """
    content = _SHORT_START.sub(rf"\1{_NO_BREAK}", content)
    made = text(content, style, width, align, rtl=rtl)
    if made.lines == 1 or made.last >= width * 0.3:
        return made
    even = _balanced(content, style, width, align, rtl=rtl)
    if even.lines == 2 and even.last >= even.natural:
        # One word more in the first line: lines that begin long read better.
        def fuller_line(laid: Text) -> bool:
            return laid.lines == 2 and laid.last < even.last

        fuller = _narrowest(content, style, width, align, fuller_line, rtl=rtl)
        if fuller.last >= fuller.natural * 0.4:
            return fuller
    return even


def listed(content: str, style: Style, width: int, align: Align, *, rtl: bool) -> Text:
    """Break a list between its items rather than within one, where that costs no line more."""
    plain = paragraph(content, style, width, align, rtl=rtl)
    if plain.lines == 1:
        return plain
    items = [
        item.replace(" ", _NO_BREAK)
        if text(item, style, width, align, rtl=rtl).lines == 1
        else item
        for item in re.split(r"(?<=[,،]) ", content)
    ]
    whole = paragraph(" ".join(items), style, width, align, rtl=rtl)
    return whole if whole.lines <= plain.lines else plain


def _balanced(content: str, style: Style, width: int, align: Align, *, rtl: bool) -> Text:
    """Keep the number of lines, find the narrowest column for it: lines of about equal length."""
    lines = text(content, style, width, align, rtl=rtl).lines
    return _narrowest(content, style, width, align, lambda laid: laid.lines <= lines, rtl=rtl)


def _narrowest(
    content: str,
    style: Style,
    width: int,
    align: Align,
    wanted: Callable[[Text], bool],
    *,
    rtl: bool,
) -> Text:
    """The narrowest column, from half of ``width`` on, whose text is as wanted; else ``width``.

    No word is broken that fits ``width``.
    """
    narrow, wide = min(max(width // 2, longest_word(content, style)), width), width
    while narrow < wide:
        middle = (narrow + wide) // 2
        if wanted(text(content, style, middle, align, rtl=rtl)):
            wide = middle
        else:
            narrow = middle + 1
    indent = {Align.LEFT: 0, Align.CENTRE: (width - wide) // 2, Align.RIGHT: width - wide}[align]
    return replace(text(content, style, wide, align, rtl=rtl), width=width, indent=indent)


def longest_word(content: str, style: Style) -> int:
    """Dots that the longest word needs; a no-break space is part of a word.

    Each is measured alone: the least width that Qt tells of a text takes a number and the Arabic
    comma behind it for two words.
    """
    widest = 0.0
    for word in re.split("[ \u2028]", content):
        layout = QTextLayout(word, fonts.font(style.size, style.weight))
        layout.beginLayout()
        line = layout.createLine()
        if line.isValid():
            line.setLineWidth(_UNBROKEN)
            widest = max(widest, line.naturalTextWidth())
        layout.endLayout()
    return math.ceil(widest)


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a known height that paints itself at a given top."""

    height: int
    draw: Callable[[QPainter, float], None]


def space(height: int) -> Block:
    """Blank paper."""
    return Block(height, lambda _painter, _top: None)


def dashes(left: int, right: int, *, on: int, off: int, thick: int) -> Block:
    """A dashed rule that begins and ends with a whole dash, gaps of about ``off`` dots."""
    count = max(2, round((right - left + off) / (on + off)))
    step = (right - left - on) / (count - 1)

    def draw(painter: QPainter, top: float) -> None:
        for index in range(count):
            painter.fillRect(QRectF(left + round(index * step), top, on, thick), QColor("black"))

    return Block(thick, draw)


def paint(blocks: list[Block], width: int) -> bytes:
    """Paint the blocks one under the other; one bit per dot, as :class:`ReceiptBitmap` has them."""
    height = sum(block.height for block in blocks)
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for block in blocks:
            block.draw(painter, top)
            top += block.height
    finally:
        painter.end()
    grey = Image.frombytes(
        "L", (width, height), bytes(image.constBits()), "raw", "L", image.bytesPerLine(), 1
    )
    return ReceiptBitmap.from_image(grey.point(_THRESHOLD, mode="1")).rows
