"""A finger and two eyes: finds things in the window by name, taps and types by touch events."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QTimer
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from ui.app import KioskWindow
from ui.visible import in_view, visible_items

_POLL_MS = 4
PATIENCE_S = 15.0
"""How long anything may take before the journey has failed."""

_MOST_SCREENS = 12
"""How often a page is scrolled before a thing on it is given up."""

_SPACE = {" ": "space", "\n": "enter"}


class NotSeen(Exception):
    """What the journey waits for did not come; the message names it."""


class Hands:
    """One person at the window."""

    def __init__(self, kiosk_window: KioskWindow) -> None:
        self._kiosk_window = kiosk_window
        self._window = kiosk_window.window
        self._device = QTest.createTouchDevice()

    def wait(self, until: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> None:
        """Let the terminal work until something is true. Raises :class:`NotSeen`."""
        deadline = time.monotonic() + patience
        loop = QEventLoop()
        look = QTimer(interval=_POLL_MS)

        def check() -> None:
            if until() or time.monotonic() > deadline:
                loop.quit()

        look.timeout.connect(check)
        look.start()
        loop.exec()
        look.stop()
        if not until():
            raise NotSeen(what)

    def rest(self, seconds: float) -> None:
        """Let the terminal work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Wait until no page is fading in."""
        self.wait(lambda: self._kiosk_window.settled, "the page to settle")

    def sees(self, name: str) -> bool:
        """Whether a visible, enabled thing of this name is in the window."""
        return self._find(name) is not None

    def tap(self, name: str) -> None:
        """Touch a thing at its centre, after scrolling it into view with the page's own button."""
        self.settle()
        self.wait(lambda: self._find(name) is not None, name)
        for _ in range(_MOST_SCREENS):
            item = self._find(name)
            if item is not None and in_view(item):
                self._touch(item)
                return
            more = self._find("moreButton")
            if more is None:
                break
            self._touch(more)
            self.rest(0.3)
        raise NotSeen(f"{name} in view")

    def type(self, text: str) -> None:
        """Type with the on-screen keyboard, key by key."""
        self.settle()
        for letter in text:
            name = f"key_{_SPACE.get(letter, letter)}"
            key = self._find(name)
            if key is None:
                raise NotSeen(name)
            self._touch(key)

    def photograph(self, path: Path) -> None:
        """Save what is on the screen as PNG."""
        self.settle()
        self.rest(0.05)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self._window.grabWindow().save(str(path)):
            raise NotSeen(f"a picture at {path.name}")

    def _touch(self, item: QQuickItem) -> None:
        centre = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        point = QPoint(round(centre.x()), round(centre.y()))
        QTest.touchEvent(self._window, self._device).press(0, point, self._window).commit()
        QTest.touchEvent(self._window, self._device).release(0, point, self._window).commit()

    def _find(self, name: str) -> QQuickItem | None:
        for item in visible_items(self._window.contentItem()):
            if item.objectName() == name:
                return item
        return None
