"""An establishment: found in the labour registry, or typed: ``{"cr_number": …, "name": …}``."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.cr_number import is_cr_number
from kiosk.services.fields.entering import NAME_MAX, digits_of, text_of
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation, is_empty
from kiosk.services.languages import Language
from kiosk.services.wording import isolate


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    if not isinstance(raw, Mapping) or not set(raw) <= {"cr_number", "name"}:
        raise Invalid("wrong-type")
    if is_empty(raw.get("name")):
        raise Invalid("required")
    name = text_of(raw["name"], NAME_MAX)
    cr_number = raw.get("cr_number")
    if cr_number is not None:
        cr_number = digits_of(cr_number)
        if not is_cr_number(cr_number):
            raise Invalid("bad-cr-number")
    return {"cr_number": cr_number, "name": name}


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    name, number = str(answer["name"]), answer["cr_number"]
    return f"{isolate(name)} ({isolate(number)})" if number else name


KIND = FieldKind(
    parse=_parse, describe=_describe, editor="Establishment", keyboard="text", compares=None
)
