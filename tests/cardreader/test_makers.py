"""Other makers' PIV cards, as their published sources and manuals say that they behave.

Each is opened, activated and used by the driver that follows the standard, and what a maker does
otherwise than the others is asked for by name. No such card was at hand: see docs/cards-others.md.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardreader import (
    CardConnection,
    CardNotSupported,
    CardRemoved,
    CommandRefused,
    KeyPurpose,
    ManagementAlgorithm,
    PinBlocked,
    PinInfo,
    PinWrong,
    PukWrong,
    RefusalReason,
    activate,
    card_state,
)
from cardreader.authority import ActivationRefused, CardSecret, MakersSecretKept
from cardreader.channel import CardChannel
from cardreader.profiles import PivApplication, PivIssuing
from cardreader.simulator import READER, KeyType, SimulatedReaders, persona
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.makers import BY_NAME, Maker, Metadata
from cardreader.simulator.makers_card import (
    ISSUERS_KEY,
    MAKERS_KEY,
    MAKERS_PUK,
    MakersCard,
    delivered_key,
)
from cardreader.simulator.state import padded
from tests.cardreader.disturbed import Cut
from tests.cardreader.opening import any_card

PIN, NEW_PIN, PUK = b"482913", b"907152", b"12345678"

makers = pytest.mark.parametrize("maker", BY_NAME.values(), ids=BY_NAME)


def inserted(card: MakersCard) -> CardConnection:
    readers = SimulatedReaders()
    readers.insert_card(card)
    return readers.connect(READER)


def key_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def office(serial: str, maker: Maker, key: bytes | None = None) -> SimulatedAuthority:
    key = delivered_key(maker) if key is None else key
    authority = SimulatedAuthority()
    holder = replace(
        persona("citizen-new"), authentication_key=KeyType.P_256, signature_key=KeyType.P_256
    )
    algorithm = ManagementAlgorithm(maker.habits.management_algorithm)
    authority.register(holder, serial, algorithm, key)
    return authority


@makers
def test_from_delivery_to_a_signature(maker: Maker) -> None:
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    tells_tries = maker.habits.empty_verify is None
    tries = maker.habits.pin_tries if tells_tries else None
    state = card_state(delivered)
    assert (state.pin, state.certificates) == (PinInfo(tries, blocked=False), frozenset())
    authority = office(delivered.serial, maker)
    activate(delivered, authority, bytearray(PIN))
    assert card.memory.pin == padded(PIN.decode())

    used = any_card(inserted(card))
    assert used.serial == delivered.serial
    for purpose in KeyPurpose:
        used.sign(purpose, b"message", bytearray(PIN))
    # The authentication key goes on, the signature key wants the PIN again.
    used.sign(KeyPurpose.AUTHENTICATION, b"message")
    again = activate(any_card(inserted(card)), authority, bytearray(PIN))
    assert again.was_active
    assert authority.issued == 2


@makers
def test_the_pin_of_a_makers_card(maker: Maker) -> None:
    card = MakersCard(maker)
    any_card(inserted(card)).change_pin(bytearray(b"123456"), bytearray(PIN))
    tries = maker.habits.pin_tries
    blind = maker.habits.empty_verify is not None
    with pytest.raises(PinWrong) as wrong:
        # A PIN verified before does not hide how many tries are left.
        using = any_card(inserted(card))
        using.verify_pin(bytearray(PIN))
        using.change_pin(bytearray(NEW_PIN), bytearray(NEW_PIN))
    assert wrong.value.tries_left == tries - 1
    for left in range(tries - 2, 0, -1):
        with pytest.raises(PinWrong) as wrong:
            any_card(inserted(card)).verify_pin(bytearray(NEW_PIN))
        assert wrong.value.tries_left == left
    for _ in range(2):
        with pytest.raises(PinBlocked):
            any_card(inserted(card)).verify_pin(bytearray(NEW_PIN))
    if not blind:
        assert any_card(inserted(card)).pin_info() == PinInfo(0, blocked=True)
    with pytest.raises(PukWrong):
        any_card(inserted(card)).unblock_pin(bytearray(b"87654321"), bytearray(NEW_PIN))
    any_card(inserted(card)).unblock_pin(bytearray(PUK), bytearray(NEW_PIN))
    any_card(inserted(card)).verify_pin(bytearray(NEW_PIN))


@makers
def test_a_key_that_is_not_this_cards(maker: Maker) -> None:
    """The card's management key is another: nothing is written, nothing is issued."""
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    authority = office(delivered.serial, maker, bytes(range(24)))
    with pytest.raises(ActivationRefused) as refused:
        activate(delivered, authority, bytearray(PIN))
    assert refused.value.reason is RefusalReason.CARD_NOT_AUTHENTIC
    assert authority.issued == 0
    assert card.memory.keys == {}
    assert card.memory.pin == padded("123456")


@pytest.mark.parametrize(
    ("maker", "after"), [(Maker.PIVAPPLET, False), (Maker.PIVAPPLET, True), (Maker.YUBIKEY, True)]
)
def test_activation_goes_on_after_a_power_cut_anywhere(maker: Maker, after: bool) -> None:
    at = 1
    while True:
        card, readers = MakersCard(maker), SimulatedReaders()
        readers.insert_card(card)
        serial = any_card(readers.connect(READER)).serial
        authority = office(serial, maker)
        readers.insert_card(card)
        try:
            activate(any_card(Cut(readers, at, after=after)), authority, bytearray(PIN))
        except CardRemoved:
            readers.insert_card(card)
            activate(any_card(readers.connect(READER)), authority, bytearray(PIN))
        else:
            break
        assert authority.issued == 2
        assert card.memory.pin == padded(PIN.decode())
        at += 1
    assert at > 20


@pytest.mark.parametrize("maker", [Maker.PIVAPPLET, Maker.YUBIKEY])
def test_a_key_from_outside_is_never_certified(maker: Maker) -> None:
    """Makers number the origin of a key differently: 01 is made here, or put here."""
    assert maker.habits.metadata is not Metadata.NONE
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    known = ec.generate_private_key(ec.SECP256R1())
    for reference in (0x9A, 0x9C):
        card.piv.import_key(reference, known)
    done = activate(delivered, office(delivered.serial, maker), bytearray(PIN))
    for certificate in done.certificates.values():
        assert certificate.public_key() != known.public_key()


def test_a_key_that_was_made_here_is_used_again() -> None:
    card = MakersCard(Maker.YUBIKEY)
    piv = PivIssuing(CardChannel(inserted(card)))
    piv.select()
    made = ec.generate_private_key(ec.SECP256R1())
    card.memory.keys[0x9A] = made
    assert piv.existing_key(KeyPurpose.AUTHENTICATION) == made.public_key()
    assert piv.existing_key(KeyPurpose.SIGNATURE) is None


@pytest.mark.parametrize(
    ("maker", "kind"),
    [
        (Maker.PIVAPPLET, 256),
        # Elliptic keys are made and do not sign, or not in this way: RSA is what is left.
        (Maker.PIVAPPLET_FIRST, 2048),
        (Maker.PIVAPPLET_AES, 2048),
        (Maker.OPENFIPS201, 2048),
        (Maker.STRICTEST, 384),
    ],
)
def test_the_kind_of_key_is_what_the_card_can_do(maker: Maker, kind: int) -> None:
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    done = activate(delivered, office(delivered.serial, maker), bytearray(PIN))
    assert {c.public_key().key_size for c in done.certificates.values()} == {kind}


def test_an_identifier_without_its_version_may_find_nothing() -> None:
    """The whole one is tried last, and then for the rest of the visit."""
    card = MakersCard(Maker.STRICTEST)
    with pytest.raises(CommandRefused):
        PivApplication(CardChannel(inserted(card))).select()
    found = any_card(inserted(card))
    assert found.profile == "piv"
    assert found.pin_info() == PinInfo(None, blocked=False)


def test_a_card_that_has_no_number_at_all_is_refused_in_words() -> None:
    card = MakersCard(Maker.OPENFIPS201)
    card.memory.objects.clear()
    with pytest.raises(CardNotSupported, match="serial number"):
        any_card(inserted(card))


@makers
def test_what_its_maker_left_on_the_card_opens_nothing_afterwards(maker: Maker) -> None:
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    activate(delivered, office(delivered.serial, maker), bytearray(PIN))
    with pytest.raises(PukWrong):
        any_card(inserted(card)).unblock_pin(bytearray(PUK), bytearray(NEW_PIN))
    any_card(inserted(card)).verify_pin(bytearray(PIN))
    assert card.memory.puk != padded(MAKERS_PUK)
    assert card.memory.management_key != MAKERS_KEY


@pytest.mark.parametrize("maker", [Maker.OPENFIPS201, Maker.STRICTEST])
def test_a_well_known_management_key_that_stays_keeps_the_card_from_being_active(
    maker: Maker,
) -> None:
    card = MakersCard(maker)
    card.memory.management_key = MAKERS_KEY
    delivered = any_card(inserted(card))
    authority = office(delivered.serial, maker, MAKERS_KEY)
    with pytest.raises(MakersSecretKept, match="management key") as kept:
        activate(delivered, authority, bytearray(PIN))
    assert kept.value.secret is CardSecret.MANAGEMENT_KEY
    assert card.memory.pin == padded("123456")
    assert authority.issued == 0
    assert ISSUERS_KEY != MAKERS_KEY


@makers
def test_a_puk_that_nobody_at_the_office_knows_keeps_the_card_from_being_active(
    maker: Maker,
) -> None:
    """Whoever set it could set a new PIN later. What it costs is one try, told or not."""
    card = MakersCard(maker)
    card.memory.puk = b"55667788"
    delivered = any_card(inserted(card))
    authority = office(delivered.serial, maker)
    with pytest.raises(MakersSecretKept, match="PUK") as kept:
        activate(delivered, authority, bytearray(PIN))
    assert kept.value.secret is CardSecret.PUK
    assert authority.issued == 0
    assert card.memory.pin == padded("123456")
    told = maker.habits.metadata in (Metadata.YUBICO, Metadata.ZERO_BASED)
    assert card.memory.puk_tries == (3 if told else 2)


@pytest.mark.parametrize("maker", [Maker.PIVAPPLET_FIRST, Maker.YUBIKEY])
def test_no_interrupted_activation_costs_the_puk_a_try(maker: Maker) -> None:
    """Torn anywhere, before or after the card has its new PUK: the PUK keeps all its tries."""
    for after in (False, True):
        for at in range(1, 24):
            card, readers = MakersCard(maker), SimulatedReaders()
            readers.insert_card(card)
            authority = office(any_card(readers.connect(READER)).serial, maker)
            readers.insert_card(card)
            with suppress(CardRemoved):
                torn = any_card(Cut(readers, at, after=after))
                activate(torn, authority, bytearray(PIN))
            readers.insert_card(card)
            activate(any_card(readers.connect(READER)), authority, bytearray(PIN))
            assert card.memory.puk_tries == 3
            assert card.memory.puk != padded(MAKERS_PUK)
            assert card.memory.management_key != MAKERS_KEY


def test_a_national_card_that_says_it_has_its_makers_puk_is_refused() -> None:
    """Also where the office thinks that the card's issuer has given it one."""
    card = MakersCard(Maker.YUBIKEY)
    delivered = any_card(inserted(card))
    authority = office(delivered.serial, Maker.YUBIKEY)
    authority.believe_puk_replaced(delivered.serial)
    with pytest.raises(MakersSecretKept):
        activate(delivered, authority, bytearray(PIN))
    assert card.memory.pin == padded("123456")


@makers
def test_a_card_that_is_activated_again_makes_new_keys(maker: Maker) -> None:
    """Its certificates were revoked. A key gets one certificate, ever; the card kept the keys."""
    card = MakersCard(maker)
    delivered = any_card(inserted(card))
    authority = office(delivered.serial, maker)
    first = activate(delivered, authority, bytearray(PIN)).certificates
    authority.revoke(delivered.serial)
    second = activate(any_card(inserted(card)), authority, bytearray(PIN)).certificates
    keys = {key_of(one) for one in (*first.values(), *second.values())}
    assert len(keys) == 4
