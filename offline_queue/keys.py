"""The terminal's own keys on disk: the device key and the secret of its pseudonyms."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

_SECRET_BYTES = 32


class KeysUnusable(Exception):
    """The terminal's keys cannot be read, or others than the owner can read them."""


@dataclass(frozen=True, slots=True)
class TerminalKeys:
    """What makes this terminal itself; losing it means enrolling anew."""

    device_key: ec.EllipticCurvePrivateKey = field(repr=False)
    """Signs each chain record, P-256."""
    secret: bytes = field(repr=False)
    """Keys the pseudonyms of cases and the fingerprints of payloads."""


def load_or_create_keys(folder: Path) -> TerminalKeys:
    """Read the terminal's keys from ``folder``, or make them on the first start.

    Files ``device-key.pem`` (PKCS #8) and ``pseudonym.key`` (32 raw bytes), readable by their
    owner only. Raises ``KeysUnusable``.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = _read_or_create(folder / "device-key.pem", _new_device_key)
        secret = _read_or_create(
            folder / "pseudonym.key", lambda: secrets.token_bytes(_SECRET_BYTES)
        )
        device_key = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeysUnusable(f"the keys in {folder.name} cannot be read") from error
    if not isinstance(device_key, ec.EllipticCurvePrivateKey) or not isinstance(
        device_key.curve, ec.SECP256R1
    ):
        raise KeysUnusable("the device key is not on P-256")
    if len(secret) != _SECRET_BYTES:
        raise KeysUnusable("the pseudonym key has the wrong length")
    return TerminalKeys(device_key, secret)


def _new_device_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        _write_private(path, make())
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeysUnusable(f"{path.name} is open to others than its owner")
    return path.read_bytes()


def _write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner only, and see it reach the disk."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
