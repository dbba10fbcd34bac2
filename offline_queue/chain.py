"""The chain that makes every change to the outbox show: records, signatures, countersigned heads.

Each record names the SHA-256 of the record before it, so one record fixes all that came earlier.
The terminal's device key signs each record (ECDSA P-256 with SHA-256, FIPS 186-5, in the fixed
``r || s`` form of RFC 7518, clause 3.4). A chain alone cannot show that its end was cut off:
therefore the central API countersigns how far it holds the chain (Ed25519, RFC 8032). What is
signed is always RFC 8785 canonical JSON.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from offline_queue.sealing import key_id
from offline_queue.wire import ChainRecord, HeadStatement, SignedHead, WireModel

GENESIS: Final = "0" * 64
"""``prev`` of an epoch's first record, and the head of an empty chain."""

_P256_COORDINATE: Final = 32
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())


class ChainBroken(Exception):
    """A signature of the chain or of its head does not verify."""


def b64url(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648, clause 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode base64url without padding, refusing every other spelling of the same bytes.

    Raises ``ValueError`` for foreign characters, padding, an impossible length or stray bits.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if b64url(data) != text:
        raise ValueError("not base64url in its one canonical spelling")
    return data


def canonical(message: WireModel) -> bytes:
    """Serialise a message as RFC 8785 canonical JSON: the bytes that are hashed and signed."""
    return rfc8785.dumps(message.model_dump(mode="json"))


def record_hash(record: ChainRecord) -> str:
    """Return SHA-256 of the record's canonical bytes, lower-case hexadecimal: the chain's link."""
    return hashlib.sha256(canonical(record)).hexdigest()


def envelope_hash(envelope: bytes) -> str:
    """Return SHA-256 of a sealed envelope in lower-case hexadecimal."""
    return hashlib.sha256(envelope).hexdigest()


def sign_record(device_key: ec.EllipticCurvePrivateKey, record: ChainRecord) -> str:
    """Sign a record with the terminal's P-256 key: base64url of ``r || s``, 64 bytes.

    Raises ``ValueError`` when the key is on another curve.
    """
    if not isinstance(device_key.curve, ec.SECP256R1):
        raise ValueError("the device key must be on P-256")
    r, s = decode_dss_signature(device_key.sign(canonical(record), _ECDSA_SHA256))
    return b64url(r.to_bytes(_P256_COORDINATE, "big") + s.to_bytes(_P256_COORDINATE, "big"))


def verify_record(
    public_key: ec.EllipticCurvePublicKey, record: ChainRecord, signature: str
) -> None:
    """Check the terminal's signature over a record; raises ``ChainBroken`` when it is not valid."""
    try:
        raw = b64url_decode(signature)
        if len(raw) != 2 * _P256_COORDINATE:
            raise ValueError("a P-256 signature is 64 bytes")
        der = encode_dss_signature(
            int.from_bytes(raw[:_P256_COORDINATE], "big"),
            int.from_bytes(raw[_P256_COORDINATE:], "big"),
        )
        public_key.verify(der, canonical(record), _ECDSA_SHA256)
    except (InvalidSignature, ValueError) as error:
        raise ChainBroken("the record's signature is not valid") from error


def sign_head(head_key: Ed25519PrivateKey, statement: HeadStatement) -> SignedHead:
    """Countersign how far a terminal's chain is held: the central API's side."""
    return SignedHead(
        statement=statement,
        key_id=key_id(head_key.public_key().public_bytes_raw()),
        signature=b64url(head_key.sign(canonical(statement))),
    )


def verify_head(head_public_key: bytes, signed: SignedHead) -> HeadStatement:
    """Check the central API's countersignature and return what it states.

    ``head_public_key`` is the raw 32-byte Ed25519 key. Raises ``ChainBroken`` when the signature
    is not valid or names another key.
    """
    if signed.key_id != key_id(head_public_key):
        raise ChainBroken("the head is signed with another key")
    try:
        Ed25519PublicKey.from_public_bytes(head_public_key).verify(
            b64url_decode(signed.signature), canonical(signed.statement)
        )
    except (InvalidSignature, ValueError) as error:
        raise ChainBroken("the head's signature is not valid") from error
    return signed.statement
