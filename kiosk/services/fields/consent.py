"""A statement that the applicant agrees to; without agreement the application does not go on."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.kind import Answer, Choice, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.texts import Text

_AGREED = Text(ar="أوافق", en="I agree")
_NOT_AGREED = Text(ar="لا أوافق", en="I do not agree")


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if not isinstance(raw, bool) and raw not in ("yes", "no"):
        raise Invalid("wrong-type")
    agreed = raw is True or raw == "yes"
    if definition.required and not agreed:
        raise Invalid("not-agreed")
    return agreed


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return (_AGREED if answer else _NOT_AGREED).in_language(language)


def _as_input(_: FieldDefinition, answer: Answer) -> Answer:
    return "yes" if answer else "no"


def _choices(definition: FieldDefinition, _: Situation) -> tuple[Choice, ...]:
    agreed = Choice("yes", _AGREED, "check")
    return (agreed,) if definition.required else (agreed, Choice("no", _NOT_AGREED, "x"))


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Options",
    as_input=_as_input,
    choices=_choices,
    compares=bool,
)
