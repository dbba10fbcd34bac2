"""Activation of a card: the cardholder's own PIN, keys made on the card, certificates for them.

Three parties. The **card** makes the keys and keeps them. The **authority** (the central API) holds
the card's management key, decides, and issues certificates. The **terminal** relays between the
two and knows no secret of either but the PIN in the cardholder's fingers.

Everything that counts is read from the card and from the authority's record each time, so the
power may fail between any two commands: :func:`activate` again, with the same card, goes on where
it stopped. A key gets one certificate: the authority answers the same certificate for the same
public key, and a purpose that has a certificate is never given a new key.

Source of the commands: NIST SP 800-73-5 part 2, clauses 3.2.2, 3.2.4, 3.3.1 and 3.3.2.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardreader.certification_request import certification_request
from cardreader.channel import wipe
from cardreader.errors import (
    CardError,
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
from cardreader.national_id import NationalIdCard
from cardreader.pin import MalformedPin, is_pin
from cardreader.pki import (
    KeyPurpose,
    PinInfo,
    PkiApplication,
    PublicKey,
    Signature,
    SignatureAlgorithm,
    algorithm_of_key,
    checked_answer,
    checked_signature,
    signing_block,
)
from cardreader.trust import parse_certificate

PROOF_CONTEXT = b"manfadh card activation\x00"
"""Begin of what the card signs to prove that activation worked; see :meth:`CardAuthority.begin`."""

VENDOR_PIN = b"123456"
"""The PIN with which makers of general PIV cards deliver them. National cards have none."""

_ENOUGH_TO_GUESS = 3
"""Tries left below which the vendor's PIN is not tried: it may cost one."""

_log = structlog.get_logger()


class ManagementAlgorithm(enum.IntEnum):
    """Algorithm of the card management key, key reference 9B (SP 800-78-5, table 7)."""

    TRIPLE_DES = 0x03
    AES_128 = 0x08
    AES_192 = 0x0A
    AES_256 = 0x0C

    @property
    def block(self) -> int:
        """Length of a block, and so of witness, challenge and response, in bytes."""
        return 8 if self is ManagementAlgorithm.TRIPLE_DES else 16


class RefusalReason(enum.StrEnum):
    """Why the authority does not activate a card."""

    UNKNOWN_CARD = "unknown-card"
    """No card with this serial number is registered."""
    NOT_APPROVED = "not-approved"
    """The cardholder has not been identified for it (one-time code), or that has run out."""
    NOT_ELIGIBLE = "not-eligible"
    """The card was revoked, has expired, or is another person's."""
    CARD_NOT_AUTHENTIC = "card-not-authentic"
    """The card does not know its management key: it is not the card it says it is."""
    KEY_REFUSED = "key-refused"
    """The request is malformed, its proof does not hold, or another key has the certificate."""


class ActivationError(CardError):
    """Activation cannot go on now. What was done stays done."""


class AuthorityUnavailable(ActivationError):
    """The central API does not answer: a network is needed. Trying again continues."""


class ActivationRefused(ActivationError):
    """The authority said no."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"the card cannot be activated: {reason.value}")
        self.reason = reason


class CertificateConflict(ActivationError):
    """The authority's certificate and the key on the card do not belong together.

    Somebody else made a new key on the card; the office has to revoke the certificate first.
    """


@dataclass(frozen=True, slots=True)
class ActivationRecord:
    """What the authority knows of a card when activation begins or goes on.

    ``key_algorithms`` lists for each purpose the kinds of key that the authority certifies, best
    first; ``certificates`` what it has issued for this card already, DER. ``challenge`` is what the
    card signs in the end, 16 to 64 bytes, the same until activation is complete.
    """

    management_algorithm: ManagementAlgorithm
    key_algorithms: Mapping[KeyPurpose, tuple[SignatureAlgorithm, ...]]
    challenge: bytes
    certificates: Mapping[KeyPurpose, bytes] = field(default_factory=dict)
    completed: bool = False


@dataclass(frozen=True, slots=True)
class ManagerAnswer:
    """The authority's half of the mutual authentication: one block each."""

    witness: bytes = field(repr=False)
    challenge: bytes


class CardAuthority(Protocol):
    """Who holds the management keys and issues the certificates: the central API.

    ``serial`` is what :attr:`~cardreader.national_id.NationalIdCard.serial` reads: upper-case hex,
    32 digits when it is the GUID of the CHUID, fewer when it is the chip's own number.

    Every call may come twice, and may come again after a power cut, in the order of the methods:
    a repeated call has the same effect as one, and :meth:`begin` starts over without losing what
    was issued. Each raises :class:`AuthorityUnavailable` or :class:`ActivationRefused`.

    **Mutual authentication** (SP 800-73-5 part 1, appendix B; part 2, 3.2.4 and A.1). ``K`` is the
    card's management key; ``E`` and ``D`` encrypt and decrypt one block with the bare block cipher
    (ECB, no padding): AES with 16-byte blocks, or two/three-key triple DES with 8-byte blocks::

        card      -> authority   witness    = E(K, w)          w random, chosen by the card
        authority -> card        D(K, witness) and a fresh random challenge c of one block
        card      -> authority   response   = E(K, c)

    The terminal wraps these blocks into GENERAL AUTHENTICATE (``00 87 alg 9B``: ``7C{80 00}``
    brings ``7C{80 witness}``; ``7C{80 w, 81 c}`` brings ``7C{82 response}``) and interprets none.
    The card opens itself to writing when ``w`` is right. The authority believes that it talks to
    the real card when ``response`` is right, and issues nothing before that.

    **Management keys of the simulated national cards** are AES-256, derived from the master key in
    ``cardreader/simulator/data/keys/state-management-master.simulation-key.json``
    (``{"algorithm": "AES-256", "key": 64 hex digits}``) by a KDF in counter mode with AES-CMAC
    (SP 800-108, 4.1)::

        K(i) = CMAC(master, byte(i) || "manfadh piv 9B" || 00 || GUID (16 bytes) || 01 00)
        K    = K(1) || K(2)                                     32 bytes

    ``GUID`` is ``bytes.fromhex(serial)``, ``01 00`` the length 256 in bits. Check value: see
    ``tests/cardreader/test_activation.py``. Cards of other makers have the key with which they
    were registered.
    """

    def begin(self, serial: str) -> ActivationRecord:
        """Start or continue. The one who calls has been told that the cardholder wants it.

        At the end the card signs, with each key, the bytes ``PROOF_CONTEXT || serial (ASCII) || 00
        || challenge``; hashing as usual for the algorithm (SHA-256, for P-384 SHA-384).
        """

    def answer_witness(self, serial: str, witness: bytes) -> ManagerAnswer:
        """Decrypt the card's witness and challenge the card; a later call replaces the challenge.

        ``witness`` is one block. The answer goes to the card as it is.
        """

    def check_response(self, serial: str, response: bytes) -> None:
        """Accept the card, or raise ``CARD_NOT_AUTHENTIC``.

        ``response`` must be ``E(K, challenge)`` for the last challenge; compare in constant time.
        Repeating the last accepted response is accepted.
        """

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        """Issue the certificate for a key that was made on this card; DER in, DER out.

        ``request`` is a PKCS#10 certification request (RFC 2986), signed by the new key: that is
        the proof of possession. Its subject has exactly ``CN=<purpose>`` (``authentication`` or
        ``signature``) and ``serialNumber=<serial>``, both to be compared and neither to be put
        into the certificate: the authority knows whose card it is. No attributes. Signature:
        sha256WithRSAEncryption, ecdsa-with-SHA256 or ecdsa-with-SHA384.

        The same public key gets the same certificate. Another key for a purpose that has a
        certificate is refused with ``KEY_REFUSED``. The certificate's subject has the civil number
        as its only serialNumber; validity begins a few minutes ago, for terminals whose clock is
        behind. Authentication: digitalSignature, clientAuth. Signature: nonRepudiation.
        """

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        """The card was read back and signs with both keys: it is active from now on.

        ``proofs`` are signatures over what :meth:`begin` describes, in the form of JOSE (ECDSA as
        ``r || s``, RSA as PKCS#1 v1.5); they must fit the certificates issued.
        """


class IssuingApplication(PkiApplication, Protocol):
    """A PKI application on which keys are made and certificates written after issuing."""

    def request_witness(self, algorithm: int) -> bytes:
        """Begin the mutual authentication; the card's encrypted witness."""

    def answer_witness(
        self, algorithm: int, witness: bytes, challenge: bytes, *, ask: bool
    ) -> bytes:
        """End it: present the decrypted witness; the card's response to ``challenge``.

        ``ask`` chooses between two forms of the command; cards accept one or both. Raises
        :class:`~cardreader.errors.CommandRefused` when the form or the witness is wrong.
        """

    def has_vendor_pin(self) -> bool | None:
        """Whether the PIN still is the maker's; ``None`` where the card does not tell."""

    def set_first_pin(self, new: bytearray) -> None:
        """The cardholder's PIN on a card that has none; wants the management key. Wipes it."""

    def existing_key(self, purpose: KeyPurpose) -> PublicKey | None:
        """The key that was made on the card for ``purpose``, where the card tells."""

    def generate_key(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm) -> PublicKey:
        """Make a new key on the card, replacing any before; wants the management key."""

    def write_certificate(self, purpose: KeyPurpose, certificate: bytes) -> None:
        """Store a certificate, DER; wants the management key."""


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
            return Activation(_read_back(card, record.certificates), was_active=True)
        _authenticate_manager(issuing, authority, card.serial, record.management_algorithm)
        on_step(ActivationStep.PIN)
        _ensure_pin(card, issuing, record, new_pin)
        certificates: dict[KeyPurpose, bytes] = {}
        for purpose in KeyPurpose:
            on_step(_STEPS[purpose])
            certificate = record.certificates.get(purpose)
            if certificate is None:
                certificate = _certified_key(card, issuing, authority, record, purpose, new_pin)
            certificates[purpose] = certificate
            if _stored(issuing, purpose) != certificate:
                issuing.write_certificate(purpose, certificate)
        on_step(ActivationStep.CHECKING)
        checked = _read_back(card, certificates)
        authority.complete(card.serial, _proofs(card, issuing, record, checked, new_pin))
    finally:
        wipe(new_pin)
    _log.info("card.activated")
    return Activation(checked)


def proof_message(serial: str, challenge: bytes) -> bytes:
    """What each key signs at the end; see :meth:`CardAuthority.begin`."""
    return PROOF_CONTEXT + serial.encode("ascii") + b"\x00" + challenge


def _issuing(card: NationalIdCard) -> IssuingApplication:
    application = card.issuing()
    if application is None:
        raise CardNotSupported("keys cannot be made on this card: it is activated at the office")
    return application


def _authenticate_manager(
    issuing: IssuingApplication,
    authority: CardAuthority,
    serial: str,
    algorithm: ManagementAlgorithm,
) -> None:
    """Relay the mutual authentication until both sides are satisfied."""
    for ask in (False, True):
        witness = issuing.request_witness(algorithm)
        if len(witness) != algorithm.block:
            break
        answer = authority.answer_witness(serial, witness)
        try:
            response = issuing.answer_witness(algorithm, answer.witness, answer.challenge, ask=ask)
        except CommandRefused as refused:
            _log.info("card.manager_refused", sw=f"{refused.sw:04X}")
            continue
        authority.check_response(serial, response)
        return
    raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)


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
    public_key, request = _requested_key(card, issuing, record, purpose, pin)
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
) -> tuple[PublicKey, bytes]:
    """The first kind of key of the authority's list that this card makes and signs with."""
    existing = issuing.existing_key(purpose)
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
        answer = issuing.sign(purpose, algorithm, signing_block(algorithm, message))
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
        certificate = card.certificate(purpose)
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
            answer = issuing.sign(purpose, algorithm, signing_block(algorithm, message))
            proofs[purpose] = checked_signature(certificate, message, answer)
        except CardNotGenuine as error:
            if error.reason is Untrusted.BAD_SIGNATURE:
                raise CertificateConflict("the card's key is not the certificate's") from None
            raise
    return proofs


def _stored(pki: PkiApplication, purpose: KeyPurpose) -> bytes | None:
    """The certificate on the card, DER; what is none counts as nothing: it is written over."""
    try:
        return pki.certificate(purpose).public_bytes(Encoding.DER)
    except (ObjectNotFound, CardProtocolError):
        return None


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
