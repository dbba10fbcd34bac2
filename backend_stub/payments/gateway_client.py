"""The gateway over HTTP: every answer is parsed into a word, or there was none."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import msgspec
import requests
from urllib3.exceptions import HTTPError

from backend_stub.payments.records import Order, Source
from backend_stub.payments.words import RefundAnswer, Refused, Silent, Status, Word

_DOCUMENTED: Final = {
    "unpaid": Status.UNPAID,
    "paid": Status.PAID,
    "cancelled": Status.CANCELLED,
}
_MOST_BYTES: Final = 32 * 1024 * 1024
_LONGEST_STATUS: Final = 40


class SessionAnswer(msgspec.Struct, frozen=True):
    """A session as the gateway describes it. Amounts are whole baisa: ``1500`` is 1.500 OMR."""

    session_id: str
    client_reference_id: str
    payment_status: str
    total_amount: int
    expires_at: datetime
    page: str
    paid_at: datetime | None = None


_SESSION_READER: Final = msgspec.json.Decoder(SessionAnswer)
"""Built at import: threads that build the same decoder together crash (msgspec 0.22)."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the gateway's statement."""

    kind: str
    """``paid`` or ``refund``."""
    reference: str
    session: str
    refund: str
    """The refund's key."""
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """:class:`~.ports.Gateway` over HTTP."""

    url: str
    merchant_key: str = field(repr=False)
    expire_in_minutes: int = 10
    return_url: str = ""
    timeout_s: float = 20.0

    def open(self, reference: str, amount: int, order: Order) -> Word:
        """Open a session in which the payer can pay."""
        body = {
            "client_reference_id": reference,
            "amount": amount,
            "expire_in_minutes": self.expire_in_minutes,
            "language": order.language if order.language in ("ar", "en") else "en",
            "return_url": self.return_url,
        }
        return _word(self._answer("POST", "/api/v1/sessions", body), reference)

    def look_up(self, reference: str) -> Word:
        """How the session with this reference stands."""
        try:
            content = self._answer("GET", f"/api/v1/sessions/reference/{quote(reference, safe='')}")
        except Refused as refused:
            if refused.said == "not-found":
                return Word(Status.NOT_FOUND, Source.LOOK_UP, refused.said)
            raise Silent from refused
        return _word(content, reference)

    def cancel(self, session: str) -> None:
        """End a session that is not paid."""
        self._answer("POST", f"/api/v1/sessions/{quote(session, safe='')}/cancel", {})

    def refund(self, key: str, session: str, amount: int) -> RefundAnswer:
        """Give money back; the same key again is the same refund."""
        body = {"reference": key, "session_id": session, "amount": amount}
        try:
            self._answer("POST", "/api/v1/refunds", body)
        except Refused:
            return RefundAnswer.REFUSED
        return RefundAnswer.DONE

    def look_up_refund(self, key: str) -> RefundAnswer:
        """What became of a refund."""
        try:
            self._answer("GET", f"/api/v1/refunds/reference/{quote(key, safe='')}")
        except Refused as refused:
            if refused.said == "not-found":
                return RefundAnswer.NOT_FOUND
            raise Silent from refused
        return RefundAnswer.DONE

    def statement(self, since: datetime, until: datetime) -> list[StatementLine]:
        """Every movement of money at the gateway in a time. Raises :class:`~.words.Silent`."""
        times = {"from": since.isoformat(), "to": until.isoformat()}
        try:
            content = self._answer("GET", "/api/v1/statement", params=times)
            rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
            return [
                StatementLine(
                    row["kind"],
                    row["reference"],
                    row["session"],
                    row["refund"],
                    int(row["amount"]),
                    datetime.fromisoformat(row["at"]),
                )
                for row in rows
            ]
        except (Refused, KeyError, ValueError) as error:
            raise Silent from error

    def _answer(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
    ) -> bytes:
        """The body of a good answer. A 4xx that names its reason, and "closed", is a refusal."""
        try:
            answer = requests.request(
                method,
                self.url + path,
                json=body,
                params=params,
                headers={"Merchant-Key": self.merchant_key, "Accept-Encoding": "identity"},
                timeout=self.timeout_s,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                content = _read(answer, time.monotonic() + self.timeout_s)
        # urllib3's own errors come out of reading the raw body.
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise Silent from error
        if answer.status_code == 200:
            return content
        reason = _reason(content)
        if reason and (400 <= answer.status_code < 500 or reason == "closed"):
            raise Refused(reason)
        raise Silent


def _read(answer: requests.Response, deadline: float) -> bytes:
    """The whole body. Raises :class:`~.words.Silent` when it is endless, in size or in time."""
    content = bytearray()
    while piece := answer.raw.read1(65536):
        content += piece
        if len(content) > _MOST_BYTES or time.monotonic() > deadline:
            raise Silent
    return bytes(content)


def _word(content: bytes, reference: str) -> Word:
    """Raises :class:`~.words.Silent` for what is no description of this session."""
    try:
        told = _SESSION_READER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Silent from error
    if told.client_reference_id != reference or told.expires_at.tzinfo is None:
        raise Silent
    return Word(
        _DOCUMENTED.get(told.payment_status, Status.UNDOCUMENTED),
        Source.LOOK_UP,
        told.payment_status[:_LONGEST_STATUS],
        told.total_amount,
        told.session_id,
        told.page,
        told.expires_at,
        told.paid_at,
    )


def _reason(content: bytes) -> str:
    try:
        told = msgspec.json.decode(content, type=dict[str, Any]).get("error", "")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return str(told)[:_LONGEST_STATUS]
