"""nexo Retailer 3.0 (SaleToPOI) in JSON: the messages that a card terminal understands.

Amounts travel in OMR with three decimals, as the protocol has them, and are whole baisa on this
side: they are read and written digit by digit, never as a floating-point number.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

PROTOCOL: Final = "3.0"
CURRENCY: Final = "OMR"
_BAISA_DIGITS: Final = 3

_encoder = msgspec.json.Encoder(decimal_format="number")


class NotNexo(ValueError):
    """What came is no answer to what was asked."""


def amount_of(baisa: int) -> Decimal:
    """``1500`` as the protocol writes it: ``1.500``."""
    return Decimal(baisa).scaleb(-_BAISA_DIGITS)


def baisa_of(amount: Decimal) -> int:
    """The protocol's amount in baisa. Raises :class:`NotNexo` for a part of a baisa."""
    baisa = amount.scaleb(_BAISA_DIGITS)
    if baisa != baisa.to_integral_value():
        raise NotNexo("an amount with a fraction of a baisa")
    return int(baisa)


def service_id(key: str) -> str:
    """The id of the message about a payment or refund: 10 letters that follow from its key.

    So a terminal that was killed can ask for a message it does not remember (clause of
    TransactionStatus: ``MessageReference``).
    """
    return b32encode(hashlib.sha256(key.encode()).digest()).decode("ascii")[:10]


Id10 = Annotated[str, Meta(max_length=10)]


class Header(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``MessageHeader``."""

    message_class: str = "Service"
    message_category: str
    message_type: str
    service_id: Id10 = field(name="ServiceID")
    sale_id: str = field(name="SaleID")
    poi_id: str = field(name="POIID")
    protocol_version: str = PROTOCOL


class TransactionId(Struct, frozen=True, kw_only=True):
    """``TransactionIdentification``."""

    transaction: str = field(name="TransactionID")
    at: datetime = field(name="TimeStamp")


class Response(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``Response``: how it went."""

    result: str
    error_condition: str = ""


class PoiData(Struct, frozen=True, kw_only=True):
    """``POIData``: the card terminal's own number of a transaction."""

    transaction: TransactionId = field(name="POITransactionID")


class SaleData(Struct, frozen=True, kw_only=True):
    """``SaleData``: our number of it."""

    transaction: TransactionId = field(name="SaleTransactionID")


class AmountsResp(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``AmountsResp``."""

    currency: str
    authorized_amount: Decimal


class PaymentResult(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``PaymentResult``."""

    amounts_resp: AmountsResp


class PaymentResponse(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``PaymentResponse``."""

    response: Response
    sale_data: SaleData
    poi_data: PoiData | None = field(default=None, name="POIData")
    payment_result: PaymentResult | None = None


class OriginalTransaction(Struct, frozen=True, kw_only=True):
    """``OriginalPOITransaction``."""

    transaction: TransactionId = field(name="POITransactionID")


class ReversalResponse(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``ReversalResponse``."""

    response: Response
    original: OriginalTransaction | None = field(default=None, name="OriginalPOITransaction")
    reversed_amount: Decimal | None = None


class RepeatedBody(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``RepeatedResponseMessageBody``."""

    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None


class Repeated(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``RepeatedMessageResponse``."""

    message_header: Header
    repeated_response_message_body: RepeatedBody


class StatusResponse(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``TransactionStatusResponse``."""

    response: Response
    repeated_message_response: Repeated | None = None


class PaymentTotals(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``PaymentTotals``."""

    transaction_type: str
    transaction_count: int
    transaction_amount: Decimal


class Totals(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``TransactionTotals``."""

    payment_currency: str
    payment_totals: list[PaymentTotals]


class ReconciliationResponse(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``ReconciliationResponse``."""

    response: Response
    transaction_totals: list[Totals] = []


class LoginResponse(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``LoginResponse``."""

    response: Response


class Answer(Struct, frozen=True, kw_only=True, rename="pascal"):
    """``SaleToPOIResponse`` with the one body that its category has."""

    message_header: Header
    login_response: LoginResponse | None = None
    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None
    transaction_status_response: StatusResponse | None = None
    reconciliation_response: ReconciliationResponse | None = None


class _Envelope(Struct, frozen=True):
    answer: Answer = field(name="SaleToPOIResponse")


_READER: Final = msgspec.json.Decoder(_Envelope)
"""Built at import: threads that build the same decoder together crash (msgspec 0.22)."""


def request(header: Header, body: Mapping[str, object]) -> bytes:
    """A ``SaleToPOIRequest``; its body is named after its category."""
    content = {"MessageHeader": header, f"{header.message_category}Request": body}
    return _encoder.encode({"SaleToPOIRequest": content})


def answer_in(content: bytes, asked: Header) -> Answer:
    """The answer to a request. Raises :class:`NotNexo` for anything else, old answers included."""
    try:
        answer = _READER.decode(content).answer
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotNexo("no SaleToPOIResponse") from error
    header = answer.message_header
    same = (header.service_id, header.message_category) == (
        asked.service_id,
        asked.message_category,
    )
    if not same or header.message_type != "Response":
        raise NotNexo("an answer to something else")
    return answer
