"""The real window on the offscreen platform, with events recorded and the clock in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QPointingDevice
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from kiosk.session.events import Event, Touched
from kiosk.session.state import State
from tests.ui import looking
from tests.ui.visits import CATALOGUE, ONLINE
from ui.app import KioskWindow, make_application

_FINGER = None


@pytest.fixture(scope="session")
def qapp() -> QGuiApplication:
    """One application for all; pytest-qt would make a QApplication."""
    return make_application()


@dataclass
class Pad:
    """Records what the PIN pad sends."""

    pressed: list[int | str] = field(default_factory=list)

    def press(self, digit: int) -> None:
        self.pressed.append(digit)

    def erase(self) -> None:
        self.pressed.append("erase")

    def clear(self) -> None:
        self.pressed.append("clear")


@dataclass
class Screen:
    """A window under test."""

    kiosk: KioskWindow
    pad: Pad
    sent: list[Event]
    clock: list[float]

    @property
    def window(self) -> QQuickWindow:
        return self.kiosk.window

    def show(self, state: State, **visit: object) -> None:
        """Show a state and let it settle."""
        self.kiosk.show(replace(state, visit=replace(state.visit, **visit)))
        self.settle()
        assert self.kiosk.settled

    def settle(self) -> None:
        """Let bindings, layouts and the frame after them happen: layouts lay out when drawn."""
        for _ in range(2):
            QTest.qWait(1)
            self.window.grabWindow()

    def events(self) -> list[Event]:
        """What was sent, touches aside."""
        return [event for event in self.sent if not isinstance(event, Touched)]

    def press(self, item: QQuickItem) -> QPoint:
        """Put a finger on it."""
        point = looking.centre(item).toPoint()
        QTest.touchEvent(self.window, finger()).press(0, point, self.window).commit()
        return point

    def release(self, point: QPoint) -> None:
        """Lift the finger."""
        QTest.touchEvent(self.window, finger()).move(0, point, self.window).commit()
        QTest.touchEvent(self.window, finger()).release(0, point, self.window).commit()
        QTest.qWait(1)

    def tap(self, name: str) -> None:
        """Touch the item with this name."""
        self.release(self.press(looking.find(self.window, name)))


def finger() -> QPointingDevice:
    """One touch device for the whole run."""
    global _FINGER
    if _FINGER is None:
        _FINGER = QTest.createTouchDevice()
    return _FINGER


@pytest.fixture
def make_screen(qapp: QGuiApplication) -> Iterator[Callable[..., Screen]]:
    """Make windows; they are closed at the end."""
    made: list[Screen] = []

    def make(size: tuple[int, int] = (1080, 1920)) -> Screen:
        sent: list[Event] = []
        clock = [0.0]
        pad = Pad()
        kiosk = KioskWindow(
            CATALOGUE,
            sent.append,
            pad,
            size=size,
            reduced_motion=True,
            state=State(ONLINE),
            today=lambda: date(2026, 11, 22),
            clock=lambda: clock[0],
        )
        made.append(Screen(kiosk, pad, sent, clock))
        return made[-1]

    yield make
    for screen in made:
        screen.kiosk.close()


@pytest.fixture
def screen(make_screen: Callable[..., Screen]) -> Screen:
    """A portrait window in Arabic."""
    return make_screen()


__all__ = ["Pad", "Qt", "Screen"]
