"""The ring of public keys with which receipts are checked, as a file: the same form in which the
central API answers ``GET /v1/receipt-keys``.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.contract.visits import ReceiptKey, ReceiptKeys
from offline_queue.wire_model import MessageError
from printer.proof import TerminalKey, key_id

RING_FILE = "receipt-keys.json"


class RingError(Exception):
    """The ring cannot be read; the message names the file."""


def read_ring(path: Path) -> tuple[ReceiptKey, ...]:
    """The keys in a file; none when there is no file. Raises :class:`RingError`."""
    if not path.exists():
        return ()
    try:
        return tuple(ReceiptKeys.parse_json(path.read_bytes()).keys)
    except OSError as error:
        raise RingError(f"{path}: {error.strerror}") from error
    except MessageError as error:
        raise RingError(f"{path}: is not a list of receipt keys") from error


def add_key(path: Path, key: ec.EllipticCurvePublicKey, kiosk: str) -> None:
    """Add a terminal's public key to the ring, unless it is there."""
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    keys = [known for known in read_ring(path) if known.key_id != key_id(key)]
    keys.append(ReceiptKey(key_id=key_id(key), kiosk=kiosk, public_key=pem))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.format(ReceiptKeys(keys=keys).json(), indent=1))
    draft.replace(path)


def public_keys(ring: tuple[ReceiptKey, ...]) -> dict[str, TerminalKey]:
    """The keys that are not revoked, by key id, each with its terminal.

    Raises :class:`RingError`, also for an entry that calls a key by another one's id.
    """
    keys: dict[str, TerminalKey] = {}
    for entry in ring:
        try:
            key = serialization.load_pem_public_key(entry.public_key.encode())
        except ValueError as error:
            raise RingError(f"receipt key {entry.key_id} is not a public key") from error
        if not isinstance(key, ec.EllipticCurvePublicKey):
            continue
        if key_id(key) != entry.key_id:
            raise RingError(f"receipt key {entry.key_id} is another key")
        if not entry.revoked:
            keys[entry.key_id] = TerminalKey(key, entry.kiosk)
    return keys


def revoked_ids(ring: tuple[ReceiptKey, ...]) -> frozenset[str]:
    """The key ids whose receipts are not valid any more."""
    return frozenset(entry.key_id for entry in ring if entry.revoked)
