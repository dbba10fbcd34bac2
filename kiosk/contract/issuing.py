"""Card issuing: what the terminal relays between a card and the central API.

The protocol behind it (who proves what to whom, every byte of it) is described at
``cardreader.authority.CardAuthority``. Binary values are base64url without padding (RFC 4648,
clause 5). ``serial`` is the card's serial number in upper-case hexadecimal.

======================================================= ==========================================
``POST /v1/cards/{serial}/codes``                       have a one-time code sent: ``CodeSent``
``POST /v1/cards/{serial}/approvals``                   ``CodeEntered`` for an ``Approval``
``POST /v1/cards/{serial}/activation``                  begin or continue: ``Record``
``POST /v1/cards/{serial}/activation/witness``          ``Witness`` for ``ManagerAnswer``
``POST /v1/cards/{serial}/activation/response``         ``CardResponse``, answered 204
``POST /v1/cards/{serial}/activation/management-key``   answered with ``NewManagementKey``
``POST /v1/cards/{serial}/activation/puk``              answered with ``NewPuk``
``POST /v1/cards/{serial}/activation/puk-replaced``     answered 204
``POST /v1/cards/{serial}/activation/certificates``     ``KeyRequest`` for ``IssuedCertificate``
``POST /v1/cards/{serial}/activation/completion``       ``Completion``, answered 204
======================================================= ==========================================

All under ``activation`` want the approval as bearer token, unless the office approved the card when
it registered it. Errors are problem documents whose ``code`` is one of :class:`IssuingProblem`.
"""

from __future__ import annotations

import enum
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from msgspec import Meta

from kiosk.contract.visits import CivilNumber
from offline_queue.wire_model import BASE64URL, END, Moment, WireModel

Base64Url = Annotated[str, Meta(pattern=BASE64URL + END, max_length=16_384)]
CARD_SERIAL: Final = "^(?:[0-9A-F]{2}){1,20}"
CardSerial = Annotated[str, Meta(pattern=CARD_SERIAL + END)]
Purpose = Literal["authentication", "signature"]
Algorithm = Literal["RS256", "ES256", "ES384"]
CardSecretName = Literal["puk", "management-key"]


M = TypeVar("M", bound=WireModel)


class IssuingProblem(enum.StrEnum):
    """Reasons in problem documents; the first six are ``cardreader.authority.RefusalReason``."""

    UNKNOWN_CARD = "unknown-card"
    NOT_APPROVED = "not-approved"
    NOT_ELIGIBLE = "not-eligible"
    CARD_NOT_AUTHENTIC = "card-not-authentic"
    KEY_REFUSED = "key-refused"
    MAKERS_SECRET = "makers-secret"  # noqa: S105 - a reason, not a secret
    NO_MOBILE = "no-mobile"
    """The civil registry knows no telephone to send a code to."""
    CODE_WRONG = "code-wrong"
    """``tries_left`` is a member of the problem document; 0: ask for another code."""
    TOO_MANY_CODES = "too-many-codes"


class CodeWanted(WireModel, frozen=True, kw_only=True):
    """Who stands at the terminal, by the verified data of the card."""

    civil_number: CivilNumber
    language: Literal["ar", "en"] = "ar"
    """Of the text message: the one that the person chose at the terminal."""


class CodeSent(WireModel, frozen=True, kw_only=True):
    """A one-time code of six digits is on its way."""

    sent_to: str
    """The end of the telephone number, for example ``•••••217``."""
    expires_at: Moment


class CodeEntered(WireModel, frozen=True, kw_only=True):
    """What the person typed."""

    SECRET: ClassVar = frozenset({"code"})
    code: Annotated[str, Meta(pattern="^[0-9]{6}" + END)]


class Approval(WireModel, frozen=True, kw_only=True):
    """The person holds the registered telephone: activation may go on until ``expires_at``."""

    SECRET: ClassVar = frozenset({"token"})
    token: str
    expires_at: Moment


class Record(WireModel, frozen=True, kw_only=True):
    """See ``cardreader.authority.ActivationRecord``."""

    management_algorithm: Literal[3, 8, 10, 12]
    key_algorithms: dict[Purpose, list[Algorithm]]
    challenge: Base64Url
    certificates: dict[Purpose, Base64Url]
    completed: bool
    replaces: list[CardSecretName]
    handed_out: list[CardSecretName]


class Witness(WireModel, frozen=True, kw_only=True):
    """The card's encrypted witness, one block; ``renewed``: answer with the new management key."""

    witness: Base64Url
    renewed: bool = False


class NewManagementKey(WireModel, frozen=True, kw_only=True):
    """What takes the place of a well-known management key."""

    SECRET: ClassVar = frozenset({"key"})
    key: Base64Url


class NewPuk(WireModel, frozen=True, kw_only=True):
    """The card's present PUK and the one it gets, eight bytes each."""

    SECRET: ClassVar = frozenset({"present", "new"})
    present: Base64Url
    new: Base64Url


class ManagerAnswer(WireModel, frozen=True, kw_only=True):
    """The decrypted witness and a fresh challenge for the card."""

    SECRET: ClassVar = frozenset({"witness"})
    witness: Base64Url
    challenge: Base64Url


class CardResponse(WireModel, frozen=True, kw_only=True):
    """The card's answer to the challenge, one block."""

    response: Base64Url


class KeyRequest(WireModel, frozen=True, kw_only=True):
    """A PKCS#10 certification request (RFC 2986), DER, signed by the new key."""

    purpose: Purpose
    request: Base64Url


class IssuedCertificate(WireModel, frozen=True, kw_only=True):
    """The certificate for that key, DER."""

    certificate: Base64Url


class Proof(WireModel, frozen=True, kw_only=True):
    """One of the signatures that end an activation, in the form of JOSE."""

    algorithm: Algorithm
    value: Base64Url


class Completion(WireModel, frozen=True, kw_only=True):
    """The card was read back and signs."""

    proofs: dict[Purpose, Proof]
