"""From a day to another, or until now: ``{"from": "2026-08-01", "to": null}``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kiosk.services import formats
from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.date import parse_day
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language


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
    last = answer["to"]
    return formats.period(
        date.fromisoformat(answer["from"]), date.fromisoformat(last) if last else None, language
    )


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Period",
    compares=None,
    takes=frozenset({"earliest", "past_only", "future_only"}),
)
