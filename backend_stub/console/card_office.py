"""What the card office does at the console, beside a running central API: add and revoke cards.

With PostgreSQL at any time. With a SQLite file both work on the one file, each waiting for the
other; where cards are added all day, take PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from backend_stub.ground.central import CentralUnavailable, Clock, utc_now
from backend_stub.ground.data_files import DataFileWrong
from backend_stub.ground.database import Database, DatabaseUnavailable
from backend_stub.ground.keys import KeysUnavailable, load_or_create
from backend_stub.ground.settings import DATA_DIRECTORY
from backend_stub.issuing import card_registry
from backend_stub.issuing.card_registry import CardRefused
from backend_stub.issuing.management_keys import KeyType
from backend_stub.opening import key_file
from backend_stub.people.registries import seed

__all__ = ["CardRefused", "add_card", "revoke_card"]


def add_card(
    database_url: str,
    *,
    serial: str,
    civil_number: str,
    kind: KeyType,
    management_key: bytes,
    puk: bytes | None = None,
    keys: Path | None = None,
    clock: Clock = utc_now,
) -> None:
    """Register a card of another maker, approved for activation without a one-time code.

    ``puk``: with which the card comes, where that is not its maker's. ``keys`` is the file of the
    API's own keys, beside the database file when ``None``. Raises :class:`CardRefused`,
    :class:`CentralUnavailable`, and ``ValueError`` for a management key or PUK of another length.
    """
    try:
        server_keys = load_or_create(key_file(database_url, keys))
    except KeysUnavailable as error:
        raise CentralUnavailable(str(error)) from error
    with _registry(database_url, clock) as session:
        card_registry.add_card(
            session,
            server_keys,
            serial=serial,
            civil_number=civil_number,
            kind=kind,
            management_key=management_key,
            puk=puk,
            now=clock(),
        )


def revoke_card(
    database_url: str, *, serial: str, activate_again: bool, clock: Clock = utc_now
) -> int:
    """Revoke a card's certificates; how many they were. See :func:`card_registry.revoke_card`.

    Raises :class:`CardRefused`, :class:`CentralUnavailable`.
    """
    with _registry(database_url, clock) as session:
        return card_registry.revoke_card(session, serial, clock(), activate_again=activate_again)


@contextmanager
def _registry(database_url: str, clock: Clock) -> Iterator[Session]:
    try:
        database = Database(database_url)
    except DatabaseUnavailable as error:
        raise CentralUnavailable(str(error)) from error
    try:
        with database.write() as session:
            # The central API may never have run on this database.
            seed(session, DATA_DIRECTORY)
            card_registry.seed_cards(session, DATA_DIRECTORY, clock())
        with database.write() as session:
            yield session
    except DataFileWrong as error:
        raise CentralUnavailable(str(error)) from error
    finally:
        database.close()
