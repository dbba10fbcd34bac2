"""A day of the Gregorian calendar, stored as ISO 8601."""

from __future__ import annotations

import re
from datetime import date

from kiosk.services import formats
from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import to_western_digits
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.wording import format_day, isolate

EARLIEST = date(1970, 1, 1)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def parse_day(definition: FieldDefinition, raw: Answer, today: date) -> date:
    """A day within the definition's bounds. Raises :class:`Invalid`."""
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    match = _ISO.fullmatch(to_western_digits(raw.strip()))
    if match is None:
        raise Invalid("bad-date")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise Invalid("bad-date") from error
    earliest = definition.earliest or EARLIEST
    if definition.future_only:
        if day <= today:
            raise Invalid("date-in-past")
    elif definition.past_only and day > today:
        raise Invalid("date-in-future")
    if day < earliest:
        raise Invalid("date-too-old", earliest=format_day(earliest))
    return day


def _parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    return parse_day(definition, raw, situation.today).isoformat()


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return isolate(formats.day(date.fromisoformat(answer), language))


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Date",
    takes=frozenset({"earliest", "past_only", "future_only"}),
)
