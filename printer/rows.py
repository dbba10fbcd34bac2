"""The labelled values, in columns that mirror each other. Lengths are dots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from printer.page import Page, Section, beside, centred, halves, mirrored, stack, start
from printer.receipt import Bilingual, Emphasis, Row
from printer.text_layout import (
    Align,
    Block,
    Style,
    Text,
    Weight,
    dashes,
    fitted,
    isolate,
    listed,
    longest_word,
    space,
    text,
)


@dataclass(frozen=True, slots=True)
class _Column:
    """The labels of a receipt in one language."""

    width: int
    style: Style


def rows(page: Page, content: tuple[Row, ...]) -> Iterator[Section]:
    """The rows from top to bottom, hairlines between them."""
    column = _label_column(page, content)
    for index, row in enumerate(content):
        hairline = index > 0
        yield Section((row, column, hairline), partial(_row, page, row, column, hairline=hairline))


def _row(page: Page, row: Row, column: _Column, *, hairline: bool) -> list[Block]:
    line = _row_both(page, row) if page.both else _row_single(page, row, column)
    if not hairline:
        return [line]
    gap = round(4 * page.scale)
    return [
        space(gap),
        dashes(page.edge, page.width - page.edge, on=2, off=4, thick=1),
        space(gap),
        line,
    ]


def _shared(row: Row) -> bool:
    return row.value_en is None or row.value_en == row.value_ar


def large_number(page: Page, row: Row) -> list[Block]:
    """A label and, under it, the largest digits that fit in one line."""
    sizes = tuple(page.style(size, Weight.Bold, 1.24) for size in (62, 54, 46, 40, 34, 30, 26))
    values = [(row.value_ar, page.ar)]
    if not _shared(row):
        values = page.languages(Bilingual(row.value_ar, row.value_en or ""))
    label = page.style(22, Weight.Medium, 1.3)
    line = mirrored(page, row.label, label) if page.both else None
    blocks = centred(page, row.label, label, label) if line is None else [line]
    for value, rtl in values:
        laid = fitted(isolate(value), sizes, page.inner, Align.CENTRE, rtl=rtl)
        blocks.append(beside((laid, page.edge)))
    return blocks


def _value_styles(page: Page, row: Row) -> tuple[Style, ...]:
    """The style of a value; then smaller ones, for a number that would be broken otherwise."""
    if row.emphasis is Emphasis.STRONG:
        return tuple(page.style(size, Weight.Bold, 1.32) for size in (30, 27, 25, 23))
    # Two languages are twice as much text: closer lines keep the paper short.
    leading = 1.3 if page.both else 1.36
    return tuple(page.style(size, Weight.DemiBold, leading) for size in (25, 23, 21, 20))


def _label_style(page: Page) -> Style:
    return page.style(20, Weight.Normal, 1.25)


def _row_both(page: Page, row: Row) -> Block:
    """English label left, Arabic label right; the value between them, or in the shortest form."""
    label, styles = _label_style(page), _value_styles(page, row)
    style = styles[0]
    if _shared(row):
        for size in styles[:-1]:
            value = text(isolate(row.value_ar), size, page.inner, Align.CENTRE, rtl=False)
            if (line := _around(page, row.label, [value])) is not None:
                return line
        value = text(isolate(row.value_ar), style, page.inner, Align.CENTRE, rtl=False)
        return stack(halves(page, row.label, label), beside((value, page.edge)))
    values = Bilingual(isolate(row.value_ar), isolate(row.value_en or ""))
    pair = [
        text(values.en, style, page.inner, Align.LEFT, rtl=False),
        text(values.ar, style, page.inner, Align.LEFT, rtl=True),
    ]
    if (line := _around(page, row.label, pair)) is not None:
        return line
    below = _below(page, values, styles)
    return stack(halves(page, row.label, label), *min(below, key=_height))


def _below(page: Page, values: Bilingual, styles: tuple[Style, ...]) -> list[list[Block]]:
    """The ways to set a value under its labels, the best looking first."""
    ways = [[line] for size in styles if (line := mirrored(page, values, size)) is not None][:1]
    if page.roomy:
        # Half of a narrow paper is too little for a sentence.
        ways.append([halves(page, values, styles[0])])
    arabic = listed(values.ar, styles[0], page.inner, Align.RIGHT, rtl=True)
    english = listed(values.en, styles[-1], page.inner, Align.LEFT, rtl=False)
    ways.append([beside((arabic, page.edge)), beside((english, page.edge))])
    return ways


def _height(blocks: list[Block]) -> int:
    return sum(block.height for block in blocks)


def framed(page: Page, content: tuple[Row, ...]) -> list[Block]:
    """A box whose values have lines of their own, the leading language larger."""
    pad = page.unit * 3 // 4
    inside = replace(page, edge=page.edge + pad)
    label = replace(_label_style(page), weight=Weight.Medium)
    lines: list[Block] = []
    for index, row in enumerate(content):
        if index:
            lines.append(space(round(page.unit * 0.4)))
        lines += (
            [halves(inside, row.label, label)]
            if page.both
            else centred(inside, row.label, label, label)
        )
        styles = _value_styles(page, row)
        values = [(row.value_ar, page.ar)]
        if not _shared(row):
            values = page.languages(Bilingual(row.value_ar, row.value_en or ""))
        for second, (value, rtl) in enumerate(values):
            sizes = styles[-2:] if second else styles
            laid = fitted(isolate(value), sizes, inside.inner, Align.CENTRE, rtl=rtl)
            lines.append(beside((laid, inside.edge)))
    height = _height(lines) + 2 * pad

    def draw(painter: QPainter, top: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("black"), 3))
        frame = QRectF(page.edge, top, page.inner, height).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(frame, page.unit * 0.7, page.unit * 0.7)
        y = top + pad
        for line in lines:
            line.draw(painter, y)
            y += line.height

    return [Block(height, draw), space(round(page.unit * 0.7))]


def _around(page: Page, label: Bilingual, values: list[Text]) -> Block | None:
    """One line: the values in the middle, a dot between two, the labels at the edges."""
    gap = page.unit * 1.5
    width = sum(value.natural for value in values) + gap * (len(values) - 1)
    # One line height for all, so that the baselines are level.
    size = _label_style(page).size
    level = Style(size, Weight.Normal, values[0].height / size)
    arabic = text(label.ar, level, page.inner, Align.RIGHT, rtl=True)
    english = text(label.en, level, page.inner, Align.LEFT, rtl=False)
    side = (page.inner - width) / 2 - page.unit * (0.6 if len(values) == 1 else 1.2)
    single = all(value.lines == 1 for value in values)
    if not single or max(arabic.natural, english.natural) > side:
        return None
    if len(values) == 1:
        return beside((english, page.edge), (values[0], page.edge), (arabic, page.edge))
    left = round((page.width - width) / 2)
    middle = left + values[0].natural + gap / 2
    second = left + values[0].natural + gap
    words = beside(
        (english, page.edge), (values[0], left), (values[1], second), (arabic, page.edge)
    )

    def draw(painter: QPainter, top: float) -> None:
        words.draw(painter, top)
        dot = round(page.unit * 0.28)
        spot = QRectF(round(middle - dot / 2), top + round(words.height * 0.5), dot, dot)
        painter.fillRect(spot, QColor("black"))

    return Block(words.height, draw)


def _label_column(page: Page, content: tuple[Row, ...]) -> _Column:
    """As wide as the widest label, if that is not too wide.

    Too wide is more than three sevenths of the paper; then the labels are a little smaller.
    """
    style = page.style(22)
    if page.both:
        return _Column(0, style)
    most = page.inner * 3 // 7
    labels = [row.label for row in content]
    for size in (22, 20):
        style = page.style(size)
        widest = max(
            (
                text(c, style, page.inner, Align.LEFT, rtl=r).natural
                for w in labels
                for c, r in page.languages(w)
            ),
            default=0.0,
        )
        if widest + 2 <= most:
            return _Column(round(widest) + 2, style)
    return _Column(most, style)


def _row_single(page: Page, row: Row, column: _Column) -> Block:
    """One language, two columns that start on the side where its lines start."""
    [(label, rtl)] = page.languages(row.label)
    value = isolate(row.value_ar if rtl or row.value_en is None else row.value_en)
    styles = _value_styles(page, row)
    size = column.style.size
    align = start(rtl=rtl)
    gutter = round(page.unit * 1.25)
    room = page.inner - column.width - gutter
    if room < 8 * page.style(25).size:
        # Large print on narrow paper: two or three words a line would be no column.
        above = text(label, page.style(22, leading=1.3), page.inner, align, rtl=rtl)
        below = listed(value, styles[0], page.inner, align, rtl=rtl)
        return stack(beside((above, page.edge)), beside((below, page.edge)))
    # Smaller rather than broken within a word or a day, and a number in one line if it can be.
    style = next((each for each in styles if longest_word(value, each) <= room), styles[0])
    right = listed(value, style, room, align, rtl=rtl)
    if row.value_en is None and right.lines > 1:
        for smaller in styles[1:]:
            laid = text(value, smaller, room, align, rtl=rtl)
            if laid.lines == 1:
                style, right = smaller, laid
                break
    level = Style(size, Weight.Normal, style.size * style.leading / size)
    left = text(label, level, column.width, align, rtl=rtl)
    if rtl:
        return beside((left, page.width - page.edge - column.width), (right, page.edge))
    return beside((left, page.edge), (right, page.edge + column.width + gutter))
