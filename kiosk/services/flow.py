"""The pure heart of a visit to a service: from definition, answers and facts to its pages.

Questions whose condition does not hold are not asked, and an answer to one of them is dropped
before anything is signed. Conditions look at earlier questions only, so one pass decides.

Several questions can share a page. On a page with ``confirm`` they do so only while all their
answers are known beforehand: one touch confirms them; whoever changes something is asked each
question by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from kiosk.services.answers import parse_answer
from kiosk.services.conditions import facts_of, holds, value_at
from kiosk.services.definition import (
    FactDefinition,
    FieldDefinition,
    PageDefinition,
    ServiceDefinition,
)
from kiosk.services.facts import Fact, values_of
from kiosk.services.fields import Answer, Invalid, Situation

Answers = Mapping[str, Answer]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """How far a form is filled in."""

    answers: Answers = field(default_factory=lambda: _NOTHING, repr=False)
    facts: Mapping[str, Fact] = field(default_factory=lambda: _NOTHING, repr=False)
    known: Answers = field(default_factory=lambda: _NOTHING, repr=False)
    """Answers that are known beforehand, by question; offered, and taken when confirmed."""
    apart: frozenset[str] = frozenset()
    """Pages whose questions are asked one by one, because something on them is changed."""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One page: a question, or several that belong together."""

    id: str
    """Of the page's definition, or of its only question."""
    fields: tuple[FieldDefinition, ...]
    together: PageDefinition | None = None
    """The words of a page with several questions."""
    confirms: bool = False
    """Everything on it is known: it is shown, and confirmed at once."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact on which this form relied, and what of it: the centre judges the form by the same."""

    id: str
    as_of: datetime
    values: Mapping[str, Any] = field(repr=False)


def asked(service: ServiceDefinition, filled: Filled) -> list[FieldDefinition]:
    """The questions that apply, in their order."""
    values = values_of(filled.facts)
    so_far: dict[str, Answer] = {}
    found = []
    for definition in service.fields:
        if holds(definition.when, so_far, values):
            found.append(definition)
            if definition.id in filled.answers:
                so_far[definition.id] = filled.answers[definition.id]
    return found


def pages(service: ServiceDefinition, filled: Filled) -> list[QuestionPage]:
    """The pages that will come, given what is known so far.

    A question that is assumed has no page while its answer is known beforehand; the check page
    shows it. Where it was not known and was asked, its page stays among those that were visited.
    """
    found: list[QuestionPage] = []
    for definition in asked(service, filled):
        if definition.assumed and definition.id in filled.known:
            continue
        together = _together(service, definition, filled)
        if found and together is not None and found[-1].id == together.id:
            found[-1] = replace(found[-1], fields=(*found[-1].fields, definition))
        elif together is not None:
            confirms = together.confirm is not UNSET
            found.append(QuestionPage(together.id, (definition,), together, confirms))
        else:
            found.append(QuestionPage(definition.id, (definition,)))
    return found


def page_of(service: ServiceDefinition, filled: Filled, field_id: str) -> QuestionPage | None:
    """The page on which a question is asked, also one that is assumed; ``None``: it is not."""
    for page in pages(service, filled):
        if any(each.id == field_id for each in page.fields):
            return page
    for definition in asked(service, filled):
        if definition.id == field_id:
            return QuestionPage(field_id, (definition,))
    return None


def page_called(service: ServiceDefinition, filled: Filled, page_id: str) -> QuestionPage | None:
    """The page with this id, while it is one of those that will come."""
    found = next((page for page in pages(service, filled) if page.id == page_id), None)
    return found or page_of(service, filled, page_id)


def following(service: ServiceDefinition, filled: Filled, page_id: str) -> QuestionPage | None:
    """The page after this one, ``None`` after the last."""
    return _beside(service, filled, page_id, 1)


def preceding(service: ServiceDefinition, filled: Filled, page_id: str) -> QuestionPage | None:
    """The page before this one, ``None`` before the first."""
    return _beside(service, filled, page_id, -1)


def missing(service: ServiceDefinition, filled: Filled) -> QuestionPage | None:
    """The first page with a question that has no answer yet."""
    for page in pages(service, filled):
        if any(each.id not in filled.answers for each in page.fields):
            return page
    return None


def kept(service: ServiceDefinition, filled: Filled) -> Answers:
    """The answers to questions that apply, in the definition's order: what is signed."""
    answers = filled.answers
    return MappingProxyType(
        {each.id: answers[each.id] for each in asked(service, filled) if each.id in answers}
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


def known_beforehand(
    service: ServiceDefinition, situation: Situation, language: str
) -> dict[str, Answer]:
    """Answers that facts and the visit's language give, each in its stored form."""
    known: dict[str, Answer] = {}
    for definition in service.fields:
        # A known wilayat lies in the known governorate.
        answers = {**known, **situation.answers}
        answer = _prefilled(definition, replace(situation, answers=answers), language)
        if answer is not None:
            known[definition.id] = answer
    return known


def with_assumed(service: ServiceDefinition, filled: Filled) -> Answers:
    """The answers with those that are known and need not be asked."""
    answers = dict(filled.answers)
    for definition in service.fields:
        if definition.assumed and definition.id in filled.known:
            answers.setdefault(definition.id, filled.known[definition.id])
    return MappingProxyType(answers)


def evidence(service: ServiceDefinition, filled: Filled) -> tuple[Evidence, ...]:
    """The facts that decided something of this form, each with what was looked at."""
    paths = {path for each in service.who for path in facts_of(each.when)}
    lists = set()
    for definition in service.fields:
        paths |= facts_of(definition.when)
    for definition in asked(service, filled):
        lists |= {definition.options_from} - {""}
    values = values_of(filled.facts)
    found = []
    for fact_id, fact in sorted(filled.facts.items()):
        looked_at = {path for path in paths if path.partition(".")[0] == fact_id}
        if looked_at or fact_id in lists:
            found.append(Evidence(fact_id, fact.as_of, _part_of(values, fact_id, looked_at)))
    return tuple(found)


def deciding_facts(service: ServiceDefinition) -> list[FactDefinition]:
    """The facts of the centre on which it depends what is asked and what is known beforehand."""
    paths = {each.prefill for each in service.fields}
    paths |= {path for each in service.fields for path in facts_of(each.when)}
    names = {path.partition(".")[0] for path in paths}
    return [fact for fact in service.facts if fact.id in names]


def _together(
    service: ServiceDefinition, definition: FieldDefinition, filled: Filled
) -> PageDefinition | None:
    if not definition.page:
        return None
    page = service.page(definition.page)
    if page.confirm is UNSET:
        return page
    if page.id in filled.apart:
        return None
    sharing = [each for each in service.fields if each.page == page.id]
    for each in sharing:
        if each.id not in filled.known:
            return None
        if each.id in filled.answers and filled.answers[each.id] != filled.known[each.id]:
            return None
    return page


def _prefilled(definition: FieldDefinition, situation: Situation, language: str) -> Answer:
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


def _beside(
    service: ServiceDefinition, filled: Filled, page_id: str, step: int
) -> QuestionPage | None:
    found = pages(service, filled)
    at = next((index for index, page in enumerate(found) if page.id == page_id), None)
    if at is None or not 0 <= at + step < len(found):
        return None
    return found[at + step]


def _dependents(service: ServiceDefinition, field_id: str) -> list[str]:
    """Questions that the answer to this one limits: places within it, lists asked with it, and
    what these limit in turn."""
    limiting = {field_id}
    for each in service.fields:
        asked_with = [f for f in service.facts if limiting & set(f.given.values())]
        if each.within in limiting or each.options_from in {fact.id for fact in asked_with}:
            limiting.add(each.id)
    return sorted(limiting - {field_id})


def _part_of(values: Mapping[str, Any], fact_id: str, paths: set[str]) -> Mapping[str, Any]:
    """What these paths name of a fact; by it a condition holds exactly as by all values."""
    if fact_id in paths:
        whole: Mapping[str, Any] = values[fact_id]
        return whole
    part: dict[str, Any] = {}
    for path in sorted(paths):
        if any(path.startswith(f"{other}.") for other in paths):
            continue  # within what is there as a whole
        inner = part
        *parents, last = path.split(".")[1:]
        for name in parents:
            inner = inner.setdefault(name, {})
        inner[last] = value_at(values, path)
    return part
