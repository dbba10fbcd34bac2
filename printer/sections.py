"""The sections of a receipt around its rows: letterhead, badge, next steps, code, copy mark."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from printer import qr, symbols
from printer.page import Page, beside, centred, mirrored, rule, rule_gap, start
from printer.receipt import Badge, BadgeKind, Bilingual, Receipt
from printer.text_layout import (
    Align,
    Block,
    Style,
    Text,
    Weight,
    fitted,
    isolate,
    paragraph,
    space,
    text,
)

_BLACK = QColor("black")


def letterhead(page: Page, receipt: Receipt) -> list[Block]:
    """The emblem between the two names of the authority, or beside its one name; the title."""
    size = round((84 if page.roomy or not page.both else 68) * page.scale)
    return [
        (_lockup_both if page.both else _lockup)(page, receipt.authority, size),
        *rule(page),
        *centred(
            page,
            receipt.title,
            page.style(40, Weight.Bold, 1.4),
            page.style(25, Weight.DemiBold, 1.3),
        ),
        space(round(page.unit * 0.6)),
    ]


def _lockup_both(page: Page, name: Bilingual, size: int) -> Block:
    room = (page.inner - size - page.unit) // 2
    styles = [page.style(part, Weight.Medium, 1.35) for part in (26, 23, 21, 19, 17)]
    arabic = fitted(name.ar, tuple(styles), room, Align.RIGHT, rtl=True)
    english = fitted(name.en, tuple(styles[1:]), room, Align.LEFT, rtl=False)
    height = max(size, arabic.height, english.height)

    def draw(painter: QPainter, top: float) -> None:
        # Rounded before ``top`` is added: the same dots wherever the letterhead stands.
        english.draw(painter, page.edge, top + round((height - english.height) / 2))
        symbols.emblem(painter, page.width // 2, round(top) + round((height - size) / 2), size)
        right = page.width - page.edge - room
        arabic.draw(painter, right, top + round((height - arabic.height) / 2))

    return Block(height, draw)


def _lockup(page: Page, name: Bilingual, size: int) -> Block:
    [(content, rtl)] = page.languages(name)
    room = page.inner - size - page.unit
    styles = tuple(page.style(part, Weight.Medium, 1.35) for part in (30, 28, 26))
    laid = fitted(content, styles, room, start(rtl=rtl), rtl=rtl)
    height = max(size, laid.height)
    # Emblem and name are centred together; the emblem stands where the line begins.
    left = round((page.width - size - page.unit - laid.natural) / 2)
    emblem_x = page.width - left - size if rtl else left
    text_x = left + laid.natural - room if rtl else left + size + page.unit

    def draw(painter: QPainter, top: float) -> None:
        emblem_top = round(top) + round((height - size) / 2)
        symbols.emblem(painter, emblem_x + size // 2, emblem_top, size)
        laid.draw(painter, round(text_x), top + round((height - laid.height) / 2))

    return Block(height, draw)


def badge(page: Page, content: Badge) -> list[Block]:
    """A bar that says at arm's length whether it is done: solid when done, else outlined."""
    solid = content.kind is BadgeKind.DONE
    icon = round(40 * page.scale)
    pad = page.unit
    room = page.inner - 3 * pad - icon
    lines = []
    for index, (words, rtl) in enumerate(page.languages(content.text)):
        style = page.style(28, Weight.Bold, 1.36) if index == 0 else page.style(20, Weight.Medium)
        lines.append(paragraph(words, style, room, start(rtl=page.ar), rtl=rtl))
    # Side by side where both fit in one line, from the two edges of the bar.
    together = sum(line.natural for line in lines) + pad
    level = len(lines) == 2 and all(line.lines == 1 for line in lines) and together <= room
    if level:
        style = page.style(21, Weight.Medium, lines[0].height / round(21 * page.scale))
        lines[1] = text(content.text.en, style, room, Align.LEFT, rtl=False)
    inside = lines[0].height if level else sum(line.height for line in lines)
    height = max(icon, inside) + round(pad * 0.75)
    # The icon stands at the start of the leading language: right in Arabic.
    icon_x = page.width - page.edge - pad - icon if page.ar else page.edge + pad
    text_x = page.edge + pad if page.ar else page.edge + 2 * pad + icon

    def draw(painter: QPainter, top: float) -> None:
        frame = QRectF(page.edge, top, page.inner, height)
        radius = page.unit * 0.7
        if solid:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_BLACK)
            painter.drawRoundedRect(frame, radius, radius)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(_BLACK, 4))
            painter.drawRoundedRect(frame.adjusted(2, 2, -2, -2), radius, radius)
        picture = {
            BadgeKind.DONE: symbols.tick,
            BadgeKind.WAITING: symbols.clock,
            BadgeKind.WARNING: symbols.warning,
        }[content.kind]
        picture(painter, QRectF(icon_x, top + (height - icon) / 2, icon, icon))
        y = top + round((height - inside) / 2)
        for line in lines:
            line.draw(painter, text_x, y, white=solid)
            y += 0 if level else line.height

    return [Block(height, draw), space(round(page.unit * 0.7))]


def next_steps(page: Page, receipt: Receipt) -> list[Block]:
    """A numbered list, one language after the other, numbers at the start of the line."""
    heading = page.style(25, Weight.Bold, 1.4)
    # Both headings in one line, where they fit: the list below says which language it is in.
    shared = mirrored(page, receipt.next_steps_title, heading) if page.both else None
    blocks: list[Block] = [] if shared is None else [shared]
    for index, (title, rtl) in enumerate(page.languages(receipt.next_steps_title)):
        body = page.style(22, Weight.Normal, 1.36) if index == 0 else page.style(19, leading=1.36)
        step = round(body.size * body.leading)
        size = round(body.size * 1.36)
        room = page.inner - size - page.unit * 3 // 4
        if index:
            blocks.append(space(round(page.unit * 0.6)))
        align = start(rtl=rtl)
        if shared is None:
            blocks.append(beside((text(title, heading, page.inner, align, rtl=rtl), page.edge)))
        for number, words in enumerate(receipt.next_steps, start=1):
            laid = paragraph(words.ar if rtl else words.en, body, room, align, rtl=rtl)
            disc_x = page.width - page.edge - size if rtl else page.edge
            text_x = page.edge if rtl else page.width - page.edge - room
            blocks += [
                space(round(page.unit * 0.3)),
                _step(laid, text_x, symbols.numeral(number, size), disc_x, step),
            ]
    return blocks


def _step(laid: Text, text_x: float, number: Text, disc_x: float, step: int) -> Block:
    def draw(painter: QPainter, top: float) -> None:
        symbols.disc(painter, disc_x, top + round((step - number.width) / 2), number)
        laid.draw(painter, text_x, top)

    return Block(max(laid.height, number.width), draw)


def code_column(page: Page, receipt: Receipt) -> int | None:
    """The width that is left beside the QR code; none where the paper is too narrow for words."""
    side = qr.modules_across(receipt.qr_text, page.width) * qr.MODULE_DOTS
    room = page.inner - side - qr.QUIET_MODULES * qr.MODULE_DOTS
    return room if room >= 6 * page.style(25).size else None


def code(page: Page, receipt: Receipt) -> list[Block]:
    """The QR code; caption and fine print beside it, the caption above it on narrow paper."""
    modules = qr.matrix(receipt.qr_text, page.width)
    side = len(modules) * qr.MODULE_DOTS
    quiet = qr.QUIET_MODULES * qr.MODULE_DOTS
    picture = _picture(modules)
    room = code_column(page, receipt)
    if room is None:
        left = _even((page.width - side) // 2)
        styles = page.style(25, Weight.DemiBold, 1.36), page.style(21, Weight.Medium, 1.36)
        caption = centred(page, receipt.qr_caption, *styles)
        code = Block(side, lambda painter, top: painter.drawImage(QPointF(left, top), picture))
        return [*caption, space(quiet), code, space(quiet)]
    # The column stands where the leading language begins, the code at the other side.
    left = page.edge if page.ar else _even(page.width - page.edge - side)
    text_x = page.width - page.edge - room if page.ar else page.edge
    column = _column(page, receipt, room)
    height = max(side, sum(block.height for block in column))

    def draw(painter: QPainter, top: float) -> None:
        painter.drawImage(QPointF(left, top), picture)
        painter.translate(text_x, 0)
        y = top + (height - sum(block.height for block in column)) // 2
        for block in column:
            block.draw(painter, y)
            y += block.height
        painter.translate(-text_x, 0)

    return [space(quiet - rule_gap(page)), Block(height, draw), space(quiet)]


def _column(page: Page, receipt: Receipt, room: int) -> list[Block]:
    """Caption and fine print, each word where the leading language begins."""
    align = start(rtl=page.ar)
    caption = page.style(24, Weight.DemiBold, 1.3), page.style(20, Weight.Medium, 1.3)
    blocks: list[Block] = []

    def add(content: str, style: Style, *, rtl: bool) -> None:
        smaller = replace(style, size=round(style.size * 0.88))
        blocks.append(beside((fitted(content, (style, smaller), room, align, rtl=rtl), 0)))

    for index, (words, rtl) in enumerate(page.languages(receipt.qr_caption)):
        add(words, caption[min(index, 1)], rtl=rtl)
    for row in receipt.fine_print:
        blocks.append(space(round(page.unit * 0.8)))
        label = page.style(18, Weight.Normal, 1.25)
        together = f"{isolate(row.label.ar)} · {isolate(row.label.en)}"
        if page.both and text(together, label, room, align, rtl=page.ar).lines == 1:
            add(together, label, rtl=page.ar)
        else:
            for words, rtl in page.languages(row.label):
                add(words, label, rtl=rtl)
        add(isolate(row.value_ar), page.style(23, Weight.DemiBold, 1.3), rtl=page.ar)
    return blocks


def _even(x: int) -> int:
    """An even dot: there the printer can double what is sent."""
    return x // 2 * 2


def _picture(modules: tuple[str, ...]) -> QImage:
    side = len(modules) * qr.MODULE_DOTS
    light, dark = b"\xff" * qr.MODULE_DOTS, bytes(qr.MODULE_DOTS)
    shades = b"".join(
        b"".join(dark if module == "1" else light for module in row) * qr.MODULE_DOTS
        for row in modules
    )
    # Copied, because a QImage only borrows the bytes that it is given.
    return QImage(shades, side, side, side, QImage.Format.Format_Grayscale8).copy()


def copy_mark(page: Page, number: int) -> Block:
    """An inverted bar that sets a copy apart from the original, always in both languages."""
    laid = text(
        f"{isolate('نسخة')} / {isolate(f'COPY {number}')}",
        page.style(30, Weight.Bold, 1.5),
        page.inner,
        Align.CENTRE,
        rtl=True,
    )

    def draw(painter: QPainter, top: float) -> None:
        painter.fillRect(QRectF(0, top, page.width, laid.height), _BLACK)
        laid.draw(painter, page.edge, top, white=True)

    return Block(laid.height, draw)


def head_pattern(page: Page) -> list[Block]:
    """A pattern that shows a worn print head: each element alone, all, every second, a ruler.

    Each element draws one step of a staircase, so that a missing one is a gap with a place.
    """
    step, per_millimetre = 4, 8

    def staircase(painter: QPainter, top: float) -> None:
        for x in range(page.width):
            painter.fillRect(QRectF(x, top + x % 16 * step, 1, step), _BLACK)

    def solid(painter: QPainter, top: float) -> None:
        painter.fillRect(QRectF(0, top, page.width, 32), _BLACK)

    def grid(painter: QPainter, top: float) -> None:
        for x in range(0, page.width, 2):
            painter.fillRect(QRectF(x, top, 1, 24), _BLACK)

    def ruler(painter: QPainter, top: float) -> None:
        painter.setPen(QPen(_BLACK, 2))
        for millimetre in range(page.width // per_millimetre + 1):
            length = 24 if millimetre % 10 == 0 else 16 if millimetre % 5 == 0 else 8
            x = min(millimetre * per_millimetre + 1, page.width - 1)
            painter.drawLine(QPointF(x, top), QPointF(x, top + length))

    gap = space(page.unit)
    return [
        *(Block(16 * step, staircase), gap, Block(32, solid), gap),
        *(Block(24, grid), gap, Block(26, ruler)),
    ]
