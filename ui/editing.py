"""No clipboard and no undo: what one person typed is never brought back by the next.

A keyboard on USB has Ctrl-C, Ctrl-V and Ctrl-Z, and a mouse a middle button. The clipboard is the
whole machine's and outlives every visit, so nothing goes into it or comes out of it here.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent

_REFUSED = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_BUTTONS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)


class NoClipboard(QObject):
    """An event filter of the window that swallows what would copy, paste or bring back."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 (Qt's signature)
        if isinstance(event, QKeyEvent) and event.type() in _KEYS:
            return any(event.matches(key) for key in _REFUSED)
        if isinstance(event, QMouseEvent) and event.type() in _BUTTONS:
            # Where the platform has a selection, this button pastes it.
            return event.button() is Qt.MouseButton.MiddleButton
        return False


def forget_typing() -> None:
    """Drop a letter that is half composed; the next person begins anew. UI thread."""
    QGuiApplication.inputMethod().reset()
