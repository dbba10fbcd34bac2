"""Which questions some combination of answers and facts brings up.

Each question is tried by itself with the few answers and facts that decide about it: those that its
condition looks at, those that decide whether these are asked, and so on. Of every answer the values
that conditions name are tried, and one that none names.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kiosk.services.conditions import Condition, facts_of, fields_of, holds, leaves
from kiosk.services.fields import kind_of
from kiosk.services.shape import Fault

if TYPE_CHECKING:
    from kiosk.services.definition import FieldDefinition, ServiceDefinition

_MOST_COMBINATIONS: Final = 20_000
_FEW: Final = 8
_OTHER: Final = "\0other"


def unreachable(service: ServiceDefinition) -> Iterator[Fault]:
    """A fault for each question that is never asked. The definition is sound in all else."""
    for index, definition in enumerate(service.fields):
        if definition.when is None:
            continue
        path = f"fields[{index}].when"
        asked = _can_be_asked(service, definition)
        if asked is None:
            yield Fault(path, "the condition depends on so much that nobody can follow it")
        elif not asked:
            yield Fault(path, "this question can never be reached")


def _can_be_asked(service: ServiceDefinition, wanted: FieldDefinition) -> bool | None:
    """``None`` when there are too many combinations to try."""
    deciding = _deciding(service, wanted)
    conditions = [each.when for each in (*deciding, wanted) if each.when is not None]
    paths = sorted({path for condition in conditions for path in facts_of(condition)})
    domains = [_answers(each, conditions) for each in deciding]
    domains += [[*_named(conditions, fact=path), _OTHER, None] for path in paths]
    if math.prod(map(len, domains)) > _MOST_COMBINATIONS:
        return None
    for values in itertools.product(*domains):
        facts: dict[str, Any] = {}
        for path, value in zip(paths, values[len(deciding) :], strict=True):
            _put(facts, path, value)
        answers: dict[str, Any] = {}
        for definition, answer in zip(deciding, values, strict=False):
            if holds(definition.when, answers, facts):
                answers[definition.id] = answer
        if holds(wanted.when, answers, facts):
            return True
    return False


def _deciding(service: ServiceDefinition, wanted: FieldDefinition) -> list[FieldDefinition]:
    """The questions on whose answers it depends whether this one is asked, in their order."""
    names = fields_of(wanted.when)
    while more := {name for each in names for name in fields_of(service.field(each).when)} - names:
        names |= more
    return [each for each in service.fields if each.id in names]


def _answers(definition: FieldDefinition, conditions: Iterable[Condition]) -> list[Any]:
    """Answers to try."""
    named = _named(conditions, field=definition.id)
    kind = kind_of(definition.kind)
    if kind.compares is bool:
        possible: list[Any] = [True, False]
    elif definition.options:
        codes = [option.code for option in definition.options]
        unnamed = [code for code in codes if code not in named][:1]
        possible = [code for code in codes if code in named] + unnamed
    else:
        possible = [*named, _OTHER]
    if kind.nothing == []:
        possible = [
            chosen for chosen in map(list, _some_of(possible)) if chosen or not definition.required
        ]
    elif not definition.required:
        possible = [*possible, None]
    return possible


def _some_of(codes: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Every choice of a few codes; of many codes, none, up to three, and all."""
    most = len(codes) if len(codes) <= _FEW else 3
    for count in range(most + 1):
        yield from itertools.combinations(codes, count)
    if most < len(codes):
        yield tuple(codes)


def _named(
    conditions: Iterable[Condition], *, field: str | None = None, fact: str | None = None
) -> list[Any]:
    """The values with which conditions compare one answer or fact."""
    values: list[Any] = []
    for condition in conditions:
        for leaf in leaves(condition):
            looked_at = leaf.field_id if field is not None else leaf.fact
            if looked_at == (field if field is not None else fact) and isinstance(leaf.is_, tuple):
                values += [value for value in leaf.is_ if value not in values]
    return values


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        known = facts.get(name)
        # A condition may look at a fact as a whole and at a part of it.
        facts[name] = facts = known if isinstance(known, dict) else {}
    facts.setdefault(last, value)
