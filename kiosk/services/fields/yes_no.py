"""Yes or no."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.kind import Answer, Choice, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.texts import Text

_YES = Text(ar="نعم", en="Yes")
_NO = Text(ar="لا", en="No")


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    if isinstance(raw, bool):
        return raw
    if raw not in ("yes", "no"):
        raise Invalid("wrong-type")
    return raw == "yes"


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return (_YES if answer else _NO).in_language(language)


def _as_input(_: FieldDefinition, answer: Answer) -> Answer:
    return "yes" if answer else "no"


def _choices(_: FieldDefinition, __: Situation) -> tuple[Choice, ...]:
    return Choice("yes", _YES, "check"), Choice("no", _NO, "x")


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Options",
    as_input=_as_input,
    choices=_choices,
    compares=bool,
)
