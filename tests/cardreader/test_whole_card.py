"""The driver reads the simulated card: whom it names, with how few commands, how soon.

Driver and card share the seam and nothing else: what one writes by the standard, the other reads.
"""

from __future__ import annotations

import logging
import time

import pytest
import structlog

from cardreader import (
    CardRemoved,
    CardWorker,
    HolderKind,
    KeyPurpose,
    ObjectNotFound,
    PinWrong,
    Protocol7816,
    open_card,
)
from cardreader.simulator import CONTACT_LATENCY, READER, Profile, SimulatedReaders, persona
from tests.cardreader.opening import STORE, clock, open_persona, pin_of


@pytest.mark.parametrize("protocol", list(Protocol7816))
@pytest.mark.parametrize("persona_id", ["citizen-active", "resident-worker"])
def test_identity(persona_id: str, protocol: Protocol7816) -> None:
    holder = persona(persona_id)
    card = open_persona(persona_id, protocol)
    assert card.serial == holder.card_serial
    assert card.profile == "piv"
    identity = card.identity()
    assert identity.civil_number == holder.civil_number
    assert identity.name_ar == holder.name_ar
    assert identity.name_en == holder.name_en
    assert identity.birth_date == holder.born
    assert identity.expiry_date == holder.expires
    assert identity.sex == holder.sex
    assert identity.nationality == holder.nationality
    assert identity.document_number == holder.document_number
    assert identity.kind is HolderKind(holder.kind)
    assert identity.occupation_ar == holder.occupation_ar
    assert identity.occupation_en == holder.occupation_en
    assert card.photo() == holder.face


def test_everything_is_read_once() -> None:
    card = open_persona("citizen-active")
    card.identity()
    card.photo()
    before = card.exchanges
    card.identity()
    card.photo()
    assert card.exchanges == before


@pytest.mark.parametrize("profile", list(Profile))
def test_few_commands(profile: Profile) -> None:
    """A contact exchange takes 52 ms, and the name is to be on the screen within 1.5 s."""
    readers = SimulatedReaders(protocol=Protocol7816.T0, profile=profile)
    readers.insert("citizen-active")
    card = open_card(readers.connect(READER), STORE, clock)
    assert card.exchanges <= 6
    card.identity()
    assert card.exchanges * CONTACT_LATENCY <= 1.0
    before = card.exchanges
    portrait_blocks = -(-len(card.photo()) // 256)
    assert card.exchanges - before <= portrait_blocks + 2
    before = card.exchanges
    card.pin_info()
    card.verify_pin(pin_of("citizen-active"))
    assert card.exchanges - before <= 4


def test_the_name_is_there_long_before_a_second_and_a_half() -> None:
    """With the latency of a contact card, on the wall clock: what computing adds is included."""
    readers = SimulatedReaders(protocol=Protocol7816.T0, latency=CONTACT_LATENCY)
    readers.insert("citizen-active")
    began = time.monotonic()
    card = open_card(readers.connect(READER), STORE, clock)
    assert card.identity().name_ar == persona("citizen-active").name_ar
    assert time.monotonic() - began <= 1.5


def test_no_log_holds_a_pin_or_a_person(caplog: pytest.LogCaptureFixture) -> None:
    holder = persona("citizen-active")
    with structlog.testing.capture_logs() as logs, caplog.at_level(logging.DEBUG):
        card = open_persona("citizen-active")
        with pytest.raises(PinWrong):
            card.verify_pin(bytearray(b"135790"))
        card.sign(KeyPurpose.SIGNATURE, b"message", pin_of("citizen-active"))
        with pytest.raises(ObjectNotFound):
            open_persona("citizen-new").certificate(KeyPurpose.SIGNATURE)
    assert logs
    written = repr(logs) + caplog.text + repr(card) + repr(card.identity())
    for secret in ("135790", holder.pin, holder.civil_number, holder.name_ar, holder.surname_en):
        assert secret is not None
        assert secret not in written
        assert secret.encode().hex() not in written


def test_through_a_worker() -> None:
    readers = SimulatedReaders()
    readers.insert("citizen-active")
    worker = CardWorker(lambda: readers.connect(READER))
    card = worker.submit(lambda connection: open_card(connection, STORE, clock)).result(10)
    identity = worker.submit(lambda _: card.identity()).result(10)
    assert identity.civil_number == persona("citizen-active").civil_number
    readers.remove()
    assert isinstance(worker.submit(lambda _: card.pin_info()).exception(10), CardRemoved)
    worker.close()
