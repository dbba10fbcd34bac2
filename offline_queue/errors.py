"""What can go wrong with the outbox, as types that carry what a caller needs."""

from __future__ import annotations

import enum
import sqlite3
from typing import Final


class Reason(enum.StrEnum):
    """Why the outbox takes nothing more."""

    IO_ERROR = "io-error"
    DISK_FULL = "disk-full"
    CORRUPT = "corrupt"
    READ_ONLY = "read-only"
    CANNOT_OPEN = "cannot-open"
    NO_MEMORY = "no-memory"
    BUSY = "busy"
    PRAGMA_REFUSED = "pragma-refused"
    """SQLite did not take a setting that durability rests on."""
    FOREIGN_FILE = "foreign-file"
    """The file is a database, but not an outbox."""
    NEWER_SCHEMA = "newer-schema"
    """A later release wrote this outbox."""
    OTHER_SCHEMA = "other-schema"
    """Another release wrote this outbox, and it can only be looked at after it was opened."""
    OTHER_TERMINAL = "other-terminal"
    """The outbox belongs to another terminal, or to a later epoch of this one."""
    QUOTA = "quota"
    """As much is kept as may be; it ends when the central API has taken enough."""
    FROZEN = "frozen"
    """The central API holds another chain for this terminal: it needs a new epoch."""
    CLOSED = "closed"


PASSING: Final = frozenset({Reason.DISK_FULL, Reason.READ_ONLY, Reason.NO_MEMORY, Reason.BUSY})
"""Reasons that can go away while the process runs: the next write that succeeds ends them."""

_REASON_OF_CODE: Final = {
    sqlite3.SQLITE_IOERR: Reason.IO_ERROR,
    sqlite3.SQLITE_FULL: Reason.DISK_FULL,
    sqlite3.SQLITE_CORRUPT: Reason.CORRUPT,
    sqlite3.SQLITE_NOTADB: Reason.CORRUPT,
    sqlite3.SQLITE_READONLY: Reason.READ_ONLY,
    sqlite3.SQLITE_PERM: Reason.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Reason.CANNOT_OPEN,
    sqlite3.SQLITE_NOMEM: Reason.NO_MEMORY,
    sqlite3.SQLITE_BUSY: Reason.BUSY,
    sqlite3.SQLITE_LOCKED: Reason.BUSY,
    sqlite3.SQLITE_PROTOCOL: Reason.BUSY,
}


class OutboxError(Exception):
    """Base of what the outbox raises."""


class OutboxUnavailable(OutboxError):
    """The outbox takes nothing more; what it holds stays as it is. ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the outbox is not available: {reason.value}")
        self.reason = reason


class OutboxFull(OutboxUnavailable):
    """As much is kept as may be: no new visit should begin. Nothing was taken."""

    def __init__(self) -> None:
        super().__init__(Reason.QUOTA)


class OutboxLocked(OutboxError):
    """Another process, or another part of this one, has this outbox open."""


class TransactionConflict(OutboxError):
    """This ``tx_id`` is already in the outbox with another payload."""


class PayloadTooLarge(OutboxError):
    """The payload does not fit into one envelope; large content is an attachment."""


class AnswerMismatch(OutboxError):
    """An answer of the central API does not belong to the batch that was sent."""


def reason_of(error: sqlite3.Error | MemoryError) -> Reason | None:
    """Name the trouble behind a database error; ``None`` when the error is a fault of our own.

    SQLite result codes: https://www.sqlite.org/rescode.html, primary code in the low 8 bits.
    """
    if isinstance(error, MemoryError):
        return Reason.NO_MEMORY
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _REASON_OF_CODE.get(code & 0xFF)
