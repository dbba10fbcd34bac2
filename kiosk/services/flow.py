"""The pure heart of a visit to a service: from definition, answers and facts to its pages.

Questions whose condition does not hold are not asked, and an answer to one of them is dropped
before anything is signed. Conditions look at earlier questions only, so one pass decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.services.answers import parse_answer
from kiosk.services.conditions import facts_of, holds, value_at
from kiosk.services.definition import FieldDefinition, PageDefinition, ServiceDefinition
from kiosk.services.facts import Fact, values_of
from kiosk.services.fields import Answer, Invalid, Situation

Answers = Mapping[str, Answer]
Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One page: a question, or several that belong together."""

    id: str
    """Of the page's definition, or of its only question."""
    fields: tuple[FieldDefinition, ...]
    together: PageDefinition | None = None
    """The words of a page with several questions."""


def asked(service: ServiceDefinition, answers: Answers, facts: Facts) -> list[FieldDefinition]:
    """The questions that apply, in their order."""
    return [definition for definition, _ in _walk(service, answers, facts)]


def pages(service: ServiceDefinition, answers: Answers, facts: Facts) -> list[QuestionPage]:
    """The pages that will come, given what is known so far."""
    found: list[QuestionPage] = []
    for definition in asked(service, answers, facts):
        together = service.page(definition.page) if definition.page else None
        if found and together is not None and found[-1].id == together.id:
            found[-1] = QuestionPage(together.id, (*found[-1].fields, definition), together)
        else:
            page_id = together.id if together is not None else definition.id
            found.append(QuestionPage(page_id, (definition,), together))
    return found


def page_of(pages_: list[QuestionPage], field_id: str) -> QuestionPage | None:
    """The page on which a question is."""
    return next((p for p in pages_ if any(each.id == field_id for each in p.fields)), None)


def following(
    service: ServiceDefinition, answers: Answers, facts: Facts, page_id: str
) -> QuestionPage | None:
    """The page after this one, ``None`` after the last."""
    return _beside(pages(service, answers, facts), page_id, 1)


def preceding(
    service: ServiceDefinition, answers: Answers, facts: Facts, page_id: str
) -> QuestionPage | None:
    """The page before this one, ``None`` before the first."""
    return _beside(pages(service, answers, facts), page_id, -1)


def missing(service: ServiceDefinition, answers: Answers, facts: Facts) -> QuestionPage | None:
    """The first page with a question that has no answer yet."""
    for page in pages(service, answers, facts):
        if any(each.id not in answers for each in page.fields):
            return page
    return None


def kept(service: ServiceDefinition, answers: Answers, facts: Facts) -> Answers:
    """The answers to questions that apply, in the definition's order: what is signed."""
    return MappingProxyType(
        {each.id: answers[each.id] for each in asked(service, answers, facts) if each.id in answers}
    )


def with_answer(
    service: ServiceDefinition, answers: Answers, field_id: str, answer: Answer
) -> Answers:
    """The answers with one more; what depended on a former answer is dropped."""
    changed = {**answers, field_id: answer}
    if field_id in answers and answers[field_id] != answer:
        for dependent in _dependents(service, field_id):
            changed.pop(dependent, None)
    return MappingProxyType(changed)


def relied_on(service: ServiceDefinition, answers: Answers, facts: Facts) -> set[str]:
    """Ids of the facts that decided something here: conditions, lists, prefilled answers."""
    wanted = {path.partition(".")[0] for each in service.who for path in facts_of(each.when)}
    for definition in asked(service, answers, facts):
        wanted |= {path.partition(".")[0] for path in facts_of(definition.when)}
        wanted |= {definition.options_from, definition.prefill.partition(".")[0]}
    return wanted & set(facts)


def prefilled(definition: FieldDefinition, situation: Situation, language: str) -> Answer:
    """The answer that is known beforehand, in its stored form; ``None`` when there is none."""
    if definition.prefill == "language":
        chosen = [each.code for each in definition.options if each.language == language]
        return chosen[0] if chosen else None
    if not definition.prefill:
        return None
    known = value_at(situation.values, definition.prefill)
    if known is None:
        return None
    try:
        return parse_answer(definition, known, situation)
    except Invalid:
        return None


def _walk(
    service: ServiceDefinition, answers: Answers, facts: Facts
) -> Iterator[tuple[FieldDefinition, Answers]]:
    values = values_of(facts)
    so_far: dict[str, Answer] = {}
    for definition in service.fields:
        if holds(definition.when, so_far, values):
            yield definition, so_far
            if definition.id in answers:
                so_far[definition.id] = answers[definition.id]


def _beside(found: list[QuestionPage], page_id: str, step: int) -> QuestionPage | None:
    at = next((index for index, page in enumerate(found) if page.id == page_id), None)
    if at is None or not 0 <= at + step < len(found):
        return None
    return found[at + step]


def _dependents(service: ServiceDefinition, field_id: str) -> list[str]:
    """Questions that the answer to this one limits: places within it, lists asked with it."""
    asked_with = {fact.id for fact in service.facts if field_id in fact.given.values()}
    return [
        each.id
        for each in service.fields
        if each.within == field_id or (each.options_from and each.options_from in asked_with)
    ]
