"""Layouts of the keyboard on the screen, from ``ui/assets/keyboards``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "keyboards"


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that does something else than writing its character."""

    do: str
    text: str = ""
    wide: Annotated[float, Meta(gt=0)] = 1


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """A keyboard: rows of characters and of keys with an action."""

    language: str
    """Empty for digits and signs."""
    name: str
    rows: tuple[tuple[str | Key, ...], ...]


@cache
def read_layout(name: str) -> Layout:
    """Parse one layout. Raises ``FileNotFoundError`` and ``msgspec.ValidationError``."""
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Layout)


@QmlElement
@QmlSingleton
class KeyboardLayouts(QObject):
    """The layouts for ``Controls/Keyboard.qml``."""

    @Slot(str, result="QVariantList")
    def rows(self, name: str) -> list[list[dict[str, Any]]]:
        """Rows of keys: ``action`` (empty: write ``text``), ``text``, ``wide``."""
        return [
            [
                {"action": "", "text": key, "wide": 1.0}
                if isinstance(key, str)
                else {"action": key.do, "text": key.text, "wide": key.wide}
                for key in row
            ]
            for row in read_layout(name).rows
        ]

    @Slot(str, result=str)
    def language(self, name: str) -> str:
        return read_layout(name).language

    @Slot(str, result=str)
    def name(self, name: str) -> str:
        """What the space bar and the way back to letters say."""
        return read_layout(name).name
