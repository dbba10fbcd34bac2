"""A commercial registration number: digits without a leading zero, of no fixed length."""

from __future__ import annotations

import re

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import digits_of
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import isolate

_NUMBER = re.compile(r"[1-9]\d{3,11}")


def is_cr_number(number: str) -> bool:
    """Whether digits can be a commercial registration number."""
    return _NUMBER.fullmatch(number) is not None


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    number = digits_of(raw)
    if not is_cr_number(number):
        raise Invalid("bad-cr-number")
    return number


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return isolate(str(answer))


KIND = FieldKind(parse=_parse, describe=_describe, editor="Line", keyboard="digits")
