"""Every operation on a card, on four kinds of card and other makers': for the fuzzer and the fault
matrix.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

from cardreader import (
    CardConnection,
    KeyPurpose,
    ManagementAlgorithm,
    Protocol7816,
    activate,
    card_state,
)
from cardreader.simulator import KeyType, Profile, SimulatedCard, issue, persona
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.card import InsertableCard
from cardreader.simulator.fingerprints import seen, template
from cardreader.simulator.makers import BY_NAME, Maker
from cardreader.simulator.makers_card import ISSUERS_KEY, MakersCard, delivered, delivered_key
from cardreader.simulator.piv import PivApplication
from cardreader.simulator.state import CardMemory, padded, personalised
from tests.cardreader.opening import any_card

PIN, NEW_PIN, PUK = b"246813", b"482913", b"83612479"
VENDOR_SERIAL = "00000000000040008000000000000001"


@dataclass(frozen=True)
class Kind:
    """One kind of card. ``national``: it carries identity data."""

    name: str
    make: Callable[[CardMemory, str], InsertableCard]
    """From its memory, for an operation: it decides whose identity data the card carries."""
    blank: Callable[[], CardMemory]
    active: Callable[[], CardMemory]
    national: bool = True
    activates: bool = True
    serial: str = VENDOR_SERIAL
    algorithm: ManagementAlgorithm = ManagementAlgorithm.TRIPLE_DES
    key: bytes = ISSUERS_KEY
    """What the office knows of a card without identity data."""


@functools.cache
def _personalised(persona_id: str) -> CardMemory:
    return personalised(persona(persona_id))


def _copy(persona_id: str) -> CardMemory:
    """A card's memory without reading its keys from files once more."""
    memory = _personalised(persona_id)
    return replace(memory, keys=dict(memory.keys), objects=dict(memory.objects))


def _national(protocol: Protocol7816, profile: Profile) -> Kind:
    def make(memory: CardMemory, operation: str) -> SimulatedCard:
        persona_id = "citizen-new" if operation == "activate" else "citizen-active"
        return issue(persona_id, protocol=protocol, state=memory, profile=profile)

    return Kind(
        f"{profile.value} {protocol.name}",
        make,
        blank=lambda: _copy("citizen-new"),
        active=lambda: _copy("citizen-active"),
        activates=profile is Profile.PIV,
    )


def _vendor_memory() -> CardMemory:
    memory = CardMemory(
        padded("123456"), 3, b"12345678", 3, ManagementAlgorithm.TRIPLE_DES, ISSUERS_KEY
    )
    # A bare CHUID: nothing but the number.
    memory.objects[0x5FC102] = b"\x34\x10" + bytes.fromhex(VENDOR_SERIAL)
    return memory


def _vendor_active() -> CardMemory:
    memory = _copy("citizen-active")
    memory.objects[0x5FC102] = b"\x34\x10" + bytes.fromhex(VENDOR_SERIAL)
    return memory


def _vendor_card(memory: CardMemory, _operation: str) -> SimulatedCard:
    return SimulatedCard(
        [PivApplication(memory)], bytes.fromhex("3B80018081"), protocol=Protocol7816.T1
    )


KINDS = (
    _national(Protocol7816.T0, Profile.PIV),
    _national(Protocol7816.T1, Profile.PIV),
    _national(Protocol7816.T0, Profile.IAS_CLASSIC),
    Kind("vendor T1", _vendor_card, _vendor_memory, _vendor_active, national=False),
)


def _makers(name: str, maker: Maker) -> Kind:
    def active() -> CardMemory:
        memory, used = delivered(maker), _copy("citizen-active")
        memory.pin, memory.puk, memory.keys = used.pin, used.puk, used.keys
        certificates = (0x5FC105, 0x5FC10A)
        memory.objects.update({tag: used.objects[tag] for tag in certificates})
        return memory

    guid = b"" if maker.habits.chuid is None else maker.habits.chuid[29:45]
    return Kind(
        f"{name} T1",
        lambda memory, _operation: MakersCard(maker, memory),
        lambda: delivered(maker),
        active,
        national=False,
        serial=(guid or maker.habits.serial or b"").hex().upper(),
        algorithm=ManagementAlgorithm(maker.habits.management_algorithm),
        key=delivered_key(maker),
    )


MAKERS = tuple(_makers(name, maker) for name, maker in BY_NAME.items())
"""PIV cards of other makers."""


def office(kind: Kind) -> SimulatedAuthority:
    """An authority that knows the blank card of this kind. P-256: it is made in a moment."""
    authority = SimulatedAuthority()
    holder = persona("citizen-new")
    if kind.national:
        authority.register(holder)
    else:
        holder = replace(holder, authentication_key=KeyType.P_256, signature_key=KeyType.P_256)
        authority.register(holder, kind.serial, kind.algorithm, kind.key)
    return authority


Secrets = list[bytearray]
Operation = Callable[[CardConnection, SimulatedAuthority, Secrets], object]


def _secret(value: bytes, secrets: Secrets) -> bytearray:
    """A buffer that has to be empty in the end."""
    buffer = bytearray(value)
    secrets.append(buffer)
    return buffer


def _identity(connection: CardConnection, _office: SimulatedAuthority, _s: Secrets) -> object:
    card = any_card(connection)
    return card.identity() if card.has_identity else None


def _photo(connection: CardConnection, _office: SimulatedAuthority, _s: Secrets) -> object:
    card = any_card(connection)
    return card.photo() if card.has_identity else None


def _certificates(connection: CardConnection, _office: SimulatedAuthority, _s: Secrets) -> object:
    card = any_card(connection)
    return [card.certificate(purpose) for purpose in KeyPurpose]


def _verify(connection: CardConnection, _office: SimulatedAuthority, secrets: Secrets) -> object:
    any_card(connection).verify_pin(_secret(PIN, secrets))
    return None


def _change(connection: CardConnection, _office: SimulatedAuthority, secrets: Secrets) -> object:
    card = any_card(connection)
    card.change_pin(_secret(PIN, secrets), _secret(NEW_PIN, secrets))
    return None


def _unblock(connection: CardConnection, _office: SimulatedAuthority, secrets: Secrets) -> object:
    card = any_card(connection)
    card.unblock_pin(_secret(PUK, secrets), _secret(NEW_PIN, secrets))
    return None


def _unblock_by_finger(
    connection: CardConnection, _office: SimulatedAuthority, secrets: Secrets
) -> object:
    card = any_card(connection)
    info = card.finger_info()
    finger = seen(template(persona("citizen-active")))
    secrets.append(finger)
    card.verify_finger(finger)
    card.unblock_pin_by_finger(_secret(NEW_PIN, secrets))
    return info


def _sign(connection: CardConnection, _office: SimulatedAuthority, secrets: Secrets) -> object:
    return any_card(connection).sign(KeyPurpose.SIGNATURE, b"message", _secret(PIN, secrets))


def _activate(connection: CardConnection, office: SimulatedAuthority, secrets: Secrets) -> object:
    return activate(any_card(connection), office, _secret(NEW_PIN, secrets))


OPERATIONS: dict[str, Operation] = {
    "open": lambda connection, _office, _s: any_card(connection),
    "identity": _identity,
    "photo": _photo,
    "certificates": _certificates,
    "pin_info": lambda connection, _office, _s: any_card(connection).pin_info(),
    "card_state": lambda connection, _office, _s: card_state(any_card(connection)),
    "verify": _verify,
    "change": _change,
    "unblock": _unblock,
    "finger": _unblock_by_finger,
    "sign": _sign,
    "activate": _activate,
}


def memory_for(operation: str, kind: Kind) -> CardMemory:
    """Activation begins with a blank card, all else with an active one."""
    return kind.blank() if operation == "activate" else kind.active()
