"""A move's small form: from its definition to fields of HTML, and back to answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from backend_stub.cases.asking import as_question
from backend_stub.cases.desk import CaseSummary
from backend_stub.cases.moves import case_of
from backend_stub.cases.slots import Slot
from backend_stub.console.casework import MOST_WORDS, OpenMove
from kiosk.services import Catalogue, formats
from kiosk.services.case_definition import AskedField, Slot as SlotUse
from kiosk.services.catalogue import FieldProblem
from kiosk.services.fields import Situation, kind_of
from kiosk.services.languages import Language

_ANSWER: Final = "answer."
_MANY: Final = "answers."
"""Of a question with several answers: no box ticked is an answer as well."""
_INPUTS: Final = {"Text": "textarea", "Date": "date"}
"""By the kind's editor at the terminal; every other one is a line."""


def answers_in(values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers of a form that was sent: one text each, or a list of the boxes ticked."""
    answers: dict[str, Any] = {}
    for name, given in values.items():
        if name.startswith(_ANSWER):
            answers[name.removeprefix(_ANSWER)] = given[-1]
        elif name.startswith(_MANY):
            answers[name.removeprefix(_MANY)] = [each for each in given if each]
    return answers


def move_form(
    catalogue: Catalogue,
    case: CaseSummary,
    opened: OpenMove,
    language: Language,
    t: Mapping[str, str],
    *,
    today: date,
    sent: Mapping[str, Sequence[str]],
    problems: Mapping[str, str],
    nearest: Sequence[Slot],
    once: str,
    open_now: bool,
) -> dict[str, Any]:
    """What the page shows of a move that may be made."""
    move = opened.move
    definition = case_of(case.service)
    chosen = sent.get("slot", [""])[-1]
    slots = [
        (slot.id, formats.appointment(slot.starts_at, language), slot.id == chosen)
        for slot in opened.slots
    ]
    near = {slot.id for slot in nearest}
    target = definition.state(move.to)
    return {
        "id": move.id,
        "label": move.label.in_language(language),
        "becomes": target.text.in_language(language),
        "final": target.final,
        "tells": [notice for notice in move.notices if definition.notice(notice)],
        "questions": [
            _question(catalogue, asked, language, today, sent, problems) for asked in move.asks
        ],
        "takes_slot": move.slot in (SlotUse.BOOK, SlotUse.CHANGE) and definition.slot is not None,
        "slot_label": definition.slot.label.in_language(language) if definition.slot else "",
        "nearest": [each for each in slots if each[0] in near],
        "slots": [each for each in slots if each[0] not in near],
        "why": sent.get("why", [""])[-1],
        "longest": MOST_WORDS,
        "once": once,
        "open": open_now,
        "frees": move.slot is SlotUse.FREE and case.slot_at is not None,
        "no_slots": t["no-slots"] if not slots else "",
    }


def _question(
    catalogue: Catalogue,
    asked: AskedField,
    language: Language,
    today: date,
    sent: Mapping[str, Sequence[str]],
    problems: Mapping[str, str],
) -> dict[str, Any]:
    kind = kind_of(asked.kind)
    many = kind.nothing == []
    name = (_MANY if many else _ANSWER) + asked.id
    given = list(sent.get(name, ()))
    choices: list[tuple[str, str, bool]] = []
    if kind.choices is not None:
        situation = Situation(today, catalogue.places)
        for choice in kind.choices(as_question(asked), situation):
            choices.append((choice.code, choice.text.in_language(language), choice.code in given))
    problem = problems.get(asked.id)
    shown = "many" if many and choices else "one" if choices else _INPUTS.get(kind.editor, "line")
    return {
        "name": name,
        "label": asked.label.in_language(language),
        "help": asked.help.in_language(language),
        "required": asked.required,
        "shown": shown,
        "choices": choices,
        "value": given[-1] if given else "",
        "maximum": asked.maximum if shown in ("textarea", "line") else None,
        "problem": _sentence(catalogue, asked, problem, language) if problem else "",
    }


def _sentence(catalogue: Catalogue, asked: AskedField, code: str, language: Language) -> str:
    # The bounds that a move's question can have; its kind's own are rare and said without figures.
    details = (("maximum", str(asked.maximum or "")), ("minimum", "1"), ("earliest", ""))
    return catalogue.problem_text(FieldProblem(asked.id, code, details), language)
