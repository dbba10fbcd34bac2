"""Key files of the publication: one PEM file a key, encrypted with a passphrase."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

ROLES: Final = ("root", "targets", "snapshot", "timestamp")
PASSPHRASE_MIN: Final = 12


class KeyUnusable(Exception):
    """A key file cannot be used; the message says which and why, never what is in it."""


def make_key(path: Path, passphrase: bytes | None) -> CryptoSigner:
    """A new Ed25519 key in a file that only its owner reads.

    Raises :class:`KeyUnusable` when the file is there or the passphrase is short.
    """
    if passphrase is not None and len(passphrase) < PASSPHRASE_MIN:
        raise KeyUnusable(f"{path.name}: a passphrase has {PASSPHRASE_MIN} characters or more")
    key = Ed25519PrivateKey.generate()
    encryption = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeyUnusable(f"{path.name} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return CryptoSigner(key)


def load_key(path: Path, passphrase: bytes | None) -> CryptoSigner:
    """The signer of a key file. Raises :class:`KeyUnusable`."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as error:
        raise KeyUnusable(f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not chained: the library's message may quote the file.
        raise KeyUnusable(f"{path.name}: no private key, or another passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path.name}: not an Ed25519 key")
    return CryptoSigner(key)
