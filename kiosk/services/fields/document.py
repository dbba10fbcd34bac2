"""Papers to scan or photograph: the answer says how many belong to this question.

The pictures themselves are the application's attachments, named there by their hash.
"""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.count import parse_count
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import count_of_sheets

_MOST = 8


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    sheets = parse_count(raw, 0, definition.maximum or _MOST)
    if definition.required and sheets < (definition.minimum or 1):
        raise Invalid("paper-missing")
    return sheets


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return count_of_sheets(answer, language)


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Document",
    compares=int,
    takes=frozenset({"maximum", "minimum"}),
)
