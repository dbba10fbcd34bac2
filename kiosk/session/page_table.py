"""Every page of a visit in one row: who answers, how it waits, what can be done on it besides.

A new page is a name, a row here, a handler, and a row in ``ui/screens.py`` with its QML file.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Page(enum.StrEnum):
    """What is on the screen."""

    OUT_OF_SERVICE = "out-of-service"
    ATTRACT = "attract"
    LANGUAGE = "language"
    INSERT_CARD = "insert-card"
    READING_CARD = "reading-card"
    CARD_PROBLEM = "card-problem"
    PIN = "pin"
    IDENTITY = "identity"
    SERVICES = "services"
    QUESTION = "question"
    PAPERS = "papers"
    """Papers that prove what the application says, scanned sheet by sheet."""
    CHECK = "check"
    SIGN = "sign"
    WORKING = "working"
    CONFIRMATION = "confirmation"
    ACTIVATION = "activation"
    """The card is genuine and not activated yet: what will happen, and its beginning."""
    ACTIVATION_STOPPED = "activation-stopped"
    """Why the activation cannot begin or go on: no network, no telephone, no right code."""
    CARD_STATE = "card-state"
    """The card is active already: how it stands."""
    CODE = "code"
    """The one-time code that the central API sent to the cardholder's telephone."""
    OLD_PIN = "old-pin"
    PUK = "puk"
    FINGER = "finger"
    """The sensor waits for the cardholder's finger, and the card compares it."""
    NEW_PIN = "new-pin"
    REPEAT_PIN = "repeat-pin"
    CARD_WORKING = "card-working"
    CARD_DONE = "card-done"
    TAKE_CARD = "take-card"
    ENDED = "ended"


class Stage(enum.Enum):
    """Where in a visit a page stands; from it follows how long the page waits for a touch."""

    RESTING = enum.auto()
    """Nobody is here."""
    BEFORE_PIN = enum.auto()
    AFTER_PIN = enum.auto()
    """The person is known."""
    CARD_TASK = enum.auto()
    """Work on the card itself is prepared; no PIN was verified."""
    WORKING = enum.auto()
    """A device works: the page waits for it, not for a touch."""
    FINISHED = enum.auto()
    """What was asked for is done; the card may go."""
    LEAVING = enum.auto()
    """The visit is over; timers of their own lead on."""


@dataclass(frozen=True, slots=True)
class Row:
    """What holds for one page."""

    stage: Stage
    handler: str | None
    """``module.function`` in :mod:`kiosk.session`, which answers to events on this page. A name and
    not the function: the screen reads this table before the rules of a visit are loaded."""
    cancel: bool = False
    """The visit can be cancelled from here."""
    back: bool = False
    """There is a page before this one to go back to."""


PAGES: Final[dict[Page, Row]] = {
    Page.OUT_OF_SERVICE: Row(Stage.RESTING, None),
    Page.ATTRACT: Row(Stage.RESTING, "card_steps.on_attract"),
    Page.LANGUAGE: Row(Stage.BEFORE_PIN, "card_steps.on_language", cancel=True),
    Page.INSERT_CARD: Row(Stage.BEFORE_PIN, "card_steps.on_insert_card", cancel=True),
    Page.READING_CARD: Row(Stage.WORKING, "card_steps.on_reading_card", cancel=True),
    Page.CARD_PROBLEM: Row(Stage.BEFORE_PIN, "card_steps.on_card_problem", cancel=True),
    Page.PIN: Row(Stage.BEFORE_PIN, "card_steps.on_pin", cancel=True),
    Page.IDENTITY: Row(Stage.AFTER_PIN, "card_steps.on_identity", cancel=True),
    Page.SERVICES: Row(Stage.AFTER_PIN, "form_steps.on_services", cancel=True),
    Page.QUESTION: Row(Stage.AFTER_PIN, "form_steps.on_question", cancel=True, back=True),
    Page.PAPERS: Row(Stage.AFTER_PIN, "paper_steps.on_papers", cancel=True, back=True),
    Page.CHECK: Row(Stage.AFTER_PIN, "form_steps.on_check", cancel=True, back=True),
    Page.SIGN: Row(Stage.AFTER_PIN, "finish_steps.on_sign", cancel=True, back=True),
    Page.WORKING: Row(Stage.WORKING, "finish_steps.on_working"),
    Page.CONFIRMATION: Row(Stage.FINISHED, "finish_steps.on_confirmation"),
    Page.ACTIVATION: Row(Stage.CARD_TASK, "card_service_steps.on_activation", cancel=True),
    Page.ACTIVATION_STOPPED: Row(
        Stage.CARD_TASK, "card_service_steps.on_activation_stopped", cancel=True
    ),
    Page.CARD_STATE: Row(
        Stage.AFTER_PIN, "card_service_steps.on_card_state", cancel=True, back=True
    ),
    Page.CODE: Row(Stage.CARD_TASK, "card_service_steps.on_code", cancel=True, back=True),
    Page.OLD_PIN: Row(Stage.CARD_TASK, "card_service_steps.on_old_pin", cancel=True, back=True),
    Page.PUK: Row(Stage.CARD_TASK, "card_service_steps.on_puk", cancel=True),
    Page.FINGER: Row(Stage.CARD_TASK, "card_service_steps.on_finger", cancel=True),
    Page.NEW_PIN: Row(Stage.CARD_TASK, "card_service_steps.on_new_pin", cancel=True),
    Page.REPEAT_PIN: Row(
        Stage.CARD_TASK, "card_service_steps.on_repeat_pin", cancel=True, back=True
    ),
    Page.CARD_WORKING: Row(Stage.WORKING, "card_service_steps.on_card_working"),
    Page.CARD_DONE: Row(Stage.FINISHED, "finish_steps.on_confirmation"),
    Page.TAKE_CARD: Row(Stage.LEAVING, None),
    Page.ENDED: Row(Stage.LEAVING, None),
}
