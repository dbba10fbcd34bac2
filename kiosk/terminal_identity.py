"""Who this terminal is to the central API: its device key, its secret and its enrolment.

The device key signs the outbox's chain and the receipts. It is made here, once, and its private
half never leaves the state directory.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from kiosk.central.client import CentralClient
from offline_queue.wire import Enrolment, EnrolmentRequest

_KEY_FILE = "device-key.pem"
_SECRET_FILE = "device-secret"  # noqa: S105 -- the name of the file, not what is in it
_ENROLMENT_FILE = "enrolment.json"
_PRIVATE = 0o600


class IdentityError(Exception):
    """The terminal's key, secret or enrolment cannot be read or written; names the file."""


@dataclass(frozen=True, slots=True)
class TerminalIdentity:
    """A terminal's own key material and, once it is enrolled, what it knows of the central API."""

    directory: Path
    device_key: ec.EllipticCurvePrivateKey = field(repr=False)
    secret: bytes = field(repr=False)
    enrolment: Enrolment | None = None


def load_identity(directory: Path) -> TerminalIdentity:
    """Read the identity, making key and secret at the very first start.

    Raises :class:`IdentityError`.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _load_or_make(directory / _KEY_FILE, _new_key)
        secret = _load_or_make(directory / _SECRET_FILE, lambda: secrets.token_bytes(32))
    except OSError as error:
        raise IdentityError(f"{error.filename}: {error.strerror}") from error
    try:
        device_key = serialization.load_pem_private_key(key, password=None)
    except ValueError as error:
        raise IdentityError(f"{directory / _KEY_FILE}: is not a private key") from error
    if not isinstance(device_key, ec.EllipticCurvePrivateKey):
        raise IdentityError(f"{directory / _KEY_FILE}: is not a P-256 key")
    return TerminalIdentity(directory, device_key, secret, _load_enrolment(directory))


def enrol(
    identity: TerminalIdentity, kiosk: str, code: str, central: CentralClient
) -> TerminalIdentity:
    """Introduce the device key to the central API and keep its answer.

    Raises :class:`kiosk.central.client.CentralError` or :class:`IdentityError`.
    """
    public = identity.device_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        request = EnrolmentRequest(code=code, device_public_key=public.decode())
    except ValidationError:
        # Without the error, which quotes the code.
        raise IdentityError("this is not an enrolment code: it has another length") from None
    answer = central.enrol(kiosk, request)
    path = identity.directory / _ENROLMENT_FILE
    try:
        _write(path, answer.model_dump_json(indent=1).encode())
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    return TerminalIdentity(identity.directory, identity.device_key, identity.secret, answer)


def _load_enrolment(directory: Path) -> Enrolment | None:
    path = directory / _ENROLMENT_FILE
    if not path.exists():
        return None
    try:
        return Enrolment.model_validate_json(path.read_bytes())
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        raise IdentityError(f"{path}: is not an enrolment; enrol the terminal again") from error


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _load_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        _write(path, make())
    return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    """Replace a file so that a power cut leaves the old or the new one, readable by us alone."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
