"""What the terminal knows at one moment: its own condition and the visit of one citizen.

Frozen values only. Personal data is kept out of every ``repr``; after a visit a fresh
:class:`Visit` replaces the old one and nothing of it remains.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kiosk.devices import Terminal
from kiosk.services import Language
from kiosk.services.facts import Fact
from kiosk.session.card_task import EMPTY_PAD, CardTask, PinEntry
from kiosk.session.form import EmployerFound, Form
from kiosk.session.outcome import Submission, VisitEnd
from kiosk.session.page_table import Page


class CardProblem(enum.StrEnum):
    """Why a card cannot be used here; each has its own words and its own way out."""

    MUTE = "mute"
    NOT_GENUINE = "not-genuine"
    NOT_SUPPORTED = "not-supported"
    NOT_ACTIVATED = "not-activated"
    EXPIRED = "expired"
    PIN_BLOCKED = "pin-blocked"
    PUK_BLOCKED = "puk-blocked"
    FINGER_REFUSED = "finger-refused"
    """The PIN is blocked and no finger opens it, or none any more."""
    REVOKED = "revoked"
    IDENTITY_MISMATCH = "identity-mismatch"
    UNREADABLE = "unreadable"


class TextSize(enum.StrEnum):
    """Size of all text on the screen."""

    NORMAL = "normal"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Cardholder:
    """Who is at the terminal, from the verified data of the card."""

    civil_number: str = field(repr=False)
    name_ar: str = field(repr=False)
    name_en: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    """``None`` where the card does not tell all of it."""
    expiry_date: date
    kind: str
    nationality: str
    photo: bytes = field(repr=False)
    """JPEG."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's session, from the first touch to the empty card slot."""

    page: Page = Page.ATTRACT
    language: Language = "ar"
    text_size: TextSize = TextSize.NORMAL
    high_contrast: bool = False
    card_present: bool = False
    card_problem: CardProblem | None = None
    finger_offered: bool = False
    """The PIN is blocked, and both card and terminal take a finger."""
    cardholder: Cardholder | None = None
    pin: PinEntry = EMPTY_PAD
    signed_in: bool = False
    """The central API accepted the card's signature: its registries answer."""
    mobile: str | None = field(default=None, repr=False)
    employers: tuple[EmployerFound, ...] = field(default=(), repr=False)
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """What registries said for the service under way, by the fact's id in its definition."""
    form: Form | None = None
    card_task: CardTask | None = None
    submission: Submission | None = None
    countdown_s: int | None = None
    """Seconds until the visit ends by itself, once that is announced."""
    end: VisitEnd | None = None
    card_left_stage: int = 0
    """How often the person was reminded to take the card."""


@dataclass(frozen=True, slots=True)
class State:
    """The terminal and the visit."""

    terminal: Terminal
    visit: Visit = Visit()
