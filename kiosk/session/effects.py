"""What a visit asks the world to do. The application carries these out and answers with events."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.services import Language
from kiosk.services.answers import Answer
from kiosk.services.facts import Fact
from kiosk.services.flow import Evidence
from kiosk.session.card_task import CardTaskKind, PinPurpose
from kiosk.session.events import Timer
from kiosk.session.form import Paper
from kiosk.session.outcome import Submission, VisitEnd
from kiosk.session.state import Cardholder


@dataclass(frozen=True, slots=True)
class BeginVisit:
    """Open a new visit: a new pseudonym in log and journal."""


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read and verify the identity, ask the retry counter. Answers CardRead or CardRefused."""


@dataclass(frozen=True, slots=True)
class VerifyPin:
    """Give the entered PIN to the card, wipe it. Answers PinVerified, PinRefused, CardRefused."""

    purpose: PinPurpose


@dataclass(frozen=True, slots=True)
class QueryPinTries:
    """Ask the retry counter before a PIN is entered again. Answers TriesKnown."""


@dataclass(frozen=True, slots=True)
class ClearPin:
    """Wipe the digits entered so far."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Let the card sign the central API's challenge. Answers SignedIn, or nothing when offline."""


class Secret(enum.StrEnum):
    """Which of the secrets of a card task the digits on the pad are."""

    OLD_PIN = "old-pin"
    PUK = "puk"


@dataclass(frozen=True, slots=True)
class AskFinger:
    """Ask the card whether it compares a finger. Answers FingerKnown."""


@dataclass(frozen=True, slots=True)
class TakeFinger:
    """Wait for a finger and let the card compare it, once; wipe it.

    Answers FingerMatched, FingerRefused, FingerNotSeen or CardRefused.
    """


@dataclass(frozen=True, slots=True)
class StopFinger:
    """Wait for no finger any more. It answers nothing."""


@dataclass(frozen=True, slots=True)
class RequestCode:
    """Have a one-time code sent to the registered telephone. Answers CodeSent or CodeNotSent."""

    cardholder: Cardholder
    language: Language
    """Of the text message."""


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Give the entered code to the central API, wipe it. Answers CodeAccepted or CodeRefused."""


@dataclass(frozen=True, slots=True)
class KeepSecret:
    """Put the digits on the pad aside until the card needs them."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class TakeNewPin:
    """Check the entered PIN against the policy. Answers NewPinTaken or NewPinWeak."""

    cardholder: Cardholder | None


@dataclass(frozen=True, slots=True)
class CompareNewPin:
    """Was the new PIN entered twice the same? Answers PinsMatch or PinsDiffer."""


@dataclass(frozen=True, slots=True)
class RunCardTask:
    """Do it, with the secrets that were put aside, and wipe them.

    Answers CardTaskProgress any number of times, then CardTaskDone, CardTaskFailed, PinRefused,
    PukRefused or CardRefused.
    """

    kind: CardTaskKind
    transport: bool = False
    """Activation of a card that has its keys: the PIN of the letter gives way to the new one."""
    by_finger: bool = False
    """Unblocking after the card has matched a finger: there is no PUK."""


@dataclass(frozen=True, slots=True)
class SearchEmployers:
    """Ask the labour registry. Answers EmployersFound."""

    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchFact:
    """Ask the central API for a fact. Answers FactKnown."""

    fact_id: str
    source: str
    given: Mapping[str, Answer] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScanSheet:
    """Scan the sheet in the scanner. Answers SheetAccepted or SheetRefused."""


@dataclass(frozen=True, slots=True)
class StopScan:
    """Give the scan up. It answers nothing any more."""


@dataclass(frozen=True, slots=True)
class SignAndKeep:
    """Sign the application with the card and the entered PIN, commit it to the outbox.

    Answers Kept, KeepingFailed, PinRefused or CardRefused.
    """

    service_id: str
    language: Language
    cardholder: Cardholder
    answers: Mapping[str, Answer] = field(repr=False)
    papers: tuple[Paper, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """The facts on which the form relied."""


@dataclass(frozen=True, slots=True)
class PrerenderReceipt:
    """A receipt will be wanted: draw what is known of it, so that it follows COMMIT at once."""

    service_id: str
    language: Language
    cardholder: Cardholder
    answers: Mapping[str, Answer] = field(repr=False)
    large: bool = False
    papers: int = 0
    facts: Mapping[str, Fact] = field(default_factory=dict, repr=False)
    """What chosen rows are called."""


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the receipt once. Answers ReceiptPrinted or ReceiptNotPrinted."""

    submission: Submission
    language: Language
    cardholder: Cardholder
    answers: Mapping[str, Answer] = field(repr=False)
    large: bool = False
    """In large print, in ``language`` alone."""
    again: bool = False
    """The citizen says that it did not come out: what is printed now is marked as a copy."""
    facts: Mapping[str, Fact] = field(default_factory=dict, repr=False)
    """What chosen rows are called."""


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """Send it to telephone and address instead. Answers ReceiptMailKept or ReceiptMailFailed."""

    receipt: PrintReceipt


@dataclass(frozen=True, slots=True)
class Wipe:
    """The visit is over: reset the card, wipe the PIN, forget token, pictures and receipt."""

    end: VisitEnd


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start or restart a timer."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Stop a timer; nothing happens when it does not run."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Sound:
    """``gentle``, ``loud``: the card was left in the reader."""

    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """An event of the catalogue (:mod:`kiosk.journal`) that concerns this visit."""

    event_id: str
    details: tuple[tuple[str, str], ...] = ()


Effect = (
    BeginVisit
    | ReadCard
    | VerifyPin
    | QueryPinTries
    | ClearPin
    | SignIn
    | AskFinger
    | TakeFinger
    | StopFinger
    | RequestCode
    | CheckCode
    | KeepSecret
    | TakeNewPin
    | CompareNewPin
    | RunCardTask
    | SearchEmployers
    | FetchFact
    | ScanSheet
    | StopScan
    | SignAndKeep
    | PrerenderReceipt
    | PrintReceipt
    | MailReceipt
    | Wipe
    | StartTimer
    | StopTimer
    | Sound
    | Record
)
