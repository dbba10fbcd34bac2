"""The card terminal: the seam that every one implements, and the real one over nexo Retailer.

A payment without an answer is asked about, never repeated: its message id follows from the
attempt's reference, so that a terminal that was killed can ask for it too. ``kiosk.simulation``
holds a card terminal that needs no device.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import requests
from urllib3.exceptions import HTTPError

from kiosk.contract.payments import CardStatus
from kiosk.devices import PaymentState
from kiosk.equipment.nexo import (
    CURRENCY,
    Answer,
    Header,
    NotNexo,
    PaymentResponse,
    Response,
    StatusResponse,
    amount_of,
    answer_in,
    baisa_of,
    request,
    service_id,
)

ANSWER_TIMEOUT_S: Final = 120.0
"""How long a payment may go without an answer before its status is asked for."""
_MOST_BYTES: Final = 256 * 1024
_CONDITIONS: Final = {
    "Refusal": CardStatus.DECLINED,
    "InvalidCard": CardStatus.DECLINED,
    "NotAllowed": CardStatus.DECLINED,
    "UnavailableService": CardStatus.DECLINED,
    "WrongPIN": CardStatus.DECLINED,
    "Cancel": CardStatus.ABORTED,
    "Aborted": CardStatus.ABORTED,
    "InProgress": CardStatus.IN_PROGRESS,
    "Busy": CardStatus.IN_PROGRESS,
    "NotFound": CardStatus.NOT_FOUND,
}
"""``ErrorCondition`` of a failure; whatever else is said is undocumented, and money may be gone."""
_SILENCE_STATES: Final = frozenset({CardStatus.IN_PROGRESS, CardStatus.UNDOCUMENTED})


class TerminalSilent(Exception):
    """No usable answer came: what was asked for may have happened or not."""


class OutcomePending(Exception):
    """An earlier payment's outcome is unknown: no new charge before it is known."""

    def __init__(self, reference: str) -> None:
        super().__init__("an earlier payment on the card terminal is undecided")
        self.reference = reference


class ReversedAnother(Exception):
    """The card terminal gave back another payment than it was told to: somebody must act."""

    def __init__(self, transaction: str) -> None:
        super().__init__("the card terminal reversed another payment")
        self.transaction = transaction
        """The one that it did reverse, by its own number."""


@dataclass(frozen=True, slots=True)
class CardWord:
    """What the card terminal says of a payment."""

    status: CardStatus
    said: str
    amount: int | None = None
    """Baisa."""
    transaction: str | None = None
    """Its own number."""


@dataclass(frozen=True, slots=True)
class CardTotals:
    """What it took and gave back since its last reconciliation, in baisa."""

    taken: int
    given_back: int


class CardTerminal(Protocol):
    """What the terminal needs of a card terminal. One thread pays and asks; any thread aborts."""

    @property
    def state(self) -> PaymentState:
        """How it is."""

    def login(self) -> None:
        """Greet it. Raises :class:`TerminalSilent`."""

    def pay(self, reference: str, baisa: int) -> CardWord:
        """Take a payment, not for ever. ``IN_PROGRESS`` or ``UNDOCUMENTED``: nobody knows.

        Raises :class:`OutcomePending` or :class:`TerminalSilent`, when nobody knows either.
        """

    def status(self, reference: str) -> CardWord:
        """What became of a payment. Raises :class:`TerminalSilent`."""

    def abort(self, reference: str) -> None:
        """Ask it to stop waiting for a card; the payment's own answer says what became of it."""

    def reverse(self, key: str, transaction: str, baisa: int, now: datetime) -> bool:
        """Give money of a payment back, once for each key; whether it did.

        Raises :class:`TerminalSilent` or :class:`ReversedAnother`.
        """

    def totals(self) -> CardTotals:
        """What it took and gave back. Raises :class:`TerminalSilent`."""


class NexoTerminal:
    """A card terminal that speaks nexo Retailer 3.0 in JSON over HTTP."""

    def __init__(
        self,
        url: str,
        *,
        sale_id: str,
        poi_id: str,
        now: Callable[[], datetime],
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``sale_id`` is this terminal's name, ``poi_id`` the card terminal's."""
        self._url = url
        self._sale_id = sale_id
        self._poi_id = poi_id
        self._now = now
        self._answer_timeout = answer_timeout_s
        self._monotonic = monotonic
        self._state = PaymentState.DISCONNECTED
        self._pending: str | None = None
        self._messages = 0

    @property
    def state(self) -> PaymentState:
        """How it is."""
        return self._state

    def remember(self, reference: str) -> None:
        """An earlier payment whose outcome is unknown, after a start: nothing is charged before."""
        self._pending, self._state = reference, PaymentState.OUTCOME_UNKNOWN

    def login(self) -> None:
        """Greet it."""
        body = {
            "DateTime": self._now(),
            "SaleSoftware": {
                "ManufacturerID": "Manfadh",
                "ApplicationName": "kiosk",
                "SoftwareVersion": "1",
                "CertificationCode": "none",
            },
        }
        answer = self._ask(self._header("Login", self._next_id()), body, self._answer_timeout)
        if answer.login_response is None or answer.login_response.response.result != "Success":
            raise TerminalSilent
        if self._pending is None:
            self._state = PaymentState.IDLE

    def pay(self, reference: str, baisa: int) -> CardWord:
        """Take a payment."""
        if self._pending is not None:
            raise OutcomePending(self._pending)
        header = self._header("Payment", service_id(reference))
        body = {
            "SaleData": {
                "SaleTransactionID": {"TransactionID": reference, "TimeStamp": self._now()}
            },
            "PaymentTransaction": {
                "AmountsReq": {"Currency": CURRENCY, "RequestedAmount": amount_of(baisa)}
            },
        }
        # Before anything is sent: whatever happens from here on, money may be taken.
        self._pending, self._state = reference, PaymentState.AWAITING
        try:
            answer = self._ask(header, body, self._answer_timeout)
            word = _payment_word(answer.payment_response, reference)
        except TerminalSilent:
            self._state = PaymentState.OUTCOME_UNKNOWN
            return self._after_silence(reference)
        return self._settled(reference, word)

    def status(self, reference: str) -> CardWord:
        """What became of a payment."""
        told = self._status_of("Payment", service_id(reference))
        repeated = told.repeated_message_response
        if told.response.result == "Success" and repeated is not None:
            body = repeated.repeated_response_message_body.payment_response
            return self._settled(reference, _payment_word(body, reference))
        return self._settled(reference, _failure(told.response))

    def abort(self, reference: str) -> None:
        """Ask it to stop waiting for a card."""
        body = {
            "MessageReference": {
                "MessageCategory": "Payment",
                "ServiceID": service_id(reference),
                "SaleID": self._sale_id,
            },
            "AbortReason": "MerchantAbort",
        }
        self._send(self._header("Abort", self._next_id()), body, self._answer_timeout)

    def reverse(self, key: str, transaction: str, baisa: int, now: datetime) -> bool:
        """Give money of a payment back, once for each key."""
        message = service_id(key)
        told = self._status_of("Reversal", message)
        repeated = told.repeated_message_response
        if told.response.result == "Success" and repeated is not None:
            answer = repeated.repeated_response_message_body.reversal_response
        elif told.response.error_condition == "NotFound":
            body = {
                "OriginalPOITransaction": {
                    "POITransactionID": {"TransactionID": transaction, "TimeStamp": now}
                },
                "ReversalReason": "MerchantCancel",
                "ReversedAmount": amount_of(baisa),
            }
            header = self._header("Reversal", message)
            answer = self._ask(header, body, self._answer_timeout).reversal_response
        else:
            return False
        if answer is None:
            raise TerminalSilent
        named = answer.original.transaction.transaction if answer.original else transaction
        if named != transaction:
            raise ReversedAnother(named)
        return answer.response.result == "Success"

    def totals(self) -> CardTotals:
        """What it took and gave back."""
        header = self._header("Reconciliation", self._next_id())
        body = {"ReconciliationType": "SaleReconciliation"}
        told = self._ask(header, body, self._answer_timeout).reconciliation_response
        if told is None or told.response.result != "Success":
            raise TerminalSilent
        sums = {"Debit": 0, "ReverseDebit": 0}
        for totals in told.transaction_totals:
            for each in totals.payment_totals:
                if each.transaction_type in sums:
                    sums[each.transaction_type] += baisa_of(each.transaction_amount)
        return CardTotals(sums["Debit"], sums["ReverseDebit"])

    def _after_silence(self, reference: str) -> CardWord:
        word = self.status(reference)
        if word.status is CardStatus.IN_PROGRESS:
            self.abort(reference)
            word = self.status(reference)
        return word

    def _settled(self, reference: str, word: CardWord) -> CardWord:
        if reference != self._pending:
            return word
        if word.status in _SILENCE_STATES:
            self._state = PaymentState.OUTCOME_UNKNOWN
            return word
        self._pending = None
        approved = word.status is CardStatus.APPROVED
        self._state = PaymentState.APPROVED if approved else PaymentState.DECLINED
        return word

    def _status_of(self, category: str, message: str) -> StatusResponse:
        body = {
            "MessageReference": {
                "MessageCategory": category,
                "ServiceID": message,
                "SaleID": self._sale_id,
            },
            "ReceiptReprintFlag": False,
        }
        header = self._header("TransactionStatus", self._next_id())
        told = self._ask(header, body, self._answer_timeout).transaction_status_response
        if told is None:
            raise TerminalSilent
        return told

    def _ask(self, header: Header, body: Mapping[str, object], timeout_s: float) -> Answer:
        try:
            return answer_in(self._send(header, body, timeout_s), header)
        except NotNexo as error:
            raise TerminalSilent from error

    def _send(self, header: Header, body: Mapping[str, object], timeout_s: float) -> bytes:
        deadline = self._monotonic() + timeout_s
        content = bytearray()
        try:
            with requests.post(
                self._url,
                request(header, body),
                headers={"Content-Type": "application/json", "Accept-Encoding": "identity"},
                timeout=timeout_s,
                allow_redirects=False,
                stream=True,
            ) as answer:
                answer.raise_for_status()
                while piece := answer.raw.read1(65536):
                    content += piece
                    if len(content) > _MOST_BYTES or self._monotonic() > deadline:
                        raise TerminalSilent
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise TerminalSilent from error
        return bytes(content)

    def _header(self, category: str, message: str) -> Header:
        return Header(
            message_category=category,
            message_type="Request",
            service_id=message,
            sale_id=self._sale_id,
            poi_id=self._poi_id,
        )

    def _next_id(self) -> str:
        """An id that no message of the last days had: these need not be found again."""
        self._messages += 1
        return service_id(f"{self._sale_id} {self._now().isoformat()} {self._messages}")


def _payment_word(told: PaymentResponse | None, reference: str) -> CardWord:
    """Raises :class:`TerminalSilent` for an answer about another payment."""
    if told is None or told.sale_data.transaction.transaction != reference:
        raise TerminalSilent
    if told.response.result != "Success":
        return _failure(told.response)
    if told.payment_result is None or told.poi_data is None:
        raise TerminalSilent
    paid = told.payment_result.amounts_resp
    if paid.currency != CURRENCY:
        return CardWord(CardStatus.UNDOCUMENTED, paid.currency[:40])
    try:
        amount = baisa_of(paid.authorized_amount)
    except NotNexo:
        return CardWord(CardStatus.UNDOCUMENTED, "amount")
    transaction = told.poi_data.transaction.transaction
    return CardWord(CardStatus.APPROVED, "Success", amount, transaction)


def _failure(response: Response) -> CardWord:
    said = response.error_condition[:40]
    if response.result not in ("Failure", "Success"):
        return CardWord(CardStatus.UNDOCUMENTED, response.result[:40])
    return CardWord(_CONDITIONS.get(said, CardStatus.UNDOCUMENTED), said)
