"""Opening a central API: settings, database, keys, trust anchors, catalogue, offices."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from backend_stub.cases.calendars import load_calendars
from backend_stub.cases.definitions import former_definitions, open_definitions
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.offices import load_offices
from backend_stub.ground.central import Central, CentralUnavailable, Clock, RandomBytes, utc_now
from backend_stub.ground.data_files import DataFileWrong
from backend_stub.ground.database import Database, DatabaseUnavailable, sqlite_file
from backend_stub.ground.keys import KeysUnavailable, load_or_create
from backend_stub.ground.limits import RateLimits
from backend_stub.ground.metrics import Metrics
from backend_stub.ground.settings import Settings
from backend_stub.ground.trust import TrustUnavailable, load_trust_anchors
from backend_stub.issuing.ca import load_issuing_ca
from backend_stub.issuing.card_registry import seed_cards
from backend_stub.issuing.certificates import seed_certificates
from backend_stub.issuing.management_keys import load_management_keys
from backend_stub.issuing.revocations import OwnRevocations
from backend_stub.payments.desk import PaymentDesk
from backend_stub.payments.effects import Effects, NothingToBuy
from backend_stub.payments.opening import PaymentUnavailable, open_payments
from backend_stub.payments.store import EffectsOf
from backend_stub.people.registries import seed
from backend_stub.services.registry import REGISTRY
from kiosk.services import CatalogueError, load_catalogue
from kiosk.services.catalogue import DATA


def open_central(
    settings: Settings, clock: Clock = utc_now, random_bytes: RandomBytes = os.urandom
) -> Central:
    """Open database, keys, trust anchors and data files. Raises :class:`CentralUnavailable`."""
    try:
        catalogue = load_catalogue()
        offices = load_offices(settings.data_directory, catalogue.places)
        calendars = load_calendars(settings.data_directory, set(offices.by_id))
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
        definitions = open_definitions(database, catalogue, former_definitions(DATA), clock())
        cases = CaseHouse(
            definitions, offices, calendars, catalogue.places, REGISTRY, settings.public_url
        )
    except (KeysUnavailable, DataFileWrong, CatalogueError) as error:
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
        cases,
        RateLimits.of(settings.rates),
        Metrics(),
        clock,
        random_bytes,
        management_keys,
        issuing_ca,
    )


def nothing_to_buy(_: Session) -> Effects:
    """The effects of payment where no service sells any."""
    return NothingToBuy()


def open_desk(central: Central, effects_of: EffectsOf) -> PaymentDesk | None:
    """Open payment; ``None`` without a gateway. Raises :class:`CentralUnavailable`."""
    access = central.settings.gateway
    if access is None:
        return None
    try:
        return open_payments(
            access,
            database=central.database,
            effects_of=effects_of,
            public_url=central.settings.public_url,
            link_secret=central.keys.short_lived_secret("payment links"),
            clock=central.clock,
        )
    except PaymentUnavailable as error:
        central.database.close()
        raise CentralUnavailable(str(error)) from error


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
