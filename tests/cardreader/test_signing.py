"""The simulated card signs, by the right PIN and by no other."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography import x509
from jwcrypto import jwk, jws

from cardreader import (
    KeyPurpose,
    PinBlocked,
    PinInfo,
    PinWrong,
    Protocol7816,
    SecurityStatusNotSatisfied,
    open_card,
    sign_compact,
)
from cardreader.simulator import READER, SimulatedReaders, personas
from tests.cardreader.opening import STORE, clock, open_persona, pin_of
from tests.cardreader.signature import verify


@pytest.mark.parametrize("purpose", list(KeyPurpose))
@pytest.mark.parametrize("protocol", list(Protocol7816))
@pytest.mark.parametrize(
    "persona_id", [p.id for p in personas().values() if p.pin and not p.forged][:4]
)
def test_sign(persona_id: str, protocol: Protocol7816, purpose: KeyPurpose) -> None:
    card = open_persona(persona_id, protocol)
    pin = pin_of(persona_id)
    signature = card.sign(purpose, b"message", pin)
    assert pin == bytearray(6)
    verify(card.certificate(purpose), signature.algorithm, signature.value, b"message")


def test_one_pin_is_enough_for_the_authentication_key_but_not_for_the_signature_key() -> None:
    card = open_persona("citizen-active")
    card.verify_pin(pin_of("citizen-active"))
    card.sign(KeyPurpose.AUTHENTICATION, b"one")
    card.sign(KeyPurpose.AUTHENTICATION, b"two")
    with pytest.raises(ValueError, match="every signature"):
        card.sign(KeyPurpose.SIGNATURE, b"three")


def test_no_signature_without_a_pin() -> None:
    with pytest.raises(SecurityStatusNotSatisfied):
        open_persona("citizen-active").sign(KeyPurpose.AUTHENTICATION, b"message")


def test_reset_at_the_end_of_a_visit_forgets_the_pin() -> None:
    readers = SimulatedReaders()
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    open_card(connection, STORE, clock).verify_pin(pin_of("citizen-active"))
    connection.disconnect()
    card = open_card(readers.connect(READER), STORE, clock)
    with pytest.raises(SecurityStatusNotSatisfied):
        card.sign(KeyPurpose.AUTHENTICATION, b"message")


def test_wrong_right_wrong_until_blocked() -> None:
    card = open_persona("citizen-active")
    assert card.pin_info() == PinInfo(3, blocked=False)
    for tries_left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            card.verify_pin(bytearray(b"000000"))
        assert wrong.value.tries_left == tries_left
    assert card.pin_info() == PinInfo(1, blocked=False)
    card.verify_pin(pin_of("citizen-active"))
    for _ in range(2):
        with pytest.raises(PinWrong):
            card.verify_pin(bytearray(b"000000"))
    with pytest.raises(PinBlocked):
        card.verify_pin(bytearray(b"000000"))
    assert card.pin_info() == PinInfo(0, blocked=True)
    with pytest.raises(PinBlocked):
        card.verify_pin(pin_of("citizen-active"))


def test_personas_with_a_worn_counter() -> None:
    assert open_persona("last-try").pin_info() == PinInfo(1, blocked=False)
    assert open_persona("pin-blocked").pin_info() == PinInfo(0, blocked=True)


def test_a_wrong_pin_signs_nothing() -> None:
    card = open_persona("citizen-active")
    with pytest.raises(PinWrong):
        card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(b"000000"))
    assert card.pin_info().tries_left == 2


def test_jws_is_verified_by_an_independent_library() -> None:
    for persona_id in ("citizen-active", "resident-worker"):
        card = open_persona(persona_id)
        pin = pin_of(persona_id)
        token = sign_compact(card, KeyPurpose.SIGNATURE, b'{"a":1}', pin, "application+json")
        assert pin == bytearray(6)
        head = token.split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        assert header["typ"] == "application+json"
        leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
        assert leaf == card.certificate(KeyPurpose.SIGNATURE)
        public = leaf.public_key()
        token_read = jws.JWS()
        token_read.deserialize(token, jwk.JWK.from_pyca(public))
        assert token_read.payload == b'{"a":1}'


def test_jws_with_a_wrong_pin() -> None:
    card, pin = open_persona("citizen-active"), bytearray(b"000000")
    with pytest.raises(PinWrong):
        sign_compact(card, KeyPurpose.SIGNATURE, b"{}", pin, "application+json")
    assert pin == bytearray(6)
