"""The pages about the card: a card that cannot be used, and whose card it is."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import can_take_finger
from kiosk.services.wording import format_day, mask_civil_number
from kiosk.session.intents import FingerChosen, UnblockChosen
from kiosk.session.state import Cardholder, State
from ui.viewmodels.seam import Pictures, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class CardProblemViewModel(QObject):
    """Why the card cannot be used."""

    changed = Signal()

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send
        self._problem = ""
        self._present = False
        self._finger = False

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        problem = "" if visit.card_problem is None else visit.card_problem.value
        finger = visit.finger_offered and can_take_finger(state.terminal)
        shown = (problem, visit.card_present, finger)
        if shown != (self._problem, self._present, self._finger):
            self._problem, self._present, self._finger = shown
            self.changed.emit()

    @Property(str, notify=changed)
    def problem(self) -> str:
        """A :class:`kiosk.session.state.CardProblem`, or empty."""
        return self._problem

    @Property(bool, notify=changed)
    def cardPresent(self) -> bool:
        return self._present

    @Property(bool, notify=changed)
    def finger(self) -> bool:
        """Card and terminal take a finger in place of the PUK."""
        return self._finger

    @Slot()
    def unblock(self) -> None:
        """ "I have the PUK"."""
        self._send(UnblockChosen())

    @Slot()
    def unblockByFinger(self) -> None:
        """ "Unblock with your fingerprint"."""
        self._send(FingerChosen())


@QmlElement
class IdentityViewModel(QObject):
    """The cardholder, as the verified card says."""

    changed = Signal()

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._holder: Cardholder | None = None
        self._photo = ""

    def show(self, state: State) -> None:
        """Take over a new state; without a cardholder nothing of the last one stays."""
        holder = state.visit.cardholder
        if holder == self._holder:
            return
        self._holder = holder
        if holder is not None and holder.photo:
            self._photo = self._pictures.put("cardholder", holder.photo)
        else:
            self._pictures.drop("cardholder")
            self._photo = ""
        self.changed.emit()

    @Property(str, notify=changed)
    def nameAr(self) -> str:
        return self._holder.name_ar if self._holder else ""

    @Property(str, notify=changed)
    def nameEn(self) -> str:
        return self._holder.name_en if self._holder else ""

    @Property(str, notify=changed)
    def civilNumber(self) -> str:
        """Masked."""
        return mask_civil_number(self._holder.civil_number) if self._holder else ""

    @Property(str, notify=changed)
    def expiry(self) -> str:
        return format_day(self._holder.expiry_date) if self._holder else ""

    @Property(bool, notify=changed)
    def resident(self) -> bool:
        return self._holder is not None and self._holder.kind == "resident"

    @Property(str, notify=changed)
    def photo(self) -> str:
        return self._photo
