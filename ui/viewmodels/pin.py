"""The digit pad, whatever it is asked for. Digits pass through to the core and are never kept."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue
from kiosk.session.card_task import PinEntry
from kiosk.session.page_table import Page
from kiosk.session.state import State

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


class PinPad(Protocol):
    """The core's side of the pad: its bytearray is the only place that knows the digits."""

    def press(self, digit: int) -> None:
        """One more digit, 0 to 9."""

    def erase(self) -> None:
        """Without the last digit."""

    def clear(self) -> None:
        """Without any."""


@QmlElement
class PinViewModel(QObject):
    """How many digits are in, how many tries are left, what for."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, pad: PinPad) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._pad = pad
        self._pin = PinEntry()
        self._signing = False
        self._subject = ""

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        subject = ""
        if visit.form is not None:
            title = self._catalogue.service(visit.form.service_id).title
            subject = title.in_language(visit.language)
        shown = (visit.pin, visit.page is Page.SIGN, subject)
        if shown != (self._pin, self._signing, self._subject):
            self._pin, self._signing, self._subject = shown
            self.changed.emit()

    @Property(int, notify=changed)
    def length(self) -> int:
        """How many digits make it complete."""
        return self._pin.length

    @Property(int, notify=changed)
    def digits(self) -> int:
        return self._pin.digits

    @Property(int, notify=changed)
    def triesLeft(self) -> int:
        """-1: the card does not tell."""
        return -1 if self._pin.tries_left is None else self._pin.tries_left

    @Property(bool, notify=changed)
    def wrong(self) -> bool:
        return self._pin.wrong

    @Property(bool, notify=changed)
    def incomplete(self) -> bool:
        return self._pin.incomplete

    @Property(bool, notify=changed)
    def checking(self) -> bool:
        return self._pin.checking

    @Property(bool, notify=changed)
    def signing(self) -> bool:
        return self._signing

    @Property(str, notify=changed)
    def subject(self) -> str:
        """Title of the service that is signed."""
        return self._subject

    @Slot(int)
    def press(self, digit: int) -> None:
        self._pad.press(digit)

    @Slot()
    def erase(self) -> None:
        self._pad.erase()

    @Slot()
    def clear(self) -> None:
        self._pad.clear()
