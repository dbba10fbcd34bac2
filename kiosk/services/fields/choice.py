"""One of a few answers."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.choosing import options
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    if raw not in {option.code for option in definition.options}:
        raise Invalid("unknown-choice")
    return raw


def _describe(definition: FieldDefinition, answer: Answer, language: Language, _: Situation) -> str:
    texts = {option.code: option.text for option in definition.options}
    return texts[answer].in_language(language)


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Options",
    choices=options,
    takes=frozenset({"options"}),
    needs=frozenset({"options"}),
)
