"""Activation of other makers' cards: their keys, their habits, their PIN."""

from __future__ import annotations

import pytest

from cardreader.activation import activate
from cardreader.authority import ManagementAlgorithm
from cardreader.errors import PinWrong
from cardreader.pki import KeyPurpose
from cardreader.simulator import KeyType
from cardreader.simulator.state import padded
from tests.cardreader.activating import PIN
from tests.cardreader.opening import any_card
from tests.cardreader.vendor_cards import (
    VENDOR_KEY,
    inserted,
    vendor_authority,
    vendor_memory,
)

MANAGEMENT_KEYS = {
    ManagementAlgorithm.TRIPLE_DES: VENDOR_KEY,
    ManagementAlgorithm.AES_128: bytes(range(16)),
    ManagementAlgorithm.AES_192: bytes(range(24)),
    ManagementAlgorithm.AES_256: bytes(range(32)),
}


@pytest.mark.parametrize("quirks", [{}, {"metadata": True}, {"insists_on_82": True}])
@pytest.mark.parametrize("algorithm", list(ManagementAlgorithm))
def test_a_card_of_another_maker(algorithm: ManagementAlgorithm, quirks: dict[str, bool]) -> None:
    key = MANAGEMENT_KEYS[algorithm]
    memory = vendor_memory(algorithm, key)
    card = any_card(inserted(memory, **quirks))
    assert card.serial == "00BC614E"
    assert not card.has_identity
    activate(card, vendor_authority(algorithm, key), bytearray(PIN))
    again = any_card(inserted(memory, **quirks))
    again.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
    assert again.pin_info().tries_left is None
    assert memory.pin == padded(PIN.decode())


def test_a_kind_of_key_that_the_card_does_not_make_is_passed_over() -> None:
    card = any_card(inserted(vendor_memory()))
    result = activate(card, vendor_authority(kind=KeyType.P_384), bytearray(PIN))
    key = result.certificates[KeyPurpose.SIGNATURE].public_key()
    assert key.key_size == 2048


def test_the_vendors_pin_is_not_tried_when_a_try_is_precious() -> None:
    memory = vendor_memory()
    memory.pin, memory.pin_tries = padded("907152"), 2
    with pytest.raises(PinWrong) as wrong:
        activate(any_card(inserted(memory)), vendor_authority(), bytearray(PIN))
    assert wrong.value.tries_left == 1
