"""What can go wrong with the outbox.

    OutboxError                  base; ``advice`` says what a technician does about it
    ├── OutboxUnavailable        takes nothing more, keeps what it holds; ``reason`` says why
    │   └── OutboxFull           the quota is used up
    ├── OutboxLocked             another process holds this outbox
    ├── TransactionConflict      the ``tx_id`` is taken by another payload
    ├── PayloadTooLarge          does not fit into one envelope
    ├── AnswerMismatch           the central API answered another batch
    ├── FolderBroken             a folder carried by hand is not whole (``folder``)
    └── FolderUnwritable         a folder cannot be written (``folder``)

Over the network: ``ingest.TransportError`` and what is under it. ``chain.ChainBroken`` is a
signature that does not verify.
"""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
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

    @property
    def advice(self) -> str:
        """What a technician does about it, as one sentence."""
        return _ADVICE[self]


_KEEP_DISK: Final = "Keep the disk as it is and call maintenance."
_AGAIN: Final = "Try again; if it stays, restart the terminal."
_ADVICE: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.IO_ERROR: _KEEP_DISK,
        Reason.DISK_FULL: "Make room on the disk.",
        Reason.CORRUPT: _KEEP_DISK,
        Reason.READ_ONLY: "The terminal's user must be able to write in the state directory.",
        Reason.CANNOT_OPEN: "Check state_directory and who may read it.",
        Reason.NO_MEMORY: _AGAIN,
        Reason.BUSY: _AGAIN,
        Reason.PRAGMA_REFUSED: "The state directory must be on a local disk.",
        Reason.FOREIGN_FILE: "Check state_directory: what lies there is another program's.",
        Reason.NEWER_SCHEMA: "Install the later release again, which wrote it.",
        Reason.OTHER_SCHEMA: "Start the terminal once: it brings the outbox up to date.",
        Reason.OTHER_TERMINAL: "Check kiosk_id and state_directory.",
        Reason.QUOTA: "It heals by itself when the network is back; check the network.",
        Reason.FROZEN: "Get a one-time code, then `kiosk enrol --new-key`.",
        Reason.CLOSED: _AGAIN,
    }
)


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

_OUR_FAULTS: Final = frozenset({sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE})


class OutboxError(Exception):
    """Base of what the outbox raises."""

    @property
    def advice(self) -> str:
        """What a technician does about it; empty where the message says it all."""
        return ""


class OutboxUnavailable(OutboxError):
    """The outbox takes nothing more; what it holds stays as it is. ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the outbox is not available: {reason.value}")
        self.reason = reason

    @property
    def advice(self) -> str:
        """What a technician does about it."""
        return self.reason.advice


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

    Our statements are constants that the tests run. One that the database does not understand or
    does not allow any more means that the disk changed the text of its schema. SQLite result
    codes: https://www.sqlite.org/rescode.html, primary code in the low 8 bits.
    """
    if isinstance(error, MemoryError):
        return Reason.NO_MEMORY
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & 0xFF in _OUR_FAULTS:
        return None
    return _REASON_OF_CODE.get(code & 0xFF, Reason.CORRUPT)
