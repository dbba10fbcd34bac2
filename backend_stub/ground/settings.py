"""What an installation of the central API decides for itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from backend_stub.ground.limits import Rates, Room

DATA_DIRECTORY = Path(__file__).parents[1] / "data"
"""The fictional registries and offices that come with the package."""

PUBLIC_URL = "http://central.manfadh.example"


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code of a simulation; others are made one by one (:mod:`backend_stub.fleet.enrolment`)."""

    code: str = field(repr=False)
    kiosk: str | None = None
    """The only terminal that may use it; any when ``None``."""
    reusable: bool = False
    """The code stays good after it was used."""
    replaces_key: bool = False
    """It lets a new key take the place of one that does not vouch for it."""


@dataclass(frozen=True, slots=True)
class GatewayAccess:
    """Where the payment gateway is, and what it shares with us."""

    url: str
    merchant_key: str = field(repr=False)
    callback_secret: str = field(repr=False)
    """HMAC key of its callbacks, at least 128 bits in hexadecimal."""
    expire_in_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the central API."""

    database_url: str = field(repr=False)
    """SQLAlchemy URL: ``sqlite:///file`` or ``postgresql+psycopg://...`` (may hold a password)."""
    trust_directory: Path
    """``issuers/*.pem``: trust anchors for the cards' certificates; ``crls/*.pem``: revocations."""
    key_file: Path | None = None
    """The API's private keys; beside the database file when ``None`` (SQLite only)."""
    enrolment_codes: tuple[EnrolmentCode, ...] = ()
    receipt_verifier: str = "MANFADH.EXAMPLE"
    """Host and path that receipts point to."""
    development: bool = False
    """Shows the notices and the received transactions to anyone who asks."""
    administrator_token: str | None = field(default=None, repr=False)
    """Bearer token of the fleet administrator; without one nobody may do what needs it."""
    data_directory: Path = DATA_DIRECTORY
    rates: Rates = field(default_factory=Rates)
    room: Room = field(default_factory=Room)
    challenge_lifetime: timedelta = timedelta(minutes=2)
    session_lifetime: timedelta = timedelta(minutes=15)
    issuing_ca_key: Path | None = None
    """PEM private key of the CA that certifies cards; without it no card is activated."""
    issuing_ca_certificate: Path | None = None
    """PEM certificate of that CA; more of its chain may follow."""
    card_master_key: Path | None = None
    """JSON file of the master key of the state's cards; see ``issuing/management_keys.py``."""
    public_url: str = PUBLIC_URL
    """Where everyone reaches this API: certificates say so, for revocation lists and status. Its
    path, if any, is part of what terminals sign, whether a proxy takes it off or not."""
    work_every: timedelta | None = timedelta(seconds=2)
    """How often this process looks for deadlines, reminders and notices; ``None``: others do."""
    code_lifetime: timedelta = timedelta(minutes=5)
    approval_lifetime: timedelta = timedelta(minutes=30)
    gateway: GatewayAccess | None = None
    """Without one nothing can be paid."""
