"""What who runs the central API does at its console: officers come and go.

With PostgreSQL at any time. With a SQLite file both work on the one file, each waiting for the
other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_stub.cases.offices import load_offices
from backend_stub.console import officers
from backend_stub.console.officers import NewOfficer, Officer, OfficerRefused
from backend_stub.ground.central import CentralUnavailable, Clock, RandomBytes, utc_now
from backend_stub.ground.data_files import DataFileWrong
from backend_stub.ground.database import Database, DatabaseUnavailable
from backend_stub.ground.keys import KeysUnavailable, load_or_create
from backend_stub.ground.settings import DATA_DIRECTORY
from backend_stub.opening import key_file
from kiosk.services import CatalogueError, load_catalogue


def add_officer(
    database_url: str,
    new: NewOfficer,
    *,
    keys: Path | None = None,
    data_directory: Path = DATA_DIRECTORY,
    clock: Clock = utc_now,
    random_bytes: RandomBytes = os.urandom,
) -> str:
    """Add an officer; the TOTP provisioning URI, shown once.

    ``keys`` is the file of the API's own keys, beside the database file when ``None``. Raises
    :class:`OfficerRefused` and :class:`CentralUnavailable`.
    """
    try:
        offices = load_offices(data_directory, load_catalogue().places)
        server_keys = load_or_create(key_file(database_url, keys))
    except (CatalogueError, DataFileWrong, KeysUnavailable) as error:
        raise CentralUnavailable(str(error)) from error
    if new.office not in offices.by_id:
        known = ", ".join(sorted(offices.by_id))
        raise OfficerRefused(f"There is no office {new.office}; there are {known}.")
    with _opened(database_url) as database, database.write() as session:
        return officers.add_officer(session, server_keys, new, clock(), random_bytes)


def remove_officer(database_url: str, account: str, clock: Clock = utc_now) -> None:
    """Take an officer's way in, at once.

    Raises :class:`OfficerRefused` and :class:`CentralUnavailable`.
    """
    with _opened(database_url) as database, database.write() as session:
        officers.remove_officer(session, account, clock())


def list_officers(database_url: str) -> list[Officer]:
    """All who may sign in. Raises :class:`CentralUnavailable`."""
    with _opened(database_url) as database, database.read() as session:
        return officers.list_officers(session)


@contextmanager
def _opened(database_url: str) -> Iterator[Database]:
    try:
        database = Database(database_url)
    except DatabaseUnavailable as error:
        raise CentralUnavailable(str(error)) from error
    try:
        yield database
    finally:
        database.close()
