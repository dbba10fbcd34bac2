"""The only home of a PIN's digits."""

from __future__ import annotations

import pytest

from kiosk.loop.pin_buffer import PinBuffer, wipe


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def pad(told: list[int]) -> PinBuffer:
    return PinBuffer(told.append)


def press(pad: PinBuffer, digits: str) -> None:
    for digit in digits:
        pad.press(int(digit))


def test_only_the_number_of_digits_is_told(pad, told):
    press(pad, "0987")
    pad.erase()
    pad.clear()
    assert told == [1, 2, 3, 4, 3, 0]


def test_the_digits_are_handed_over_once(pad):
    press(pad, "098765")
    assert pad.take() == bytearray(b"098765")
    assert pad.take() == bytearray()


def test_a_seventh_digit_is_ignored(pad, told):
    press(pad, "1234567")
    assert told[-1] == 6
    assert pad.take() == bytearray(b"123456")


def test_erasing_nothing_says_nothing(pad, told):
    pad.erase()
    assert told == []


@pytest.mark.parametrize("end", ["wipe", "clear"])
def test_wiping_empties_the_memory_itself_and_not_a_copy(pad, end):
    press(pad, "246813")
    memory = pad._digits
    getattr(pad, end)()
    assert memory == bytearray()
    assert pad._digits is memory


def test_wipe_writes_zeros_before_it_lets_go():
    seen: list[bytes] = []

    class Watched(bytearray):
        def clear(self) -> None:
            seen.append(bytes(self))
            super().clear()

    secret = Watched(b"246813")
    wipe(secret)
    assert seen == [b"\0" * 6]
    assert secret == b""


def test_an_erased_digit_is_overwritten_too(pad):
    press(pad, "12")
    pad.erase()
    press(pad, "3")
    assert pad.take() == bytearray(b"13")


def test_nothing_of_it_is_printed(pad):
    press(pad, "246813")
    assert "246813" not in repr(pad) + str(pad) + str(vars(type(pad)))
