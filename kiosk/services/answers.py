"""From what was typed or chosen to an answer, and back to words, by the question's kind."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields import Answer, Invalid, Situation, kind_of
from kiosk.services.fields.kind import is_empty
from kiosk.services.languages import Language
from kiosk.services.texts import Text

NO_ANSWER = Text(ar="لا يوجد", en="None")


def parse_answer(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    """The answer in its stored form; an optional question left empty has its kind's own.

    Feeding a stored answer through again gives the same. Raises :class:`Invalid`.
    """
    kind = kind_of(definition.kind)
    if is_empty(raw):
        if definition.required:
            raise Invalid("required")
        return kind.nothing
    return kind.parse(definition, raw, situation)


def describe_answer(
    definition: FieldDefinition, answer: Answer, language: Language, situation: Situation
) -> str:
    """One answer as a person reads it."""
    if answer is None or answer == []:
        return NO_ANSWER.in_language(language)
    return kind_of(definition.kind).describe(definition, answer, language, situation)


def answer_as_input(definition: FieldDefinition, answer: Answer) -> Answer:
    """The raw input that gives this answer again: what the page shows when it is changed."""
    return answer if answer is None else kind_of(definition.kind).as_input(definition, answer)


__all__ = [
    "NO_ANSWER",
    "Answer",
    "Invalid",
    "answer_as_input",
    "describe_answer",
    "is_empty",
    "parse_answer",
]
