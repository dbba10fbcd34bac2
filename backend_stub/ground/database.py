"""The database: SQLite file by default, PostgreSQL by URL; the same code on both.

On SQLite one connection does all the work: before 3.51.3 SQLite can lose data when two connections
meet at a WAL reset, and one writer is all it has anyway. Durability settings are read back, because
a pragma that is not understood is silently ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.orm import Session

from backend_stub.ground import schema
from backend_stub.ground.tables import Base, SchemaVersion

_BUSY_TIMEOUT_MS: Final = 10_000
LONGEST_COMMIT: Final = timedelta(minutes=1)
"""Rows carry the time when they were received; what is not committed so much later never is. By it
is known which of them a backup holds."""

_PRAGMAS: Final[tuple[tuple[str, str, object], ...]] = (
    ("busy_timeout", str(_BUSY_TIMEOUT_MS), _BUSY_TIMEOUT_MS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
)
"""Name, value to set, value to read back."""


class DatabaseUnavailable(Exception):
    """The database cannot be used; the message is one sentence for the person at the console."""


class Database:
    """Opens transactions on the central API's database."""

    def __init__(self, url: str) -> None:
        """Open (and on first use create) the database; raises :class:`DatabaseUnavailable`."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise DatabaseUnavailable("The database URL cannot be read.") from error
        self._engine = _engine(parsed)
        # IMMEDIATE on SQLite: a reader that becomes a writer half-way can be refused.
        self._writing = self._engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        try:
            schema.prepare(self._engine)
        except SQLAlchemyError as error:
            self._engine.dispose()
            reason = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()
            raise DatabaseUnavailable(
                f"The database {parsed.render_as_string(hide_password=True)} cannot be used"
                f"{': ' + reason[0] if reason else ''}."
            ) from error
        except DatabaseUnavailable:
            self._engine.dispose()
            raise
        except schema.SchemaUnknown as error:
            self._engine.dispose()
            raise DatabaseUnavailable(str(error)) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only looks."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed when the block ends without an exception."""
        with Session(self._writing) as session, session.begin():
            yield session

    def responds(self) -> bool:
        """Whether the database answers now."""
        try:
            with self.read() as session:
                session.execute(select(SchemaVersion.version))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def is_unavailable(error: Exception) -> bool:
    """Whether an exception says that the database cannot work now, whatever it is asked for."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say ON CONFLICT: both databases have it, each in its own dialect."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite URL; ``None`` for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    # hide_parameters: parameters are personal data and would end up in exceptions.
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise DatabaseUnavailable("The central API needs a database file, not memory.")
        path = Path(url.database)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Created here, before SQLite does: it holds personal data.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise DatabaseUnavailable(
                f"The database file {path} cannot be opened: {error.strerror}."
            ) from error
        engine = create_engine(
            url,
            hide_parameters=True,
            json_serializer=_json,
            pool_size=1,
            max_overflow=0,
            pool_timeout=30,
        )
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        return create_engine(
            url,
            hide_parameters=True,
            json_serializer=_json,
            pool_pre_ping=True,
            pool_size=10,
            connect_args={
                "options": "-c lock_timeout=10s -c statement_timeout=20s -c timezone=UTC"
            },
        )
    raise DatabaseUnavailable(f"The database {backend} is not supported; use SQLite or PostgreSQL.")


def _json(value: object) -> str:
    # For every column of JSON; the standard library takes ten times as long.
    return msgspec.json.encode(value).decode()


def _configure_sqlite(connection: Any, _: object) -> None:
    # The driver must not begin transactions by itself: savepoints depend on a BEGIN of our own.
    connection.isolation_level = None
    for name, value, expected in _PRAGMAS:
        connection.execute(f"PRAGMA {name}={value}")
        (actual,) = connection.execute(f"PRAGMA {name}").fetchone()
        if actual != expected:
            raise DatabaseUnavailable(f"SQLite does not take {name}={value}.")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
