"""The pages of work on the card itself: activation, one-time code, PUK, another PIN."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import is_online
from kiosk.session.events import NewCodePressed
from kiosk.session.state import CardTask, Page, PinEntry, State
from ui.viewmodels.pin import PinPad
from ui.viewmodels.seam import Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class CardTaskViewModel(QObject):
    """Which secret is asked for, what was wrong with the last one, how far the card is."""

    changed = Signal()

    def __init__(self, send: Send, pad: PinPad) -> None:
        super().__init__()
        self._send = send
        self._pad = pad
        self._page = Page.ATTRACT
        self._pin = PinEntry()
        self._task: CardTask | None = None
        self._online = False

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        shown = (visit.page, visit.pin, visit.card_task, is_online(state.terminal))
        if shown != (self._page, self._pin, self._task, self._online):
            self._page, self._pin, self._task, self._online = shown
            self.changed.emit()

    @Property(str, notify=changed)
    def asks(self) -> str:
        """The page: ``code``, ``old-pin``, ``puk``, ``new-pin``, ``repeat-pin`` ask for digits."""
        return self._page.value

    @Property(str, notify=changed)
    def kind(self) -> str:
        """A :class:`kiosk.session.state.CardTaskKind`, or empty."""
        return "" if self._task is None else self._task.kind.value

    @Property(str, notify=changed)
    def problem(self) -> str:
        """Why a step has to be done again, or empty."""
        return (self._task.problem or "") if self._task else ""

    @Property(str, notify=changed)
    def sentTo(self) -> str:
        """The end of the telephone number that the code went to."""
        return (self._task.code_sent_to or "") if self._task else ""

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Something is being asked; the pad is away."""
        return self._pin.checking or bool(self._task and self._task.busy)

    @Property(bool, notify=changed)
    def online(self) -> bool:
        return self._online

    @Property(int, notify=changed)
    def step(self) -> int:
        return self._task.step if self._task else 0

    @Property(int, notify=changed)
    def steps(self) -> int:
        return self._task.steps if self._task else 0

    @Property(int, notify=changed)
    def length(self) -> int:
        return self._pin.length

    @Property(int, notify=changed)
    def digits(self) -> int:
        return self._pin.digits

    @Property(int, notify=changed)
    def triesLeft(self) -> int:
        """-1: nobody tells."""
        return -1 if self._pin.tries_left is None else self._pin.tries_left

    @Property(bool, notify=changed)
    def wrong(self) -> bool:
        return self._pin.wrong

    @Property(bool, notify=changed)
    def incomplete(self) -> bool:
        return self._pin.incomplete

    @Slot(int)
    def press(self, digit: int) -> None:
        self._pad.press(digit)

    @Slot()
    def erase(self) -> None:
        self._pad.erase()

    @Slot()
    def clear(self) -> None:
        self._pad.clear()

    @Slot()
    def newCode(self) -> None:
        """ "Send me another code"."""
        self._send(NewCodePressed())
