"""Card management keys (9B): derived from a master key, or registered one by one and kept sealed.

They never leave the central API. The state's own cards have keys that follow from the master key
and the card's serial number; a card of another maker has the key it was registered with, sealed
for the API's own key so that a copy of the database opens no card.
"""

from __future__ import annotations

import enum
import hmac
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from backend_stub.ground.keys import KeysUnavailable, ServerKeys, read_secret_file
from backend_stub.issuing.tables import Card
from offline_queue.sealing import SealBroken, open_sealed, seal

_LABEL: Final = b"manfadh piv 9B"
_DERIVED_BYTES: Final = 32
_GUID: Final = re.compile(r"[0-9A-F]{32}")


Identifier = Literal[3, 8, 10, 12]


class KeyType(enum.Enum):
    """Kinds of management key: name, algorithm identifier (SP 800-78-5, table 7), bytes, block."""

    TRIPLE_DES = "3des", 0x03, 24, 8
    AES_128 = "aes128", 0x08, 16, 16
    AES_192 = "aes192", 0x0A, 24, 16
    AES_256 = "aes256", 0x0C, 32, 16

    def __init__(
        self, label: str, identifier: Literal[3, 8, 10, 12], length: int, block: int
    ) -> None:
        self.label = label
        self.identifier: Identifier = identifier
        self.length = length
        """Length of a key in bytes."""
        self.block = block
        """Length of a block, and so of witness, challenge and response, in bytes."""

    @classmethod
    def of(cls, identifier: int) -> KeyType:
        """The kind with this algorithm identifier."""
        return next(kind for kind in cls if kind.identifier == identifier)


class ManagementKeyUnknown(Exception):
    """The management key of a card is not here: no master key, or sealed for a lost key."""


class _MasterFile(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    algorithm: Literal["AES-256"]
    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


@dataclass(frozen=True, slots=True)
class ManagementKey:
    """One card's management key, for one block at a time."""

    kind: KeyType
    value: bytes = field(repr=False)

    def decrypt(self, block: bytes) -> bytes:
        """``D(K, block)``. Raises ``ValueError`` for anything but one block."""
        self._require_block(block)
        decryptor = self._cipher().decryptor()
        return decryptor.update(block) + decryptor.finalize()

    def answers(self, challenge: bytes, response: bytes) -> bool:
        """Whether ``response`` is ``E(K, challenge)``; takes the same time either way."""
        self._require_block(challenge)
        encryptor = self._cipher().encryptor()
        expected = encryptor.update(challenge) + encryptor.finalize()
        return hmac.compare_digest(expected, response)

    @property
    def is_well_known(self) -> bool:
        """Whether it is one with which makers deliver cards, so that anybody can write to it."""
        return is_well_known(self.value)

    def _require_block(self, block: bytes) -> None:
        if len(block) != self.kind.block:
            raise ValueError("not one block")

    def _cipher(self) -> Cipher[modes.ECB]:
        algorithm: BlockCipherAlgorithm = (
            TripleDES(self.value) if self.kind is KeyType.TRIPLE_DES else AES(self.value)
        )
        # The protocol is the bare block cipher on one random block (SP 800-73-5 part 1, B.1).
        return Cipher(algorithm, modes.ECB())  # noqa: S305


@dataclass(frozen=True, slots=True)
class ManagementKeys:
    """Finds the management key of any registered card."""

    _server: ServerKeys = field(repr=False)
    _master: bytes | None = field(repr=False)

    def of(self, card: Card) -> ManagementKey:
        """The key of one card. Raises :class:`ManagementKeyUnknown`."""
        kind = KeyType.of(card.management_algorithm)
        if card.management_key is None:
            if self._master is None:
                raise ManagementKeyUnknown
            return ManagementKey(kind, derive(self._master, card.serial))
        return self.sealed(card, card.management_key, card.management_key_id or "")

    def sealed(self, card: Card, sealed: bytes, key_id: str) -> ManagementKey:
        """A key of this card that is kept sealed. Raises :class:`ManagementKeyUnknown`."""
        kind = KeyType.of(card.management_algorithm)
        return ManagementKey(kind, self.open(sealed, key_id, _place(card.serial, kind)))

    def open(self, sealed: bytes, key_id: str, place: bytes) -> bytes:
        """What was sealed for ``place``. Raises :class:`ManagementKeyUnknown`."""
        private = self._server.sealing_private_key(key_id)
        if private is None:
            raise ManagementKeyUnknown
        try:
            return open_sealed(private, sealed, place)
        except SealBroken as error:
            raise ManagementKeyUnknown from error


def load_management_keys(server: ServerKeys, master_file: Path | None) -> ManagementKeys:
    """With the master key of a file, or without one. Raises :class:`KeysUnavailable`.

    The file is ``{"algorithm": "AES-256", "key": 64 hexadecimal digits}``.
    """
    if master_file is None:
        return ManagementKeys(server, None)
    try:
        parsed = _MasterFile.model_validate_json(read_secret_file(master_file))
    except ValidationError:
        # Not chained: the parser's message may quote the file.
        raise KeysUnavailable(f"The file {master_file} holds no card master key.") from None
    return ManagementKeys(server, bytes.fromhex(parsed.key))


def derive(master: bytes, serial: str) -> bytes:
    """A national card's AES-256 management key: KDF in counter mode with AES-CMAC.

    NIST SP 800-108r1, 4.1: label ``manfadh piv 9B``, context the card's GUID, 16 bytes. Raises
    ``ValueError`` for a serial that is no GUID.
    """
    if not is_guid(serial):
        raise ValueError("only a card with a GUID has a derived key")
    bits = (_DERIVED_BYTES * 8).to_bytes(2, "big")
    derived = b""
    for counter in (1, 2):
        mac = CMAC(AES(master))
        mac.update(bytes((counter,)) + _LABEL + b"\x00" + bytes.fromhex(serial) + bits)
        derived += mac.finalize()
    return derived


def is_guid(serial: str) -> bool:
    """Whether a card's serial is the GUID of its CHUID, and not the chip's own number."""
    return _GUID.fullmatch(serial) is not None


def is_well_known(key: bytes) -> bool:
    """Whether makers deliver cards with this management key.

    01 to 08 again and again is that of general PIV cards (docs.yubico.com, PivApplet, CanoKey,
    Nitrokey), 40 to 4F that of GlobalPlatform cards; one byte again and again is no key at all.
    """
    length = len(key)
    makers = (bytes(range(1, 9)), bytes(range(0x40, 0x50)), key[:1])
    return any((pattern * length)[:length] == key for pattern in makers)


def seal_key(server: ServerKeys, serial: str, kind: KeyType, key: bytes) -> tuple[bytes, str]:
    """A key for the database: sealed for its card, and which of the API's keys opens it.

    Raises ``ValueError`` when it has not the length of its kind.
    """
    if len(key) != kind.length:
        raise ValueError(f"a management key of kind {kind.label} has {kind.length} bytes")
    sealed = seal(server.sealing_public_key, key, _place(serial, kind))
    return sealed, server.sealing_key_id


def _place(serial: str, kind: KeyType) -> bytes:
    return f"card management key|{serial}|{kind.label}".encode("ascii")
