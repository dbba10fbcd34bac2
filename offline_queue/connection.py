"""The one connection to the outbox's database, shared by threads one at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import structlog

from offline_queue import proofs, schema
from offline_queue.errors import PASSING, OutboxUnavailable, Reason, reason_of

_log = structlog.get_logger()

_MOST_PATIENCE_S = 0.1
"""How long a change that nobody waits for lets others go first, in seconds."""


class Connection:
    """Serialises every use of the database and turns its troubles into ``OutboxUnavailable``.

    After an I/O error or a corrupt page nothing is written any more until the outbox is opened
    anew: what the operating system still holds of a failed write is not known. A full disk may
    empty; then the next write that succeeds ends the trouble.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        """Lock and open the database; ``secret`` proves what no signature covers.

        Raises ``OutboxLocked`` and ``OutboxUnavailable``.
        """
        self.trouble: Reason | None = None
        self._path = path
        self._mutex = threading.Lock()
        self._lock_descriptor: int | None = schema.lock(path)
        try:
            self._db = schema.connect(path)
            proofs.install(self._db, secret)
        except BaseException:
            os.close(self._lock_descriptor)
            raise
        self._durable = True
        self._merged_changes = -1
        self._visits = 0
        self._visits_mutex = threading.Lock()
        self._calm = threading.Event()
        self._calm.set()

    def close(self) -> None:
        """Close the database and let go of the lock; closing twice is harmless."""
        with self._mutex:
            if self._lock_descriptor is None:
                return
            # The data is safe in the write-ahead log even when tidying up at the end fails.
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            os.close(self._lock_descriptor)
            self._lock_descriptor = None

    def reserve_log(self) -> None:
        """Make the log as long as it grows, in small steps between which visits go first.

        A log that need not grow is synced without the file system's own journal: half the time of
        a COMMIT on many disks. Nothing is done where the disk has little room.
        """
        with contextlib.suppress(OSError):  # only slower
            more = True
            while more:
                self._calm.wait(_MOST_PATIENCE_S)
                with self._mutex:
                    more = self._lock_descriptor is not None and schema.lengthen_log(self._path)
                if more:
                    schema.sync_log(self._path)

    def merge_log(self) -> None:
        """Copy the write-ahead log into the database, when something was written since.

        The log has checksums and no second copy: a bit that flips in it takes with it all that
        follows. Call it when nobody is served; raises nothing, the next checkpoint does it too.
        """
        self._calm.wait(_MOST_PATIENCE_S)
        with contextlib.suppress(OutboxUnavailable), self.reading() as db:
            if db.total_changes != self._merged_changes:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                self._merged_changes = db.total_changes

    def write_tip(self, epoch: int, seq: int) -> None:
        """Note beside the database how far the chain surely goes."""
        with self._mutex:
            if self._lock_descriptor is not None:
                schema.write_tip(self._lock_descriptor, epoch, seq)

    def read_tip(self) -> tuple[int, int]:
        """Return the epoch and seq that were noted last; zeroes when there are none."""
        with self._mutex:
            if self._lock_descriptor is None:
                return 0, 0
            return schema.read_tip(self._lock_descriptor)

    @contextlib.contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Give the database for one change; leaving the block commits it.

        ``durable``: when the block is left, the change outlives a power cut. Without, it may be
        undone by one (with all that follows it, never in part): enough for what the central API
        would tell again, and nobody waits for the disk. An exception inside the block undoes
        everything. Raises ``OutboxUnavailable``.
        """
        if durable:
            with self._visits_mutex:
                self._visits += 1
                self._calm.clear()
        else:
            # A lock is not handed over in order: without this, the syncer's many short changes
            # could keep a visit waiting for all of them.
            self._calm.wait(_MOST_PATIENCE_S)
        try:
            with self._changing(durable) as db:
                yield db
        finally:
            if durable:
                with self._visits_mutex:
                    self._visits -= 1
                    if not self._visits:
                        self._calm.set()

    @contextlib.contextmanager
    def _changing(self, durable: bool) -> Iterator[sqlite3.Connection]:
        with self._mutex:
            if self.trouble is not None and self.trouble not in PASSING:
                raise OutboxUnavailable(self.trouble)
            with self._typed_errors():
                if durable is not self._durable:
                    schema.set_durable(self._db, durable)
                    self._durable = durable
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                finally:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
            self.trouble = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the database for reading. Raises ``OutboxUnavailable``."""
        with self._mutex, self._typed_errors():
            yield self._db

    @contextlib.contextmanager
    def _typed_errors(self) -> Iterator[None]:
        if self._lock_descriptor is None:
            raise OutboxUnavailable(Reason.CLOSED)
        try:
            yield
        except (sqlite3.Error, MemoryError) as error:
            reason = reason_of(error)
            if reason is None:
                raise
            self.trouble = reason
            _log.error("outbox.unavailable", reason=reason.value)
            raise OutboxUnavailable(reason) from error
