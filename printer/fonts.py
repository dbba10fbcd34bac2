"""The fonts of the receipt, loaded from files that are installed with the project.

IBM Plex Sans Arabic draws both scripts; Noto Sans Arabic and Noto Sans fill its gaps (all SIL Open
Font License). Fonts of the machine are never used: the bits must be the same everywhere.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import Final

import fontpkg_ibm_plex_sans_arabic
import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QRawFont

from printer.errors import FontsUnavailable, MissingGlyph

_FILES: Final = (
    fontpkg_ibm_plex_sans_arabic.ROOT / "files" / "IBMPlexSansArabic-Regular.ttf",
    fontpkg_ibm_plex_sans_arabic.ROOT / "files" / "IBMPlexSansArabic-Medium.ttf",
    fontpkg_ibm_plex_sans_arabic.ROOT / "files" / "IBMPlexSansArabic-SemiBold.ttf",
    fontpkg_ibm_plex_sans_arabic.ROOT / "files" / "IBMPlexSansArabic-Bold.ttf",
    fontpkg_noto_sans_arabic.ROOT / "files" / "NotoSansArabic[wdth,wght].ttf",
    fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf",
)
FAMILIES: Final = ("IBM Plex Sans Arabic", "Noto Sans Arabic", "Noto Sans")
_loading = threading.Lock()
_covered: Final = set(" \u00a0\u202f\u2028")


def load() -> None:
    """Load the font files into Qt once; any thread.

    Raises :exc:`FontsUnavailable`. Qt needs its QGuiApplication first, made in the main thread.
    """
    with _loading:
        _load()


@cache
def _load() -> None:
    if QGuiApplication.instance() is None:
        raise FontsUnavailable("receipts need a QGuiApplication (platform offscreen will do)")
    for file in _FILES:
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            raise FontsUnavailable(f"cannot load {file.name}")


def font(size: int, weight: QFont.Weight) -> QFont:
    """Return our font at ``size`` dots, unhinted: rounding is ours, not the machine's."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def check_coverage(text: str) -> None:
    """Raise :exc:`MissingGlyph` for the first character that none of our fonts has."""
    lacking = missing(text)
    for character in text:
        if character in lacking:
            raise MissingGlyph(character)


def missing(text: str) -> frozenset[str]:
    """The characters of the text that none of our fonts has.

    Format characters (bidi isolates, joiners) are never drawn, so no font has to have them.
    """
    unknown = {c for c in text if c not in _covered and unicodedata.category(c) != "Cf"}
    if not unknown:
        return frozenset()
    # A QRawFont belongs to the thread that made it, so none is kept: only its answers are.
    fonts = [QRawFont(str(file), 24.0) for file in (_FILES[0], *_FILES[-2:])]
    found = {c for c in unknown if any(raw.supportsCharacter(ord(c)) for raw in fonts)}
    _covered.update(found)
    return frozenset(unknown - found)
