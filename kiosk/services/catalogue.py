"""The catalogue: every service, the places, and the sentences that explain a wrong answer."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from kiosk.services.answers import Answer, Invalid, Situation, parse_answer
from kiosk.services.definition import (
    FieldDefinition,
    Language,
    ServiceDefinition,
    ServiceKind,
    Text,
)
from kiosk.services.places import Places

T = TypeVar("T")

_DATA = Path(__file__).resolve().parent / "data"


class CatalogueError(Exception):
    """A data file of the catalogue is wrong; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why one answer cannot be taken."""

    field: str
    code: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that the terminal offers, read once at start."""

    services: tuple[ServiceDefinition, ...]
    places: Places
    problem_texts: Mapping[str, Text]

    def service(self, service_id: str) -> ServiceDefinition:
        """The service with this id; ``KeyError`` when there is none."""
        for service in self.services:
            if service.id == service_id:
                return service
        raise KeyError(service_id)

    def parse_field(
        self,
        service: ServiceDefinition,
        field_id: str,
        raw: Answer,
        answers: Mapping[str, Answer],
        today: date,
    ) -> Answer | FieldProblem:
        """One answer in its stored form, or the problem with it."""
        return _parsed(service.field(field_id), raw, Situation(today, self.places, answers))

    def validate(
        self, service_id: str, answers: Mapping[str, Answer], *, today: date
    ) -> list[FieldProblem]:
        """Every problem of a filled form, in the order of its questions; empty when it is right.

        An answer that is not already in its stored form is a problem too: what was signed is
        exactly what the definition allows.
        """
        service = self.service(service_id)
        situation = Situation(today, self.places, answers)
        known = {definition.id for definition in service.fields}
        problems = [
            FieldProblem(str(field), "unknown-field") for field in answers if field not in known
        ]
        for definition in service.fields:
            raw = answers.get(definition.id)
            parsed = _parsed(definition, raw, situation)
            if isinstance(parsed, FieldProblem):
                problems.append(parsed)
            elif definition.id not in answers or parsed != raw or type(parsed) is not type(raw):
                problems.append(FieldProblem(definition.id, "wrong-type"))
        return problems

    def problem_text(self, problem: FieldProblem, language: Language) -> str:
        """What to say about a problem: the field's own sentence, else the general one."""
        text = self.problem_texts.get(f"{problem.field}.{problem.code}")
        if text is None:
            text = self.problem_texts[problem.code]
        return text.in_language(language).format(**dict(problem.details))


def _parsed(
    definition: FieldDefinition, raw: Answer, situation: Situation
) -> Answer | FieldProblem:
    try:
        return parse_answer(definition, raw, situation)
    except Invalid as invalid:
        return FieldProblem(definition.id, invalid.code, tuple(invalid.details.items()))


@cache
def load_catalogue() -> Catalogue:
    """Read the data files that come with the package. Raises :class:`CatalogueError`."""
    services = [
        _parse(ServiceDefinition, tomllib.loads(entry.read_text("utf-8")), entry.name)
        for entry in sorted((_DATA / "services").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    # What most people come for first; files of one kind in the order of their names.
    services.sort(key=lambda service: service.kind is not ServiceKind.APPLICATION)
    places = json.loads((_DATA / "places.json").read_text("utf-8"))
    problems = tomllib.loads((_DATA / "problems.toml").read_text("utf-8"))["texts"]
    return Catalogue(
        services=tuple(services),
        places=_parse(Places, places, "places.json"),
        problem_texts=_parse(dict[str, Text], problems, "problems.toml"),
    )


def _parse(shape: type[T], raw: Any, name: str) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{name}: {error}") from error
