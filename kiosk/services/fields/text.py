"""A text of several lines, in the applicant's own words."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import text_of
from kiosk.services.fields.kind import Answer, FieldKind, Situation
from kiosk.services.languages import Language

_LONGEST = 2000


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    return text_of(raw, definition.maximum or _LONGEST, lines=True)


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return str(answer)


KIND = FieldKind(
    parse=_parse, describe=_describe, editor="Text", keyboard="text", takes=frozenset({"maximum"})
)
