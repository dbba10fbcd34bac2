"""Activation of simulated national cards, and who is refused it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import pytest
import structlog
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from cardreader.activation import Activation, ActivationStep, activate, card_state
from cardreader.apdu import Protocol7816
from cardreader.authority import ActivationRefused, ManagerAnswer, RefusalReason
from cardreader.errors import CardNotGenuine, PukWrong
from cardreader.pin import MalformedPin
from cardreader.pki import KeyPurpose, PinInfo
from cardreader.simulator import KeyType, SimulatedReaders, issue, management_key
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.issuer import MANAGEMENT_MASTER
from cardreader.simulator.state import personalised
from tests.cardreader.activating import NEW, PIN, authority
from tests.cardreader.opening import opened


def test_management_key_as_documented() -> None:
    """The derivation of :class:`CardAuthority`'s docstring, written a second time."""
    file = resources.files("cardreader.simulator") / "data" / "keys" / MANAGEMENT_MASTER
    master = bytes.fromhex(json.loads(file.read_text())["key"])
    key = b""
    for counter in (b"\x01", b"\x02"):
        mac = CMAC(AES(master))
        mac.update(counter + b"manfadh piv 9B\x00" + bytes.fromhex(NEW.card_serial) + b"\x01\x00")
        key += mac.finalize()
    assert management_key(NEW.card_serial) == key


@pytest.mark.parametrize("protocol", [Protocol7816.T0, Protocol7816.T1])
def test_a_new_card_is_activated_and_signs(protocol: Protocol7816) -> None:
    readers = SimulatedReaders(protocol=protocol)
    readers.insert(NEW.id)
    card, office, steps = opened(readers), authority(), list[ActivationStep]()
    assert card_state(card).pin == PinInfo(None, blocked=False, transport=True)
    assert not card_state(card).certificates
    pin = bytearray(PIN)
    result = activate(card, office, pin, steps.append)
    assert pin == bytearray(6)
    assert steps == list(ActivationStep)
    assert not result.was_active
    assert set(result.certificates) == set(KeyPurpose)
    assert office.issued == 2
    assert card_state(card).is_complete
    readers.remove()
    readers.insert(NEW.id)
    card = opened(readers)
    for purpose in KeyPurpose:
        card.sign(purpose, b"message", bytearray(PIN))
    assert card.pin_info() == PinInfo(None, blocked=False)


def test_an_active_card_is_left_alone() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    office = authority()
    activate(opened(readers), office, bytearray(PIN))
    readers.insert(NEW.id)
    card = opened(readers)
    again = activate(card, office, bytearray(b"907152"))
    assert again.was_active
    assert office.issued == 2
    assert card.pin_info() == PinInfo(3, blocked=False)


@pytest.mark.parametrize("kind", list(KeyType))
def test_every_kind_of_key(kind: KeyType) -> None:
    readers = SimulatedReaders(protocol=Protocol7816.T0)
    readers.insert(NEW.id)
    office = SimulatedAuthority()
    office.register(replace(NEW, authentication_key=kind, signature_key=kind))
    activate(opened(readers), office, bytearray(PIN))


def test_a_card_that_does_not_know_its_management_key() -> None:
    readers, office = SimulatedReaders(), SimulatedAuthority()
    readers.insert(NEW.id)
    office.register(NEW, key=bytes(32))
    card = opened(readers)
    with pytest.raises(ActivationRefused) as refused:
        activate(card, office, bytearray(PIN))
    assert refused.value.reason is RefusalReason.CARD_NOT_AUTHENTIC
    assert card_state(card).pin.transport


def test_an_unknown_card() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with pytest.raises(ActivationRefused) as refused:
        activate(opened(readers), SimulatedAuthority(), bytearray(PIN))
    assert refused.value.reason is RefusalReason.UNKNOWN_CARD


@pytest.mark.parametrize("pin", [b"", b"12345", b"12345x"])
def test_what_is_no_pin_touches_nothing(pin: bytes) -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with pytest.raises(MalformedPin):
        activate(opened(readers), authority(), bytearray(pin))


def test_a_forged_card_gets_no_pin() -> None:
    readers = SimulatedReaders()
    readers.insert("forged")
    with pytest.raises(CardNotGenuine):
        activate(opened(readers), authority(), bytearray(PIN))


def test_no_log_holds_a_secret() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with structlog.testing.capture_logs() as logs:
        card = opened(readers)
        result = activate(card, authority(), bytearray(PIN))
        with pytest.raises(PukWrong):
            card.unblock_pin(bytearray(b"98765432"), bytearray(b"907152"))
        card.change_pin(bytearray(PIN), bytearray(b"907152"))
    written = repr(logs) + repr(card) + repr(ManagerAnswer(b"secret", b"public"))
    assert isinstance(result, Activation)
    assert any(entry["event"] == "card.activated" for entry in logs)
    for secret in (PIN.decode(), "98765432", "907152", "secret", NEW.civil_number, NEW.puk):
        assert secret not in written
        assert secret.encode().hex() not in written


@pytest.mark.parametrize("completed", [False, True])
def test_a_damaged_certificate_is_written_again(completed: bool) -> None:
    readers, office = SimulatedReaders(), authority()
    memory = personalised(NEW)
    readers.insert_card(issue(NEW, state=memory))
    card = opened(readers)
    if completed:
        activate(card, office, bytearray(PIN))
    memory.objects[0x5FC10A] = bytes(range(256)) * 2
    readers.insert_card(issue(NEW, state=memory))
    again = opened(readers)
    done = activate(again, office, bytearray(PIN))
    assert set(done.certificates) == set(KeyPurpose)
    assert office.issued == 2
