"""Everything that can happen to a visit, under one name. What a state does with each is in the
reducer; what the person at the screen did is in ``intents.py``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.devices import SheetState, Terminal
from kiosk.services.facts import Fact
from kiosk.session.form import EmployerFound, Paper
from kiosk.session.intents import (
    AnotherServicePressed as AnotherServicePressed,
    ApartPressed as ApartPressed,
    BackPressed as BackPressed,
    CancelPressed as CancelPressed,
    ChangePressed as ChangePressed,
    ContinuePressed as ContinuePressed,
    ContrastChosen as ContrastChosen,
    EmployerQueried as EmployerQueried,
    FingerChosen as FingerChosen,
    InputChanged as InputChanged,
    Intent as Intent,
    LanguageChosen as LanguageChosen,
    NewCodePressed as NewCodePressed,
    PaperRemoved as PaperRemoved,
    PinDigitsChanged as PinDigitsChanged,
    ReceiptMailPressed as ReceiptMailPressed,
    ReceiptSeen as ReceiptSeen,
    ScanPressed as ScanPressed,
    ServiceChosen as ServiceChosen,
    Started as Started,
    StayPressed as StayPressed,
    TextSizeChosen as TextSizeChosen,
    Touched as Touched,
    UnblockChosen as UnblockChosen,
)
from kiosk.session.outcome import HearingProposal
from kiosk.session.state import Cardholder, CardProblem


class Timer(enum.StrEnum):
    """The clocks a visit runs; each fires once unless it is started again."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    CARD_LEFT = "card-left"
    ENDED_PAGE = "ended-page"
    ANSWER = "answer"
    """How long the confirmation waits for the central API before the receipt says "saved"."""


# --- from the devices


@dataclass(frozen=True, slots=True)
class CardInserted:
    """A card with a chip that answers is in the citizen's reader."""


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The reader is empty."""


@dataclass(frozen=True, slots=True)
class CardRefused:
    """The card cannot be used; also a mute chip at insertion."""

    problem: CardProblem


@dataclass(frozen=True, slots=True)
class CardholderKnown:
    """The identity data are read and genuine; portrait, certificates and counter are to come."""

    cardholder: Cardholder


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """The portrait, which is most of what is on the card, a little after all else."""

    photo: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardRead:
    """Identity read and verified, retry counter known (``None``: the card does not tell)."""

    cardholder: Cardholder
    tries_left: int | None
    activated: bool = True
    """Whether both keys have their certificates."""
    transport: bool = False
    """The PIN still is the one of the letter that came with the card."""


@dataclass(frozen=True, slots=True)
class PinVerified:
    """The card accepted the PIN."""


@dataclass(frozen=True, slots=True)
class PinRefused:
    """The card did not; ``tries_left`` is at least 1."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class TriesKnown:
    """The card's retry counter, asked again before the signature; ``None``: it does not tell."""

    tries_left: int | None


@dataclass(frozen=True, slots=True)
class TerminalChanged:
    """One of the devices, the network or the outbox changed its state."""

    terminal: Terminal


# --- from the document scanner


@dataclass(frozen=True, slots=True)
class SheetAccepted:
    """The sheet is scanned and something is on it."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class SheetRefused:
    """No picture; ``problem`` is a code of :class:`kiosk.equipment.scanner.ScanProblem`."""

    sheet: SheetState
    problem: str


# --- from the fingerprint sensor and the card that compares


@dataclass(frozen=True, slots=True)
class FingerKnown:
    """So often the card with the blocked PIN compares a finger yet; 0: it does not."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class FingerMatched:
    """The card says that it is its holder's finger."""


@dataclass(frozen=True, slots=True)
class FingerRefused:
    """The card says that it is not; ``tries_left`` is at least 1, ``None``: it does not tell."""

    tries_left: int | None


@dataclass(frozen=True, slots=True)
class FingerNotSeen:
    """No finger; ``problem`` is a code of :class:`kiosk.equipment.finger_sensor.FingerProblem`."""

    problem: str


# --- from work on the card itself


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The one-time code is on its way to the number that ends like this."""

    to: str


@dataclass(frozen=True, slots=True)
class CodeNotSent:
    """No code: ``problem`` says why, for example ``no-mobile`` or ``network``."""

    problem: str


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The central API knows that the person holds the registered telephone."""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """It was another code; with no tries left a new one has to be asked for."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class NewPinTaken:
    """The new PIN obeys the policy; it is kept until it was repeated."""


@dataclass(frozen=True, slots=True)
class NewPinWeak:
    """The new PIN is too easy to guess; ``reason`` is a code of the policy."""

    reason: str


@dataclass(frozen=True, slots=True)
class PinsMatch:
    """The new PIN was entered twice the same."""


@dataclass(frozen=True, slots=True)
class PinsDiffer:
    """The second time was another PIN; both are wiped."""


@dataclass(frozen=True, slots=True)
class PukRefused:
    """The card did not accept the PUK; ``tries_left`` is at least 1."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class CardTaskProgress:
    """The work on the card came to step ``step`` of ``steps``."""

    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class CardTaskDone:
    """The card is as wanted; ``tx_id`` and the rest make the receipt."""

    tx_id: str
    reference: str
    qr_text: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class CardTaskFailed:
    """The card is not as wanted; ``problem`` says why. It may be tried again."""

    problem: str


# --- from the central API, the outbox and the printer


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The central API knows who is here; what its registries already know comes along."""

    mobile: str | None = field(repr=False)
    employers: tuple[EmployerFound, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class EmployersFound:
    """The registry's answer to ``query``; ``None``: it could not be asked."""

    query: str = field(repr=False)
    employers: tuple[EmployerFound, ...] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FactKnown:
    """A registry's answer to :class:`kiosk.session.effects.FetchFact`; ``None``: it gave none."""

    fact_id: str
    fact: Fact | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """COMMIT returned: the signed transaction is in the outbox."""

    tx_id: str
    reference: str
    qr_text: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class KeepingFailed:
    """Nothing was kept and nothing will happen; the terminal's own state says why."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The central API answered to a transaction of this terminal."""

    tx_id: str
    registered_as: str | None
    hearing: HearingProposal | None = None
    qr_text: str | None = None
    """The receipt's code with the new state."""
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """Paper is out, the printer's fence says so."""

    tx_id: str


@dataclass(frozen=True, slots=True)
class ReceiptNotPrinted:
    """No paper; ``problem`` is the printer's state. ``uncertain``: the printer fell silent."""

    tx_id: str
    problem: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptMailKept:
    """The receipt goes to telephone and address as soon as the transaction has arrived."""

    tx_id: str


@dataclass(frozen=True, slots=True)
class ReceiptMailFailed:
    """It could not be kept, and will not be sent."""

    tx_id: str


# --- from the clock


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer ran out."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class ShutDown:
    """The terminal is being stopped."""


Event = (
    Intent
    | CodeSent
    | CodeNotSent
    | CodeAccepted
    | CodeRefused
    | NewPinTaken
    | NewPinWeak
    | PinsMatch
    | PinsDiffer
    | PukRefused
    | CardTaskProgress
    | CardTaskDone
    | CardTaskFailed
    | CardInserted
    | CardRemoved
    | CardRefused
    | CardholderKnown
    | CardRead
    | PhotoRead
    | PinVerified
    | PinRefused
    | TriesKnown
    | TerminalChanged
    | SheetAccepted
    | SheetRefused
    | FingerKnown
    | FingerMatched
    | FingerRefused
    | FingerNotSeen
    | SignedIn
    | EmployersFound
    | FactKnown
    | Kept
    | KeepingFailed
    | Answered
    | ReceiptPrinted
    | ReceiptNotPrinted
    | ReceiptMailKept
    | ReceiptMailFailed
    | TimerFired
    | ShutDown
)
