"""Activation interrupted anywhere, begun again, and what a card has lost meanwhile."""

from __future__ import annotations

import pytest

from cardreader.activation import activate
from cardreader.apdu import Protocol7816
from cardreader.authority import AuthorityUnavailable, CertificateConflict
from cardreader.errors import CardRemoved, PinWrong
from cardreader.national_id import open_card
from cardreader.pki import KeyPurpose
from cardreader.simulator import READER, SimulatedReaders
from cardreader.simulator.state import padded
from tests.cardreader.activating import COMPLETION, NEW, PIN, Interrupted, authority
from tests.cardreader.disturbed import Cut
from tests.cardreader.opening import STORE, any_card, clock, opened
from tests.cardreader.vendor_cards import (
    insert_vendor_card,
    inserted,
    vendor_authority,
    vendor_memory,
)


@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_between_any_two_commands_is_made_good(after: bool) -> None:
    """The card is put back after every cut; in the end one certificate for each key, one PIN."""
    at, cuts = 1, 0
    while True:
        readers, office = SimulatedReaders(protocol=Protocol7816.T0), authority()
        readers.insert(NEW.id)
        connection = Cut(readers, at, after=after)
        try:
            activate(open_card(connection, STORE, clock), office, bytearray(PIN))
        except CardRemoved:
            cuts += 1
            readers.insert(NEW.id)
            activate(opened(readers), office, bytearray(PIN))
        else:
            break
        assert office.issued == 2
        readers.insert(NEW.id)
        card = opened(readers)
        for purpose in KeyPurpose:
            card.sign(purpose, b"message", bytearray(PIN))
        at += 1
    assert cuts > 30


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_lost_network_at_any_call_is_made_good(at: int, done: bool) -> None:
    readers, office = SimulatedReaders(), authority()
    readers.insert(NEW.id)
    card, pin = opened(readers), bytearray(PIN)
    with pytest.raises(AuthorityUnavailable):
        activate(card, Interrupted(office, at, done=done), pin)
    assert pin == bytearray(6)
    activate(card, office, bytearray(PIN))
    assert office.issued == 2
    card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))


def test_another_pin_in_the_second_attempt_is_a_wrong_pin() -> None:
    readers, office = SimulatedReaders(), authority()
    readers.insert(NEW.id)
    card = opened(readers)
    with pytest.raises(AuthorityUnavailable):
        activate(card, Interrupted(office, 4, done=False), bytearray(PIN))
    with pytest.raises(PinWrong) as wrong:
        activate(card, office, bytearray(b"907152"))
    assert wrong.value.tries_left == 2
    activate(card, office, bytearray(PIN))
    assert card.pin_info().blocked is False


def test_a_key_that_somebody_else_made_later() -> None:
    """The certificate stands on the card and the key is another: found by the test signature."""
    memory = vendor_memory()
    office = vendor_authority()
    connection = inserted(memory)
    with pytest.raises(AuthorityUnavailable):
        activate(any_card(connection), Interrupted(office, COMPLETION, done=False), bytearray(PIN))
    memory.keys[0x9C] = memory.keys[0x9A]
    with pytest.raises(CertificateConflict):
        activate(any_card(inserted(memory)), office, bytearray(PIN))


def test_a_key_that_the_chip_has_lost() -> None:
    memory, office = vendor_memory(), vendor_authority()
    with pytest.raises(AuthorityUnavailable):
        activate(
            any_card(inserted(memory)), Interrupted(office, COMPLETION, done=False), bytearray(PIN)
        )
    del memory.keys[0x9C]
    pin = bytearray(PIN)
    with pytest.raises(CertificateConflict, match="lost the certificate's key"):
        activate(any_card(inserted(memory)), office, pin)
    assert pin == bytearray(6)
    assert office.issued == 2


@pytest.mark.parametrize("empty", [False, True])
def test_a_certificate_that_the_chip_has_lost(empty: bool) -> None:
    """The authority's record says "complete", and the card has nothing to show for it."""
    memory, office = vendor_memory(), vendor_authority()
    activate(any_card(inserted(memory)), office, bytearray(PIN))
    [written] = [tag for tag in memory.objects if tag == 0x5FC10A]
    if empty:
        memory.objects[written] = b""
    else:
        del memory.objects[written]
    with pytest.raises(CertificateConflict, match="lost the certificate"):
        activate(any_card(inserted(memory)), office, bytearray(PIN))
    assert office.issued == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("metadata", [False, True])
def test_a_power_cut_in_a_card_of_another_maker(after: bool, metadata: bool) -> None:
    at = 1
    while True:
        memory, office, readers = vendor_memory(), vendor_authority(), SimulatedReaders()
        insert_vendor_card(readers, memory, metadata=metadata)
        try:
            activate(any_card(Cut(readers, at, after=after)), office, bytearray(PIN))
        except CardRemoved:
            insert_vendor_card(readers, memory, metadata=metadata)
            activate(any_card(readers.connect(READER)), office, bytearray(PIN))
        else:
            break
        assert office.issued == 2
        assert memory.pin == padded(PIN.decode())
        at += 1
    assert at > 40
