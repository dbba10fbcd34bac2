"""Sealing a transaction so that only the central API can read it again (RFC 9180, HPKE).

Base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, one message per key
schedule. The position of the envelope in the outbox enters the key schedule as ``info``
(RFC 9180, clause 5.1), so an envelope that is moved to another place, terminal, epoch or
transaction does not open.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from offline_queue.wire import ATTACHMENT_CHUNK_BYTES

SEAL_OVERHEAD: Final = 32 + 16
"""How much longer an envelope is than its payload, in bytes: encapsulated key and tag."""

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealBroken(Exception):
    """The envelope does not open: other key, other place in the outbox, or changed bytes."""


def key_id(public_key: bytes) -> str:
    """Name a public key: the first 8 bytes of its SHA-256 in lower-case hexadecimal.

    ``public_key`` is the raw 32-byte X25519 or Ed25519 key.
    """
    return hashlib.sha256(public_key).hexdigest()[:16]


def associated_data(kiosk: str, epoch: int, seq: int, tx_id: str, schema_version: int) -> bytes:
    """Describe the one place an envelope belongs to: ``kiosk|epoch|seq|tx_id|schema_version``.

    Raises ``ValueError`` when a name carries the separator, because two places could then share
    one description.
    """
    if "|" in kiosk or "|" in tx_id:
        raise ValueError("kiosk and tx_id must not contain '|'")
    return f"{kiosk}|{epoch}|{seq}|{tx_id}|{schema_version}".encode("ascii")


def seal(public_key: bytes, payload: bytes, associated: bytes) -> bytes:
    """Seal ``payload`` to a raw 32-byte X25519 public key: encapsulated key, then ciphertext.

    Raises ``ValueError`` when ``public_key`` is not a usable X25519 key.
    """
    return _SUITE.encrypt(payload, X25519PublicKey.from_public_bytes(public_key), associated)


def open_sealed(private_key: X25519PrivateKey, envelope: bytes, associated: bytes) -> bytes:
    """Open what ``seal`` closed.

    Raises ``SealBroken`` when the envelope was not made for this key and this place, or was
    changed.
    """
    try:
        return _SUITE.decrypt(envelope, private_key, associated)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the envelope does not open") from error


def attachment_place(kiosk: str, tx_id: str, number: int) -> bytes:
    """Describe what an attachment belongs to: ``attachment|kiosk|tx_id|number``, from 1.

    Raises ``ValueError`` as ``associated_data`` does.
    """
    if "|" in kiosk or "|" in tx_id:
        raise ValueError("kiosk and tx_id must not contain '|'")
    return f"attachment|{kiosk}|{tx_id}|{number}".encode("ascii")


def seal_chunks(public_key: bytes, content: bytes, place: bytes) -> list[bytes]:
    """Seal an attachment in chunks, all but the last ``ATTACHMENT_CHUNK_BYTES`` long.

    Each is sealed for its place among the others and for how many there are, so that none can be
    left out, moved or exchanged.
    """
    step = ATTACHMENT_CHUNK_BYTES - SEAL_OVERHEAD
    pieces = [content[at : at + step] for at in range(0, len(content), step)]
    return [
        seal(public_key, piece, place + f"|{number}|{len(pieces)}".encode("ascii"))
        for number, piece in enumerate(pieces, start=1)
    ]


def open_chunks(private_key: X25519PrivateKey, sealed: bytes, place: bytes) -> bytes:
    """Open what ``seal_chunks`` closed, its chunks one after the other. Raises ``SealBroken``."""
    step = ATTACHMENT_CHUNK_BYTES
    chunks = [sealed[at : at + step] for at in range(0, len(sealed), step)]
    return b"".join(
        open_sealed(private_key, chunk, place + f"|{number}|{len(chunks)}".encode("ascii"))
        for number, chunk in enumerate(chunks, start=1)
    )
