"""What the terminal asks the central API during a visit: sign-in and the registries.

The central API answers with these same types. Everything that must survive a lost network goes
through the outbox instead (:mod:`offline_queue.wire`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from msgspec import Meta, field

from offline_queue.wire_model import END, KeyId, Moment, WireModel

CIVIL_NUMBER: Final = "^[0-9]{4,9}"
CR_NUMBER: Final = "^[0-9]{7}"
CivilNumber = Annotated[str, Meta(pattern=CIVIL_NUMBER + END)]
CrNumber = Annotated[str, Meta(pattern=CR_NUMBER + END)]


class Challenge(WireModel, frozen=True, kw_only=True):
    """``POST /v1/challenges``: random bytes for the card to sign."""

    challenge_id: str
    nonce: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}" + END)]
    """32 random bytes, base64url."""
    expires_at: Moment


class SignIn(WireModel, frozen=True, kw_only=True):
    """``POST /v1/sessions``: the card's answer to a challenge.

    ``assertion`` is a compact JWS (RFC 7515) with the card's authentication certificate in ``x5c``;
    its payload is canonical JSON ``{"aud": "manfadh-central", "challenge_id": ..., "kiosk": ...,
    "nonce": ...}``.
    """

    assertion: Annotated[str, Meta(max_length=16_384)]


class Employer(WireModel, frozen=True, kw_only=True):
    """An establishment of the labour registry."""

    cr_number: CrNumber
    name_ar: str
    name_en: str
    wilayat: str
    """Identifier of the wilayat, see the catalogue's places."""
    active: bool = True


class Person(WireModel, frozen=True, kw_only=True):
    """What the registries already know of the cardholder, so that nobody types it again."""

    civil_number: CivilNumber
    mobile: str | None = None
    """National format, 8 digits."""
    employers: list[Employer] = field(default_factory=list)
    """Current employers, the most recent contract first."""
    card_valid_until: date | None = None


class Session(WireModel, frozen=True, kw_only=True):
    """Answer to a sign-in. The token is a bearer token (RFC 6750) for this visit, at this terminal.

    The terminal's device key signs every request of a visit (:mod:`offline_queue.signed_requests`).
    """

    token: str
    expires_at: Moment
    person: Person


class EmployerSearch(WireModel, frozen=True, kw_only=True):
    """``GET /v1/employers?q=``: by CR number or by part of a name, at most 20, best first."""

    employers: list[Employer]


class ReceiptKey(WireModel, frozen=True, kw_only=True):
    """A public key that receipts are signed with."""

    key_id: KeyId
    """First 8 bytes of SHA-256 over the SubjectPublicKeyInfo."""
    kiosk: str
    public_key: str
    """PEM SubjectPublicKeyInfo."""
    revoked: bool = False


class ReceiptKeys(WireModel, frozen=True, kw_only=True):
    """``GET /v1/receipt-keys``."""

    keys: list[ReceiptKey]
