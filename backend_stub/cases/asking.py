"""The small form of a move, read with the same kinds of questions as an application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kiosk.services.answers import parse_answer
from kiosk.services.case_definition import AskedField, Move
from kiosk.services.definition import FieldDefinition, Option
from kiosk.services.fields import Invalid, Situation
from kiosk.services.places import Places


def read_answers(
    move: Move, given: Mapping[str, Any], places: Places, today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers in their stored form, and by question the code of what is wrong with it."""
    situation = Situation(today, places, given)
    answers: dict[str, Any] = {}
    problems = {str(name): "unknown-field" for name in given if name not in _ids(move)}
    for asked in move.asks:
        try:
            answers[asked.id] = parse_answer(as_question(asked), given.get(asked.id), situation)
        except Invalid as invalid:
            problems[asked.id] = invalid.code
    return answers, problems


def as_question(asked: AskedField) -> FieldDefinition:
    """A question of a move's form in the shape that the kinds of questions work on."""
    return FieldDefinition(
        id=asked.id,
        kind=asked.kind,
        required=asked.required,
        question=asked.label,
        help=asked.help,
        label=asked.label,
        options=tuple(Option(code=each.code, text=each.text) for each in asked.options),
        maximum=asked.maximum,
        past_only=False,
    )


def _ids(move: Move) -> set[str]:
    return {asked.id for asked in move.asks}
