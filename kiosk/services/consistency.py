"""What must fit together within one service's file; every fault is named by its place.

``msgspec`` has already seen to shapes and unknown keys. Here: that every name which refers to
something refers to something, that conditions look back and not ahead, that every question can be
reached and every case can end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from kiosk.services.case_consistency import faults_of_case
from kiosk.services.conditions import Condition, facts_of, fields_of, holds, leaves
from kiosk.services.definition import (
    FieldDefinition,
    PaymentTime,
    Role,
    ServiceDefinition,
    ServiceKind,
)
from kiosk.services.facts import PERSON
from kiosk.services.fields import kind_names, kind_of
from kiosk.services.texts import Text

_CHECKED: Final = (
    "options", "options_from", "within", "maximum", "minimum", "level", "earliest",
    "past_only", "future_only",
)  # fmt: skip
MOST_ON_A_PAGE: Final = 4
"""More questions do not fit on one page, in large letters and above a keyboard."""
_MOST_COMBINATIONS: Final = 20_000
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")
_OTHER: Final = "\0other"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its path within the file, and the reason in a sentence."""

    path: str
    reason: str


def faults_of(service: ServiceDefinition, shelves: Iterable[str]) -> list[Fault]:
    """Everything that does not fit together in a service's definition."""
    found = [*_own_faults(service, set(shelves))]
    for index, each in enumerate(service.fields):
        found += _field_faults(service, each, index)
    found += _order_faults(service)
    if not found:
        found += _unreachable(service)
    if service.case is not None:
        found += [Fault(path, reason) for path, reason in faults_of_case(service)]
    return found


def _own_faults(service: ServiceDefinition, shelves: set[str]) -> Iterator[Fault]:
    if service.category not in shelves:
        yield Fault("category", f"there is no shelf called {service.category}")
    if not service.fees:
        yield Fault("fees", "a service has at least one fee, of 0 when it is free")
    for name, ids in (
        ("fields", [each.id for each in service.fields]),
        ("pages", [each.id for each in service.pages]),
        ("facts", [each.id for each in service.facts]),
    ):
        for index in _repeated(ids):
            yield Fault(f"{name}[{index}].id", f"{ids[index]} is there twice")
    if any(fact.id == PERSON for fact in service.facts):
        yield Fault("facts", f"{PERSON} is known at every visit and is not asked for")
    known = {PERSON, *(fact.id for fact in service.facts)}
    for index, requirement in enumerate(service.who):
        for leaf in leaves(requirement.when):
            if isinstance(leaf.field_id, str):
                yield Fault(f"who[{index}].when", "who may use a service depends on facts only")
        yield from _unknown_facts(requirement.when, known, f"who[{index}].when")
    for index, fact in enumerate(service.facts):
        for name, field_id in fact.given.items():
            if field_id not in {each.id for each in service.fields}:
                yield Fault(f"facts[{index}].given.{name}", f"there is no question {field_id}")
    deadlines = {deadline.id for deadline in service.deadlines}
    for index, step in enumerate(service.next_steps):
        yield from placeholders(step.text, deadlines, f"next_steps[{index}].text")
    if service.kind is ServiceKind.CARD:
        if service.fields or service.case is not None:
            yield Fault("kind", "a service of the card has no questions and no case")
        return
    if service.case is None:
        yield Fault("case", "an application becomes a case: say what becomes of it")
    if not service.fields:
        yield Fault("fields", "an application asks at least one question")
    if service.payment is not PaymentTime.NONE and not (service.quote or service.fees):
        yield Fault("payment", "nothing says what is to be paid")
    if not service.sign or service.sign[0] is Role.OPERATOR:
        yield Fault("sign", "somebody other than the operator signs first")
    if service.submit == "online" and service.offline.policy.value != "never":
        yield Fault("submit", "what waits for the answer cannot be used without a network")


def _field_faults(service: ServiceDefinition, each: FieldDefinition, index: int) -> Iterator[Fault]:
    here = f"fields[{index}]"
    if each.kind not in kind_names():
        known = ", ".join(sorted(kind_names()))
        yield Fault(f"{here}.kind", f"there is no kind of question {each.kind}; known: {known}")
        return
    kind = kind_of(each.kind)
    for key in sorted(kind.needs):
        if not getattr(each, key):
            yield Fault(f"{here}.{key}", f"a question of kind {each.kind} needs {key}")
    for key in _CHECKED:
        if key not in kind.takes and getattr(each, key) != getattr(_EMPTY, key):
            yield Fault(f"{here}.{key}", f"means nothing to a question of kind {each.kind}")
    for at in _repeated([option.code for option in each.options]):
        yield Fault(f"{here}.options[{at}].code", f"{each.options[at].code} is there twice")
    if each.minimum is not None and each.maximum is not None and each.minimum > each.maximum:
        yield Fault(f"{here}.minimum", "is above the maximum")
    if each.contact == "mobile" and each.kind != "mobile":
        yield Fault(f"{here}.contact", "messages go to a question of kind mobile")
    if each.contact == "email" and each.kind != "email":
        yield Fault(f"{here}.contact", "e-mails go to a question of kind email")
    if each.contact and [f.contact for f in service.fields].count(each.contact) > 1:
        yield Fault(f"{here}.contact", f"two questions are the {each.contact} of the applicant")
    if each.page and each.page not in {page.id for page in service.pages}:
        yield Fault(f"{here}.page", f"there is no page {each.page}")
    facts = {fact.id for fact in service.facts}
    if each.options_from and each.options_from not in facts:
        yield Fault(f"{here}.options_from", f"the service asks for no fact {each.options_from}")
    source = each.prefill.partition(".")[0]
    if source and source not in {"language", PERSON, *facts}:
        yield Fault(f"{here}.prefill", f"the service asks for no fact {source}")
    if each.assumed and not each.prefill:
        yield Fault(f"{here}.assumed", "nothing says where the answer is known from (prefill)")
    yield from _unknown_facts(each.when, {PERSON, *facts}, f"{here}.when")


def _order_faults(service: ServiceDefinition) -> Iterator[Fault]:
    """References to a question that is not there, or comes later, or is the question itself."""
    ids = [each.id for each in service.fields]
    for index, each in enumerate(service.fields):
        earlier = {other.id: other for other in service.fields[:index]}
        wanted = [(field_id, "when") for field_id in sorted(fields_of(each.when))]
        if each.within:
            wanted.append((each.within, "within"))
        fact = next((f for f in service.facts if f.id == each.options_from), None)
        wanted += [(field_id, "options_from") for field_id in (fact.given.values() if fact else ())]
        for field_id, key in wanted:
            if field_id in earlier:
                continue
            reason = (
                f"{field_id} comes later: a condition looks back only"
                if field_id in ids
                else f"there is no question {field_id}"
            )
            yield Fault(f"fields[{index}].{key}", reason)
        for leaf in leaves(each.when):
            yield from _impossible_values(leaf, earlier, f"fields[{index}].when")
    pages = [each.page for each in service.fields]
    for page in sorted(set(pages) - {""}):
        if pages.count(page) > MOST_ON_A_PAGE:
            yield Fault("pages", f"{page} holds more than {MOST_ON_A_PAGE} questions")
    for index, page in enumerate(pages):
        if page and page in pages[: max(0, index - 1)] and pages[index - 1] != page:
            yield Fault(f"fields[{index}].page", f"the questions of {page} do not stand together")


def _impossible_values(
    leaf: Condition, earlier: dict[str, FieldDefinition], path: str
) -> Iterator[Fault]:
    if not isinstance(leaf.field_id, str) or not isinstance(leaf.is_, tuple):
        return
    other = earlier.get(leaf.field_id)
    if other is None or not other.options:
        return
    for value in leaf.is_:
        if value not in {option.code for option in other.options}:
            yield Fault(path, f"{value!r} is no answer to {leaf.field_id}")


def _unreachable(service: ServiceDefinition) -> Iterator[Fault]:
    """Questions that no combination of answers and facts brings up."""
    conditional = [each for each in service.fields if each.when is not None]
    looked_at = sorted({name for each in conditional for name in fields_of(each.when)})
    paths = sorted({path for each in conditional for path in facts_of(each.when)})
    domains = [_domain(service.field(name), conditional) for name in looked_at]
    fact_domains = [_values(path, conditional, fact=True) for path in paths]
    size = 1
    for domain in (*domains, *fact_domains):
        size *= len(domain)
    if size > _MOST_COMBINATIONS:
        yield Fault("fields", "the conditions depend on so much that nobody can follow them")
        return
    reached: set[str] = set()
    for answers in itertools.product(*domains):
        for values in itertools.product(*fact_domains):
            chosen = dict(zip(looked_at, answers, strict=True))
            facts: dict[str, Any] = {}
            for path, value in zip(paths, values, strict=True):
                _put(facts, path, value)
            so_far: dict[str, Any] = {}
            for each in service.fields:
                if holds(each.when, so_far, facts):
                    reached.add(each.id)
                    if chosen.get(each.id) is not None:
                        so_far[each.id] = chosen[each.id]
    for index, each in enumerate(service.fields):
        if each.id not in reached:
            yield Fault(f"fields[{index}].when", "this question can never be reached")


def _domain(definition: FieldDefinition, conditional: list[FieldDefinition]) -> list[Any]:
    """Answers to try: those that conditions name, another one, and none where that may be."""
    named = _values(definition.id, conditional, fact=False)
    if definition.kind in ("choices", "list-many"):
        codes = [value for value in named if value is not None]
        most = min(len(codes), 8)
        return [
            list(chosen)
            for count in range(most + 1)
            for chosen in itertools.combinations(codes, count)
        ]
    if definition.options:
        codes = [option.code for option in definition.options]
        unnamed = next((code for code in codes if code not in named), None)
        named = [value for value in named if value in codes] + ([unnamed] if unnamed else [])
    return [*named, None] if not definition.required else [v for v in named if v is not None]


def _values(name: str, conditional: list[FieldDefinition], *, fact: bool) -> list[Any]:
    values: list[Any] = []
    for each in conditional:
        for leaf in leaves(each.when):
            if (leaf.fact if fact else leaf.field_id) == name and isinstance(leaf.is_, tuple):
                values += [value for value in leaf.is_ if value not in values]
    return [*values, _OTHER, None] if fact else [*values, _OTHER]


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        facts = facts.setdefault(name, {})
    facts[last] = value


def _unknown_facts(condition: Condition | None, known: set[str], path: str) -> Iterator[Fault]:
    for each in sorted(facts_of(condition)):
        if each.partition(".")[0] not in known:
            yield Fault(path, f"the service asks for no fact {each.partition('.')[0]}")


def placeholders(text: Text, known: Iterable[str], path: str) -> Iterator[Fault]:
    """Placeholders of a sentence that nothing fills."""
    for language, sentence in text.each():
        for name in _PLACEHOLDER.findall(sentence):
            if name not in set(known):
                yield Fault(f"{path}.{language}", f"nothing fills {{{name}}}")


def _repeated(names: list[str]) -> Iterator[int]:
    return (index for index, name in enumerate(names) if name in names[:index])


_EMPTY: Final = FieldDefinition(
    id="none",
    kind="line",
    question=Text(ar="-", en="-"),
    help=Text(ar="-", en="-"),
    label=Text(ar="-", en="-"),
)
