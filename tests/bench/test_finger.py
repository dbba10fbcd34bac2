"""The finger measures to the frame that shows the effect, and says when there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from kiosk.services import load_catalogue
from kiosk.session import Page, State, events as ev
from tests.ui.visits import ONLINE
from tools.bench import finger as measured
from tools.bench.finger import Finger, NotShown
from tools.bench.pixels import colours
from ui.app import KioskWindow, make_application

pytestmark = pytest.mark.window


class Terminal:
    """A window whose attract page answers a touch as the test wants it to."""

    def __init__(self) -> None:
        make_application()
        self.answer: Callable[[], None] = self.open_languages
        self.state = State(ONLINE)
        self.kiosk = KioskWindow(
            load_catalogue(),
            self._take,
            None,  # no PIN is entered here
            size=(1080, 1920),
            state=self.state,
            today=lambda: date(2026, 11, 22),
        )
        self.kiosk.wait_until_seen()
        self.finger = Finger(self.kiosk)

    def open_languages(self) -> None:
        self.kiosk.show(replace(self.state, visit=replace(self.state.visit, page=Page.LANGUAGE)))

    def _take(self, event: ev.Event) -> None:
        if isinstance(event, ev.Started):
            self.answer()

    def tap(self) -> measured.Touch:
        return self.finger.measure("startArea", lambda: self.finger.page_is("language"))


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.kiosk.close()


def test_a_tap_is_measured_to_the_frame_of_the_new_page(terminal: Terminal) -> None:
    touch = terminal.tap()
    assert 0 < touch.shown < 5000
    assert 0 < touch.work <= touch.shown
    assert terminal.finger.page_is("language")


def test_a_terminal_that_is_slow_to_answer_is_measured_as_slow(terminal: Terminal) -> None:
    def slowly() -> None:
        time.sleep(0.2)  # the delay that has to be found
        terminal.open_languages()

    terminal.answer = slowly
    touch = terminal.tap()
    assert touch.shown > 200
    assert touch.work < touch.shown - 150, "waiting is no work"


def test_a_touch_without_effect_is_no_figure(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "PATIENCE_S", 0.2)
    terminal.answer = lambda: None
    with pytest.raises(NotShown, match="startArea"):
        terminal.tap()


def test_an_effect_that_nobody_sees_is_no_figure(terminal: Terminal) -> None:
    done: list[bool] = []

    def unseen() -> None:
        done.append(True)
        terminal.kiosk.window.update()  # a frame, but the same picture

    terminal.answer = unseen
    with pytest.raises(NotShown, match="the same as before"):
        terminal.finger.measure("startArea", lambda: bool(done))


def test_what_is_there_before_the_touch_is_no_effect(terminal: Terminal) -> None:
    with pytest.raises(NotShown, match="already"):
        terminal.finger.measure("startArea", lambda: True)


def test_the_attract_page_is_told_from_an_empty_window(terminal: Terminal) -> None:
    assert colours(terminal.kiosk.window) > 12
    terminal.kiosk.window.contentItem().setVisible(False)
    assert colours(terminal.kiosk.window) == 1
