"""Payment as terminal and central API speak of it. Amounts are whole baisa: 1500 is 1.500 OMR."""

from __future__ import annotations

import enum
from typing import Annotated

from msgspec import Meta

from offline_queue.wire_model import Count, Moment, WireModel

AttemptId = Annotated[str, Meta(min_length=1, max_length=36)]
RefundKey = Annotated[str, Meta(min_length=1, max_length=120)]
Part = Annotated[int, Meta(ge=0, le=10_000)]


class PaymentWay(enum.StrEnum):
    """How a payer pays."""

    GATEWAY = "gateway"
    CARD = "card"


class CardStatus(enum.StrEnum):
    """What a card terminal says of a payment (nexo Retailer 3.0)."""

    APPROVED = "approved"
    DECLINED = "declined"
    ABORTED = "aborted"
    IN_PROGRESS = "in-progress"
    NOT_FOUND = "not-found"
    UNDOCUMENTED = "undocumented"


class ErrandKind(enum.StrEnum):
    """What a terminal has to do at its card terminal."""

    STATUS = "status"
    REVERSE = "reverse"


class AttemptRequest(WireModel, frozen=True, kw_only=True):
    """``POST /v1/orders/{order}/attempts``: the payer wants to pay now."""

    part: Part = 0
    way: PaymentWay


class PaymentAttempt(WireModel, frozen=True, kw_only=True):
    """One try to pay one part of an order."""

    attempt: AttemptId
    """The reference that the payer's receipt shows, too."""
    part: Part
    way: PaymentWay
    state: str
    """``created``, ``sent``, ``awaiting``, ``authorised``, ``captured``, ``declined``,
    ``cancelled``, ``expired``, ``unknown``, ``refund-due``, ``refunded``."""
    amount: Count
    page: str | None
    """What the QR code opens."""
    expires_at: Moment | None


class PaymentLine(WireModel, frozen=True, kw_only=True):
    """What one worker costs, and what became of it."""

    worker: str
    amount: Count
    part: Part
    renewed: bool
    refused: str | None
    """Why not; the money of this worker goes back."""


class PaymentOrder(WireModel, frozen=True, kw_only=True):
    """An order with everything that a page shows."""

    order: str
    case: str
    total: Count
    parts: Count
    valid_until: Moment
    closed: str | None
    """``settled``, ``withdrawn`` or ``lapsed``."""
    lines: list[PaymentLine]
    attempts: list[PaymentAttempt]
    link: str
    """Where it can be paid or looked at later, from any telephone."""


class LeaveRequest(WireModel, frozen=True, kw_only=True):
    """``POST /v1/orders/{order}/leave``: what the payer answered to "did you pay?"."""

    did_pay: bool | None


class CardOutcome(WireModel, frozen=True, kw_only=True):
    """``POST /v1/orders/{order}/attempts/{attempt}/card``: what the card terminal said."""

    status: CardStatus
    said: Annotated[str, Meta(max_length=40)] = ""
    amount: Count | None = None
    transaction: Annotated[str, Meta(max_length=64)] | None = None
    """The card terminal's own number."""


class CardErrand(WireModel, frozen=True, kw_only=True):
    """Something to ask or tell the card terminal."""

    kind: ErrandKind
    order: str
    attempt: AttemptId
    key: RefundKey | None = None
    transaction: str | None = None
    amount: Count | None = None


class CardErrands(WireModel, frozen=True, kw_only=True):
    """``GET /v1/kiosks/{kiosk}/card-errands``."""

    errands: list[CardErrand]


class ReversalOutcome(WireModel, frozen=True, kw_only=True):
    """``POST /v1/orders/{order}/refunds/{key}/reversal``."""

    done: bool
    another: Annotated[str, Meta(max_length=64)] | None = None
    """The payment that the card terminal reversed instead, by its own number."""


class CardTotalsReport(WireModel, frozen=True, kw_only=True):
    """``POST /v1/kiosks/{kiosk}/card-totals``: what the card terminal itself says it took."""

    since: Moment
    """When it was last reconciled."""
    until: Moment
    taken: Count
    given_back: Count
