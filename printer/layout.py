"""Receipt → bitmap: the one route by which Arabic is shaped, for screen, paper and archive.

``render`` may be called in any thread, several at once: it works on its own QImage, QPainter and
QTextLayout (all reentrant) and touches no widget or window. It needs a ``QGuiApplication`` that
the program made in its main thread. The bits do not depend on its platform (but ``minimal`` has no
fonts), its scale or the fonts of the machine. Programs without a window call
:func:`ensure_application` first.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Final

import structlog
from PySide6.QtGui import QGuiApplication

from printer import fonts, sections
from printer.bitmap import ReceiptBitmap
from printer.page import WIDTHS, Page, Section, rule
from printer.printable import printable_receipt
from printer.receipt import Emphasis, Receipt
from printer.rows import framed, large_number, rows
from printer.text_layout import Block, paint, space

_log = structlog.get_logger()


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


_REACH: Final = 4
"""Rows that letters may reach beyond their line, into the next section."""


@dataclass(slots=True)
class Drawn:
    """A cache of drawn sections: what was drawn in advance costs nothing later.

    For one thread at a time. It holds what the receipts say, so drop it when the visit ends.
    """

    _kept: dict[Hashable, bytes] = field(default_factory=dict, repr=False)

    def rows(self, page: Page, section: Section) -> bytes:
        """The packed rows of a section, with the margin that letters may reach into."""
        key = page, section.says
        if key not in self._kept:
            reach = space(_REACH)
            self._kept[key] = paint([reach, *section.blocks(), reach], page.width)
        return self._kept[key]


def render(receipt: Receipt, width: int = 576, drawn: Drawn | None = None) -> ReceiptBitmap:
    """Lay a receipt out at ``width`` dots, 576 or 384.

    ``drawn`` supplies the sections that an earlier receipt shares with this one and keeps the
    new ones; the bits are the same without it.

    What our fonts cannot draw is replaced and logged (:mod:`printer.printable`).

    Raises :exc:`printer.errors.QrTooLarge`, :exc:`printer.errors.FontsUnavailable`.
    """
    if width not in WIDTHS:
        raise ValueError("paper is 576 or 384 dots wide")
    fonts.load()
    receipt, replaced = printable_receipt(receipt)
    if replaced:
        first = f"U+{ord(replaced[0]):04X}"
        _log.warning("receipt.characters_replaced", characters=len(replaced), first=first)
    page = Page.of(receipt, width)
    whole = _sections(page, receipt)
    if drawn is None:
        packed = paint([block for section in whole for block in section.blocks()], width)
    else:
        packed = _joined([drawn.rows(page, section) for section in whole], width // 8)
    return ReceiptBitmap(width, len(packed) * 8 // width, packed)


def draw_ahead(receipt: Receipt, width: int, drawn: Drawn) -> Iterator[None]:
    """Draw the sections of a receipt one at a time, each when asked for, and keep them.

    Raises as :func:`render` does.
    """
    fonts.load()
    receipt, _ = printable_receipt(receipt)
    page = Page.of(receipt, width)
    for section in _sections(page, receipt):
        drawn.rows(page, section)
        yield


def _joined(strips: list[bytes], stride: int) -> bytes:
    """Stack the sections, merging the ink that reaches from one into the next."""
    reach = _REACH * stride
    out = bytearray(2 * reach)
    for strip in strips:
        # The last rows so far are those that this strip has above and at its top.
        seam = len(out) - 2 * reach
        out[seam:] = _both(bytes(out[seam:]), strip[: 2 * reach])
        out += strip[2 * reach :]
    return bytes(out[reach:-reach])


def _both(one: bytes, other: bytes) -> bytes:
    """The ink of both."""
    return (int.from_bytes(one) | int.from_bytes(other)).to_bytes(len(one))


def _sections(page: Page, receipt: Receipt) -> Iterator[Section]:
    """Top to bottom."""
    margin = space(page.unit // 2)

    def mark() -> Block:
        return sections.copy_mark(page, receipt.copy)

    yield Section("margin", lambda: [margin])
    if receipt.copy:
        yield Section(("copy", receipt.copy), lambda: [mark(), margin])
    head = receipt.authority, receipt.title
    yield Section(("head", head), lambda: sections.letterhead(page, receipt))
    if (badge := receipt.badge) is not None:
        yield Section(("badge", badge), lambda: sections.badge(page, badge))
    plain = [row for row in receipt.rows if row.emphasis is not Emphasis.HERO]
    for row in receipt.rows:
        if row.emphasis is Emphasis.HERO:
            yield Section(("large", row), partial(large_number, page, row))
    if receipt.framed:
        yield Section(("framed", receipt.framed), lambda: framed(page, receipt.framed))
    elif len(plain) < len(receipt.rows):
        yield Section("rule", lambda: rule(page))
    beside_code = bool(receipt.qr_text) and sections.code_column(page, receipt) is not None
    yield from rows(page, (*plain, *(() if beside_code else receipt.fine_print)))
    if receipt.next_steps:
        steps = receipt.next_steps_title, receipt.next_steps
        yield Section(("steps", steps), lambda: [*rule(page), *sections.next_steps(page, receipt)])
    if receipt.head_pattern:
        yield Section("pattern", lambda: [*rule(page), *sections.head_pattern(page)])
    if receipt.qr_text:
        code = receipt.qr_text, receipt.qr_caption, receipt.fine_print
        yield Section(("code", code), lambda: [*rule(page), *sections.code(page, receipt)])
    if receipt.copy:
        yield Section(("copy-foot", receipt.copy), lambda: [margin, mark()])
    yield Section("margin", lambda: [margin])
