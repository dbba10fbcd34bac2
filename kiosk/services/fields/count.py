"""A whole number of things."""

from __future__ import annotations

import re

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import digits_of
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import isolate

_LARGEST = 9999
_NUMBER = re.compile(r"\d{1,9}")


def parse_count(raw: Answer, minimum: int, maximum: int) -> int:
    """A whole number within bounds. Raises :class:`Invalid`."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Invalid("wrong-type")
    typed = digits_of(raw) if isinstance(raw, str) else str(raw)
    if not _NUMBER.fullmatch(typed):
        raise Invalid("bad-count")
    number = int(typed)
    if number < minimum:
        raise Invalid("count-too-small", minimum=str(minimum))
    if number > maximum:
        raise Invalid("count-too-large", maximum=str(maximum))
    return number


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    minimum = 1 if definition.minimum is None else definition.minimum
    return parse_count(raw, minimum, definition.maximum or _LARGEST)


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return isolate(f"{answer:,}")


def as_typed(_: FieldDefinition, answer: Answer) -> Answer:
    """The number as it is typed."""
    return str(answer) if isinstance(answer, int) else answer


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Line",
    keyboard="digits",
    as_input=as_typed,
    compares=int,
    takes=frozenset({"maximum", "minimum"}),
)
