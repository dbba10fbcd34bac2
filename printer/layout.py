"""Receipt → bitmap: the one route by which Arabic is shaped, for screen, paper and archive.

``render`` may be called in any thread, several at once: it works on its own QImage, QPainter and
QTextLayout (all reentrant) and touches no widget or window. It needs a ``QGuiApplication`` that
the program made in its main thread. The bits do not depend on its platform (but ``minimal`` has no
fonts), its scale or the fonts of the machine. Programs without a window call
:func:`ensure_application` first.
"""

from __future__ import annotations

import os
from functools import cache

from PySide6.QtGui import QGuiApplication

from printer import fonts, parts
from printer.bitmap import ReceiptBitmap
from printer.ink import paint, space
from printer.page import WIDTHS, Page, rule
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


def render(receipt: Receipt, width: int = 576) -> ReceiptBitmap:
    """Lay a receipt out at ``width`` dots, 576 or 384.

    Raises :exc:`printer.fonts.MissingGlyph`, :exc:`printer.qr.QrTooLarge`,
    :exc:`printer.fonts.FontsUnavailable`.
    """
    if width not in WIDTHS:
        raise ValueError("paper is 576 or 384 dots wide")
    fonts.load()
    page = Page.of(receipt, width)
    margin = space(page.unit // 2)
    blocks = [margin]
    if receipt.copy:
        blocks += [parts.copy_mark(page, receipt.copy), margin]
    blocks += parts.letterhead(page, receipt)
    if receipt.badge is not None:
        blocks += parts.badge(page, receipt.badge)
    blocks += rows(page, receipt.rows)
    if receipt.next_steps:
        blocks += [*rule(page), *parts.next_steps(page, receipt)]
    if receipt.head_pattern:
        blocks += [*rule(page), *parts.head_pattern(page)]
    if receipt.qr_text:
        blocks += [*rule(page), *parts.code(page, receipt)]
    if receipt.copy:
        blocks += [margin, parts.copy_mark(page, receipt.copy)]
    blocks.append(margin)
    return paint(blocks, width)
