"""Who this terminal is to the central API: its device key, its secret and its enrolment.

The device key signs the outbox's chain, the receipts and the requests to the central API. It is
made here, and its private half never leaves the state directory. A key that was revoked or frozen
is replaced by a new one: the new key waits beside the old until the central API has taken it, and
whatever moment the power fails, key and enrolment that are read belong together.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.central.client import CentralClient
from offline_queue.chain import sign_enrolment
from offline_queue.wire import Enrolment, EnrolmentRequest
from offline_queue.wire_model import MessageError

_KEY_FILE = "device-key.pem"
_SECRET_FILE = "device-secret"  # noqa: S105 -- the name of the file, not what is in it
_ENROLMENT_FILE = "enrolment.json"
_NEXT_KEY_FILE = "device-key.next.pem"
"""A new key that the central API may not have taken yet."""
_NEXT_ENROLMENT_FILE = "enrolment.next.json"
"""What it answered to the new key; once this is written, the new key counts."""
_FORMER_FILE = "former-device-keys.json"
"""Public keys by epoch."""
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
    former_keys: Mapping[int, ec.EllipticCurvePublicKey] = field(default_factory=dict)
    """Public keys of earlier epochs, with which what was kept then is verified."""


def load_identity(directory: Path) -> TerminalIdentity:
    """Read the identity, making key and secret at the very first start.

    Raises :class:`IdentityError`.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _finish_new_key(directory)
        key = _load_or_make(directory / _KEY_FILE, _new_key)
        secret = _load_or_make(directory / _SECRET_FILE, lambda: secrets.token_bytes(32))
    except OSError as error:
        raise IdentityError(f"{error.filename}: {error.strerror}") from error
    device_key = _parse_key(key, directory / _KEY_FILE)
    enrolment, former = _load_enrolment(directory), _load_former(directory / _FORMER_FILE)
    return TerminalIdentity(directory, device_key, secret, enrolment, former)


def enrol(
    identity: TerminalIdentity, kiosk: str, code: str, central: CentralClient
) -> TerminalIdentity:
    """Introduce the device key to the central API and keep its answer.

    Raises :class:`kiosk.central.client.CentralError` or :class:`IdentityError`.
    """
    answer = _introduce(identity.device_key, None, kiosk, code, central)
    path = identity.directory / _ENROLMENT_FILE
    try:
        _write(path, msgspec.json.format(answer.json(), indent=1))
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    return replace(identity, enrolment=answer)


def enrol_new_key(
    identity: TerminalIdentity, kiosk: str, code: str, central: CentralClient
) -> TerminalIdentity:
    """Make a new device key, introduce it, and put it in the place of the old one.

    The outbox is not touched: what waits in it goes under the new key (a new epoch). When this is
    interrupted anywhere, doing it again goes on with the same new key; until the central API has
    answered, the old one stays. Raises as :func:`enrol`.
    """
    directory = identity.directory
    try:
        key = _load_or_make(directory / _NEXT_KEY_FILE, _new_key)
    except OSError as error:
        raise IdentityError(f"{error.filename}: {error.strerror}") from error
    # Should it have been revoked, its word does not count, and the code must do without.
    former_key = None if identity.enrolment is None else identity.device_key
    new = _parse_key(key, directory / _NEXT_KEY_FILE)
    answer = _introduce(new, former_key, kiosk, code, central)
    path = directory / _NEXT_ENROLMENT_FILE
    try:
        if identity.enrolment is not None:
            former = {
                **identity.former_keys,
                identity.enrolment.epoch: identity.device_key.public_key(),
            }
            pems = {epoch: _pem(key) for epoch, key in former.items()}
            _write(directory / _FORMER_FILE, json.dumps(pems, indent=1).encode())
        _write(path, msgspec.json.format(answer.json(), indent=1))
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    return load_identity(directory)


def _introduce(
    device_key: ec.EllipticCurvePrivateKey,
    former_key: ec.EllipticCurvePrivateKey | None,
    kiosk: str,
    code: str,
    central: CentralClient,
) -> Enrolment:
    signed = sign_enrolment(kiosk, code, device_key, former_key)
    try:
        request = EnrolmentRequest.parse(signed.plain())
    except MessageError:
        raise IdentityError("this is not an enrolment code: it has another length") from None
    return central.enrol(kiosk, request)


def _finish_new_key(directory: Path) -> None:
    """The new key was taken: it and its enrolment replace the old ones, in this order.

    As long as the new enrolment stands beside, this is not finished and is done again.
    """
    enrolment = directory / _NEXT_ENROLMENT_FILE
    if not enrolment.exists():
        return
    key = directory / _NEXT_KEY_FILE
    if key.exists():
        key.replace(directory / _KEY_FILE)
        _sync(directory)
    enrolment.replace(directory / _ENROLMENT_FILE)
    _sync(directory)


def _parse_key(pem: bytes, path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise IdentityError(f"{path}: is not a private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError(f"{path}: is not a P-256 key")
    return key


def _load_enrolment(directory: Path) -> Enrolment | None:
    path = directory / _ENROLMENT_FILE
    if not path.exists():
        return None
    try:
        return Enrolment.parse_json(path.read_bytes())
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    except MessageError as error:
        raise IdentityError(f"{path}: is not an enrolment; enrol the terminal again") from error


def _load_former(path: Path) -> dict[int, ec.EllipticCurvePublicKey]:
    if not path.exists():
        return {}
    try:
        pems = msgspec.json.decode(path.read_bytes(), type=dict[int, str])
        keys = {
            epoch: serialization.load_pem_public_key(pem.encode()) for epoch, pem in pems.items()
        }
    except OSError as error:
        raise IdentityError(f"{path}: {error.strerror}") from error
    # What msgspec raises is a ValueError too.
    except ValueError as error:
        raise IdentityError(f"{path}: is not a list of public keys") from error
    return {e: key for e, key in keys.items() if isinstance(key, ec.EllipticCurvePublicKey)}


def _pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


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
    _sync(path.parent)


def _sync(directory: Path) -> None:
    folder = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
