"""Receipt → bitmap: the one route by which Arabic is shaped, for screen, paper and archive.

``render`` may be called in any thread, several at once: it works on its own QImage, QPainter and
QTextLayout (all reentrant) and touches no widget or window. It needs a ``QGuiApplication`` that
the program made in its main thread. The bits do not depend on its platform (but ``minimal`` has no
fonts), its scale or the fonts of the machine. Programs without a window call
:func:`ensure_application` first.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen

from printer import fonts, marks, qr
from printer.bitmap import ReceiptBitmap
from printer.ink import (
    Align,
    Block,
    Style,
    Text,
    Weight,
    dashes,
    fitted,
    isolate,
    paint,
    paragraph,
    space,
    text,
)
from printer.receipt import Badge, Bilingual, Emphasis, Receipt, ReceiptState, Row

WIDTHS: Final = (576, 384)
"""Dots per line of the two paper widths, 80 mm and 58 mm."""


def ensure_application() -> QGuiApplication:
    """Return the program's QGuiApplication, made on the ``offscreen`` platform if there is none.

    Main thread only. The caller keeps it as long as it renders; Qt allows one per process.
    """
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _application()


@cache
def _application() -> QGuiApplication:
    return QGuiApplication([])


def render(receipt: Receipt, width: int = 576) -> ReceiptBitmap:
    """Lay a receipt out at ``width`` dots, 576 or 384.

    Raises :exc:`printer.fonts.MissingGlyph`, :exc:`printer.qr.QrTooLarge`,
    :exc:`printer.fonts.FontsUnavailable`.
    """
    if width not in WIDTHS:
        raise ValueError("paper is 576 or 384 dots wide")
    fonts.load()
    page = _Page.of(receipt, width)
    blocks = [space(page.unit)]
    if receipt.copy:
        blocks += [_copy_mark(page, receipt.copy), space(page.unit)]
    blocks += _header(page, receipt)
    blocks += _badge(page, receipt.badge)
    blocks += _rows(page, receipt.rows)
    if receipt.next_steps:
        blocks += [*_rule(page), *_next_steps(page, receipt)]
    if receipt.qr_text:
        blocks += [*_rule(page), *_code(page, receipt)]
    if receipt.copy:
        blocks += [space(page.unit), _copy_mark(page, receipt.copy)]
    blocks.append(space(page.unit))
    return paint(blocks, width)


@dataclass(frozen=True, slots=True)
class _Page:
    """Measures of one receipt. ``unit`` is the vertical rhythm, ``edge`` the side margin."""

    width: int
    ar: bool
    en: bool
    scale: float
    edge: int
    unit: int

    @classmethod
    def of(cls, receipt: Receipt, width: int) -> _Page:
        scale = (1.0 if width == 576 else 0.9) * (1.3 if receipt.large else 1.0)
        return cls(
            width=width,
            ar=receipt.languages != "en",
            en=receipt.languages != "ar",
            scale=scale,
            edge=12 if width == 576 else 6,
            unit=round(16 * scale),
        )

    @property
    def both(self) -> bool:
        return self.ar and self.en

    @property
    def inner(self) -> int:
        return self.width - 2 * self.edge

    def style(self, size: float, weight: Weight = Weight.Normal, leading: float = 1.5) -> Style:
        return Style(round(size * self.scale), weight, leading)

    def languages(self, words: Bilingual) -> list[tuple[str, bool]]:
        """The texts to print, Arabic first, each with whether it runs right to left."""
        chosen = [(words.ar, True)] if self.ar else []
        return [*chosen, (words.en, False)] if self.en else chosen


def _centred(page: _Page, words: Bilingual, first: Style, second: Style) -> list[Block]:
    """Both languages under each other, the leading one in ``first``."""
    made = []
    for index, (content, rtl) in enumerate(page.languages(words)):
        style = first if index == 0 else second
        sizes = tuple(replace(style, size=round(style.size * part)) for part in (1, 0.92, 0.85))
        made.append(
            _beside([(fitted(content, sizes, page.inner, Align.CENTRE, rtl=rtl), page.edge)])
        )
    return made


def _line(page: _Page, content: str, style: Style, align: Align, *, rtl: bool) -> Block:
    laid = text(content, style, page.inner, align, rtl=rtl)
    return Block(laid.height, lambda painter, top: laid.draw(painter, page.edge, top))


def _rule(page: _Page) -> list[Block]:
    rule = dashes(page.edge, page.width - page.edge, on=10, off=6, thick=2)
    return [space(page.unit), rule, space(page.unit)]


def _header(page: _Page, receipt: Receipt) -> list[Block]:
    size = round(104 * page.scale)
    mark = Block(size, lambda painter, top: marks.emblem(painter, page.width / 2, top, size))
    return [
        mark,
        space(page.unit // 2),
        *_centred(page, receipt.authority, page.style(27, Weight.Medium), page.style(21)),
        *_rule(page),
        *_centred(
            page,
            receipt.title,
            page.style(40, Weight.Bold, 1.45),
            page.style(25, Weight.DemiBold, 1.4),
        ),
        space(page.unit),
    ]


def _badge(page: _Page, badge: Badge) -> list[Block]:
    """A bar that says at arm's length whether it is done: solid when confirmed, else outlined."""
    confirmed = badge.kind is ReceiptState.CONFIRMED
    icon = round(40 * page.scale)
    pad = page.unit
    room = page.inner - 3 * pad - icon
    lines = []
    for index, (content, rtl) in enumerate(page.languages(badge.text)):
        style = page.style(28, Weight.Bold, 1.4) if index == 0 else page.style(20, Weight.Medium)
        align = Align.RIGHT if page.ar else Align.LEFT
        lines.append(paragraph(content, style, room, align, rtl=rtl))
    height = sum(line.height for line in lines) + pad
    # The icon stands at the start of the leading language: right in Arabic.
    icon_x = page.width - page.edge - pad - icon if page.ar else page.edge + pad
    text_x = page.edge + pad if page.ar else page.edge + 2 * pad + icon

    def draw(painter: QPainter, top: float) -> None:
        frame = QRectF(page.edge, top, page.inner, height)
        radius = page.unit * 0.7
        box = QRectF(icon_x, top + (height - icon) / 2, icon, icon)
        painter.setPen(Qt.PenStyle.NoPen)
        if confirmed:
            painter.setBrush(QColor("black"))
            painter.drawRoundedRect(frame, radius, radius)
            marks.tick(painter, box)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("black"), 4))
            painter.drawRoundedRect(frame.adjusted(2, 2, -2, -2), radius, radius)
            marks.clock(painter, box)
        y = top + pad / 2
        for line in lines:
            line.draw(painter, text_x, y, white=confirmed)
            y += line.height

    return [Block(height, draw), space(page.unit)]


def _rows(page: _Page, rows: tuple[Row, ...]) -> list[Block]:
    blocks: list[Block] = []
    gap = round(7 * page.scale)
    columns = _label_column(page, rows)
    plain_before = False
    for row in rows:
        hero = row.emphasis is Emphasis.HERO
        if plain_before and not hero:
            hairline = dashes(page.edge, page.width - page.edge, on=2, off=4, thick=1)
            blocks += [space(gap), hairline, space(gap)]
        if hero:
            blocks += _hero(page, row)
        elif page.both:
            blocks.append(_row_both(page, row))
        else:
            blocks.append(_row_single(page, row, columns))
        plain_before = not hero
    return blocks


def _hero(page: _Page, row: Row) -> list[Block]:
    """A label and, under it, the largest digits that fit in one line."""
    sizes = tuple(page.style(size, Weight.Bold, 1.3) for size in (62, 54, 46, 40, 34, 30, 26))
    shared = row.value_en is None or row.value_en == row.value_ar
    values = [(row.value_ar, page.ar)] if shared else []
    if not shared:
        values = page.languages(Bilingual(row.value_ar, row.value_en or ""))
    label = page.style(22, Weight.Medium)
    mirrored = _one_line(page, row.label, label) if page.both else None
    blocks = _centred(page, row.label, label, label) if mirrored is None else [mirrored]
    for value, rtl in values:
        laid = fitted(isolate(value), sizes, page.inner, Align.CENTRE, rtl=rtl)
        blocks.append(_beside([(laid, page.edge)]))
    return [*blocks, *_rule(page)]


def _value_style(page: _Page, row: Row) -> Style:
    if row.emphasis is Emphasis.STRONG:
        return page.style(30, Weight.Bold, 1.4)
    return page.style(25, Weight.DemiBold, 1.4)


def _beside(parts: list[tuple[Text, float]]) -> Block:
    """Paragraphs next to each other, each at its own x, with their first lines level."""

    def draw(painter: QPainter, top: float) -> None:
        for part, x in parts:
            part.draw(painter, x, top)

    return Block(max(part.height for part, _ in parts), draw)


def _stack(blocks: list[Block]) -> Block:
    """Blocks under each other as one."""

    def draw(painter: QPainter, top: float) -> None:
        for block in blocks:
            block.draw(painter, top)
            top += block.height

    return Block(sum(block.height for block in blocks), draw)


def _pair(page: _Page, words: Bilingual, style: Style) -> Block:
    """Mirrored: Arabic at the right edge, English at the left, each on its half when long."""
    if (mirrored := _one_line(page, words, style)) is not None:
        return mirrored
    gutter = page.unit
    half = (page.inner - gutter) // 2
    arabic = text(words.ar, style, half, Align.RIGHT, rtl=True)
    english = text(words.en, style, half, Align.LEFT, rtl=False)
    return _beside([(english, page.edge), (arabic, page.edge + half + gutter)])


def _one_line(page: _Page, words: Bilingual, style: Style) -> Block | None:
    """Both languages in one line from the two edges, where that leaves a gap between them."""
    arabic = text(words.ar, style, page.inner, Align.RIGHT, rtl=True)
    english = text(words.en, style, page.inner, Align.LEFT, rtl=False)
    together = arabic.natural + english.natural + page.unit
    if arabic.lines + english.lines > 2 or together > page.inner:
        return None
    return _beside([(english, page.edge), (arabic, page.edge)])


def _row_both(page: _Page, row: Row) -> Block:
    """English label left, Arabic label right; the value between them, or mirrored below."""
    label = page.style(20, Weight.Normal, 1.4)
    style = _value_style(page, row)
    if row.value_en is None or row.value_en == row.value_ar:
        return _row_shared(page, row, label, style)
    labels = _pair(page, row.label, label)
    values = Bilingual(isolate(row.value_ar), isolate(row.value_en))
    if (mirrored := _one_line(page, values, style)) is not None:
        return _stack([labels, mirrored])
    if page.width == WIDTHS[0] and page.scale <= 1:
        return _stack([labels, _pair(page, values, style)])
    # Half of a narrow paper is too little for a sentence: the languages under each other.
    arabic = text(values.ar, style, page.inner, Align.RIGHT, rtl=True)
    english = text(values.en, style, page.inner, Align.LEFT, rtl=False)
    return _stack([labels, _beside([(arabic, page.edge)]), _beside([(english, page.edge)])])


def _row_shared(page: _Page, row: Row, label: Style, style: Style) -> Block:
    value = text(isolate(row.value_ar), style, page.inner, Align.CENTRE, rtl=False)
    arabic = text(row.label.ar, label, page.inner, Align.RIGHT, rtl=True)
    english = text(row.label.en, label, page.inner, Align.LEFT, rtl=False)
    side = (page.inner - value.natural) / 2 - page.unit / 2
    if value.lines == 1 and max(arabic.natural, english.natural) <= side:
        # One line height for all three, so that the baselines are level.
        level = Style(label.size, label.weight, value.height / label.size)
        arabic = text(row.label.ar, level, page.inner, Align.RIGHT, rtl=True)
        english = text(row.label.en, level, page.inner, Align.LEFT, rtl=False)
        return _beside([(english, page.edge), (value, page.edge), (arabic, page.edge)])
    return _stack([_pair(page, row.label, label), _beside([(value, page.edge)])])


def _label_column(page: _Page, rows: tuple[Row, ...]) -> int:
    """Width of the label column in one language: the widest label, at most 42 % of the paper."""
    style = page.style(22, Weight.Normal, 1.4)
    labels = [row.label for row in rows if row.emphasis is not Emphasis.HERO]
    texts = [
        text(c, style, page.inner, Align.LEFT, rtl=r) for w in labels for c, r in page.languages(w)
    ]
    widest = max((laid.natural for laid in texts), default=0.0)
    return min(round(widest) + 2, round(page.inner * 0.42))


def _row_single(page: _Page, row: Row, column: int) -> Block:
    """One language, two columns that start on the side where its lines start."""
    [(label, rtl)] = page.languages(row.label)
    value = row.value_ar if rtl or row.value_en is None else row.value_en
    style = _value_style(page, row)
    level = Style(
        round(22 * page.scale), Weight.Normal, style.size * style.leading / round(22 * page.scale)
    )
    align = Align.RIGHT if rtl else Align.LEFT
    gutter = round(page.unit * 1.25)
    room = page.inner - column - gutter
    if room < 8 * page.style(25).size:
        # Large print on narrow paper: two or three words a line would be no column.
        above = text(label, page.style(22), page.inner, align, rtl=rtl)
        below = paragraph(isolate(value), style, page.inner, align, rtl=rtl)
        return _stack([_beside([(above, page.edge)]), _beside([(below, page.edge)])])
    left = text(label, level, column, align, rtl=rtl)
    right = text(isolate(value), style, room, align, rtl=rtl)
    if rtl:
        return _beside([(left, page.width - page.edge - column), (right, page.edge)])
    return _beside([(left, page.edge), (right, page.edge + column + gutter)])


def _next_steps(page: _Page, receipt: Receipt) -> list[Block]:
    """A numbered list, one language after the other, numbers at the start of the line."""
    blocks: list[Block] = []
    heading = page.style(26, Weight.Bold, 1.5)
    body = page.style(23, Weight.Normal, 1.45)
    step = round(body.size * body.leading)
    size = round(32 * page.scale)
    room = page.inner - size - page.unit
    for index, (title, rtl) in enumerate(page.languages(receipt.next_steps_title)):
        if index:
            blocks.append(space(page.unit))
        align = Align.RIGHT if rtl else Align.LEFT
        blocks.append(_line(page, title, heading, align, rtl=rtl))
        for number, words in enumerate(receipt.next_steps, start=1):
            laid = paragraph(words.ar if rtl else words.en, body, room, align, rtl=rtl)
            disc_x = page.width - page.edge - size if rtl else page.edge
            text_x = page.edge if rtl else page.edge + size + page.unit
            blocks += [
                space(page.unit // 2),
                _step(laid, text_x, marks.numeral(number, size), disc_x, step),
            ]
    return blocks


def _step(laid: Text, text_x: float, number: Text, disc_x: float, step: int) -> Block:
    def draw(painter: QPainter, top: float) -> None:
        marks.disc(painter, disc_x, top + round((step - number.width) / 2), number)
        laid.draw(painter, text_x, top)

    return Block(max(laid.height, number.width), draw)


def _code(page: _Page, receipt: Receipt) -> list[Block]:
    """The QR code with its caption; six dots a module, on whole dots, quiet zone white."""
    modules = qr.matrix(receipt.qr_text, page.width)
    side = len(modules) * qr.MODULE_DOTS
    # On an even dot: then the printer can double the dots.
    left = (page.width - side) // 4 * 2
    picture = QImage(len(modules), len(modules), QImage.Format.Format_RGB32)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            picture.setPixel(x, y, 0xFF000000 if dark else 0xFFFFFFFF)

    def draw(painter: QPainter, top: float) -> None:
        painter.drawImage(QRectF(left, top, side, side), picture)

    caption = _centred(page, receipt.qr_caption, page.style(22, Weight.Medium), page.style(20))
    quiet = space(qr.QUIET_MODULES * qr.MODULE_DOTS)
    return [*caption, quiet, Block(side, draw), quiet]


def _copy_mark(page: _Page, number: int) -> Block:
    """An inverted bar that nobody takes for the original, in both languages whatever was chosen."""
    style = page.style(30, Weight.Bold, 1.6)
    laid = text(
        f"{isolate('نسخة')} / {isolate(f'COPY {number}')}",
        style,
        page.inner,
        Align.CENTRE,
        rtl=True,
    )

    def draw(painter: QPainter, top: float) -> None:
        painter.fillRect(QRectF(0, top, page.width, laid.height), QColor("black"))
        laid.draw(painter, page.edge, top, white=True)

    return Block(laid.height, draw)
