"""Which QML file shows a page, and which view-models it is given.

``shell``, which surrounds every page, goes to each of them besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.session.page_table import Page


@dataclass(frozen=True, slots=True)
class Screen:
    """How one page is shown."""

    file: str
    """In ``qml/Manfadh/Pages``, without its ending."""
    view_models: tuple[tuple[str, str], ...] = ()
    """Property of the file, and which view-model it is given."""
    follower: Page | None = None
    """The page that mostly follows a touch here and takes long to make: it is made ahead."""


def _screen(file: str, follower: Page | None = None, /, **view_models: str) -> Screen:
    return Screen(file, tuple(view_models.items()), follower)


SCREENS: Final[dict[Page, Screen]] = {
    Page.OUT_OF_SERVICE: _screen("OutOfServicePage", vm="outOfService"),
    Page.ATTRACT: _screen("AttractPage", vm="attract"),
    Page.LANGUAGE: _screen("LanguagePage"),
    Page.INSERT_CARD: _screen("InsertCardPage"),
    Page.READING_CARD: _screen("ReadingCardPage", identity="identity"),
    Page.CARD_PROBLEM: _screen("CardProblemPage", vm="cardProblem"),
    Page.PIN: _screen("PinPage", vm="pin"),
    Page.IDENTITY: _screen("IdentityPage", Page.SERVICES, vm="identity"),
    Page.SERVICES: _screen("ServicesPage", Page.QUESTION, vm="services"),
    Page.QUESTION: _screen("QuestionPage", vm="question", employer="employer"),
    Page.PAPERS: _screen("PapersPage", vm="papers"),
    Page.CHECK: _screen("CheckPage", Page.SIGN, vm="check"),
    Page.SIGN: _screen("PinPage", Page.WORKING, vm="pin"),
    Page.WORKING: _screen("WorkingPage"),
    Page.CONFIRMATION: _screen("ConfirmationPage", vm="confirmation"),
    Page.ACTIVATION: _screen("ActivationPage", vm="cardTask", identity="identity"),
    Page.ACTIVATION_STOPPED: _screen("ActivationStoppedPage", vm="cardTask"),
    Page.CARD_STATE: _screen("CardStatePage", pin="pin", identity="identity"),
    Page.CODE: _screen("SecretPage", vm="cardTask", pin="pin"),
    Page.OLD_PIN: _screen("SecretPage", vm="cardTask", pin="pin"),
    Page.PUK: _screen("SecretPage", vm="cardTask", pin="pin"),
    Page.FINGER: _screen("FingerPage", vm="cardTask", pin="pin"),
    Page.NEW_PIN: _screen("SecretPage", vm="cardTask", pin="pin"),
    Page.REPEAT_PIN: _screen("SecretPage", vm="cardTask", pin="pin"),
    Page.CARD_WORKING: _screen("CardWorkingPage", vm="cardTask"),
    Page.CARD_DONE: _screen("CardDonePage", vm="confirmation", task="cardTask"),
    Page.TAKE_CARD: _screen("EndingPage", vm="ending"),
    Page.ENDED: _screen("EndingPage", vm="ending"),
}
