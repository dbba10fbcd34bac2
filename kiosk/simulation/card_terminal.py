"""A card terminal without one: nexo Retailer over HTTP, its own memory, and vices on switches."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class CardTerminalVices:
    """What is wrong with the card terminal, or with the card."""

    declines: bool = False
    holder_s: float = 0.0
    """How long the holder takes to present the card."""
    silent: bool = False
    """Does everything, and answers no payment."""
    approves_late: bool = False
    """The payment goes on after an abort, and is approved: yes after we gave up."""
    reverses_another: bool = False
    """A reversal takes the newest payment, whichever was meant."""
    refuses_reversal: bool = False
    power_cut_before: bool = False
    """The power goes before the payment is taken, and comes back."""
    power_cut_after: bool = False
    """The power goes when the payment is taken, before anything is said."""


class PortTaken(Exception):
    """The card terminal cannot listen; the message is one sentence."""


class SimulatedCardTerminal:
    """Answers on 127.0.0.1; what it took survives its power cuts in a file."""

    def __init__(self, database: Path, port: int = 0) -> None:
        """Port 0 takes a free one at :meth:`start`."""
        database.parent.mkdir(parents=True, exist_ok=True)
        self._path = database
        self._port = port
        self._lock = threading.RLock()
        self._vices = CardTerminalVices()
        self._waiting: dict[str, threading.Event] = {}
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Begin to answer; the address. Raises :class:`PortTaken`."""
        self._database = _open(self._path)
        try:
            self._server = ThreadingHTTPServer(
                ("127.0.0.1", self._port), _handler(self._answer_bytes)
            )
        except OSError as error:
            raise PortTaken(f"The port {self._port} cannot be used: {error.strerror}.") from error
        self._server.daemon_threads = True
        self._port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="card-terminal", daemon=True
        )
        self._thread.start()
        return f"http://127.0.0.1:{self._port}/nexo"

    def stop(self) -> None:
        """Switch it off."""
        for waiting in list(self._waiting.values()):
            waiting.set()
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None
            self._database.close()

    def switch(self, **changes: Any) -> CardTerminalVices:
        """Switch some vices. Raises ``TypeError`` for one that does not exist."""
        self._vices = replace(self._vices, **changes)
        return self._vices

    def money(self, reference: str) -> int:
        """What it really took for a payment, less what it gave back, in baisa."""
        with self._lock:
            rows = self._database.table("payment").rows_where("reference = ?", [reference])
            return sum(row["taken"] - row["given_back"] for row in rows)

    def finish_late(self, reference: str) -> None:
        """Let a payment that was given up be approved now (the vice ``approves_late``)."""
        with self._lock:
            (row,) = self._database.table("payment").rows_where("reference = ?", [reference])
            self._take(row["message"], row["amount"])

    def _answer_bytes(self, content: bytes) -> bytes | None:
        asked = json.loads(content, parse_float=Decimal)["SaleToPOIRequest"]
        header = asked["MessageHeader"]
        category = header["MessageCategory"]
        work: dict[str, Callable[[dict[str, Any], dict[str, Any]], dict[str, Any] | None]] = {
            "Login": lambda *_: {"Response": _success()},
            "Payment": self._pay,
            "TransactionStatus": self._tell_status,
            "Abort": self._abort,
            "Reversal": self._reverse,
            "Reconciliation": lambda *_: self._totals(),
        }
        body = work[category](header, asked.get(f"{category}Request", {}))
        if body is None:
            return None
        if category == "Abort":
            return b""
        answer = {
            "SaleToPOIResponse": {
                "MessageHeader": header | {"MessageType": "Response"},
                f"{category}Response": body,
            }
        }
        return _written(answer)

    def _pay(self, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any] | None:
        message = header["ServiceID"]
        sale = body["SaleData"]["SaleTransactionID"]
        amount = int(body["PaymentTransaction"]["AmountsReq"]["RequestedAmount"] * 1000)
        vices = self._vices
        if vices.power_cut_before:
            return None
        with self._lock:
            if self._row("payment", message) is None:
                self._insert("payment", message, reference=sale["TransactionID"], amount=amount)
            waiting = self._waiting[message] = threading.Event()
        aborted = waiting.wait(vices.holder_s) if vices.holder_s else False
        self._waiting.pop(message, None)
        if vices.approves_late:
            return None
        if aborted:
            self._set("payment", message, state="Aborted")
        elif vices.declines:
            self._set("payment", message, state="Refusal")
        else:
            self._take(message, amount)
        if vices.silent or vices.power_cut_after:
            return None
        return self._payment_response(message)

    def _abort(self, _: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        waiting = self._waiting.get(body["MessageReference"]["ServiceID"])
        if waiting is not None:
            waiting.set()
        return {}

    def _tell_status(self, _: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        meant = body["MessageReference"]
        category, message = meant["MessageCategory"], meant["ServiceID"]
        table = "payment" if category == "Payment" else "reversal"
        row = self._row(table, message)
        if row is None:
            return {"Response": _failure("NotFound")}
        if row["state"] == "InProgress":
            return {"Response": _failure("InProgress")}
        told = (
            self._payment_response(message)
            if category == "Payment"
            else self._reversal_response(message)
        )
        return {
            "Response": _success(),
            "RepeatedMessageResponse": {
                "MessageHeader": {
                    "MessageClass": "Service",
                    "MessageCategory": category,
                    "MessageType": "Response",
                    "ServiceID": message,
                    "SaleID": meant["SaleID"],
                    "POIID": "simulated",
                    "ProtocolVersion": "3.0",
                },
                "RepeatedResponseMessageBody": {f"{category}Response": told},
            },
        }

    def _reverse(self, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any] | None:
        message = header["ServiceID"]
        meant = body["OriginalPOITransaction"]["POITransactionID"]["TransactionID"]
        if self._vices.refuses_reversal:
            return {"Response": _failure("Refusal")}
        with self._lock:
            rows = list(self._database.table("payment").rows_where("taken > 0"))
            chosen = [row for row in rows if row["poi"] == meant]
            if self._vices.reverses_another and rows:
                chosen = [max(rows, key=lambda row: str(row["poi"]))]
            if not chosen:
                return {"Response": _failure("NotFound")}
            row = chosen[0]
            amount = int(body["ReversedAmount"] * 1000)
            if row["given_back"] + amount > row["taken"]:
                return {"Response": _failure("Refusal")}
            self._set("payment", row["message"], given_back=row["given_back"] + amount)
            self._insert("reversal", message, reference=row["poi"], amount=amount, state="Success")
        return None if self._vices.silent else self._reversal_response(message)

    def _totals(self) -> dict[str, Any]:
        with self._lock:
            rows = list(self._database.table("payment").rows_where("taken > 0"))
        back = [row for row in rows if row["given_back"]]
        return {
            "Response": _success(),
            "TransactionTotals": [
                {
                    "PaymentInstrumentType": "Card",
                    "PaymentCurrency": "OMR",
                    "PaymentTotals": [
                        _total("Debit", [row["taken"] for row in rows]),
                        _total("ReverseDebit", [row["given_back"] for row in back]),
                    ],
                }
            ],
        }

    def _take(self, message: str, amount: int) -> None:
        with self._lock:
            number = self._database.table("payment").count
            self._set("payment", message, state="Success", taken=amount, poi=f"POI-{number:06d}")

    def _payment_response(self, message: str) -> dict[str, Any]:
        row = self._row("payment", message) or {}
        sale = {"SaleTransactionID": _transaction(row["reference"], row["at"])}
        if row["state"] != "Success":
            return {"Response": _failure(row["state"]), "SaleData": sale}
        amount = Decimal(row["taken"]).scaleb(-3)
        return {
            "Response": _success(),
            "SaleData": sale,
            "POIData": {"POITransactionID": _transaction(row["poi"], row["at"])},
            "PaymentResult": {"AmountsResp": {"Currency": "OMR", "AuthorizedAmount": amount}},
        }

    def _reversal_response(self, message: str) -> dict[str, Any]:
        row = self._row("reversal", message) or {}
        return {
            "Response": _success(),
            "OriginalPOITransaction": {
                "POITransactionID": _transaction(row["reference"], row["at"])
            },
            "ReversedAmount": Decimal(row["amount"]).scaleb(-3),
        }

    def _row(self, table: str, message: str) -> dict[str, Any] | None:
        with self._lock:
            rows = list(self._database.table(table).rows_where("message = ?", [message]))
            return rows[0] if rows else None

    def _insert(self, table: str, message: str, **values: Any) -> None:
        at = datetime.now(UTC).isoformat()
        defaults = {"state": "InProgress", "taken": 0, "given_back": 0, "poi": ""}
        with self._lock, self._database.conn:
            self._database.table(table).insert(
                {"message": message, "at": at, **defaults, **values}, pk="message"
            )

    def _set(self, table: str, message: str, **values: Any) -> None:
        with self._lock, self._database.conn:
            self._database.table(table).update(message, values)


def _open(path: Path) -> Database:
    database = Database(sqlite3.connect(path, check_same_thread=False))
    columns = {
        "message": str,
        "at": str,
        "reference": str,
        "amount": int,
        "state": str,
        "taken": int,
        "given_back": int,
        "poi": str,
    }
    for table in ("payment", "reversal"):
        database.table(table).create(columns, pk="message", if_not_exists=True)
    return database


def _handler(answer: Callable[[bytes], bytes | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES)
            told = answer(self.rfile.read(length))
            if told is None:
                # Nothing comes any more: the line is closed, as by a power cut.
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Nothing: amounts and references are nobody's."""

    return Handler


def _written(answer: dict[str, Any]) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(answer)


def _transaction(number: str, at: str) -> dict[str, str]:
    return {"TransactionID": number, "TimeStamp": at}


def _success() -> dict[str, str]:
    return {"Result": "Success"}


def _failure(condition: str) -> dict[str, str]:
    return {"Result": "Failure", "ErrorCondition": condition}


def _total(kind: str, amounts: list[int]) -> dict[str, Any]:
    return {
        "TransactionType": kind,
        "TransactionCount": len(amounts),
        "TransactionAmount": Decimal(sum(amounts)).scaleb(-3),
    }
