"""The gateway's own database: sessions, refunds, and callbacks to be sent. Amounts are baisa."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

LEAST: Final = 100
MOST: Final = 9_999_000


class LedgerRefused(Exception):
    """What a merchant or payer wants is not possible; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Session:
    """One payment that a merchant asked for."""

    id: str
    reference: str
    amount: int
    status: str
    language: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    paid_amount: int
    return_url: str


class Ledger:
    """Sessions and refunds in SQLite; any thread."""

    def __init__(self, path: Path) -> None:
        """Open, and make what is missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        connection = sqlite3.connect(path, check_same_thread=False)
        self._database = Database(connection)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._make()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def open_session(self, values: Mapping[str, Any]) -> Session:
        """A new session; the same reference again is another one. Raises :class:`LedgerRefused`."""
        if not LEAST <= values["amount"] <= MOST:
            raise LedgerRefused("amount-out-of-range")
        with self._changing():
            self._database.table("session").insert({**values, "status": "unpaid", "paid_amount": 0})
        return self.session(values["id"])

    def session(self, session: str) -> Session:
        """One session. Raises :class:`LedgerRefused`."""
        return self._one("id = ?", session)

    def by_reference(self, reference: str) -> Session:
        """The newest session of a merchant's reference. Raises :class:`LedgerRefused`."""
        return self._one("reference = ?", reference)

    def cancel(self, session: str) -> Session:
        """End a session that is not paid. Raises :class:`LedgerRefused`."""
        with self._changing():
            if self.session(session).status == "paid":
                raise LedgerRefused("already-paid")
            self._database.table("session").update(session, {"status": "cancelled"})
        return self.session(session)

    def pay(self, session: str, amount: int, now: datetime, *, late: bool) -> Session:
        """Take the payer's money, once. Raises :class:`LedgerRefused`."""
        with self._changing():
            found = self.session(session)
            if found.status == "paid":
                raise LedgerRefused("already-paid")
            if not late and (found.status == "cancelled" or now >= found.expires_at):
                raise LedgerRefused("expired")
            self._database.table("session").update(
                session, {"status": "paid", "paid_amount": amount, "paid_at": now.isoformat()}
            )
        return self.session(session)

    def refund(self, reference: str, session: str, amount: int, now: datetime) -> None:
        """Give money back; the same reference again changes nothing. Raises ``LedgerRefused``."""
        with self._changing():
            if self.refunded(reference):
                return
            found = self.session(session)
            given = sum(row["amount"] for row in self._rows("refund", "session = ?", session))
            if found.status != "paid" or given + amount > found.paid_amount:
                raise LedgerRefused("nothing-to-refund")
            self._database.table("refund").insert(
                {
                    "reference": reference,
                    "session": session,
                    "amount": amount,
                    "at": now.isoformat(),
                }
            )

    def refunded(self, reference: str) -> bool:
        """Whether a refund was made under this reference."""
        return bool(self._rows("refund", "reference = ?", reference))

    def statement(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Every movement of money in a time, oldest first."""
        times = (since.isoformat(), until.isoformat())
        paid = [
            {
                "kind": "paid",
                "reference": row["reference"],
                "session": row["id"],
                "refund": "",
                "amount": row["paid_amount"],
                "at": row["paid_at"],
            }
            for row in self._rows("session", "paid_at >= ? AND paid_at < ?", *times)
        ]
        back = [
            {
                "kind": "refund",
                "reference": self.session(row["session"]).reference,
                "session": row["session"],
                "refund": row["reference"],
                "amount": row["amount"],
                "at": row["at"],
            }
            for row in self._rows("refund", "at >= ? AND at < ?", *times)
        ]
        return sorted(paid + back, key=lambda row: str(row["at"]))

    def plan_callback(self, session: str, body: str, at: datetime) -> None:
        """Keep a callback until it is delivered."""
        with self._changing():
            self._database.table("callback").insert(
                {"session": session, "body": body, "at": at.isoformat(), "tries": 0}
            )

    def callbacks_due(self, now: datetime) -> list[tuple[int, str, int]]:
        """Id, body and earlier tries of callbacks to be sent now."""
        with self._lock:
            rows = self._database.query(
                "SELECT rowid AS id, body, tries FROM callback WHERE at <= ? ORDER BY at",
                [now.isoformat()],
            )
            return [(row["id"], row["body"], row["tries"]) for row in rows]

    def callback_done(self, number: int) -> None:
        """It was delivered, or given up."""
        with self._changing():
            self._database.execute("DELETE FROM callback WHERE rowid = ?", [number])

    def callback_later(self, number: int, at: datetime) -> None:
        """It was not delivered."""
        with self._changing():
            self._database.execute(
                "UPDATE callback SET at = ?, tries = tries + 1 WHERE rowid = ?",
                [at.isoformat(), number],
            )

    def _make(self) -> None:
        with self._changing():
            self._database.table("session").create(
                {
                    "id": str,
                    "reference": str,
                    "amount": int,
                    "status": str,
                    "language": str,
                    "created_at": str,
                    "expires_at": str,
                    "paid_at": str,
                    "paid_amount": int,
                    "return_url": str,
                },
                pk="id",
                if_not_exists=True,
            )
            self._database.table("refund").create(
                {"reference": str, "session": str, "amount": int, "at": str},
                pk="reference",
                if_not_exists=True,
            )
            self._database.table("callback").create(
                {"session": str, "body": str, "at": str, "tries": int}, if_not_exists=True
            )

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock, self._database.conn:
            yield

    def _rows(self, table: str, where: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._database.table(table).rows_where(where, list(values)))

    def _one(self, where: str, value: str) -> Session:
        rows = self._rows("session", where, value)
        if not rows:
            raise LedgerRefused("not-found")
        row = max(rows, key=lambda each: str(each["created_at"]))
        return Session(
            row["id"],
            row["reference"],
            row["amount"],
            row["status"],
            row["language"],
            datetime.fromisoformat(row["created_at"]),
            datetime.fromisoformat(row["expires_at"]),
            datetime.fromisoformat(row["paid_at"]) if row["paid_at"] else None,
            row["paid_amount"],
            row["return_url"],
        )
