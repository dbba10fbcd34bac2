"""What a cardholder's PIN is: exactly six ASCII digits, as bytes that can be wiped; and which six
digits are too easy to guess.
"""

from __future__ import annotations

import enum
import itertools
from datetime import date

PIN_LENGTH = 6

_STEPS = (1, 9)
"""Difference between neighbours of a sequence modulo ten: up, down; 9 is followed by 0."""


def is_pin(pin: bytes | bytearray) -> bool:
    """Whether ``pin`` has the form of a PIN; says nothing about whether it is the right one."""
    return len(pin) == PIN_LENGTH and all(0x30 <= digit <= 0x39 for digit in pin)


class MalformedPin(ValueError):
    """The PIN was not six digits. It was not sent to the card and cost no try."""

    def __init__(self) -> None:
        super().__init__("a PIN is exactly six digits")


class PinWeakness(enum.StrEnum):
    """Why a PIN may not be chosen."""

    NOT_SIX_DIGITS = "not-six-digits"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    BIRTH_DATE = "birth-date"
    CIVIL_NUMBER = "civil-number"


def pin_weakness(
    pin: bytes | bytearray, *, birth_date: date | None = None, civil_number: str | None = None
) -> PinWeakness | None:
    """Why ``pin`` may not become this person's PIN, or ``None`` when it may.

    Refused are one digit or one pair repeated (111111, 121212), sequences up or down (123456,
    321098), the birth date in any usual order, and digits of the civil number. No copy of the PIN
    outlives the call.
    """
    if not is_pin(pin):
        return PinWeakness.NOT_SIX_DIGITS
    if all(pin[index] == pin[index % 2] for index in range(PIN_LENGTH)):
        return PinWeakness.REPEATED
    if any(all((b - a) % 10 == step for a, b in itertools.pairwise(pin)) for step in _STEPS):
        return PinWeakness.SEQUENCE
    if birth_date is not None and any(pin == form for form in _birth_date_forms(birth_date)):
        return PinWeakness.BIRTH_DATE
    if civil_number is not None:
        number = civil_number.encode("ascii")
        if pin in number or number in pin:
            return PinWeakness.CIVIL_NUMBER
    return None


def _birth_date_forms(born: date) -> frozenset[bytes]:
    """Six digits that people make of a date: 14 March 1989 is 140389, 890314, 198903, 141989 ..."""
    day, month, year = f"{born.day:02}", f"{born.month:02}", f"{born.year:04}"
    short = year[2:]
    forms = {
        day + month + short,
        month + day + short,
        short + month + day,
        short + day + month,
        month + year,
        year + month,
        day + year,
        year + day,
    }
    if born.day < 10 and born.month < 10:
        forms |= {f"{born.day}{born.month}{year}", f"{year}{born.month}{born.day}"}
    return frozenset(form.encode("ascii") for form in forms)
