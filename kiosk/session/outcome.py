"""What came of a visit: its end, the transaction that was kept, its receipt."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


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
