"""A mobile number of Oman, stored as its 8 national digits."""

from __future__ import annotations

import re

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import to_western_digits
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.formats import telephone
from kiosk.services.languages import Language

# From the numbering plan (phonenumbers' metadata for +968 agrees).
_MOBILE = re.compile(r"(?:1505|90[1-9]\d)\d{4}|(?:7[126-9]|9[1-9])\d{6}")


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
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


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return f"\u2066{telephone(answer)}\u2069"


KIND = FieldKind(parse=_parse, describe=_describe, editor="Line", keyboard="digits", prefix="+968")
