"""One finger at the real window, and an eye that knows when a frame showed what it did.

Everything happens in the thread of the user interface: with the software scene graph a frame is
made there in one go, so what is true when it is swapped is what it shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QPoint, QPointF, QTimer
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from ui.app import KioskWindow
from ui.visible import in_view, visible_items

PATIENCE_S = 20.0
_PRESS_PATIENCE_S = 0.3
_POLL_MS = 2
_REST_MS = 30
_MOST_SCREENS = 12
_VISIBLE = 0.02
"""Opacity from which a page that fades in is there."""


class NotShown(Exception):
    """No frame showed it in time; the message names it."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One touch: ``press`` and ``shown`` are milliseconds from the event to its frame."""

    press: float | None
    """To the frame that shows it pressed; ``None`` where the finger acts when it comes down, and
    where it looks the same when pressed."""
    shown: float
    """To the frame that shows the effect, from the event that causes it."""
    work: float
    """Of ``shown``, what the window's thread computed: without waiting, and without the time that
    other processes took from it."""


class Finger:
    """Finds things by name and touches them."""

    def __init__(self, kiosk_window: KioskWindow) -> None:
        self._kiosk_window = kiosk_window
        self._window = kiosk_window.window
        self._device = QTest.createTouchDevice()
        self._on_frame: Callable[[float], None] = lambda _at: None
        self._window.frameSwapped.connect(lambda: self._on_frame(time.perf_counter()))

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the terminal work until something is true. Raises :class:`NotShown`."""
        if until():
            return
        loop = QEventLoop()
        deadline = time.monotonic() + PATIENCE_S
        look = QTimer(interval=_POLL_MS)
        look.timeout.connect(
            lambda: loop.quit() if until() or time.monotonic() > deadline else None
        )
        look.start()
        loop.exec()
        look.stop()
        if not until():
            raise NotShown(what)

    def settle(self) -> None:
        """Wait until no page is fading in."""
        self.wait(lambda: self._kiosk_window.settled, "the page to settle")

    def rest(self, milliseconds: int = _REST_MS) -> None:
        """Let the page take its final layout: what moves under the finger is not touched."""
        QTest.qWait(milliseconds)

    def tap(self, name: str) -> None:
        """Touch without measuring."""
        point = self._reach(name)
        self._press(point)
        self._release(point)

    def measure(self, name: str, shown: Callable[[], bool], *, on_press: bool = False) -> Touch:
        """Touch a thing and wait for the first frame in which ``shown`` holds.

        ``on_press``: the finger acts when it comes down, not when it is lifted.
        Raises :class:`NotShown`, also when ``shown`` holds before the touch.
        """
        point = self._reach(name)
        item = self.find(name)
        if item is None:
            raise NotShown(name)
        if shown():
            raise NotShown(f"a change after touching {name}: it is shown already")
        before = self._window.grabWindow()
        if on_press:
            touch = Touch(None, *self._seen(lambda: self._press(point), shown, name))
            self._must_differ(before, name)
            self._release(point)
            return touch
        pressed = self._until_frame(
            lambda: self._press(point),
            lambda: bool(item.property("pressed")),
            _PRESS_PATIENCE_S,
        )
        if pressed is not None and self._window.grabWindow() == before:
            pressed = None  # a frame of something else: it looks the same when pressed
        before = self._window.grabWindow()
        touch = Touch(
            pressed and pressed[0], *self._seen(lambda: self._release(point), shown, name)
        )
        self._must_differ(before, name)
        return touch

    def watch(self, act: Callable[[], None], shown: Callable[[], bool], what: str) -> float:
        """Do something that is no touch; milliseconds to the first frame in which ``shown`` holds.

        Raises :class:`NotShown`.
        """
        return self._seen(act, shown, what)[0]

    def page_is(self, page: str) -> bool:
        """Whether this page is open and no longer invisible."""
        return bool(self._window.property("opened") == page) and self._opacity() > _VISIBLE

    def text_of(self, name: str) -> str:
        """The text in a field; empty when there is none."""
        item = self.find(name)
        return str(item.property("text")) if item is not None else ""

    def find(self, name: str) -> QQuickItem | None:
        """A visible, enabled thing of this name."""
        for item in visible_items(self._window.contentItem()):
            if item.objectName() == name:
                return item
        return None

    def _seen(
        self, act: Callable[[], None], shown: Callable[[], bool], what: str
    ) -> tuple[float, float]:
        took = self._until_frame(act, shown, PATIENCE_S)
        if took is None:
            raise NotShown(what)
        return took

    def _until_frame(
        self, act: Callable[[], None], shown: Callable[[], bool], patience: float
    ) -> tuple[float, float] | None:
        """Milliseconds from the act to the first frame in which ``shown`` holds; work in them."""
        loop = QEventLoop()
        frames: list[tuple[float, float]] = []

        def look(at: float) -> None:
            worked = time.thread_time()  # before looking, which is work too
            if not frames and shown():
                frames.append((at, worked))
                loop.quit()

        self._on_frame = look
        began, began_work = time.perf_counter(), time.thread_time()
        act()
        if not frames:
            QTimer.singleShot(round(patience * 1000), loop, loop.quit)
            loop.exec()
        self._on_frame = lambda _at: None
        if not frames:
            return None
        return (frames[0][0] - began) * 1000, (frames[0][1] - began_work) * 1000

    def _must_differ(self, before: QImage, what: str) -> None:
        if self._window.grabWindow() == before:
            raise NotShown(f"{what}: the picture is the same as before the touch")

    def _reach(self, name: str) -> QPoint:
        """Where the thing is, after scrolling it into view with the page's own button."""
        self.settle()
        self.wait(lambda: self.find(name) is not None, name)
        for _ in range(_MOST_SCREENS):
            item = self.find(name)
            if item is not None and in_view(item):
                centre = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
                return QPoint(round(centre.x()), round(centre.y()))
            if self.find("moreButton") is None:
                break
            self.tap("moreButton")
            QTest.qWait(300)
        raise NotShown(f"{name} in view")

    def _press(self, point: QPoint) -> None:
        QTest.touchEvent(self._window, self._device).press(0, point, self._window).commit()

    def _release(self, point: QPoint) -> None:
        QTest.touchEvent(self._window, self._device).release(0, point, self._window).commit()

    def _opacity(self) -> float:
        item = self.find("heading")
        seen = 1.0
        while item is not None:
            seen *= item.opacity()
            item = item.parentItem()
        return seen
