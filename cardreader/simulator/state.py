"""What a card remembers without power: PINs, counters, keys, data objects.

With a path the memory is written to a file after every change, replaced atomically, so that a card
can be taken out, put back, and be the same card. The file is a simulated chip and holds its
secrets; it is readable by its owner only.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cardreader.simulator.fingerprints import template
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    SIGNATURE,
    CardKey,
    load_key,
    management_key,
)
from cardreader.simulator.personas import Chip, Persona
from cardreader.simulator.piv_objects import piv_objects

TRIES = 3
"""Tries of PIN, PUK and finger after a success."""

AES_256 = 0x0C
TRIPLE_DES = 0x03
"""Algorithm identifiers of the management key (SP 800-78-5, table 7)."""

_FORMAT = 1


class CardStateUnreadable(Exception):
    """The state file is damaged, of another version, or belongs to another card."""


@dataclass(slots=True, repr=False)
class CardMemory:
    """The PKI application's non-volatile memory. ``save`` is called after every change."""

    pin: bytes | None
    """Six digits padded with FF to eight, or ``None`` before activation."""
    pin_tries: int
    puk: bytes
    puk_tries: int
    management_algorithm: int
    management_key: bytes
    keys: dict[int, CardKey] = field(default_factory=dict)
    """Private keys by key reference."""
    objects: dict[int, bytes] = field(default_factory=dict)
    """Data objects by tag, without the outer tag 53."""
    pin_chosen: bool = True
    """Whether the cardholder has set the PIN; a card can leave the office with a transport PIN."""
    finger: bytes | None = None
    """The minutiae of its holder's finger, or ``None`` on a card that compares none."""
    finger_tries: int = TRIES
    save: Callable[[], None] = lambda: None


def padded(pin: str) -> bytes:
    """A PIN or PUK as the card compares it: ASCII, filled with FF to eight (SP 800-73-5, 2.4.3)."""
    return pin.encode("ascii").ljust(8, b"\xff")


def personalised(holder: Persona) -> CardMemory:
    """The memory of the card as it left the issuing office."""
    keys: dict[int, CardKey] = {}
    if holder.activated and holder.chip is Chip.NATIONAL:
        keys = {slot: load_key(f"{holder.id}-{slot:02x}") for slot in (AUTHENTICATION, SIGNATURE)}
    return CardMemory(
        pin=None if holder.pin is None else padded(holder.pin),
        pin_tries=holder.tries_left,
        puk=padded(holder.puk),
        puk_tries=holder.puk_tries_left,
        management_algorithm=AES_256,
        management_key=management_key(holder.card_serial),
        keys=keys,
        objects=piv_objects(holder, keys),
        pin_chosen=not holder.pin_from_letter,
        finger=template(holder) if holder.finger else None,
    )


def remembered(holder: Persona, path: Path) -> CardMemory:
    """The memory from the file at ``path``, or as issued when there is no file yet.

    From then on every change is written there. Raises :class:`CardStateUnreadable`.
    """
    try:
        memory = _parse(path.read_bytes(), holder)
    except FileNotFoundError:
        memory = personalised(holder)
    memory.save = lambda: _replace(path, _format(memory, holder))
    return memory


def _format(memory: CardMemory, holder: Persona) -> bytes:
    return json.dumps(
        {
            "format": _FORMAT,
            "persona": holder.id,
            "serial": holder.card_serial,
            "pin": None if memory.pin is None else memory.pin.hex(),
            "pin_tries": memory.pin_tries,
            "pin_chosen": memory.pin_chosen,
            "finger": None if memory.finger is None else memory.finger.hex(),
            "finger_tries": memory.finger_tries,
            "puk": memory.puk.hex(),
            "puk_tries": memory.puk_tries,
            "management_algorithm": memory.management_algorithm,
            "management_key": memory.management_key.hex(),
            "keys": {f"{slot:02X}": _encode_key(key) for slot, key in memory.keys.items()},
            "objects": {
                f"{tag:06X}": base64.b64encode(value).decode("ascii")
                for tag, value in memory.objects.items()
            },
        },
        indent=1,
    ).encode()


def _parse(text: bytes, holder: Persona) -> CardMemory:
    try:
        table: dict[str, Any] = json.loads(text)
        if table["format"] != _FORMAT:
            raise CardStateUnreadable("the card state file is of another version")
        if table["serial"] != holder.card_serial:
            raise CardStateUnreadable("the card state file belongs to another card")
        return CardMemory(
            pin=None if table["pin"] is None else bytes.fromhex(table["pin"]),
            pin_tries=int(table["pin_tries"]),
            # Not in files of before there were transport PINs.
            pin_chosen=bool(table.get("pin_chosen", True)),
            finger=_parse_finger(table, holder),
            finger_tries=int(table.get("finger_tries", TRIES)),
            puk=bytes.fromhex(table["puk"]),
            puk_tries=int(table["puk_tries"]),
            management_algorithm=int(table["management_algorithm"]),
            management_key=bytes.fromhex(table["management_key"]),
            keys={int(slot, 16): _decode_key(key) for slot, key in table["keys"].items()},
            objects={
                int(tag, 16): base64.b64decode(value, validate=True)
                for tag, value in table["objects"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # The cause is left out: its message could quote the file, and the file holds a PIN.
        raise CardStateUnreadable("the card state file is damaged") from None


def _parse_finger(table: dict[str, Any], holder: Persona) -> bytes | None:
    """Files of before there were fingers have the one that the card was issued with."""
    if "finger" not in table:
        return template(holder) if holder.finger else None
    return None if table["finger"] is None else bytes.fromhex(table["finger"])


def _encode_key(key: CardKey) -> str:
    encoded = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return base64.b64encode(encoded).decode("ascii")


def _decode_key(encoded: str) -> CardKey:
    key = serialization.load_der_private_key(base64.b64decode(encoded, validate=True), None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("not a key that the card can hold")
    return key


def _replace(path: Path, content: bytes) -> None:
    """Write beside ``path``, then rename: a crash leaves either the old or the new state."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
