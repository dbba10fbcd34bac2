"""A disk that remembers: SQLite on an apsw VFS that records each write and sync, or fails at will.

``Disk.connect`` takes the place of ``sqlite3.connect`` inside the outbox. SQLite itself is real
(the one that apsw brings), its files are real, and so is every write; what a power cut may leave of
them is worked out afterwards from the record by ``power_cut``.

The shared-memory index beside the log is no part of it: apsw's files have none, so SQLite holds the
database exclusively and keeps that index in memory. It is rebuilt after every crash in any case.
"""

from __future__ import annotations

import contextlib
import enum
import itertools
import sqlite3
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from offline_queue import schema

_CODES = {
    apsw.FullError: sqlite3.SQLITE_FULL,
    apsw.ReadOnlyError: sqlite3.SQLITE_READONLY,
    apsw.IOError: sqlite3.SQLITE_IOERR_FSYNC,
}
"""Errors that a fault hook raises come back as they are, without SQLite's own code."""

_NAMES = itertools.count()
_KINDS = {
    apsw.SQLITE_OPEN_MAIN_DB: "db",
    apsw.SQLITE_OPEN_WAL: "wal",
    apsw.SQLITE_OPEN_MAIN_JOURNAL: "journal",
}


class Kind(enum.Enum):
    """What was asked of the disk."""

    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request to the disk; ``file`` is ``db``, ``wal`` or ``journal``."""

    kind: Kind
    file: str
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Records what is asked of it. ``fault`` may answer an operation with an error of apsw's."""

    operations: list[Operation] = field(default_factory=list)
    fault: Callable[[Operation], None] | None = None
    failing: bool = False
    """For fault hooks: whether the disk is to fail at this time."""
    pragmas: Sequence[str] = ()
    """Settings that each connection gets before all others."""
    forced: dict[str, str] = field(default_factory=dict)
    """Statements that are replaced by others: how the control is made weak."""

    def __post_init__(self) -> None:
        self.name = f"recording-{next(_NAMES)}"
        self.vfs = _Vfs(self)

    def connect(self, path: Path, **_: object) -> Connection:
        """Open a database on this disk, as ``sqlite3.connect`` would."""
        connection = Connection(apsw.Connection(str(path), vfs=self.name), self.forced)
        for pragma in ("PRAGMA locking_mode = EXCLUSIVE", *self.pragmas):
            connection.execute(pragma)
        return connection

    def asked(self, operation: Operation) -> None:
        """Let the fault hook speak, then record."""
        if self.fault is not None:
            self.fault(operation)
        self.operations.append(operation)

    @contextlib.contextmanager
    def under_the_outbox(self) -> Iterator[None]:
        """Put this disk under every outbox that is opened within the block."""
        shim = types.SimpleNamespace(
            connect=self.connect, Error=sqlite3.Error, Connection=sqlite3.Connection
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(schema, "sqlite3", shim)
            yield


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(disk.name, base="unix")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        for flag, kind in _KINDS.items():
            if flags[0] & flag:
                return _File(self.disk, kind, name, flags)
        return super().xOpen(name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        kind = filename.rpartition("-")[2]
        if kind in _KINDS.values():
            self.disk.asked(Operation(Kind.DELETE, kind))
            if syncdir:
                self.disk.asked(Operation(Kind.SYNC, kind))
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, kind: str, name: Any, flags: list[int]) -> None:
        self.disk, self.kind = disk, kind
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.asked(Operation(Kind.WRITE, self.kind, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self.disk.asked(Operation(Kind.TRUNCATE, self.kind, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self.disk.asked(Operation(Kind.SYNC, self.kind))
        super().xSync(flags)


class Connection:
    """An apsw connection with the part of ``sqlite3.Connection`` that the outbox uses."""

    def __init__(self, db: apsw.Connection, forced: dict[str, str]) -> None:
        self._db = db
        self._forced = forced

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> apsw.Cursor:
        with _as_sqlite3():
            return self._db.execute(self._forced.get(sql, sql), parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with _as_sqlite3():
            self._db.executemany(sql, rows)

    def create_function(
        self, name: str, arguments: int, function: Callable[..., Any], *, deterministic: bool
    ) -> None:
        self._db.create_scalar_function(name, function, arguments, deterministic=deterministic)

    @property
    def total_changes(self) -> int:
        return self._db.total_changes()

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def close(self) -> None:
        with _as_sqlite3():
            self._db.close()


@contextlib.contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        translated = sqlite3.OperationalError(str(error))
        translated.sqlite_errorcode = _CODES.get(type(error), getattr(error, "extendedresult", 0))
        raise translated from error
