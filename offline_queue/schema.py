"""Opening the outbox's database: lock, durable settings, schema and its migrations."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from functools import cache, partial
from pathlib import Path
from typing import Final

from offline_queue.errors import OutboxLocked, OutboxUnavailable, Reason, reason_of
from offline_queue.records import State

APPLICATION_ID: Final = 0x4D464F42
"""Marks the file as an outbox (``PRAGMA application_id``): "MFOB"."""

_LOG_BYTES: Final = 32 * 1024 * 1024
"""A little more than the write-ahead log holds when a checkpoint lets it begin anew."""
_LOG_STEP_BYTES: Final = 1024 * 1024
_LOG_LEAVES_FREE: Final = 8
"""So many times its length must be free on the disk for the log to be lengthened ahead."""

PRAGMAS: Final[tuple[tuple[str, str, object], ...]] = (
    # name, value to set, value that must be read back
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    # A checkpoint copies pages and syncs twice: rarely enough that hardly a visit waits for one,
    # even while a sync writes down answers as quickly as it can.
    ("wal_autocheckpoint", "8000", 8000),
    ("journal_size_limit", f"{_LOG_BYTES}", _LOG_BYTES),
    ("busy_timeout", "5000", 5000),
    ("temp_store", "MEMORY", 2),
    ("mmap_size", "0", 0),
)

# A partial index serves one literal state: one over "state IN (...)" is not used for any of them.
# With the waiting time and the state in it, counting and looking for the next one read no rows.
_STATE_INDEXES: Final = tuple(
    f"CREATE INDEX outbox_{state.value} ON outbox (epoch, seq, next_at, state)"
    f" WHERE state = '{state.value}'"
    for state in State
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            kiosk_id TEXT NOT NULL,
            epoch INTEGER NOT NULL REFERENCES epoch (epoch),
            sealing_key_id TEXT NOT NULL,
            sealing_public_key BLOB NOT NULL,
            head_public_key BLOB NOT NULL,
            last_contact_at TEXT,
            clock_skew_s REAL
        ) STRICT""",
        """CREATE TABLE epoch (
            epoch INTEGER PRIMARY KEY,
            last_seq INTEGER NOT NULL DEFAULT 0,
            head TEXT NOT NULL,
            server_ack_seq INTEGER NOT NULL DEFAULT 0,
            signed_head TEXT,
            purged_seq INTEGER NOT NULL DEFAULT 0,
            frozen TEXT
        ) STRICT""",
        """CREATE TABLE outbox (
            epoch INTEGER NOT NULL REFERENCES epoch (epoch),
            seq INTEGER NOT NULL,
            tx_id TEXT NOT NULL UNIQUE,
            case_ref TEXT NOT NULL,
            case_seq INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN
                ('ready', 'inflight', 'accepted', 'rejected', 'quarantined', 'expired')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_at REAL NOT NULL DEFAULT 0,
            expires_at TEXT,
            confirmed_at TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            key_id TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            sha256 TEXT NOT NULL,
            prev TEXT NOT NULL,
            chain TEXT NOT NULL,
            signature TEXT NOT NULL,
            result TEXT,
            envelope BLOB,
            PRIMARY KEY (epoch, seq),
            UNIQUE (case_ref, case_seq)
        ) STRICT""",
        *_STATE_INDEXES,
        "CREATE INDEX outbox_expiry ON outbox (expires_at)"
        " WHERE state = 'ready' AND attempts = 0 AND expires_at IS NOT NULL",
        """CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            monotonic REAL NOT NULL,
            boot_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            seq INTEGER,
            detail TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END""",
        """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END""",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN terms TEXT",
        "ALTER TABLE outbox ADD COLUMN attachments TEXT",
        "ALTER TABLE outbox ADD COLUMN released INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE epoch ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0",
        """UPDATE epoch SET kept_bytes = (SELECT coalesce(sum(length(envelope)), 0)
            FROM outbox WHERE outbox.epoch = epoch.epoch)""",
        """CREATE TABLE void (
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            reason TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('due', 'answered', 'refused')),
            next_at REAL NOT NULL DEFAULT 0,
            PRIMARY KEY (epoch, seq),
            FOREIGN KEY (epoch, seq) REFERENCES outbox (epoch, seq)
        ) STRICT""",
        "CREATE INDEX void_due ON void (epoch, seq, next_at) WHERE state = 'due'",
        """INSERT INTO void (epoch, seq, reason, state)
            SELECT epoch, seq, CASE WHEN state = 'expired' THEN 'expired'
                WHEN result IS NULL THEN 'damaged' ELSE 'unreadable' END, 'due'
            FROM outbox WHERE state IN ('expired', 'quarantined')""",
        """CREATE TABLE attachment (
            sha256 TEXT PRIMARY KEY,
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            size INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ready', 'uploaded', 'purged')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_at REAL NOT NULL DEFAULT 0,
            FOREIGN KEY (epoch, seq) REFERENCES outbox (epoch, seq)
        ) STRICT""",
        "CREATE INDEX attachment_ready ON attachment (epoch, seq, next_at) WHERE state = 'ready'",
        "CREATE INDEX attachment_kept ON attachment (epoch, seq) WHERE state <> 'purged'",
        """CREATE TABLE attachment_chunk (
            sha256 TEXT NOT NULL REFERENCES attachment (sha256),
            number INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            PRIMARY KEY (sha256, number)
        ) STRICT""",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN kept_proof BLOB",
        "ALTER TABLE outbox ADD COLUMN settled_proof BLOB",
        "ALTER TABLE meta ADD COLUMN proven INTEGER NOT NULL DEFAULT 0",
    ),
)
"""One entry per released schema, applied in order; an entry that was released never changes."""


@cache
def expected_schema() -> frozenset[tuple[str, str, str, str | None]]:
    """Type, name, table and text of everything that the migrations make."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        for statements in MIGRATIONS:
            for statement in statements:
                db.execute(statement)
        return frozenset(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


def lock(path: Path) -> int:
    """Take the outbox for this process; returns the descriptor that holds the lock.

    The lock is on a file beside the database, because closing any descriptor of the database
    itself would drop SQLite's own locks (POSIX advisory locks belong to the process).
    Raises ``OutboxLocked``, or ``OutboxUnavailable`` when the folder cannot be used.
    """
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutboxUnavailable(Reason.CANNOT_OPEN) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise OutboxLocked("another process has this outbox open") from error
    return descriptor


def set_durable(db: sqlite3.Connection, durable: bool) -> None:
    """Choose whether the next commits are synced (``FULL``) or only ordered (``NORMAL``).

    Outside a transaction. In write-ahead logging an unsynced commit can be lost to a power cut,
    never torn, and the next synced one syncs it too (https://www.sqlite.org/pragma.html).
    """
    db.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")


def connect(path: Path) -> sqlite3.Connection:
    """Open the one connection: file readable by its owner only, settings checked, schema current.

    Raises ``OutboxUnavailable``.
    """
    try:
        if _is_beheaded(path):
            raise OutboxUnavailable(Reason.CORRUPT)
        _create_private(path)
    except OSError as error:
        raise OutboxUnavailable(Reason.CANNOT_OPEN) from error
    db: sqlite3.Connection | None = None
    try:
        # check_same_thread: the outbox serialises every use of the connection with its own lock.
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        db.text_factory = read_text
        _check_identity(db)
        for name, value, expected in PRAGMAS:
            db.execute(f"PRAGMA {name} = {value}")
            if db.execute(f"PRAGMA {name}").fetchone()[0] != expected:
                raise OutboxUnavailable(Reason.PRAGMA_REFUSED)
        _migrate(db)
    except (sqlite3.Error, MemoryError) as error:
        _close(db)
        reason = reason_of(error)
        if reason is None:
            raise
        raise OutboxUnavailable(reason) from error
    except BaseException:
        _close(db)
        raise
    return db


read_text: Final = partial(str, encoding="utf-8", errors="replace")
"""Reads a text (``sqlite3.Connection.text_factory``). One that the disk damaged is read as another
text, and found out like every damage: to raise would stop the queue at its row."""


def _is_beheaded(path: Path) -> bool:
    """Tell whether the database is gone and its log is not: SQLite would delete the log."""
    log = path.with_name(f"{path.name}-wal")
    gone = not path.exists() or path.stat().st_size == 0
    return gone and log.exists() and log.stat().st_size > 0


def lengthen_log(path: Path) -> bool:
    """Write zeros behind the end of the write-ahead log; tells whether it may need more of them.

    What follows the last whole frame is no part of a log, whatever it is: a log that began anew
    has older frames there (https://www.sqlite.org/fileformat2.html#walformat). Only for who holds
    the connection and the lock, so that SQLite does not write meanwhile. Raises ``OSError``.
    """
    disk = os.statvfs(path.parent)
    if disk.f_bavail * disk.f_frsize < _LOG_LEAVES_FREE * _LOG_BYTES:
        return False
    descriptor = os.open(f"{path}-wal", os.O_WRONLY | os.O_CLOEXEC)
    try:
        end = os.fstat(descriptor).st_size
        if end >= _LOG_BYTES:
            return False
        os.pwrite(descriptor, bytes(min(_LOG_STEP_BYTES, _LOG_BYTES - end)), end)
        return True
    finally:
        os.close(descriptor)


def sync_log(path: Path) -> None:
    """Sync what ``lengthen_log`` wrote, so that no commit has to. Raises ``OSError``."""
    descriptor = os.open(f"{path}-wal", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def write_tip(descriptor: int, epoch: int, seq: int) -> None:
    """Note in the lock file how far the chain went, after it is surely on the disk.

    Not synced: it may lag behind the database, never run ahead. When it is ahead all the same,
    the database lost something: its log was deleted, or an older copy was put in its place.
    """
    os.pwrite(descriptor, b"%10d %16d\n" % (epoch, seq), 0)


def read_tip(descriptor: int) -> tuple[int, int]:
    """Return the epoch and seq of ``write_tip``; zeroes when there are none."""
    try:
        epoch, seq = os.pread(descriptor, 32, 0).split()
        return int(epoch), int(seq)
    except ValueError:
        return 0, 0


def read_tip_beside(path: Path) -> tuple[int, int]:
    """Return what ``read_tip`` does, for an outbox that somebody else may hold."""
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0, 0
    try:
        return read_tip(descriptor)
    finally:
        os.close(descriptor)


def _create_private(path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # otherwise a power cut can take the new file's name away
        finally:
            os.close(folder)


def _check_identity(db: sqlite3.Connection) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    application = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if (version or tables) and application != APPLICATION_ID:
        raise OutboxUnavailable(Reason.FOREIGN_FILE)
    if version > len(MIGRATIONS):
        raise OutboxUnavailable(Reason.NEWER_SCHEMA)


def _migrate(db: sqlite3.Connection) -> None:
    current = db.execute("PRAGMA user_version").fetchone()[0]
    for version, statements in enumerate(MIGRATIONS[current:], start=current + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {version}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def _close(db: sqlite3.Connection | None) -> None:
    if db is not None:
        with contextlib.suppress(sqlite3.Error):
            db.close()
