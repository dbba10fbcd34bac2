"""Cards that the driver refuses: not genuine, revoked, not activated, foreign, mute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader import (
    CardConnection,
    CardMute,
    CardNotGenuine,
    CardNotSupported,
    KeyPurpose,
    ObjectNotFound,
    Protocol7816,
    Untrusted,
    open_card,
)
from cardreader.simulator import READER, SimulatedReaders, issue, persona
from cardreader.simulator.ber import parse
from cardreader.simulator.piv_objects import CERTIFICATES, certificate_container
from cardreader.simulator.state import personalised
from tests.cardreader.opening import STORE, clock, open_persona, pin_of


@pytest.mark.parametrize(
    ("persona_id", "reason"),
    [("forged", Untrusted.HASH_MISMATCH), ("unknown-issuer", Untrusted.UNKNOWN_ISSUER)],
)
def test_a_card_that_is_not_genuine_gets_no_pin(persona_id: str, reason: Untrusted) -> None:
    card = open_persona(persona_id)
    pin = bytearray(b"123456")
    steps: list[Callable[[], object]] = [
        card.identity,
        lambda: card.certificate(KeyPurpose.AUTHENTICATION),
        lambda: card.verify_pin(pin),
        lambda: card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(b"123456")),
    ]
    for step in steps:
        with pytest.raises(CardNotGenuine) as refused:
            step()
        assert refused.value.reason is reason
    assert pin == bytearray(6)
    assert card.pin_info().tries_left == 3


def test_revoked_certificates() -> None:
    card = open_persona("revoked")
    card.identity()
    with pytest.raises(CardNotGenuine) as refused:
        card.certificate(KeyPurpose.AUTHENTICATION)
    assert refused.value.reason is Untrusted.SIGNER_REVOKED
    unaware = open_persona("revoked", trust=replace(STORE, crls=()))
    assert unaware.certificate(KeyPurpose.AUTHENTICATION)


def test_a_card_that_is_not_activated_has_no_certificate() -> None:
    card = open_persona("citizen-new")
    assert card.identity().civil_number == persona("citizen-new").civil_number
    with pytest.raises(ObjectNotFound):
        card.certificate(KeyPurpose.AUTHENTICATION)


def test_a_foreign_card_is_not_supported() -> None:
    with pytest.raises(CardNotSupported):
        open_persona("foreign")


def test_a_mute_card_cannot_be_connected_to() -> None:
    with pytest.raises(CardMute):
        open_persona("mute")


class Spliced:
    """Two cards in one body: PIV commands go to one, identity files to the other."""

    def __init__(self, pki: CardConnection, identity: CardConnection) -> None:
        self.reader, self.atr, self.protocol = pki.reader, pki.atr, pki.protocol
        self._pki, self._identity = pki, identity
        self._current = pki

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        if bytes(apdu[:3]) == b"\x00\xa4\x04":
            self._current = self._identity if b"\xa0\x00\x00\x02\x47" in apdu else self._pki
        return self._current.transmit(apdu)

    def disconnect(self, *, reset: bool = True) -> None:
        pass


def test_the_keys_of_one_person_beside_the_identity_of_another() -> None:
    connections = []
    for persona_id in ("citizen-active", "resident-worker"):
        readers = SimulatedReaders(protocol=Protocol7816.T0)
        readers.insert(persona_id)
        connections.append(readers.connect(READER))
    card = open_card(Spliced(*connections), STORE, clock)
    card.identity()
    with pytest.raises(CardNotGenuine) as refused:
        card.certificate(KeyPurpose.SIGNATURE)
    assert refused.value.reason is Untrusted.IDENTITY_MISMATCH


def test_an_impostor_who_calls_himself_like_the_states_issuer() -> None:
    """Same names, same key identifiers, same serial number; only the signature is another's."""
    memory = personalised(persona("citizen-active"))
    container = memory.objects[CERTIFICATES[0x9A]]
    genuine = x509.load_der_x509_certificate(dict(parse(container))[0x70])
    builder = (
        x509.CertificateBuilder()
        .subject_name(genuine.subject)
        .issuer_name(genuine.issuer)
        .public_key(genuine.public_key())
        .serial_number(genuine.serial_number)
        .not_valid_before(genuine.not_valid_before_utc)
        .not_valid_after(genuine.not_valid_after_utc)
    )
    for extension in genuine.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    forged = builder.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA384())
    memory.objects[CERTIFICATES[0x9A]] = certificate_container(forged.public_bytes(Encoding.DER))
    readers = SimulatedReaders()
    readers.insert_card(issue("citizen-active", state=memory))
    card = open_card(readers.connect(READER), STORE, clock)
    pin = pin_of("citizen-active")
    with pytest.raises(CardNotGenuine) as refused:
        card.sign(KeyPurpose.AUTHENTICATION, b"message", pin)
    assert refused.value.reason is Untrusted.UNKNOWN_ISSUER
    assert pin == bytearray(6)
    # The other certificate is the state's and stays good.
    assert card.certificate(KeyPurpose.SIGNATURE)
