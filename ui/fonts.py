"""The fonts of the screens: only those that come with the project's own packages."""

from __future__ import annotations

from pathlib import Path

import fontpkg_ibm_plex_sans_arabic
import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

FAMILY = fontpkg_ibm_plex_sans_arabic.FAMILY
FALLBACKS = (fontpkg_noto_sans_arabic.FAMILY, fontpkg_noto_sans.FAMILY)
_WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
"""Those of ``Theme/TypeScale.qml``."""


class FontMissing(Exception):
    """A font file of the project could not be loaded; the message names it."""


def font_files() -> tuple[Path, ...]:
    """Every font file the screens use."""
    plex = fontpkg_ibm_plex_sans_arabic.ROOT / "files"
    return (
        *(plex / f"IBMPlexSansArabic-{weight}.ttf" for weight in _WEIGHTS),
        fontpkg_noto_sans_arabic.ROOT / "files" / "NotoSansArabic[wdth,wght].ttf",
        fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf",
    )


def load_fonts() -> None:
    """Register the fonts and make them the application's. Raises :class:`FontMissing`.

    Needs a ``QGuiApplication``; no font of the system is used after this.
    """
    for path in font_files():
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FontMissing(f"font cannot be loaded: {path.name}")
    font = QFont([FAMILY, *FALLBACKS])
    QGuiApplication.setFont(font)
