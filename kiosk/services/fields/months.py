"""A number of months."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.count import as_typed, parse_count
from kiosk.services.fields.kind import Answer, FieldKind, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import count_of_months

_LONGEST = 24


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    return parse_count(raw, definition.minimum or 1, definition.maximum or _LONGEST)


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return count_of_months(answer, language)


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Line",
    keyboard="digits",
    as_input=as_typed,
    compares=int,
    takes=frozenset({"maximum", "minimum"}),
)
