"""The central API's own keys: X25519 to open envelopes, Ed25519 to countersign heads.

They live in one JSON file that only its owner may read, made at the first start. Losing it makes
the envelopes on the terminals unreadable for ever, so it belongs into the backup, apart from the
database. Several sealing keys may be listed: the last one is handed to terminals, all of them open.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline_queue.chain import b64url, b64url_decode
from offline_queue.sealing import key_id

_KEY_LENGTH = 32
_FOR_SIMULATION = ".simulation-key."


class KeysUnavailable(Exception):
    """The key file cannot be used; the message is one sentence for the person at the console."""


class _KeyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    sealing: Annotated[list[str], Field(min_length=1)]
    head: str


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """Private keys of the central API."""

    head: Ed25519PrivateKey = field(repr=False)
    sealing_key_id: str
    """The sealing key that terminals get at enrolment."""
    sealing_public_key: bytes
    _sealing: dict[str, X25519PrivateKey] = field(repr=False)

    def sealing_private_key(self, identifier: str) -> X25519PrivateKey | None:
        """The X25519 key with this id, current or former; ``None`` when it is not here."""
        return self._sealing.get(identifier)

    @property
    def head_public_key(self) -> bytes:
        """Raw Ed25519 public key, 32 bytes."""
        return self.head.public_key().public_bytes_raw()

    @property
    def head_key_id(self) -> str:
        """Which key the heads are countersigned with."""
        return key_id(self.head_public_key)

    def short_lived_secret(self, purpose: str) -> bytes:
        """32 secret bytes for one purpose (HKDF, RFC 5869), for what need not outlive a key."""
        derivation = HKDF(SHA256(), _KEY_LENGTH, salt=None, info=f"manfadh {purpose}".encode())
        return derivation.derive(self.head.private_bytes_raw())


def read_secret_file(path: Path) -> bytes:
    """A file with a key in it, which nobody else may read. Raises :class:`KeysUnavailable`.

    Keys of a simulation are no secret; they have ``.simulation-key.`` in their names.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise KeysUnavailable(f"The key file {path} cannot be used: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and _FOR_SIMULATION not in path.name:
        raise KeysUnavailable(
            f"The key file {path} is open to other users; make it private with chmod 600."
        )
    return content


def load_or_create(path: Path) -> ServerKeys:
    """Read the key file, making it when there is none. Raises :class:`KeysUnavailable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
    except OSError as error:
        raise KeysUnavailable(f"The key file {path} cannot be used: {error.strerror}.") from error
    content = read_secret_file(path)
    try:
        parsed = _KeyFile.model_validate_json(content)
        sealing = [X25519PrivateKey.from_private_bytes(_raw(text)) for text in parsed.sealing]
        head = Ed25519PrivateKey.from_private_bytes(_raw(parsed.head))
    except (ValidationError, ValueError):
        # Not chained: the parser's message may quote the file.
        raise KeysUnavailable(f"The key file {path} is damaged; restore it from backup.") from None
    by_id = {key_id(key.public_key().public_bytes_raw()): key for key in sealing}
    current = sealing[-1].public_key().public_bytes_raw()
    return ServerKeys(head, key_id(current), current, by_id)


def _create(path: Path) -> None:
    content = {
        "sealing": [b64url(X25519PrivateKey.generate().private_bytes_raw())],
        "head": b64url(Ed25519PrivateKey.generate().private_bytes_raw()),
    }
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        # link, not rename: of two servers that start together, one makes the keys, both use them.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _raw(text: str) -> bytes:
    raw = b64url_decode(text)
    if len(raw) != _KEY_LENGTH:
        raise ValueError("a key has 32 bytes")
    return raw
