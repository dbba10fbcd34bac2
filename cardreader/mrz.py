"""The machine readable zone of an ID card: TD1, three lines of 30 (ICAO Doc 9303-5, clause 4.2)."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from datetime import date

from cardreader.errors import CardProtocolError

TD1_LENGTH = 90
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (7, 3, 1)
_FORM = re.compile(r"[0-9A-Z<]{90}")


class Sex(enum.StrEnum):
    """As the machine readable zone says it; ``<`` there is ``X`` here."""

    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "X"


class MrzError(CardProtocolError):
    """The machine readable zone is malformed or a check digit does not fit."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of birth of which the state does not know everything (Doc 9303-3, clause 4.8)."""

    year: int | None = field(repr=False)
    month: int | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Td1:
    """What a TD1 zone says. ``issuer`` and ``nationality`` are ISO 3166-1 alpha-3 codes."""

    issuer: str
    document_number: str = field(repr=False)
    birth_date: date | PartialDate = field(repr=False)
    sex: Sex = field(repr=False)
    expiry_date: date
    nationality: str = field(repr=False)
    surname: str = field(repr=False)
    given_names: str = field(repr=False)


def check_digit(text: str) -> str:
    """The check digit over ``text`` (Doc 9303-3, clause 4.9)."""
    total = 0
    for position, character in enumerate(text):
        value = 0 if character == "<" else _ALPHABET.index(character)
        total += value * _WEIGHTS[position % 3]
    return str(total % 10)


def parse_td1(text: str, today: date, full_birth: str = "") -> Td1:
    """Read the 90 characters of a TD1 zone.

    ``full_birth`` is the date of birth with its century, YYYYMMDD, where another file has it; else
    the year is the last one in which its holder can have been born: before ``today`` and before the
    card expired. It counts when it says nothing else than the zone.

    Raises :class:`MrzError`; its message never holds what the zone says.
    """
    if not _FORM.fullmatch(text):
        raise MrzError("the machine readable zone is not three lines of 30")
    first, second, third = text[:30], text[30:60], text[60:]
    number = _document_number(first)
    for name, content, digit in (
        ("birth date", second[0:6], second[6]),
        ("expiry date", second[8:14], second[14]),
        ("whole", first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
    ):
        if check_digit(content) != digit:
            raise MrzError(f"check digit of the machine readable zone is wrong: {name}")
    if second[7] not in "MF<":
        raise MrzError("the machine readable zone has an unknown sex")
    expiry = _date(second[8:14], 2000)
    surname, _, given = third.partition("<<")
    return Td1(
        issuer=_words(first[2:5]),
        document_number=number,
        birth_date=_birth(second[0:6], min(today, expiry), full_birth),
        sex=Sex.UNSPECIFIED if second[7] == "<" else Sex(second[7]),
        expiry_date=expiry,
        nationality=_words(second[15:18]),
        surname=_words(surname),
        given_names=_words(given),
    )


def _document_number(first: str) -> str:
    """Nine characters, or longer: then it goes on in the optional data (Doc 9303-5, note j)."""
    number, digit = first[5:14], first[14]
    if digit == "<":
        rest = first[15:30].partition("<")[0]
        number, digit = number + rest[:-1], rest[-1:]
    if check_digit(number) != digit:
        raise MrzError("check digit of the machine readable zone is wrong: document number")
    return number.rstrip("<")


def _birth(digits: str, latest: date, full: str) -> date | PartialDate:
    """``digits``: two each for year, month and day; ``<<`` or ``00`` where one is not known."""
    year, month, day = (_number(digits[at : at + 2]) for at in (0, 2, 4))
    # A year of 2000 is written 00; of month and day 00 is none.
    month, day = month or None, day or None
    if full.isascii() and full.isdigit() and len(full) == 8:
        told = (int(full[:4]), int(full[4:6]) or None, int(full[6:]) or None)
        if (
            year in (None, told[0] % 100)
            and month in (None, told[1])
            and day in (None, told[2])
            and told[0] <= latest.year
        ):
            return _whole_or_part(*told)
    if year is None:
        return PartialDate(None, month)
    for century in (2000, 1900):
        born = _whole_or_part(century + year, month, day)
        begin = born if isinstance(born, date) else date(century + year, month or 1, 1)
        if begin <= latest:
            break
    return born


def _whole_or_part(year: int, month: int | None, day: int | None) -> date | PartialDate:
    try:
        # Checked also where the day is missing: there is no thirteenth month.
        begin = date(year, month or 1, day or 1)
    except ValueError:
        raise MrzError("a date in the machine readable zone does not exist") from None
    return PartialDate(year, month) if month is None or day is None else begin


def _number(digits: str) -> int | None:
    if digits == "<<":
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise MrzError("a date in the machine readable zone is incomplete")
    return int(digits)


def _date(digits: str, century: int) -> date:
    if not (digits.isascii() and digits.isdigit()):
        raise MrzError("a date in the machine readable zone is incomplete")
    try:
        return date(century + int(digits[0:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise MrzError("a date in the machine readable zone does not exist") from None


def _words(text: str) -> str:
    return " ".join(part for part in text.split("<") if part)
