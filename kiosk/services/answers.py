"""From what was typed or chosen to an answer: one parser for each kind of question.

A parser takes the raw input (JSON-shaped), returns the value that the application carries, or
raises :class:`Invalid` with a code of ``data/problems.toml``. The terminal and the central API use
the same parsers; feeding a parsed value through again gives the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.services.definition import FieldDefinition, FieldKind
from kiosk.services.places import Places

Answer = Any
"""A JSON value: the answer to one question."""

EARLIEST_DATE = date(1970, 1, 1)
NAME_MAX = 200
EMAIL_MAX = 254  # RFC 5321, clause 4.5.3.1.3

# Mobile numbers of Oman, from the numbering plan (phonenumbers' metadata for +968 agrees).
_MOBILE = re.compile(r"(?:1505|90[1-9]\d)\d{4}|(?:7[126-9]|9[1-9])\d{6}")
_CR_NUMBER = re.compile(r"\d{7}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)
# Categories Cc and Cs, without the end of a line: control characters and lone surrogates have no
# place in a signed document.
_NO_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_AMOUNT = re.compile(r"(\d{1,7})(?:[.,٫](\d{1,3}))?")


class Invalid(Exception):
    """The input is not an answer: a code of ``data/problems.toml`` and what its sentence needs."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Situation:
    """What a parser may look at besides the input."""

    today: date
    places: Places
    answers: Mapping[str, Answer]
    """The answers so far: a wilayat must lie in the governorate that was chosen."""


def to_western_digits(text: str) -> str:
    """Arabic-Indic and other decimal digits become ASCII digits; all else stays."""
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in text
    )


def parse_answer(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    """The answer in its stored form, ``None`` for an optional question left empty.

    Raises :class:`Invalid`.
    """
    if _is_empty(raw):
        if definition.required:
            raise Invalid("required")
        return [] if definition.kind is FieldKind.CHOICES else None
    return _PARSERS[definition.kind](definition, raw, situation)


def _is_empty(raw: Answer) -> bool:
    if isinstance(raw, str):
        return not raw.strip()
    if isinstance(raw, Mapping):
        # An employer without a name, a period without its first day.
        return all(_is_empty(value) for value in raw.values())
    return raw is None or raw == []


def _text(raw: Answer, maximum: int) -> str:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    text = unicodedata.normalize("NFC", raw.strip())
    if len(text) > maximum:
        raise Invalid("too-long", maximum=str(maximum))
    if _NO_TEXT.search(text):
        raise Invalid("bad-character")
    return text


def _parse_employer(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    if not isinstance(raw, Mapping) or not set(raw) <= {"cr_number", "name"}:
        raise Invalid("wrong-type")
    name = _text(raw.get("name") or "", NAME_MAX)
    if not name:
        raise Invalid("required")
    cr_number = raw.get("cr_number")
    if cr_number is not None:
        cr_number = to_western_digits(_text(cr_number, NAME_MAX))
        if not _CR_NUMBER.fullmatch(cr_number):
            raise Invalid("bad-cr-number")
    return {"cr_number": cr_number, "name": name}


def _parse_governorate(_: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    if situation.places.governorate(raw) is None:
        raise Invalid("unknown-choice")
    return raw


def _parse_wilayat(_: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    governorate = situation.places.governorate(situation.answers.get("governorate") or "")
    if governorate is None or raw not in {wilayat.id for wilayat in governorate.wilayats}:
        raise Invalid("unknown-choice")
    return raw


def _parse_choice(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    if raw not in {option.code for option in definition.options}:
        raise Invalid("unknown-choice")
    return raw


def _parse_choices(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if not isinstance(raw, list | tuple) or not all(isinstance(code, str) for code in raw):
        raise Invalid("wrong-type")
    known = [option.code for option in definition.options]
    if not set(raw) <= set(known):
        raise Invalid("unknown-choice")
    # In the order of the definition, so that the same choice is always the same document.
    return [code for code in known if code in raw]


def _parse_money(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Invalid("wrong-type")
    if isinstance(raw, int):
        baisa = raw
    else:
        match = _AMOUNT.fullmatch(to_western_digits(raw).replace("٬", "").strip())
        if match is None:
            raise Invalid("bad-amount")
        baisa = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))
    if baisa <= 0:
        raise Invalid("amount-zero")
    if definition.maximum is not None and baisa > definition.maximum:
        raise Invalid("amount-too-large", maximum=f"{definition.maximum // 1000:,}")
    return baisa


def _parse_day(raw: Answer, today: date) -> date:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", to_western_digits(raw.strip()))
    if match is None:
        raise Invalid("bad-date")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise Invalid("bad-date") from error
    if day > today:
        raise Invalid("date-in-future")
    if day < EARLIEST_DATE:
        raise Invalid("date-too-old", earliest=EARLIEST_DATE.strftime("%d/%m/%Y"))
    return day


def _parse_period(_: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    if not isinstance(raw, Mapping) or not set(raw) <= {"from", "to"}:
        raise Invalid("wrong-type")
    if _is_empty(raw.get("from")):
        raise Invalid("required")
    first = _parse_day(raw["from"], situation.today)
    if _is_empty(raw.get("to")):
        return {"from": first.isoformat(), "to": None}
    last = _parse_day(raw["to"], situation.today)
    if last < first:
        raise Invalid("ends-before-start")
    return {"from": first.isoformat(), "to": last.isoformat()}


def _parse_text(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    return _text(raw, definition.maximum or NAME_MAX)


def _parse_mobile(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    if raw.isascii() and _MOBILE.fullmatch(raw):
        return raw  # Oman has no prefix for calls within the country that could be part of it
    # Late: its tables are not needed for the first picture of the terminal.
    import phonenumbers

    try:
        number = phonenumbers.parse(to_western_digits(raw), "OM")
    except phonenumbers.NumberParseException as error:
        raise Invalid("bad-mobile") from error
    national = str(number.national_number)
    if number.country_code != 968 or not _MOBILE.fullmatch(national):
        raise Invalid("bad-mobile")
    return national


def _parse_email(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    address = _text(raw, EMAIL_MAX)
    local, _at, domain = address.rpartition("@")
    if not _EMAIL.fullmatch(address) or ".." in local or local[0] == "." or local[-1] == ".":
        raise Invalid("bad-email")
    return f"{local}@{domain.lower()}"


_PARSERS: dict[FieldKind, Callable[[FieldDefinition, Answer, Situation], Answer]] = {
    FieldKind.EMPLOYER: _parse_employer,
    FieldKind.GOVERNORATE: _parse_governorate,
    FieldKind.WILAYAT: _parse_wilayat,
    FieldKind.CHOICE: _parse_choice,
    FieldKind.CHOICES: _parse_choices,
    FieldKind.MONEY: _parse_money,
    FieldKind.PERIOD: _parse_period,
    FieldKind.TEXT: _parse_text,
    FieldKind.MOBILE: _parse_mobile,
    FieldKind.EMAIL: _parse_email,
}
