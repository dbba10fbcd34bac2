"""The simulated state's cards in the hands of the driver: trust anchors, time of day, PINs."""

from __future__ import annotations

from datetime import UTC, datetime

from cardreader import (
    CardConnection,
    KeyPurpose,
    NationalIdCard,
    Protocol7816,
    TrustStore,
    open_card,
)
from cardreader.simulator import READER, TRUST, SimulatedReaders, persona

STORE = TrustStore.load(TRUST)


def clock() -> datetime:
    """The first of November 2026: the personas' cards are of this time."""
    return datetime(2026, 11, 1, 9, tzinfo=UTC)


def opened(readers: SimulatedReaders) -> NationalIdCard:
    """The card that is in the reader."""
    return open_card(readers.connect(READER), STORE, clock)


def any_card(connection: CardConnection) -> NationalIdCard:
    """Another maker's card too, which carries no identity data."""
    return open_card(connection, STORE, clock, identity_required=False)


def open_persona(
    persona_id: str, protocol: Protocol7816 = Protocol7816.T0, trust: TrustStore = STORE
) -> NationalIdCard:
    readers = SimulatedReaders(protocol=protocol)
    readers.insert(persona_id)
    return open_card(readers.connect(READER), trust, clock)


def pin_of(persona_id: str) -> bytearray:
    pin = persona(persona_id).pin
    assert pin is not None
    return bytearray(pin.encode())


def whole_visit(connection: CardConnection, pin: bytearray) -> None:
    card = open_card(connection, STORE, clock)
    card.identity()
    card.photo()
    card.verify_pin(pin)
    card.sign(KeyPurpose.SIGNATURE, b"message", pin_of("citizen-active"))
