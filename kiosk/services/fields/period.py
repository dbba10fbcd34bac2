"""From a day to another, or until now: ``{"from": "2026-08-01", "to": null}``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.date import parse_day
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.texts import Text
from kiosk.services.wording import format_day, isolate

_ONGOING = Text(ar="مستمر حتى الآن", en="still going on")


def _parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    if not isinstance(raw, Mapping) or not set(raw) <= {"from", "to"}:
        raise Invalid("wrong-type")
    if not raw.get("from"):
        raise Invalid("required")
    first = parse_day(definition, raw["from"], situation.today)
    if not raw.get("to"):
        return {"from": first.isoformat(), "to": None}
    last = parse_day(definition, raw["to"], situation.today)
    if last < first:
        raise Invalid("ends-before-start")
    return {"from": first.isoformat(), "to": last.isoformat()}


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    first = isolate(format_day(date.fromisoformat(answer["from"])))
    if answer["to"] is None:
        return f"{first} – {_ONGOING.in_language(language)}"
    return f"{first} – {isolate(format_day(date.fromisoformat(answer['to'])))}"


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Period",
    takes=frozenset({"earliest", "past_only", "future_only"}),
)
