"""Any number of rows of a list that comes from a fact; the answer is their ids."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.choosing import check_row, row_ids
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language, language_row
from kiosk.services.wording import isolate

_MOST = 2000
_NAMED = 3
"""So many chosen rows are named; of more, their number is said."""


def _parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    chosen = row_ids(raw)
    if len(chosen) > (definition.maximum or _MOST):
        raise Invalid("too-many-chosen", maximum=str(definition.maximum or _MOST))
    rows = situation.rows(definition.options_from)
    if rows is None:
        return chosen
    by_id = {row.id: row for row in rows}
    for row_id in chosen:
        check_row(row_id, (by_id[row_id],) if row_id in by_id else ())
    # In the list's order, so that the same choice is always the same document.
    wanted = set(chosen)
    return [row.id for row in rows if row.id in wanted]


def _describe(
    definition: FieldDefinition, answer: Answer, language: Language, situation: Situation
) -> str:
    if len(answer) > _NAMED:
        return isolate(f"{len(answer):,}")
    rows = {row.id: row for row in situation.rows(definition.options_from) or ()}
    named = [rows[each].title.in_language(language) if each in rows else each for each in answer]
    return language_row(language).list_separator.join(map(isolate, named))


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="List",
    nothing=[],
    takes=frozenset({"options_from", "maximum"}),
    needs=frozenset({"options_from"}),
)
