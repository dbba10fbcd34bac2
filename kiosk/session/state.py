"""What the terminal knows at one moment: its own condition and the visit of one citizen.

Frozen values only. Personal data is kept out of every ``repr``; after a visit a fresh
:class:`Visit` replaces the old one and nothing of it remains.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from kiosk.devices import SheetState, Terminal
from kiosk.services import FieldProblem, Language
from kiosk.services.answers import Answer
from kiosk.services.facts import Fact

PIN_LENGTH = 6
"""Digits of the cardholder's PIN, and of a one-time code."""

PUK_LENGTH = 8
"""Digits of the PUK that unblocks a PIN."""


PAPERS_MAX = 8
"""Most papers of one application; the outbox takes as many."""

PAPER_MAX_BYTES = 5 * 1024 * 1024
PAPERS_MAX_BYTES = 4 * PAPER_MAX_BYTES
"""Of all papers together: what the outbox keeps free for a visit that began."""


class Page(enum.StrEnum):
    """What is on the screen; each page is one QML file."""

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


class VisitEnd(enum.StrEnum):
    """How a visit came to its end, said on the page that follows."""

    FINISHED = "finished"
    CARD_REMOVED = "card-removed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    DEVICE_LOST = "device-lost"
    CARD_REFUSED = "card-refused"
    NOT_KEPT = "not-kept"
    """The transaction could not be saved: nothing was confirmed, nothing will happen."""


class TextSize(enum.StrEnum):
    """Size of all text on the screen."""

    NORMAL = "normal"
    LARGE = "large"


class PinPurpose(enum.StrEnum):
    """What a PIN is entered for."""

    IDENTIFY = "identify"
    SIGN = "sign"


class CardTaskKind(enum.StrEnum):
    """What is done with the card itself; the values are ids of the service catalogue."""

    ACTIVATE = "activate-card"
    CHANGE_PIN = "change-pin"
    UNBLOCK_PIN = "unblock-pin"


@dataclass(frozen=True, slots=True)
class CardTask:
    """Work on the card itself. Codes and PINs are never here: the core keeps them."""

    kind: CardTaskKind
    code_sent_to: str | None = None
    """The end of the telephone number, for example ``•••••217``."""
    problem: str | None = None
    """Why a step has to be done again: a code of the card task's own words."""
    busy: bool = False
    """Something is being asked; the page waits."""
    transport: bool = False
    """The keys are on the card already; activation replaces the PIN of the letter by one's own."""
    by_finger: bool = False
    """The card matched the cardholder's finger, or is to: no PUK is asked for."""
    step: int = 0
    steps: int = 0
    """How far the work on the card is."""


@dataclass(frozen=True, slots=True)
class Cardholder:
    """Who is at the terminal, from the verified data of the card."""

    civil_number: str = field(repr=False)
    name_ar: str = field(repr=False)
    name_en: str = field(repr=False)
    birth_date: date = field(repr=False)
    expiry_date: date
    kind: str
    nationality: str
    photo: bytes = field(repr=False)
    """JPEG."""


@dataclass(frozen=True, slots=True)
class PinEntry:
    """The PIN pad. The digits themselves are never here: the core keeps them in a bytearray."""

    digits: int = 0
    tries_left: int | None = None
    wrong: bool = False
    """The last try was wrong."""
    incomplete: bool = False
    """Continue was pressed before six digits were there."""
    checking: bool = False
    length: int = PIN_LENGTH
    """How many digits make it complete."""


@dataclass(frozen=True, slots=True)
class EmployerFound:
    """An establishment to choose from."""

    cr_number: str
    name_ar: str
    name_en: str
    wilayat: str


class SearchState(enum.StrEnum):
    """Where a search in the labour registry stands."""

    IDLE = "idle"
    SEARCHING = "searching"
    DONE = "done"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class EmployerSearch:
    """The search on the employer's page."""

    query: str = field(default="", repr=False)
    state: SearchState = SearchState.IDLE
    found: tuple[EmployerFound, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Paper:
    """One scanned sheet. In memory only, and gone with the visit."""

    content: bytes = field(repr=False)
    type: str
    """``image/jpeg`` or ``image/png``."""
    sha256: str
    """Of ``content``, lower-case hexadecimal: what the card signs."""
    question: str = ""
    """Id of the question that it answers."""


@dataclass(frozen=True, slots=True)
class Form:
    """An application being filled in."""

    service_id: str
    page: str = ""
    """Id of the page of questions on the screen (:class:`kiosk.services.flow.QuestionPage`)."""
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    inputs: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """What is typed or chosen on this page and not yet taken, by question."""
    problems: tuple[FieldProblem, ...] = ()
    changing: bool = False
    """The page was opened from the check page and returns there."""
    apart: frozenset[str] = frozenset()
    """Pages on which something known was to be changed: their questions are asked one by one."""
    asked_for: frozenset[str] = frozenset()
    """Facts that were asked for and have not come yet."""
    unavailable: frozenset[str] = frozenset()
    """Facts that could not be had."""
    search: EmployerSearch = EmployerSearch()
    papers: tuple[Paper, ...] = ()
    sheet: SheetState = SheetState.READY
    """The sheet in the scanner, as far as this visit put it there."""
    sheet_problem: str = ""
    """Why the last sheet gave no picture: a code of :class:`ScanProblem`."""


class ReceiptStep(enum.StrEnum):
    """What happens with the receipt."""

    WAITING = "waiting"
    PRINTING = "printing"
    PRINTED = "printed"
    ON_SCREEN = "on-screen"
    """It could not be printed: reference and QR code are on the screen."""
    UNCERTAIN = "uncertain"
    """The printer fell silent: only the citizen can say whether paper came out, and is asked."""


class ReceiptMail(enum.StrEnum):
    """Whether the receipt goes to the telephone and the address in the application."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HearingProposal:
    """Date and place that the labour office proposes."""

    starts_at: datetime
    place_ar: str
    place_en: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A transaction that is safely kept; from here on it takes effect exactly once."""

    tx_id: str
    service_id: str
    confirmed_at: datetime
    reference: str
    """What the citizen quotes: the short form of ``tx_id``, printed on the receipt."""
    qr_text: str
    registered_as: str | None = None
    """The office's own number, once the central API answered."""
    hearing: HearingProposal | None = None
    papers: int = 0
    """How many scanned papers belong to it."""
    final: bool = False
    """Done here and now; no answer of the central API is to come."""
    waiting_for_answer: bool = False
    rejected: bool = False
    receipt: ReceiptStep = ReceiptStep.WAITING
    receipt_problem: str | None = None
    """Why it is not on paper: a printer state of :mod:`kiosk.devices`."""
    mail: ReceiptMail = ReceiptMail.NOT_ASKED


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
    pin: PinEntry = PinEntry()
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
