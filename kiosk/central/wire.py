"""What the terminal asks the central API during a visit: sign-in and the registries.

The central API answers with these same types. Everything that must survive a lost network goes
through the outbox instead (:mod:`offline_queue.wire`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

CivilNumber = Annotated[str, StringConstraints(pattern=r"^\d{4,9}$")]
CrNumber = Annotated[str, StringConstraints(pattern=r"^\d{7}$")]


class WireModel(BaseModel):
    """Base of every message: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Challenge(WireModel):
    """``POST /v1/challenges``: random bytes for the card to sign."""

    challenge_id: str
    nonce: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    """32 random bytes, base64url."""
    expires_at: AwareDatetime


class SignIn(WireModel):
    """``POST /v1/sessions``: the card's answer to a challenge.

    ``assertion`` is a compact JWS (RFC 7515) with the card's authentication certificate in ``x5c``;
    its payload is canonical JSON ``{"aud": "manfadh-central", "challenge_id": ..., "kiosk": ...,
    "nonce": ...}``.
    """

    assertion: Annotated[str, StringConstraints(max_length=16_384)]


class Employer(WireModel):
    """An establishment of the labour registry."""

    cr_number: CrNumber
    name_ar: str
    name_en: str
    wilayat: str
    """Identifier of the wilayat, see the catalogue's places."""
    active: bool = True


class Person(WireModel):
    """What the registries already know of the cardholder, so that nobody types it again."""

    civil_number: CivilNumber
    mobile: str | None = None
    """National format, 8 digits."""
    employers: list[Employer] = Field(default_factory=list)
    """Current employers, the most recent contract first."""
    card_valid_until: date | None = None


class Session(WireModel):
    """Answer to a sign-in. The token is a bearer token (RFC 6750) for this visit only."""

    token: str
    expires_at: AwareDatetime
    person: Person


class EmployerSearch(WireModel):
    """``GET /v1/employers?q=``: by CR number or by part of a name, at most 20, best first."""

    employers: list[Employer]


class ReceiptKey(WireModel):
    """A public key that receipts are signed with."""

    key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """First 8 bytes of SHA-256 over the SubjectPublicKeyInfo."""
    kiosk: str
    public_key: str
    """PEM SubjectPublicKeyInfo."""
    revoked: bool = False


class ReceiptKeys(WireModel):
    """``GET /v1/receipt-keys``."""

    keys: list[ReceiptKey]
