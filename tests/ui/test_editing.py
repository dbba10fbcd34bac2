"""A keyboard on USB: nothing typed by one person can be brought back by the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from kiosk.session.intents import InputChanged
from tests.ui import looking
from tests.ui.conftest import Screen
from tests.ui.visits import STATES

pytestmark = pytest.mark.window

STANDARD = QKeySequence.StandardKey


def press(screen: Screen, key: QKeySequence.StandardKey) -> None:
    QTest.keySequence(screen.window, QKeySequence(key))
    screen.settle()


@pytest.fixture
def typing(screen: Screen) -> Screen:
    """The question for the telephone, its field in focus."""
    screen.show(STATES["mobile"])
    looking.find(screen.window, "field_mobile").forceActiveFocus()
    screen.settle()
    return screen


def test_letters_of_a_keyboard_arrive(typing: Screen) -> None:
    QTest.keyClick(typing.window, Qt.Key.Key_7)
    assert [type(event) for event in typing.events()] == [InputChanged]


def test_nothing_is_pasted(typing: Screen) -> None:
    QGuiApplication.clipboard().setText("99887766")
    press(typing, STANDARD.Paste)
    assert typing.events() == []


@pytest.mark.parametrize("key", [STANDARD.Copy, STANDARD.Cut])
def test_nothing_gets_into_the_clipboard(typing: Screen, key: QKeySequence.StandardKey) -> None:
    QGuiApplication.clipboard().setText("of nobody")
    press(typing, STANDARD.SelectAll)
    press(typing, key)
    assert QGuiApplication.clipboard().text() == "of nobody"
    assert typing.events() == []


def test_what_was_typed_is_not_undone(typing: Screen) -> None:
    field = looking.find(typing.window, "field_mobile")
    QTest.keyClick(typing.window, Qt.Key.Key_Backspace)
    typed = field.property("text")
    press(typing, STANDARD.Undo)
    assert field.property("text") == typed
