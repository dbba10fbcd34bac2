"""The catalogue: every service, the places, the shelves, and the sentences about wrong answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kiosk.services import flow
from kiosk.services.answers import parse_answer
from kiosk.services.definition import FieldDefinition, ServiceDefinition
from kiosk.services.directory import ANY_PROBLEM, Shelf, read_directory
from kiosk.services.facts import Fact
from kiosk.services.fields import Answer, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.places import Places
from kiosk.services.reading import Published
from kiosk.services.texts import Text, fill

DATA: Final = Path(__file__).resolve().parent / "data"
_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why one answer cannot be taken."""

    field: str
    code: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, eq=False)
class Catalogue:
    """All that the terminal offers. Nothing of it changes during a visit."""

    services: tuple[ServiceDefinition, ...]
    places: Places
    shelves: tuple[Shelf, ...]
    problem_texts: Mapping[str, Text]
    published: Mapping[str, Published] = field(default_factory=dict, repr=False)
    """The file behind each service, by its id."""

    def copy(self) -> Catalogue:
        """One of its own for whoever will let it become another."""
        return replace(self)

    def become(self, other: Catalogue) -> None:
        """Take over another edition, for everybody who looks at this one. Between visits only."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(other, name))

    def service(self, service_id: str) -> ServiceDefinition:
        """The service with this id; ``KeyError`` when there is none."""
        return self.published[service_id].definition

    def situation(
        self, answers: Mapping[str, Answer], today: date, facts: Mapping[str, Fact] = _NO_FACTS
    ) -> Situation:
        """What parsers and descriptions look at."""
        return Situation(today, self.places, answers, facts)

    def parse_field(
        self,
        service: ServiceDefinition,
        field_id: str,
        raw: Answer,
        answers: Mapping[str, Answer],
        today: date,
        facts: Mapping[str, Fact] = _NO_FACTS,
    ) -> Answer | FieldProblem:
        """One answer in its stored form, or the problem with it."""
        return _parsed(service.field(field_id), raw, self.situation(answers, today, facts))

    def validate(
        self,
        service_id: str,
        answers: Mapping[str, Answer],
        *,
        today: date,
        facts: Mapping[str, Fact] = _NO_FACTS,
    ) -> list[FieldProblem]:
        """:func:`validate` with the service's present definition; ``KeyError`` for no service."""
        return validate(self.service(service_id), answers, self.situation(answers, today, facts))

    def problem_text(
        self, problem: FieldProblem, language: Language, service: ServiceDefinition | None = None
    ) -> str:
        """What to say about a problem: the question's own sentence, else the general one."""
        text = None
        if service is not None and any(each.id == problem.field for each in service.fields):
            text = service.field(problem.field).problems.get(problem.code)
        if text is None:
            # A catalogue can be older than the program and know less of what can be wrong.
            text = self.problem_texts.get(problem.code) or self.problem_texts[ANY_PROBLEM]
        return fill(text.in_language(language), dict(problem.details))


def validate(
    service: ServiceDefinition, answers: Mapping[str, Answer], situation: Situation
) -> list[FieldProblem]:
    """Every problem of a filled form, in the order of its questions; empty when it is right.

    An answer that is not already in its stored form is a problem too, and so is one to a question
    that does not apply: what was signed is exactly what the definition allows.
    """
    known = {definition.id for definition in service.fields}
    problems = [FieldProblem(str(name), "unknown-field") for name in answers if name not in known]
    asked = flow.asked(service, flow.Filled(answers, situation.facts))
    applies = {definition.id for definition in asked}
    problems += [
        FieldProblem(each.id, "not-asked")
        for each in service.fields
        if each.id in answers and each.id not in applies
    ]
    for definition in asked:
        raw = answers.get(definition.id)
        parsed = _parsed(definition, raw, situation)
        if isinstance(parsed, FieldProblem):
            problems.append(parsed)
        elif definition.id not in answers or parsed != raw or type(parsed) is not type(raw):
            problems.append(FieldProblem(definition.id, "wrong-type"))
    return problems


def _parsed(
    definition: FieldDefinition, raw: Answer, situation: Situation
) -> Answer | FieldProblem:
    try:
        return parse_answer(definition, raw, situation)
    except Invalid as invalid:
        return FieldProblem(definition.id, invalid.code, tuple(invalid.details.items()))


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that comes with the program. Raises :class:`CatalogueError`."""
    return read_catalogue(DATA)


def read_catalogue(directory: Path) -> Catalogue:
    """Read a catalogue's directory. Raises :class:`CatalogueError` with every fault in it."""
    contents = read_directory(directory)
    order = {shelf.id: at for at, shelf in enumerate(contents.shelves)}
    services = sorted(
        (each.definition for each in contents.published),
        key=lambda service: (order[service.category], service.order, service.id),
    )
    return Catalogue(
        services=tuple(services),
        places=contents.places,
        shelves=contents.shelves,
        problem_texts=MappingProxyType(dict(contents.problem_texts)),
        published=MappingProxyType({each.definition.id: each for each in contents.published}),
    )
