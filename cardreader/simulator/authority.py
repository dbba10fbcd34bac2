"""The card authority in one process: what the central API does for activation, without a network.

It knows the cards that were registered with it, their management keys and what it issued, and
keeps that in memory. Certificates are those of the invented state.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    CardSecret,
    ManagementAlgorithm,
    ManagerAnswer,
    PukChange,
    RefusalReason,
    proof_message,
)
from cardreader.pki import KeyPurpose, Signature, SignatureAlgorithm
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    SIGNATURE,
    card_certificate,
    management_key,
)
from cardreader.simulator.personas import KeyType, Persona

_MAKERS_KEY = bytes(range(1, 9)) * 4
_SLOTS = {KeyPurpose.AUTHENTICATION: AUTHENTICATION, KeyPurpose.SIGNATURE: SIGNATURE}
_ALGORITHMS = {
    KeyType.RSA_2048: SignatureAlgorithm.RS256,
    KeyType.P_256: SignatureAlgorithm.ES256,
    KeyType.P_384: SignatureAlgorithm.ES384,
}


@dataclass(slots=True)
class _Card:
    holder: Persona
    algorithm: ManagementAlgorithm
    key: bytes = field(repr=False)
    proof_challenge: bytes
    challenge: bytes | None = None
    authenticated: bool = False
    certificates: dict[KeyPurpose, x509.Certificate] = field(default_factory=dict)
    completed: bool = False
    replaces: set[CardSecret] = field(default_factory=set)
    new_key: bytes | None = field(default=None, repr=False)
    new_puk: bytes | None = field(default=None, repr=False)
    renewed: bool = False


class SimulatedAuthority:
    """A :class:`~cardreader.activation.CardAuthority` for tests and for a terminal on its own."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._cards: dict[str, _Card] = {}
        self._spent: set[bytes] = set()
        self.issued = 0
        """How many certificates were made; asking again for the same key makes none."""

    def register(
        self,
        holder: Persona,
        serial: str | None = None,
        algorithm: ManagementAlgorithm = ManagementAlgorithm.AES_256,
        key: bytes | None = None,
    ) -> None:
        """Register a national card, or with ``serial`` and ``key`` one of another maker's."""
        replaces = set() if serial is None else {CardSecret.PUK}
        if key is not None and key == _MAKERS_KEY[: len(key)]:
            replaces.add(CardSecret.MANAGEMENT_KEY)
        serial = holder.card_serial if serial is None else serial
        if key is None:
            key = management_key(serial)
        self._cards[serial] = _Card(holder, algorithm, key, self._random(32), replaces=replaces)

    def begin(self, serial: str) -> ActivationRecord:
        """The record; a new management authentication is wanted."""
        card = self._find(serial)
        card.authenticated, card.challenge = False, None
        holder = card.holder
        return ActivationRecord(
            management_algorithm=card.algorithm,
            key_algorithms={
                KeyPurpose.AUTHENTICATION: _acceptable(holder.authentication_key),
                KeyPurpose.SIGNATURE: _acceptable(holder.signature_key),
            },
            challenge=card.proof_challenge,
            certificates={
                purpose: certificate.public_bytes(Encoding.DER)
                for purpose, certificate in card.certificates.items()
            },
            completed=card.completed,
            replaces=frozenset(card.replaces),
            handed_out=frozenset(
                secret
                for secret, value in (
                    (CardSecret.PUK, card.new_puk),
                    (CardSecret.MANAGEMENT_KEY, card.new_key),
                )
                if value is not None and secret in card.replaces
            ),
        )

    def answer_witness(self, serial: str, witness: bytes, *, renewed: bool) -> ManagerAnswer:
        """Decrypt the witness, challenge the card."""
        card = self._find(serial)
        card.renewed = renewed and card.new_key is not None
        if len(witness) != card.algorithm.block:
            raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)
        decryptor = _cipher(card).decryptor()
        card.challenge = self._random(card.algorithm.block)
        return ManagerAnswer(decryptor.update(witness) + decryptor.finalize(), card.challenge)

    def check_response(self, serial: str, response: bytes) -> None:
        """Compare the card's response with what it must be."""
        card = self._find(serial)
        if card.challenge is None:
            raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)
        encryptor = _cipher(card).encryptor()
        expected = encryptor.update(card.challenge) + encryptor.finalize()
        if not hmac.compare_digest(expected, response):
            raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)
        card.authenticated = True
        if card.renewed and card.new_key is not None:
            card.key, card.new_key, card.renewed = card.new_key, None, False
            card.replaces.discard(CardSecret.MANAGEMENT_KEY)

    def new_management_key(self, serial: str) -> bytes:
        """Random; the same until the card has it."""
        card = self._accepted(serial)
        card.new_key = card.new_key or self._random(len(card.key))
        return card.new_key

    def new_puk(self, serial: str) -> PukChange:
        """Eight random digits; the same in every attempt."""
        card = self._accepted(serial)
        if card.new_puk is None:
            card.new_puk = b"%08d" % (int.from_bytes(self._random(8), "big") % 10**8)
        return PukChange(b"12345678", card.new_puk)

    def puk_replaced(self, serial: str) -> None:
        """The card has it."""
        self._accepted(serial).replaces.discard(CardSecret.PUK)

    def believe_puk_replaced(self, serial: str) -> None:
        """An office that thinks that the card's issuer has given it a PUK of its own."""
        self._find(serial).replaces.discard(CardSecret.PUK)

    def revoke(self, serial: str) -> None:
        """Revoke the certificates; the card may be activated again, its keys get no other."""
        card = self._find(serial)
        for certificate in card.certificates.values():
            self._spent.add(_encoded(certificate.public_key()))
        card.certificates.clear()
        card.completed = False

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        """Issue once for each purpose and key."""
        card = self._accepted(serial)
        public_key = _requested_key(request, purpose, serial)
        issued = card.certificates.get(purpose)
        if issued is None:
            if _encoded(public_key) in self._spent:
                raise ActivationRefused(RefusalReason.KEY_REFUSED)
            issued = card_certificate(card.holder, _SLOTS[purpose], public_key)
            card.certificates[purpose] = issued
            self.issued += 1
        elif issued.public_key() != public_key:
            raise ActivationRefused(RefusalReason.KEY_REFUSED)
        return issued.public_bytes(Encoding.DER)

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        """Check the proofs against the certificates issued."""
        card = self._find(serial)
        if card.replaces:
            raise ActivationRefused(RefusalReason.MAKERS_SECRET)
        message = proof_message(serial, card.proof_challenge)
        for purpose in KeyPurpose:
            if purpose not in proofs or purpose not in card.certificates:
                raise ActivationRefused(RefusalReason.KEY_REFUSED)
            _require_proof(card.certificates[purpose], proofs[purpose], message)
        card.completed = True

    def _accepted(self, serial: str) -> _Card:
        card = self._find(serial)
        if not card.authenticated:
            raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)
        return card

    def _find(self, serial: str) -> _Card:
        card = self._cards.get(serial)
        if card is None:
            raise ActivationRefused(RefusalReason.UNKNOWN_CARD)
        return card


def _encoded(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _acceptable(wanted: KeyType) -> tuple[SignatureAlgorithm, ...]:
    first = _ALGORITHMS[wanted]
    return (first, *(other for other in SignatureAlgorithm if other is not first))


def _cipher(card: _Card) -> Cipher[modes.ECB]:
    key = card.new_key if card.renewed and card.new_key is not None else card.key
    algorithm: BlockCipherAlgorithm = (
        TripleDES(key) if card.algorithm is ManagementAlgorithm.TRIPLE_DES else AES(key)
    )
    # One random block at a time: the protocol of the standard is the block cipher itself.
    return Cipher(algorithm, modes.ECB())  # noqa: S305


def _requested_key(
    request: bytes, purpose: KeyPurpose, serial: str
) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    try:
        parsed = x509.load_der_x509_csr(request)
        subject = {attribute.oid: attribute.value for attribute in parsed.subject}
        key = parsed.public_key()
        holds = parsed.is_signature_valid
    except ValueError:
        raise ActivationRefused(RefusalReason.KEY_REFUSED) from None
    named = {NameOID.COMMON_NAME: purpose.value, NameOID.SERIAL_NUMBER: serial}
    if not holds or subject != named:
        raise ActivationRefused(RefusalReason.KEY_REFUSED)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ActivationRefused(RefusalReason.KEY_REFUSED)
    return key


def _require_proof(certificate: x509.Certificate, proof: Signature, message: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(proof.value, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            half = len(proof.value) // 2
            r, s = (
                int.from_bytes(part, "big") for part in (proof.value[:half], proof.value[half:])
            )
            digest = hashes.SHA384() if key.key_size > 256 else hashes.SHA256()
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))
        else:
            raise ActivationRefused(RefusalReason.KEY_REFUSED)
    except InvalidSignature:
        raise ActivationRefused(RefusalReason.KEY_REFUSED) from None
