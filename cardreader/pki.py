"""What the terminal needs of the PKI application on a card, whichever standard it follows.

A card profile (:mod:`cardreader.profiles`) implements :class:`PkiApplication`; hashing and checking
what a card answers are the same for all of them and live here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from cardreader.errors import CardNotGenuine, CardNotSupported, CardProtocolError, Untrusted


class KeyPurpose(enum.StrEnum):
    """What one of the two keys on a national ID is for."""

    AUTHENTICATION = "authentication"
    """Shows who is at the terminal (PIV key 9A); one verified PIN is good for the whole visit."""

    SIGNATURE = "signature"
    """Signs as the cardholder's hand would (PIV key 9C); wants the PIN before every signature."""


class SignatureAlgorithm(enum.StrEnum):
    """The algorithms, by their JOSE names (RFC 7518, clause 3.1)."""

    RS256 = "RS256"
    ES256 = "ES256"
    ES384 = "ES384"


PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
"""The kinds of key that a card can hold."""


@dataclass(frozen=True, slots=True)
class PinInfo:
    """The PIN's retry counter. ``tries_left`` is ``None`` when the card does not tell.

    ``transport``: whether the cardholder has still to choose a PIN; ``None`` when the card does
    not tell.
    """

    tries_left: int | None
    blocked: bool
    transport: bool | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as JOSE wants it: ECDSA as ``r || s`` (RFC 7518, 3.4), RSA as PKCS#1 v1.5."""

    algorithm: SignatureAlgorithm
    value: bytes


class PkiApplication(Protocol):
    """The PKI application of one card, as its profile speaks to it."""

    @property
    def profile(self) -> str:
        """The profile's name: ``piv``."""

    def select(self) -> None:
        """Make this the card's current application; any verified PIN is lost.

        Raises :class:`~cardreader.errors.CommandRefused` when the card does not have it.
        """

    def serial(self) -> str:
        """The card's serial number, upper-case hex; the same for the life of the card."""

    def certificate(self, purpose: KeyPurpose) -> x509.Certificate:
        """Read a certificate; nothing about it has been checked."""

    def pin_info(self) -> PinInfo:
        """Read the retry counter; costs no try."""

    def verify_pin(self, pin: bytearray) -> None:
        """Present the PIN once and wipe ``pin`` whatever happens."""

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """Replace the PIN; presents ``old`` once. Both are wiped whatever happens."""

    def unblock_pin(self, puk: bytearray, new: bytearray) -> None:
        """Set a new PIN and its tries; presents ``puk`` once. Both are wiped whatever happens."""

    def unblock_pin_after_match(self, new: bytearray) -> None:
        """The same on a card that has just matched its holder's finger. Wiped whatever happens."""

    def sign(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm, digest: bytes) -> bytes:
        """Let the card sign a digest; the signature as X.509 has it (ECDSA in DER)."""


_CURVE_BYTES = {SignatureAlgorithm.ES256: 32, SignatureAlgorithm.ES384: 48}
_RSA_BITS = 2048
# DER of DigestInfo up to the digest (RFC 8017, clause 9.2, note 1).
_SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def algorithm_of(certificate: x509.Certificate) -> SignatureAlgorithm:
    """The one algorithm that goes with a certificate's key; see :func:`algorithm_of_key`."""
    return algorithm_of_key(_key_of(certificate))


def algorithm_of_key(key: object) -> SignatureAlgorithm:
    """The one algorithm that goes with a public key.

    Raises :class:`~cardreader.errors.CardNotSupported` for any key but RSA-2048, P-256, P-384.
    """
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits == _RSA_BITS:
            return SignatureAlgorithm.RS256
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return SignatureAlgorithm.ES256
        case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()):
            return SignatureAlgorithm.ES384
        case _:
            raise _unknown_key()


def _key_of(certificate: x509.Certificate) -> object:
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise _unknown_key() from None


def _unknown_key() -> CardNotSupported:
    return CardNotSupported("the card's key is of a kind that the terminal does not know")


def _hash_of(algorithm: SignatureAlgorithm) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if algorithm is SignatureAlgorithm.ES384 else hashes.SHA256()


def digest_of(algorithm: SignatureAlgorithm, message: bytes) -> bytes:
    """The hash that goes with the algorithm: SHA-384 for P-384, else SHA-256."""
    digest = hashes.Hash(_hash_of(algorithm))
    digest.update(message)
    return digest.finalize()


def padded_digest(digest: bytes) -> bytes:
    """A SHA-256 digest as RSA-2048 signs it: EMSA-PKCS1-v1_5 (RFC 8017, 9.2)."""
    info = _SHA256_DIGEST_INFO + digest
    return b"\x00\x01" + b"\xff" * (_RSA_BITS // 8 - 3 - len(info)) + b"\x00" + info


def checked_signature(certificate: x509.Certificate, message: bytes, answer: bytes) -> Signature:
    """Turn a card's answer into a signature, after checking it against the certificate's key.

    A certificate can be copied to another card, the key cannot: a signature that does not fit
    raises :class:`~cardreader.errors.CardNotGenuine`.
    """
    return checked_answer(_key_of(certificate), message, answer)


def checked_answer(key: object, message: bytes, answer: bytes) -> Signature:
    """The same for a bare public key, before there is a certificate."""
    algorithm = algorithm_of_key(key)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            size = _CURVE_BYTES[algorithm]
            r, s = decode_dss_signature(answer)
            value = r.to_bytes(size, "big") + s.to_bytes(size, "big")
            key.verify(answer, message, ec.ECDSA(_hash_of(algorithm)))
        elif isinstance(key, rsa.RSAPublicKey):
            value = answer
            key.verify(value, message, padding.PKCS1v15(), _hash_of(algorithm))
        else:
            raise _unknown_key()
    except (ValueError, OverflowError):
        raise CardProtocolError("the card's signature is malformed") from None
    except InvalidSignature:
        raise CardNotGenuine(Untrusted.BAD_SIGNATURE) from None
    return Signature(algorithm, value)
