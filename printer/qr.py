"""QR codes as modules (ISO/IEC 18004): mixed segments, level M, refused rather than shrunk."""

from __future__ import annotations

from typing import Final

from qrcode import util

from printer.errors import QrTooLarge
from printer.qr_symbol import Segments, modules, version_of

MODULE_DOTS: Final = 6
"""0.75 mm at 203 dots per inch. Codes of 3 or 4 dots per module only decode when pristine."""
QUIET_MODULES: Final = 4
"""ISO/IEC 18004, clause 9.1."""
MAX_VERSION: Final = 17
PAPER_MARGINS: Final = {576: 32, 384: 40}
"""White dots that the head cannot reach, on each side: (80 mm - 72 mm) / 2, (58 mm - 48 mm) / 2.

They are paper like any other, so they count towards the quiet zone left and right.
"""
_ALPHANUMERIC: Final = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def max_version(width: int) -> int:
    """Largest version that fits ``width`` dots at six dots a module with its quiet zone."""
    paper = width + 2 * PAPER_MARGINS.get(width, 0)
    modules = min(width // MODULE_DOTS, paper // MODULE_DOTS - 2 * QUIET_MODULES)
    return min(MAX_VERSION, (modules - 17) // 4)


def segments(text: str) -> Segments:
    """Split text into (mode, bytes): alphanumeric wherever the alphabet allows, else bytes.

    ISO/IEC 18004, clause 7.4: alphanumeric costs 5.5 bits a character, byte mode 8. A change of
    mode costs at most 4 + 16 bits, so a run shorter than eight characters is not worth one,
    except at the edges of the text, where it costs one header instead of two.
    """
    runs: list[tuple[int, bytearray]] = []
    for byte in text.encode("utf-8"):
        mode = util.MODE_ALPHA_NUM if byte in _ALPHANUMERIC else util.MODE_8BIT_BYTE
        if runs and runs[-1][0] == mode:
            runs[-1][1].append(byte)
        else:
            runs.append((mode, bytearray([byte])))
    merged: list[tuple[int, bytearray]] = []
    for index, (mode, run) in enumerate(runs):
        edge = index in (0, len(runs) - 1)
        short = mode == util.MODE_ALPHA_NUM and len(run) < (6 if edge else 12) and len(runs) > 1
        kept = util.MODE_8BIT_BYTE if short else mode
        if merged and merged[-1][0] == kept:
            merged[-1][1].extend(run)
        else:
            merged.append((kept, run))
    return tuple((mode, bytes(run)) for mode, run in merged)


def matrix(text: str, width: int) -> tuple[str, ...]:
    """The rows of the code without a quiet zone, a dark module is ``1``, for ``width`` dots.

    Raises :exc:`QrTooLarge` where the code would have to be shrunk to fit.
    """
    allowed = max_version(width)
    content = segments(text)
    version = version_of(content)
    if version is None or version > allowed:
        raise QrTooLarge(version, allowed)
    return modules(content, version)
