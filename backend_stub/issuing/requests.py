"""What a card signed during activation: certification requests and final proofs."""

from __future__ import annotations

import binascii
import hashlib
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from backend_stub.issuing.ca import CardKey, Purpose
from kiosk.contract.issuing import Algorithm, Proof
from offline_queue.chain import b64url_decode

_RSA_BITS: Final = 2048
_RSA_EXPONENT: Final = 65537
_PROOF_CONTEXT: Final = b"manfadh card activation\x00"
_REQUEST_SIGNATURES: Final = {
    "RS256": SignatureAlgorithmOID.RSA_WITH_SHA256,
    "ES256": SignatureAlgorithmOID.ECDSA_WITH_SHA256,
    "ES384": SignatureAlgorithmOID.ECDSA_WITH_SHA384,
}


class KeyRefused(Exception):
    """A request or a proof that does not hold."""


def requested_key(encoded: str, purpose: Purpose, card: str) -> CardKey:
    """The key of a PKCS#10 request (RFC 2986) that was signed by it, for this purpose and card.

    Raises :class:`KeyRefused` for anything else: another subject, attributes, another kind of key
    or signature, bytes that are no request.
    """
    try:
        request = x509.load_der_x509_csr(b64url_decode(encoded))
        subject = [(one.oid, one.value) for one in request.subject]
        key = request.public_key()
        signature = request.signature_algorithm_oid
        proven = request.is_signature_valid
        plain = len(request.attributes) == 0
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise KeyRefused("no certification request") from error
    named = [(NameOID.COMMON_NAME, purpose), (NameOID.SERIAL_NUMBER, card)]
    if sorted(subject, key=_by_oid) != sorted(named, key=_by_oid) or not plain:
        raise KeyRefused("another subject, or attributes")
    if signature != _REQUEST_SIGNATURES[algorithm_of(key)] or not proven:
        raise KeyRefused("the key did not sign the request")
    return card_key(key)


def algorithm_of(key: object) -> Algorithm:
    """The one algorithm that goes with a key. Raises :class:`KeyRefused` for any other kind."""
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits == _RSA_BITS:
            if key.public_numbers().e != _RSA_EXPONENT:
                raise KeyRefused("another RSA exponent than 65537")
            return "RS256"
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return "ES256"
        case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()):
            return "ES384"
        case _:
            raise KeyRefused("another kind of key")


def card_key(key: object) -> CardKey:
    """The key as one of a kind that cards have. Raises :class:`KeyRefused` for any other."""
    algorithm_of(key)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise KeyRefused("another kind of key")
    return key


def key_sha256(key: CardKey) -> str:
    """Names a public key: SHA-256 of its SubjectPublicKeyInfo, lower-case hexadecimal."""
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()


def require_proof(certificate: bytes, proof: Proof, card: str, challenge: bytes) -> None:
    """Check that the certificate's key signed this card's challenge. Raises :class:`KeyRefused`.

    Signed are ``"manfadh card activation" 00 card 00 challenge``; the value is in the form of JOSE
    (RFC 7518, 3.3 and 3.4).
    """
    key = x509.load_der_x509_certificate(certificate).public_key()
    if proof.algorithm != algorithm_of(key):
        raise KeyRefused("another algorithm than the key's")
    message = _PROOF_CONTEXT + card.encode("ascii") + b"\x00" + challenge
    try:
        value = b64url_decode(proof.value)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            size = key.key_size // 8
            if len(value) != 2 * size:
                raise KeyRefused("a signature of another length")
            r, s = int.from_bytes(value[:size]), int.from_bytes(value[size:])
            digest = hashes.SHA384() if proof.algorithm == "ES384" else hashes.SHA256()
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))
    except (InvalidSignature, ValueError) as error:
        raise KeyRefused("the key did not sign the challenge") from error


def _by_oid(attribute: tuple[x509.ObjectIdentifier, str | bytes]) -> str:
    return attribute[0].dotted_string
