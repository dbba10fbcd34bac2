"""QR codes as modules (ISO/IEC 18004), drawn by ``qrcode`` at level M; refused rather than shrunk.

The mask is fixed. Clause 7.8 lets an encoder choose the mask that scores best, which makes the
library draw every code eight times. What a receipt's code holds is a signature, as good as random,
so that no mask is better than another; readers take the mask from the code.
"""

from __future__ import annotations

from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError

from printer.errors import QrTooLarge

MODULE_DOTS: Final = 6
"""0.75 mm at 203 dots per inch. Codes of 3 or 4 dots per module only decode when pristine."""
QUIET_MODULES: Final = 4
"""ISO/IEC 18004, clause 9.1."""
MAX_VERSION: Final = 17
PAPER_MARGINS: Final = {576: 32, 384: 40}
"""White dots that the head cannot reach, on each side: (80 mm - 72 mm) / 2, (58 mm - 48 mm) / 2.

They are paper like any other, so they count towards the quiet zone left and right.
"""
_MASK: Final = 2
_RUN: Final = 11
"""Shortest run worth a mode of its own: the prefix ``HTTPS://V/R`` of a one-letter host."""


def max_version(width: int) -> int:
    """Largest version that fits ``width`` dots at six dots a module with its quiet zone."""
    paper = width + 2 * PAPER_MARGINS.get(width, 0)
    modules = min(width // MODULE_DOTS, paper // MODULE_DOTS - 2 * QUIET_MODULES)
    return min(MAX_VERSION, (modules - 17) // 4)


def modules_across(text: str, width: int) -> int:
    """The size of the code, without drawing it.

    Raises :exc:`QrTooLarge` where the code would have to be shrunk to fit ``width`` dots.
    """
    return 17 + 4 * int(_fitting(text, width).version)


def matrix(text: str, width: int) -> tuple[str, ...]:
    """The rows of the code without a quiet zone, a dark module is ``1``, for ``width`` dots.

    Raises :exc:`QrTooLarge` where the code would have to be shrunk to fit.
    """
    code = _fitting(text, width)
    code.make(fit=False)
    return tuple("".join("01"[dark] for dark in row) for row in code.get_matrix())


def _fitting(text: str, width: int) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(text, optimize=_RUN)
    allowed = max_version(width)
    try:
        version: int | None = code.best_fit()
    except (DataOverflowError, ValueError):
        # qrcode 8 refuses its own "version 41" before it gets to say that nothing fits.
        version = None
    if version is None or version > allowed:
        raise QrTooLarge(version, allowed)
    return code
