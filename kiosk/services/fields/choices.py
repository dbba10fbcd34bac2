"""Any number of a few answers."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.choosing import options
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language, language_row


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if not isinstance(raw, list | tuple) or not all(isinstance(code, str) for code in raw):
        raise Invalid("wrong-type")
    known = [option.code for option in definition.options]
    if not set(raw) <= set(known):
        raise Invalid("unknown-choice")
    # In the order of the definition, so that the same choice is always the same document.
    return [code for code in known if code in raw]


def _describe(definition: FieldDefinition, answer: Answer, language: Language, _: Situation) -> str:
    texts = {option.code: option.text for option in definition.options}
    separator = language_row(language).list_separator
    return separator.join(texts[code].in_language(language) for code in answer)


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Options",
    choices=options,
    nothing=[],
    takes=frozenset({"options"}),
    needs=frozenset({"options"}),
)
