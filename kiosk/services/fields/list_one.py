"""One row of a list that comes from a fact; the answer is the row's id."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.choosing import check_row, row_ids
from kiosk.services.fields.kind import Answer, FieldKind, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import isolate


def _parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    [row_id] = row_ids([raw])
    check_row(row_id, situation.rows(definition.options_from))
    return row_id


def _describe(
    definition: FieldDefinition, answer: Answer, language: Language, situation: Situation
) -> str:
    for row in situation.rows(definition.options_from) or ():
        if row.id == answer:
            return row.title.in_language(language)
    return isolate(str(answer))


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="List",
    takes=frozenset({"options_from"}),
    needs=frozenset({"options_from"}),
)
