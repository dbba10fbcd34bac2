"""The PIN changed by its holder, and unblocked with the PUK."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cardreader.apdu import Protocol7816
from cardreader.errors import PinBlocked, PinWrong, PukBlocked, PukWrong
from cardreader.national_id import NationalIdCard
from cardreader.pin import MalformedPin
from cardreader.pki import KeyPurpose
from cardreader.simulator import SimulatedReaders
from tests.cardreader.activating import PIN
from tests.cardreader.opening import opened


@pytest.fixture
def active() -> Iterator[NationalIdCard]:
    readers = SimulatedReaders(protocol=Protocol7816.T0)
    readers.insert("citizen-active")
    yield opened(readers)


def test_change_pin(active: NationalIdCard) -> None:
    old, new = bytearray(b"246813"), bytearray(PIN)
    active.change_pin(old, new)
    assert old == new == bytearray(6)
    active.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
    with pytest.raises(PinWrong):
        active.verify_pin(bytearray(b"246813"))


def test_change_with_a_wrong_pin_until_blocked(active: NationalIdCard) -> None:
    for left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            active.change_pin(bytearray(b"000000"), bytearray(PIN))
        assert wrong.value.tries_left == left
    for _ in range(2):
        with pytest.raises(PinBlocked):
            active.change_pin(bytearray(b"000000"), bytearray(PIN))


@pytest.mark.parametrize(("old", "new"), [(b"24681", PIN), (b"246813", b"1234567"), (b"", b"")])
def test_change_with_what_is_no_pin_costs_no_try(
    active: NationalIdCard, old: bytes, new: bytes
) -> None:
    first, second = bytearray(old), bytearray(new)
    with pytest.raises(MalformedPin):
        active.change_pin(first, second)
    assert not any(first + second)
    assert active.pin_info().tries_left == 3


def test_unblock(active: NationalIdCard) -> None:
    for _ in range(3):
        with pytest.raises((PinWrong, PinBlocked)):
            active.verify_pin(bytearray(b"000000"))
    with pytest.raises(PukWrong) as wrong:
        active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    assert wrong.value.tries_left == 2
    puk, new = bytearray(b"83612479"), bytearray(PIN)
    active.unblock_pin(puk, new)
    assert not any(puk + new)
    active.verify_pin(bytearray(PIN))


def test_a_blocked_puk(active: NationalIdCard) -> None:
    for _ in range(2):
        with pytest.raises(PukWrong):
            active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    for _ in range(2):
        with pytest.raises(PukBlocked):
            active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    # The PIN itself goes on to work.
    active.verify_pin(bytearray(b"246813"))
