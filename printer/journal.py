"""The print journal: what was sent to the printer, and what is known about it afterwards.

``PREPARED → SEND_STARTED → DONE | FAILED | UNKNOWN``. SEND_STARTED is on the disk before the first
byte leaves; a print still in that state after a crash becomes UNKNOWN: paper may have come out.
An unmarked original can be started once only: the database itself refuses a second.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

from printer.errors import (
    AlreadyPrinted,
    PrintJournalBusy,
    PrintJournalError,
    PrintJournalFull,
)

_SCHEMA_VERSION: Final = 2
_SCHEMA: Final = """
CREATE TABLE print (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK (copy >= 0),
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('prepared', 'send_started', 'done', 'failed', 'unknown')),
    reason TEXT,
    prepared_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    millimetres REAL NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_paper_each ON print (job_id, copy)
    WHERE state IN ('send_started', 'done', 'unknown');
"""
_ROLL: Final = """
CREATE TABLE roll (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('new', 'low')),
    at TEXT NOT NULL,
    after INTEGER NOT NULL
) STRICT;
"""
_FROM_1: Final = "ALTER TABLE print ADD COLUMN millimetres REAL NOT NULL DEFAULT 0;"


class PrintState(StrEnum):
    """Where a print stands."""

    PREPARED = "prepared"
    """Nothing was sent."""
    SEND_STARTED = "send_started"
    DONE = "done"
    """The printer said that it printed and cut everything."""
    FAILED = "failed"
    """Nothing was sent, and nothing will be."""
    UNKNOWN = "unknown"
    """Sent, and not confirmed: there may be paper. Ask; print again only as a marked copy."""


@dataclass(frozen=True, slots=True)
class PrintRecord:
    """One line of the journal; times are UTC."""

    id: int
    job_id: str
    copy: int
    sha256: str
    state: PrintState
    reason: str | None
    prepared_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PrintTotals:
    """Counts of a stretch of time, and the paper that was used."""

    originals: int
    copies: int
    unknown: int
    """Sent and not confirmed."""
    refused: int
    millimetres: float


@dataclass(frozen=True, slots=True)
class RollUse:
    """The roll in use, in millimetres; ``known`` is whether its change was seen."""

    known: bool
    used: float
    receipts: int
    used_since_low: float | None
    """``None`` while the sensor does not say that the paper is near its end."""


class PrintJournal:
    """The journal in its own SQLite file. All methods from any thread."""

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Open or create it and settle what a crash left open. Raises :exc:`PrintJournalError`."""
        self._clock = clock
        self._lock = threading.Lock()
        with _translated():
            self._db = sqlite3.connect(
                path, timeout=1, isolation_level=None, check_same_thread=False
            )
        try:
            with _translated():
                self._set_up()
                path.chmod(0o600)
                self._interrupted = self._settle()
        except PrintJournalError:
            self._db.close()
            raise

    @property
    def interrupted(self) -> int:
        """How many prints a crash had left between SEND_STARTED and an answer, when opened."""
        return self._interrupted

    def _set_up(self) -> None:
        # One process only: another one would take our running print for a crashed one.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
            if self._db.execute(f"PRAGMA {pragma}").fetchone() != (wanted,):
                raise PrintJournalError(f"the journal cannot be opened with {pragma} {wanted}")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._db.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} {_ROLL}"
                f"PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
            )
        elif version == 1:
            self._db.executescript(
                f"BEGIN IMMEDIATE; {_FROM_1} {_ROLL}"
                f"PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
            )
        elif version != _SCHEMA_VERSION:
            raise PrintJournalError("the journal was written by another version")

    def _settle(self) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        change = "UPDATE print SET state = ?, reason = ?, changed_at = ? WHERE state = ?"
        now = self._clock().isoformat()
        self._db.execute(change, ("failed", "restart", now, "prepared"))
        interrupted = self._db.execute(change, ("unknown", "restart", now, "send_started"))
        self._db.execute("COMMIT")
        return interrupted.rowcount

    def prepare(self, job_id: str, copy: int, sha256: str, millimetres: float = 0.0) -> int:
        """Enter a print of that length and return its number. Raises :exc:`PrintJournalError`."""
        now = self._clock().isoformat()
        with self._lock, _translated():
            # A lost PREPARED is no loss, so this one does not wait for the disk; the next
            # commit, SEND_STARTED, takes it along.
            self._db.execute("PRAGMA synchronous = NORMAL")
            try:
                row = self._db.execute(
                    "INSERT INTO print (job_id, copy, sha256, state, prepared_at, changed_at,"
                    " millimetres) VALUES (?, ?, ?, 'prepared', ?, ?, ?) RETURNING id",
                    (job_id, copy, sha256, now, now, millimetres),
                ).fetchone()
            finally:
                self._db.execute("PRAGMA synchronous = FULL")
        return int(row[0])

    def send_started(self, number: int) -> None:
        """On return it is on the disk that paper may come out.

        Raises :exc:`AlreadyPrinted`, :exc:`PrintJournalError`.
        """
        try:
            self._move(number, PrintState.PREPARED, PrintState.SEND_STARTED, None)
        except sqlite3.IntegrityError as error:
            raise AlreadyPrinted("this copy was sent before") from error

    def done(self, number: int) -> None:
        """The printer confirmed everything. Raises :exc:`PrintJournalError`."""
        self._move(number, PrintState.SEND_STARTED, PrintState.DONE, None)

    def unknown(self, number: int, reason: str) -> None:
        """The printer did not confirm. Raises :exc:`PrintJournalError`."""
        self._move(number, PrintState.SEND_STARTED, PrintState.UNKNOWN, reason)

    def failed(self, number: int, reason: str) -> None:
        """Nothing was sent, and nothing will be. Raises :exc:`PrintJournalError`."""
        self._move(number, PrintState.PREPARED, PrintState.FAILED, reason)

    def _move(self, number: int, old: PrintState, new: PrintState, reason: str | None) -> None:
        with self._lock, _translated():
            changed = self._db.execute(
                "UPDATE print SET state = ?, reason = ?, changed_at = ? WHERE id = ? AND state = ?",
                (new, reason, self._clock().isoformat(), number, old),
            )
        if changed.rowcount != 1:
            raise PrintJournalError(f"print {number} is not {old}")

    def records(self, job_id: str | None = None) -> list[PrintRecord]:
        """Every print, or those of one job, oldest first. Raises :exc:`PrintJournalError`."""
        with self._lock, _translated():
            rows = self._db.execute(
                "SELECT id, job_id, copy, sha256, state, reason, prepared_at, changed_at"
                " FROM print WHERE ?1 IS NULL OR job_id = ?1 ORDER BY id",
                (job_id,),
            ).fetchall()
        return [
            PrintRecord(
                number,
                job,
                copy,
                sha256,
                PrintState(state),
                reason,
                datetime.fromisoformat(prepared_at),
                datetime.fromisoformat(changed_at),
            )
            for number, job, copy, sha256, state, reason, prepared_at, changed_at in rows
        ]

    def next_copy(self, job_id: str) -> int:
        """The copy number for the next paper of this job; 0 while there can be none yet."""
        with self._lock, _translated():
            (highest,) = self._db.execute(
                "SELECT max(copy) FROM print WHERE job_id = ?"
                " AND state IN ('send_started', 'done', 'unknown')",
                (job_id,),
            ).fetchone()
        return 0 if highest is None else int(highest) + 1

    def last(self, job_id: str) -> PrintRecord | None:
        """The latest print of a job; its state ``unknown`` is when to offer a marked copy."""
        records = self.records(job_id)
        return records[-1] if records else None

    def totals(self, begin: datetime, end: datetime, *, aside: str = " ") -> PrintTotals:
        """What was printed from ``begin`` until before ``end``. Raises :exc:`PrintJournalError`.

        Jobs whose id begins with ``aside`` are no receipts; only their paper counts.
        """
        with self._lock, _translated():
            rows = self._db.execute(
                "SELECT state, copy > 0, count(*), sum(millimetres),"
                " substr(job_id, 1, length(?1)) = ?1 FROM print"
                " WHERE datetime(prepared_at) >= datetime(?2)"
                " AND datetime(prepared_at) < datetime(?3) GROUP BY 1, 2, 5",
                (aside, begin.isoformat(), end.isoformat()),
            ).fetchall()

        def count(*states: str, copies: tuple[int, ...] = (0, 1)) -> int:
            return sum(
                row[2] for row in rows if row[0] in states and row[1] in copies and not row[4]
            )

        return PrintTotals(
            originals=count("done", copies=(0,)),
            copies=count("done", copies=(1,)),
            unknown=count("unknown", "send_started"),
            refused=count("failed"),
            millimetres=sum(row[3] for row in rows if row[0] in ("done", "unknown")),
        )

    def note_roll(self, what: Literal["new", "low"]) -> None:
        """The paper was changed, or is near its end now. Raises :exc:`PrintJournalError`."""
        with self._lock, _translated():
            self._db.execute(
                "INSERT INTO roll (what, at, after)"
                " VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM print))",
                (what, self._clock().isoformat()),
            )

    def roll(self) -> RollUse:
        """What is known of the roll in use. Raises :exc:`PrintJournalError`."""
        with self._lock, _translated():
            return _roll_use(self._db)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def read_roll(path: Path) -> RollUse:
    """What is known of the roll, without taking the journal over: nothing is settled.

    Raises :exc:`PrintJournalError`, :exc:`PrintJournalBusy` while the terminal runs.
    """
    with (
        _translated(),
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        return _roll_use(db)


def _roll_use(db: sqlite3.Connection) -> RollUse:
    used = (
        "SELECT coalesce(sum(millimetres), 0), count(*) FROM print"
        " WHERE id > ? AND state IN ('send_started', 'done', 'unknown')"
    )
    new = db.execute(
        "SELECT id, after FROM roll WHERE what = 'new' ORDER BY id DESC LIMIT 1"
    ).fetchone() or (0, 0)
    low = db.execute(
        "SELECT after FROM roll WHERE what = 'low' AND id > ? ORDER BY id LIMIT 1",
        (new[0],),
    ).fetchone()
    length, receipts = db.execute(used, (new[1],)).fetchone()
    since_low = None if low is None else db.execute(used, low).fetchone()[0]
    return RollUse(new[0] > 0, float(length), receipts, since_low)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise PrintJournalBusy("the print journal is in use by another process") from error
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise PrintJournalFull("the print journal cannot grow: the disk is full") from error
        raise PrintJournalError(f"the print journal failed: {error}") from error
    except (sqlite3.Error, OSError) as error:
        raise PrintJournalError(f"the print journal failed: {error}") from error
