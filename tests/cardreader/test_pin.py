"""Which PINs may be chosen."""

from __future__ import annotations

from datetime import date

import pytest

from cardreader.pin import PinWeakness, pin_weakness
from cardreader.simulator import personas

BORN = date(1989, 3, 14)


@pytest.mark.parametrize("pin", ["111111", "000000", "121212", "909090"])
def test_repeated(pin: str) -> None:
    assert pin_weakness(bytearray(pin.encode())) is PinWeakness.REPEATED


@pytest.mark.parametrize("pin", ["123456", "654321", "012345", "789012", "210987"])
def test_sequences(pin: str) -> None:
    assert pin_weakness(bytearray(pin.encode())) is PinWeakness.SEQUENCE


@pytest.mark.parametrize(
    "pin", ["140389", "031489", "890314", "891403", "031989", "198903", "141989", "198914"]
)
def test_birth_date(pin: str) -> None:
    assert pin_weakness(bytearray(pin.encode()), birth_date=BORN) is PinWeakness.BIRTH_DATE
    assert pin_weakness(bytearray(pin.encode()), birth_date=date(2001, 7, 9)) is None


@pytest.mark.parametrize("pin", ["972001", "200179"])
def test_birth_date_without_leading_zeroes(pin: str) -> None:
    assert (
        pin_weakness(bytearray(pin.encode()), birth_date=date(2001, 7, 9)) is PinWeakness.BIRTH_DATE
    )


@pytest.mark.parametrize(
    ("pin", "number"), [("990145", "99014521"), ("014521", "99014521"), ("499071", "9907")]
)
def test_civil_number(pin: str, number: str) -> None:
    weakness = pin_weakness(bytearray(pin.encode()), civil_number=number)
    assert weakness is PinWeakness.CIVIL_NUMBER


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "-12345"])
def test_not_six_digits(pin: str) -> None:
    assert pin_weakness(bytearray(pin.encode())) is PinWeakness.NOT_SIX_DIGITS


def test_every_persona_could_have_chosen_its_pin() -> None:
    for holder in personas().values():
        if holder.pin is not None:
            pin = bytearray(holder.pin.encode())
            civil_number = holder.civil_number
            assert pin_weakness(pin, birth_date=holder.born, civil_number=civil_number) is None, (
                holder.id
            )
            assert pin == holder.pin.encode()
