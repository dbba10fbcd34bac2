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
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    ManagementAlgorithm,
    ManagerAnswer,
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


class SimulatedAuthority:
    """A :class:`~cardreader.activation.CardAuthority` for tests and for a terminal on its own."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._cards: dict[str, _Card] = {}
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
        serial = holder.card_serial if serial is None else serial
        if key is None:
            key = management_key(serial)
        self._cards[serial] = _Card(holder, algorithm, key, self._random(32))

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
        )

    def answer_witness(self, serial: str, witness: bytes) -> ManagerAnswer:
        """Decrypt the witness, challenge the card."""
        card = self._find(serial)
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

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        """Issue once for each purpose and key."""
        card = self._find(serial)
        if not card.authenticated:
            raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)
        public_key = _requested_key(request, purpose, serial)
        issued = card.certificates.get(purpose)
        if issued is None:
            issued = card_certificate(card.holder, _SLOTS[purpose], public_key)
            card.certificates[purpose] = issued
            self.issued += 1
        elif issued.public_key() != public_key:
            raise ActivationRefused(RefusalReason.KEY_REFUSED)
        return issued.public_bytes(Encoding.DER)

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        """Check the proofs against the certificates issued."""
        card = self._find(serial)
        message = proof_message(serial, card.proof_challenge)
        for purpose in KeyPurpose:
            if purpose not in proofs or purpose not in card.certificates:
                raise ActivationRefused(RefusalReason.KEY_REFUSED)
            _require_proof(card.certificates[purpose], proofs[purpose], message)
        card.completed = True

    def _find(self, serial: str) -> _Card:
        card = self._cards.get(serial)
        if card is None:
            raise ActivationRefused(RefusalReason.UNKNOWN_CARD)
        return card


def _acceptable(wanted: KeyType) -> tuple[SignatureAlgorithm, ...]:
    first = _ALGORITHMS[wanted]
    return (first, *(other for other in SignatureAlgorithm if other is not first))


def _cipher(card: _Card) -> Cipher[modes.ECB]:
    algorithm: BlockCipherAlgorithm
    if card.algorithm is ManagementAlgorithm.TRIPLE_DES:
        algorithm = TripleDES(card.key)
    else:
        algorithm = AES(card.key)
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
