"""What is written down of a payment. Records are added, never changed; amounts are baisa."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from backend_stub.payments.states import State


class Way(enum.StrEnum):
    """How a payer pays."""

    GATEWAY = "gateway"
    """On the gateway's page, with a telephone."""
    CARD = "card"
    """At the card terminal of the kiosk."""


class Source(enum.StrEnum):
    """Who said so."""

    OURSELVES = "ourselves"
    LOOK_UP = "look-up"
    STATEMENT = "statement"
    TERMINAL = "terminal"
    PEOPLE = "people"
    """Two of them."""


class MovementKind(enum.StrEnum):
    """What happened to money."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    REFUNDED = "refunded"
    CHARGEBACK = "chargeback"


class RefundState(enum.StrEnum):
    """Where a refund stands."""

    DUE = "due"
    SENT = "sent"
    """About to be asked for, or asked for."""
    REFUSED = "refused"
    """Not now; it is asked for again."""
    DONE = "done"


class TaskKind(enum.StrEnum):
    """Why a person must look."""

    UNKNOWN = "unknown"
    """Nobody has said for 24 hours whether money was taken."""
    STATUS = "status"
    """The gateway said something that it never documented."""
    AMOUNT = "amount"
    """Another amount was paid than was asked for; it goes back by itself."""
    CONTRADICTION = "contradiction"
    """What was paid is said not to be."""
    EFFECT = "effect"
    """Paid for 24 hours, and the registry could not be reached."""
    REFUND = "refund"
    """Money is due back for 24 hours."""
    CHARGEBACK = "chargeback"


class NoticeKind(enum.StrEnum):
    """What the payer is told."""

    PAY_LATER = "pay-later"
    """Approved and not paid: here is the link. Nothing is charged by itself."""
    RENEWED = "renewed"
    PARTLY = "partly"
    """Some are renewed; the money of the others goes back."""
    CONFIRMING = "confirming"
    """Paid; the renewal follows by itself."""
    NOT_CONFIRMED = "not-confirmed"
    """Do not pay again, we will tell you."""
    NOTHING_TAKEN = "nothing-taken"
    COMES_BACK = "comes-back"
    CAME_BACK = "came-back"


@dataclass(frozen=True, slots=True)
class Line:
    """What one worker costs, and in which part of the order it is paid."""

    worker: str
    amount: int
    part: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, and for whom."""

    id: str
    case: str
    kiosk: str
    language: str
    mobile: str
    """Where the payer is told what became of it: eight digits of Oman; may be empty."""
    lines: tuple[Line, ...]
    placed_at: datetime
    valid_until: datetime
    """Until then the price holds. Paid in the last second counts, whenever we hear of it."""

    @property
    def total(self) -> int:
        """In baisa."""
        return sum(line.amount for line in self.lines)

    def part(self, part: int) -> tuple[Line, ...]:
        """The lines that are paid together."""
        return tuple(line for line in self.lines if line.part == part)

    @property
    def parts(self) -> int:
        """How many payments it takes."""
        return 1 + max((line.part for line in self.lines), default=0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to pay one part of an order."""

    id: str
    """The merchant's reference at the gateway and at the card terminal too."""
    part: int
    way: Way
    amount: int
    kiosk: str
    """Whose card terminal it is; where the payer stands."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """An attempt got into a state."""

    attempt: str
    state: State
    at: datetime
    source: Source
    said: str = ""
    """What was said, word for word, as far as it is one word."""
    session: str | None = None
    """The gateway's own number, or the card terminal's."""
    page: str | None = None
    """Where the payer pays."""
    expires_at: datetime | None = None
    """The gateway's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The gateway or the card terminal was asked about an attempt, and nothing changed."""

    attempt: str
    at: datetime
    said: str | None
    """``None``: no usable answer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The attempt shall end: the payer said so, or its order is paid otherwise."""

    attempt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """Money moved."""

    attempt: str
    worker: str | None
    """For whom; ``None`` when another amount came than was asked for."""
    kind: MovementKind
    amount: int
    at: datetime
    source: Source
    said: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a worker when the money was there."""

    worker: str
    attempt: str
    at: datetime
    refused: str | None = None
    """Why not; ``None``: applied."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of an attempt that must go back."""

    key: str
    attempt: str
    worker: str | None
    amount: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundMove:
    """A refund got into a state."""

    key: str
    state: RefundState
    at: datetime
    said: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Somebody must look."""

    kind: TaskKind
    subject: str
    """An attempt's id or a refund's key."""
    at: datetime
    said: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person holds to be true of an attempt whose outcome is unknown; it takes two."""

    attempt: str
    officer: str
    paid: bool
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """The payer is told."""

    kind: NoticeKind
    subject: str
    """An attempt's id, a refund's key or the order's id."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """The order takes no more attempts."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CardTotals:
    """What a card terminal itself says it took and gave back in a time, in baisa."""

    kiosk: str
    since: datetime
    until: datetime
    taken: int
    given_back: int


Record = (
    Attempt
    | Move
    | Asked
    | Wish
    | Movement
    | Effect
    | Refund
    | RefundMove
    | Task
    | Verdict
    | Notice
    | Closing
)
