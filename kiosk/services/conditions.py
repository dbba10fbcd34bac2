"""Conditions as data: when a question is asked, who may use a service, when a move is open.

In a definition a condition is a table of one of these shapes::

    { field = "subject", is = ["wages", "overtime"] }    an earlier answer is, or contains, one
    { field = "subject" }                                an earlier question was answered
    { fact = "person.kind", is = ["resident"] }          the same about what the registries know
    { all = [ ... ] }   { any = [ ... ] }   { not = { ... } }

Nothing here runs code of a definition, and nothing raises: what is not known is not so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

Scalar = str | int | bool
Answers = Mapping[str, Any]
Facts = Mapping[str, Any]
"""Values by the fact's id, JSON-shaped: ``{"person": {"kind": "resident"}}``."""


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One condition; exactly one of ``field``, ``fact``, ``all``, ``any``, ``not`` is set."""

    field_id: str | UnsetType = field(default=UNSET, name="field")
    fact: str | UnsetType = UNSET
    is_: tuple[Scalar, ...] | UnsetType = field(default=UNSET, name="is")
    all_: tuple[Condition, ...] | UnsetType = field(default=UNSET, name="all")
    any_: tuple[Condition, ...] | UnsetType = field(default=UNSET, name="any")
    not_: Condition | UnsetType = field(default=UNSET, name="not")

    def __post_init__(self) -> None:
        said = [
            part
            for part in (self.field_id, self.fact, self.all_, self.any_, self.not_)
            if part is not UNSET
        ]
        if len(said) != 1:
            raise ValueError("a condition says exactly one of field, fact, all, any, not")
        if self.is_ is not UNSET and self.field_id is UNSET and self.fact is UNSET:
            raise ValueError("'is' goes with 'field' or 'fact'")
        if self.is_ == () or self.all_ == () or self.any_ == ():
            raise ValueError("an empty list decides nothing")


def holds(condition: Condition | None, answers: Answers, facts: Facts) -> bool:
    """Whether a condition is so; no condition always is."""
    if condition is None:
        return True
    if not isinstance(condition.all_, UnsetType):
        return all(holds(each, answers, facts) for each in condition.all_)
    if not isinstance(condition.any_, UnsetType):
        return any(holds(each, answers, facts) for each in condition.any_)
    if not isinstance(condition.not_, UnsetType):
        return not holds(condition.not_, answers, facts)
    if not isinstance(condition.field_id, UnsetType):
        value = answers.get(condition.field_id)
    else:
        assert not isinstance(condition.fact, UnsetType)  # noqa: S101 - __post_init__ saw to it
        value = value_at(facts, condition.fact)
    if isinstance(condition.is_, UnsetType):
        return value not in (None, "", [], {})
    wanted = {(type(each), each) for each in condition.is_}
    found = value if isinstance(value, list | tuple) else [value]
    return any((type(each), each) in wanted for each in found if isinstance(each, Scalar))


def value_at(facts: Facts, path: str) -> Any:
    """What a dotted path names, for example ``person.kind``; ``None`` where nothing is."""
    value: Any = facts
    for name in path.split("."):
        if isinstance(value, list | tuple) and name.isdecimal():
            value = value[int(name)] if int(name) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The parts of a condition that look at one field or fact."""
    if condition is None:
        return
    parts = _parts(condition)
    if not parts:
        yield condition
    for part in parts:
        yield from leaves(part)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions of which this one is made; none for one field or fact."""
    if not isinstance(condition.all_, UnsetType):
        return condition.all_
    if not isinstance(condition.any_, UnsetType):
        return condition.any_
    return () if isinstance(condition.not_, UnsetType) else (condition.not_,)


def fields_of(condition: Condition | None) -> set[str]:
    """Ids of the fields that a condition looks at."""
    return {leaf.field_id for leaf in leaves(condition) if isinstance(leaf.field_id, str)}


def facts_of(condition: Condition | None) -> set[str]:
    """Dotted paths of the facts that a condition looks at."""
    return {leaf.fact for leaf in leaves(condition) if isinstance(leaf.fact, str)}


def depth(condition: Condition | None) -> int:
    """How many conditions stand within each other; 0 without one. Not recursive."""
    level, found = [condition] if condition is not None else [], 0
    while level:
        found += 1
        level = [part for each in level for part in _parts(each)]
    return found
