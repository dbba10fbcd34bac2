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
from functools import cache
from typing import Final

from PySide6.QtGui import QGuiApplication

from printer import fonts, parts
from printer.bitmap import ReceiptBitmap
from printer.ink import Block, paint, space
from printer.page import WIDTHS, Page, Part, rule
from printer.receipt import Receipt
from printer.rows import rows


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
"""Rows that letters may reach beyond their line, into the next part of the paper."""


@dataclass(slots=True)
class Drawn:
    """Parts of receipts that are drawn already: what was drawn in advance costs nothing later.

    For one thread at a time. It holds what the receipts say, so it must go when the visit does.
    """

    _kept: dict[Hashable, bytes] = field(default_factory=dict, repr=False)

    def rows(self, page: Page, part: Part) -> bytes:
        """The packed rows of a part, and as many more above and below as letters may reach out."""
        key = page, part.says
        if key not in self._kept:
            reach = space(_REACH)
            self._kept[key] = paint([reach, *part.blocks(), reach], page.width)
        return self._kept[key]


def render(receipt: Receipt, width: int = 576, drawn: Drawn | None = None) -> ReceiptBitmap:
    """Lay a receipt out at ``width`` dots, 576 or 384.

    ``drawn`` gives the parts that an earlier receipt had in common with this one, and learns its
    parts; the bits are the same without it.

    Raises :exc:`printer.fonts.MissingGlyph`, :exc:`printer.qr.QrTooLarge`,
    :exc:`printer.fonts.FontsUnavailable`.
    """
    if width not in WIDTHS:
        raise ValueError("paper is 576 or 384 dots wide")
    fonts.load()
    page = Page.of(receipt, width)
    whole = _parts(page, receipt)
    if drawn is None:
        packed = paint([block for part in whole for block in part.blocks()], width)
    else:
        packed = _joined([drawn.rows(page, part) for part in whole], width // 8)
    return ReceiptBitmap(width, len(packed) * 8 // width, packed)


def draw_ahead(receipt: Receipt, width: int, drawn: Drawn) -> Iterator[None]:
    """Draw the parts of a receipt one by one, none before it is asked for, and keep them.

    Raises as :func:`render` does.
    """
    fonts.load()
    page = Page.of(receipt, width)
    for part in _parts(page, receipt):
        drawn.rows(page, part)
        yield


def _joined(strips: list[bytes], stride: int) -> bytes:
    """Parts under each other, with the ink that reaches from one into the next."""
    reach = _REACH * stride
    out = bytearray(2 * reach)
    for strip in strips:
        # The last rows so far are those that this strip has above and at the top of its part.
        seam = len(out) - 2 * reach
        out[seam:] = _both(bytes(out[seam:]), strip[: 2 * reach])
        out += strip[2 * reach :]
    return bytes(out[reach:-reach])


def _both(one: bytes, other: bytes) -> bytes:
    """The ink of both."""
    return (int.from_bytes(one) | int.from_bytes(other)).to_bytes(len(one))


def _parts(page: Page, receipt: Receipt) -> Iterator[Part]:
    """Top to bottom."""
    margin = space(page.unit // 2)

    def mark() -> Block:
        return parts.copy_mark(page, receipt.copy)

    yield Part("margin", lambda: [margin])
    if receipt.copy:
        yield Part(("copy", receipt.copy), lambda: [mark(), margin])
    head = receipt.authority, receipt.title
    yield Part(("head", head), lambda: parts.letterhead(page, receipt))
    if (badge := receipt.badge) is not None:
        yield Part(("badge", badge), lambda: parts.badge(page, badge))
    yield from rows(page, receipt.rows)
    if receipt.next_steps:
        steps = receipt.next_steps_title, receipt.next_steps
        yield Part(("steps", steps), lambda: [*rule(page), *parts.next_steps(page, receipt)])
    if receipt.head_pattern:
        yield Part("pattern", lambda: [*rule(page), *parts.head_pattern(page)])
    if receipt.qr_text:
        code = receipt.qr_text, receipt.qr_caption
        yield Part(("code", code), lambda: [*rule(page), *parts.code(page, receipt)])
    if receipt.copy:
        yield Part(("copy-foot", receipt.copy), lambda: [margin, mark()])
    yield Part("margin", lambda: [margin])
