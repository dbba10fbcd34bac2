"""Activation of a card: the cardholder's own PIN, keys made on the card, certificates for them.

Three parties. The **card** makes the keys and keeps them. The **authority** (the central API) holds
the card's management key, decides, and issues certificates. The **terminal** relays between the
two and knows no secret of either but the PIN in the cardholder's fingers.

Everything that counts is read from the card and from the authority's record each time, so the
power may fail between any two commands: :func:`activate` again, with the same card, goes on where
it stopped. A key gets one certificate: the authority answers the same certificate for the same
public key, and a purpose that has a certificate is never given a new key.

The authority's side, byte by byte: :class:`cardreader.authority.CardAuthority`. Source of the
commands: NIST SP 800-73-5 part 2, clauses 3.2.2, 3.2.4, 3.3.1 and 3.3.2.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    CardAuthority,
    CertificateConflict,
    RefusalReason,
    proof_message,
)
from cardreader.card_management import authenticate_manager, replace_makers_secrets
from cardreader.certification_request import certification_request
from cardreader.channel import wipe
from cardreader.errors import (
    CardNotGenuine,
    CardNotSupported,
    CardProtocolError,
    CommandRefused,
    ObjectNotFound,
    PinBlocked,
    PinWrong,
    SecurityStatusNotSatisfied,
    Untrusted,
)
from cardreader.issuing_application import IssuingApplication
from cardreader.national_id import NationalIdCard
from cardreader.pin import MalformedPin, is_pin
from cardreader.pki import (
    KeyPurpose,
    PinInfo,
    PkiApplication,
    PublicKey,
    Signature,
    algorithm_of_key,
    checked_answer,
    checked_signature,
    digest_of,
)
from cardreader.trust import parse_certificate

VENDOR_PIN = b"123456"
"""The PIN with which makers of general PIV cards deliver them. National cards have none."""

_ENOUGH_TO_GUESS = 3
"""Tries left below which the vendor's PIN is not tried: it may cost one."""

_log = structlog.get_logger()


class ActivationStep(enum.StrEnum):
    """What is being done, for a screen that shows progress; in this order."""

    CONNECTING = "connecting"
    PIN = "pin"
    AUTHENTICATION_KEY = "authentication-key"
    SIGNATURE_KEY = "signature-key"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class CardState:
    """How far a card is, as it says itself. ``certificates`` are those present, unchecked."""

    pin: PinInfo
    certificates: frozenset[KeyPurpose]

    @property
    def is_complete(self) -> bool:
        """Whether PIN and both certificates are there."""
        return self.pin.transport is not True and self.certificates == frozenset(KeyPurpose)


@dataclass(frozen=True, slots=True)
class Activation:
    """A card that is active. ``was_active``: it had been before, and nothing was changed."""

    certificates: Mapping[KeyPurpose, x509.Certificate]
    was_active: bool = False


_STEPS = {
    KeyPurpose.AUTHENTICATION: ActivationStep.AUTHENTICATION_KEY,
    KeyPurpose.SIGNATURE: ActivationStep.SIGNATURE_KEY,
}


def card_state(card: NationalIdCard) -> CardState:
    """Ask the card how far it is; no PIN, no network. Raises what the connection raises."""
    pki = card.pki()
    present = {purpose for purpose in KeyPurpose if _stored(pki, purpose) is not None}
    return CardState(pki.pin_info(), frozenset(present))


def activate(
    card: NationalIdCard,
    authority: CardAuthority,
    new_pin: bytearray,
    on_step: Callable[[ActivationStep], None] = lambda _: None,
) -> Activation:
    """Activate the card, or go on where an earlier attempt stopped.

    ``new_pin`` is the PIN that the cardholder has just chosen or, when this attempt continues
    another, chose then; it is wiped whatever happens. Whether it is a good one
    (:func:`~cardreader.pin.pin_weakness`) was asked before. ``on_step`` is called on this thread.

    What a card has from its maker is replaced before anything else: a PIN of one's own is worth
    nothing beside a PUK that stands in a manual.

    Raises :class:`ActivationError` and its kinds, :class:`~cardreader.errors.PinWrong` (the PIN was
    set in an earlier attempt and is another one), :class:`~cardreader.errors.PinBlocked`,
    :class:`~cardreader.pin.MalformedPin`, :class:`~cardreader.errors.CardNotGenuine`,
    :class:`~cardreader.errors.CardNotSupported` and what the connection raises.
    """
    try:
        if not is_pin(new_pin):
            raise MalformedPin
        if card.has_identity:
            # No PIN, no key for a card that has not proved who it belongs to.
            card.identity()
        on_step(ActivationStep.CONNECTING)
        record = authority.begin(card.serial)
        issuing = _issuing(card)
        if record.completed:
            try:
                return Activation(_read_back(card, record.certificates), was_active=True)
            except CardProtocolError:
                # An object on the card is damaged; the certificate is in the record.
                _log.info("card.certificate_damaged")
                issuing = _issuing(card)
        renewed = authenticate_manager(issuing, authority, card.serial, record)
        replace_makers_secrets(issuing, authority, card.serial, record, key_renewed=renewed)
        on_step(ActivationStep.PIN)
        _ensure_pin(card, issuing, record, new_pin)
        certificates: dict[KeyPurpose, bytes] = {}
        for purpose in KeyPurpose:
            on_step(_STEPS[purpose])
            certificate = record.certificates.get(purpose)
            if certificate is None:
                certificate = _certified_key(card, issuing, authority, record, purpose, new_pin)
            certificates[purpose] = certificate
            if not _is_stored(issuing, purpose, certificate):
                issuing.write_certificate(purpose, certificate)
        on_step(ActivationStep.CHECKING)
        checked = _read_back(card, certificates)
        authority.complete(card.serial, _proofs(card, issuing, record, checked, new_pin))
    finally:
        wipe(new_pin)
    _log.info("card.activated")
    return Activation(checked)


def _issuing(card: NationalIdCard) -> IssuingApplication:
    application = card.issuing()
    if application is None:
        raise CardNotSupported("keys cannot be made on this card: it is activated at the office")
    return application


def _ensure_pin(
    card: NationalIdCard, issuing: IssuingApplication, record: ActivationRecord, pin: bytearray
) -> None:
    """Make ``pin`` the card's PIN, or show that it is already."""
    info = issuing.pin_info()
    if info.blocked:
        raise PinBlocked
    if info.transport:
        issuing.set_first_pin(bytearray(pin))
        return
    # A national card tells when it has no PIN; and where a certificate was issued, one was set.
    if not card.has_identity and not record.certificates and _may_try_vendor_pin(issuing, info):
        try:
            issuing.change_pin(bytearray(VENDOR_PIN), bytearray(pin))
        except PinWrong:
            # The power failed right after the PIN was set, or its holder has changed it before.
            _log.info("card.vendor_pin_replaced_before")
        else:
            return
    issuing.verify_pin(bytearray(pin))


def _may_try_vendor_pin(issuing: IssuingApplication, info: PinInfo) -> bool:
    known = issuing.has_vendor_pin()
    if known is not None:
        return known
    return info.tries_left is None or info.tries_left >= _ENOUGH_TO_GUESS


def _certified_key(
    card: NationalIdCard,
    issuing: IssuingApplication,
    authority: CardAuthority,
    record: ActivationRecord,
    purpose: KeyPurpose,
    pin: bytearray,
) -> bytes:
    """A key on the card, proved, and the authority's certificate for it; DER."""
    existing = issuing.existing_key(purpose)
    public_key, request = _requested_key(card, issuing, record, purpose, pin, existing)
    try:
        encoded = authority.certify(card.serial, purpose, request)
    except ActivationRefused as refused:
        if refused.reason is not RefusalReason.KEY_REFUSED or public_key != existing:
            raise
        # A key gets one certificate, ever: this one's was revoked, and the card has kept the key.
        _log.info("card.key_had_a_certificate")
        public_key, request = _requested_key(card, issuing, record, purpose, pin, None)
        encoded = authority.certify(card.serial, purpose, request)
    certificate = parse_certificate(encoded)
    if _spki(certificate) != public_key.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ):
        raise CertificateConflict("the certificate is for another key")
    return encoded


def _requested_key(
    card: NationalIdCard,
    issuing: IssuingApplication,
    record: ActivationRecord,
    purpose: KeyPurpose,
    pin: bytearray,
    existing: PublicKey | None,
) -> tuple[PublicKey, bytes]:
    """The first kind of key of the authority's list that this card makes and signs with.

    ``existing`` is taken where it is of such a kind.
    """
    if existing is not None:
        try:
            if algorithm_of_key(existing) in record.key_algorithms[purpose]:
                return existing, _request(card, issuing, purpose, existing, pin)
        except (CommandRefused, CardNotGenuine, CardNotSupported):
            # A key that cannot be used here, or is not what the card says, is replaced.
            _log.info("card.key_replaced")
    for algorithm in record.key_algorithms[purpose]:
        try:
            public_key = issuing.generate_key(purpose, algorithm)
            return public_key, _request(card, issuing, purpose, public_key, pin)
        except SecurityStatusNotSatisfied:
            raise
        except (CommandRefused, CardNotGenuine):
            # Not every card knows every curve, and some make keys that they cannot sign with.
            _log.info("card.key_kind_refused", algorithm=algorithm.value)
    raise CardNotSupported("the card makes no kind of key that the authority certifies")


def _request(
    card: NationalIdCard,
    issuing: IssuingApplication,
    purpose: KeyPurpose,
    public_key: PublicKey,
    pin: bytearray,
) -> bytes:
    def sign(message: bytes) -> bytes:
        algorithm = algorithm_of_key(public_key)
        issuing.verify_pin(bytearray(pin))
        answer = issuing.sign(purpose, algorithm, digest_of(algorithm, message))
        checked_answer(public_key, message, answer)
        return answer

    return certification_request(public_key, purpose.value, card.serial, sign)


def _read_back(
    card: NationalIdCard, certificates: Mapping[KeyPurpose, bytes]
) -> dict[KeyPurpose, x509.Certificate]:
    """What the card has now: the issued certificates, byte for byte, and each one trusted."""
    card.forget_certificates()
    found: dict[KeyPurpose, x509.Certificate] = {}
    for purpose in KeyPurpose:
        try:
            certificate = card.certificate(purpose)
        except ObjectNotFound:
            raise CertificateConflict("the card lost the certificate that was issued") from None
        if certificate.public_bytes(Encoding.DER) != certificates.get(purpose):
            raise CertificateConflict("the card does not hold the certificate that was issued")
        found[purpose] = certificate
    return found


def _proofs(
    card: NationalIdCard,
    issuing: IssuingApplication,
    record: ActivationRecord,
    certificates: Mapping[KeyPurpose, x509.Certificate],
    pin: bytearray,
) -> dict[KeyPurpose, Signature]:
    message = proof_message(card.serial, record.challenge)
    proofs: dict[KeyPurpose, Signature] = {}
    _issuing(card)  # current again: reading certificates may have selected the identity data
    for purpose, certificate in certificates.items():
        algorithm = algorithm_of_key(certificate.public_key())
        issuing.verify_pin(bytearray(pin))
        try:
            answer = issuing.sign(purpose, algorithm, digest_of(algorithm, message))
            proofs[purpose] = checked_signature(certificate, message, answer)
        except CardNotGenuine as error:
            if error.reason is Untrusted.BAD_SIGNATURE:
                raise CertificateConflict("the card's key is not the certificate's") from None
            raise
        except SecurityStatusNotSatisfied:
            raise
        except CommandRefused:
            # Cards that miss a key say so with 6A80, 6A86, 6A88, 6B00 or 6985.
            raise CertificateConflict("the card has lost the certificate's key") from None
    return proofs


def _stored(pki: PkiApplication, purpose: KeyPurpose) -> bytes | None:
    """The certificate on the card, DER. One that is damaged is none: it is written over."""
    try:
        return pki.certificate(purpose).public_bytes(Encoding.DER)
    except (ObjectNotFound, CardProtocolError):
        return None


def _is_stored(pki: PkiApplication, purpose: KeyPurpose, certificate: bytes) -> bool:
    """Whether exactly this is on the card."""
    return _stored(pki, purpose) == certificate


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
