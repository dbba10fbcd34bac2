"""Somebody's civil number: 4 to 9 digits without a leading zero."""

from __future__ import annotations

import re

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import digits_of
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import isolate

_NUMBER = re.compile(r"[1-9]\d{3,8}")


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    number = digits_of(raw)
    if not _NUMBER.fullmatch(number):
        raise Invalid("bad-civil-number")
    return number


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return isolate(str(answer))


KIND = FieldKind(parse=_parse, describe=_describe, editor="Line", keyboard="digits")
