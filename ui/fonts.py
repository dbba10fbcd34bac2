"""The fonts of the screens: only those that come with the project's own packages."""

from __future__ import annotations

from pathlib import Path

import fontpkg
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

FAMILY = "IBM Plex Sans Arabic"
FALLBACKS = ("Noto Sans Arabic", "Noto Sans")


class FontMissing(Exception):
    """A font file of the project could not be loaded; the message names it."""


def font_files() -> tuple[Path, ...]:
    """Every font file the screens use."""
    families = (FAMILY, *FALLBACKS)
    return tuple(
        font.path
        for name in families
        for font in fontpkg.family(name).files
        if font.style == "normal"
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
