"""What the routes work with: settings, database, keys, trust anchors, catalogue, offices."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from backend_stub.card_certificates import seed_certificates
from backend_stub.card_management import ManagementKeys, load_management_keys
from backend_stub.card_registry import seed_cards
from backend_stub.database import Database, DatabaseUnavailable, sqlite_file
from backend_stub.hearings import LabourOffices, load_offices
from backend_stub.issuing_ca import IssuingCa, load_issuing_ca
from backend_stub.keys import KeysUnavailable, ServerKeys, load_or_create
from backend_stub.limits import RateLimits
from backend_stub.metrics import Metrics
from backend_stub.registries import DataFileWrong, seed
from backend_stub.revocations import OwnRevocations
from backend_stub.settings import Settings
from backend_stub.trust import TrustAnchors, TrustUnavailable, load_trust_anchors
from kiosk.services import Catalogue, CatalogueError, load_catalogue

Clock = Callable[[], datetime]
"""The current time, aware, in UTC."""
RandomBytes = Callable[[int], bytes]


class CentralUnavailable(Exception):
    """The central API cannot start; the message is one sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Central:
    """Everything that lives as long as the central API runs."""

    settings: Settings
    database: Database
    keys: ServerKeys = field(repr=False)
    trust: TrustAnchors
    catalogue: Catalogue
    offices: LabourOffices
    limits: RateLimits
    metrics: Metrics
    clock: Clock
    random_bytes: RandomBytes
    management_keys: ManagementKeys = field(repr=False)
    issuing_ca: IssuingCa | None


def utc_now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)


def open_central(
    settings: Settings, clock: Clock = utc_now, random_bytes: RandomBytes = os.urandom
) -> Central:
    """Open database, keys, trust anchors and data files. Raises :class:`CentralUnavailable`."""
    try:
        catalogue = load_catalogue()
        governorates = frozenset(place.id for place in catalogue.places.governorates)
        offices = load_offices(settings.data_directory, governorates)
        trust = load_trust_anchors(settings.trust_directory)
        database = Database(settings.database_url)
    except (CatalogueError, DataFileWrong, TrustUnavailable, DatabaseUnavailable) as error:
        raise CentralUnavailable(str(error)) from error
    try:
        keys = load_or_create(key_file(settings.database_url, settings.key_file))
        management_keys = load_management_keys(keys, settings.card_master_key)
        issuing_ca = load_issuing_ca(
            settings.issuing_ca_key,
            settings.issuing_ca_certificate,
            settings.trust_directory,
            trust.revocation_lists,
            settings.public_url,
        )
        with database.write() as session:
            seed(session, settings.data_directory)
            seed_cards(session, settings.data_directory, clock())
            if issuing_ca is not None:
                seed_certificates(session, settings.data_directory, issuing_ca.certificate.subject)
    except (KeysUnavailable, DataFileWrong) as error:
        database.close()
        raise CentralUnavailable(str(error)) from error
    if issuing_ca is not None:
        own = OwnRevocations(issuing_ca.certificate.subject, database)
        trust = replace(trust, revoked_here=own.revoked_at)
    return Central(
        settings,
        database,
        keys,
        trust,
        catalogue,
        offices,
        RateLimits.of(settings.rates),
        Metrics(),
        clock,
        random_bytes,
        management_keys,
        issuing_ca,
    )


def key_file(database_url: str, chosen: Path | None) -> Path:
    """The file of the API's own keys: the chosen one, else beside the database file.

    Raises :class:`KeysUnavailable` when none is chosen and the database is no file.
    """
    if chosen is not None:
        return chosen
    database = sqlite_file(database_url)
    if database is None:
        raise KeysUnavailable("With a database server the setting key_file is needed.")
    return database.with_name(f"{database.name}.keys.json")
