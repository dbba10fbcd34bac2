"""The pages of work on the card itself: activation, one-time code, PUK, another PIN."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import is_online
from kiosk.session.card_task import CardTask
from kiosk.session.intents import NewCodePressed, UnblockChosen
from kiosk.session.page_table import Page
from kiosk.session.state import State
from ui.viewmodels.seam import Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class CardTaskViewModel(QObject):
    """Which secret is asked for, why again, how far the card is; the pad is ``PinViewModel``'s."""

    changed = Signal()

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send
        self._page = Page.ATTRACT
        self._checking = False
        self._task: CardTask | None = None
        self._online = False

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        shown = (visit.page, visit.pin.checking, visit.card_task, is_online(state.terminal))
        if shown != (self._page, self._checking, self._task, self._online):
            self._page, self._checking, self._task, self._online = shown
            self.changed.emit()

    @Property(str, notify=changed)
    def asks(self) -> str:
        """The page: ``code``, ``old-pin``, ``puk``, ``new-pin``, ``repeat-pin`` ask for digits."""
        return self._page.value

    @Property(str, notify=changed)
    def kind(self) -> str:
        """A :class:`kiosk.session.card_task.CardTaskKind`, or empty."""
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
        return self._checking or bool(self._task and self._task.busy)

    @Property(bool, notify=changed)
    def online(self) -> bool:
        return self._online

    @Property(bool, notify=changed)
    def transport(self) -> bool:
        """The card has its keys; activation replaces the PIN of the letter."""
        return bool(self._task and self._task.transport)

    @Property(int, notify=changed)
    def step(self) -> int:
        return self._task.step if self._task else 0

    @Property(int, notify=changed)
    def steps(self) -> int:
        return self._task.steps if self._task else 0

    @Slot()
    def usePuk(self) -> None:
        """ "I have the PUK", where a finger is asked for."""
        self._send(UnblockChosen())

    @Slot()
    def newCode(self) -> None:
        """ "Send me another code"."""
        self._send(NewCodePressed())
