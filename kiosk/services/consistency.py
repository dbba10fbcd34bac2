"""What must fit together within one service's file; every fault is named by its place.

``msgspec`` has already seen to shapes and unknown keys. Here: that every name which refers to
something refers to something, that conditions look back and not ahead, that every question can be
reached (``reachability.py``) and every case can end (``case_consistency.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kiosk.services.case_consistency import faults_of_case
from kiosk.services.conditions import Condition, depth, facts_of, fields_of, leaves
from kiosk.services.definition import (
    FactDefinition,
    FieldDefinition,
    PaymentTime,
    Role,
    ServiceDefinition,
    ServiceKind,
)
from kiosk.services.facts import PERSON
from kiosk.services.fields import FieldKind, kind_names, kind_of
from kiosk.services.languages import LANGUAGES
from kiosk.services.reachability import unreachable
from kiosk.services.shape import Fault
from kiosk.services.texts import Text, unfilled

_CHECKED: Final = (
    "options", "options_from", "within", "maximum", "minimum", "level", "earliest",
    "past_only", "future_only",
)  # fmt: skip
MOST_ON_A_PAGE: Final = 4
"""More questions do not fit on one page, in large letters and above a keyboard."""
_DEEPEST: Final = 12
_TYPES: Final = {str: "a text", int: "a whole number", bool: "true or false"}


def faults_of(
    service: ServiceDefinition,
    shelves: Iterable[str] | None,
    problems: Mapping[str, Text] | None = None,
) -> list[Fault]:
    """Everything that does not fit together in a service's definition.

    What is ``None`` is not known, and nothing is said about it.
    """
    found = [*_own_faults(service, shelves)]
    if service.kind is ServiceKind.APPLICATION:
        found += _application_faults(service)
    found += _fact_faults(service)
    for index, each in enumerate(service.fields):
        found += _field_faults(service, each, index)
        found += _sentence_faults(each, index, problems)
    found += _order_faults(service)
    if not found:
        found += unreachable(service)
    if service.case is not None:
        found += [Fault(path, reason) for path, reason in faults_of_case(service)]
    return found


def _own_faults(service: ServiceDefinition, shelves: Iterable[str] | None) -> Iterator[Fault]:
    if shelves is not None and service.category not in set(shelves):
        yield Fault("category", f"there is no shelf called {service.category}")
    for language in sorted(set(service.search) - set(LANGUAGES)):
        yield Fault(f"search.{language}", f"the terminal does not speak {language}")
    if not service.fees:
        yield Fault("fees", "a service has at least one fee, of 0 when it is free")
    for index in _repeated([fee.valid_from for fee in service.fees]):
        yield Fault(f"fees[{index}].valid_from", "two fees begin on this day")
    for index in _repeated([(each.id, each.valid_from) for each in service.deadlines]):
        yield Fault(f"deadlines[{index}].valid_from", "it begins twice on this day")
    for index, requirement in enumerate(service.who):
        here = f"who[{index}].when"
        if fields_of(requirement.when):
            yield Fault(here, "who may use a service depends on facts only")
        yield from _unknown_facts(service, requirement.when, here)
        yield from _too_deep(requirement.when, here)
        for fact in _facts(service, requirement.when):
            if fact.given:
                yield Fault(here, f"{fact.id} depends on questions that are not asked yet")
    known = {deadline.id for deadline in service.deadlines}
    for index, step in enumerate(service.next_steps):
        yield from placeholders(step.text, known, f"next_steps[{index}].text")
    if service.kind is ServiceKind.CARD and (service.fields or service.case is not None):
        yield Fault("kind", "a service of the card has no questions and no case")


def _application_faults(service: ServiceDefinition) -> Iterator[Fault]:
    if service.case is None:
        yield Fault("case", "an application becomes a case: say what becomes of it")
    if not service.fields:
        yield Fault("fields", "an application asks at least one question")
    if service.payment is not PaymentTime.NONE and not (service.quote or service.fees):
        yield Fault("payment", "nothing says what is to be paid")
    if not service.sign or service.sign[0] is Role.OPERATOR:
        yield Fault("sign", "somebody other than the operator signs first")
    for index in _repeated(service.sign):
        yield Fault(f"sign[{index}]", f"the {service.sign[index].value} signs twice")
    if service.submit == "online" and service.offline.policy.value != "never":
        yield Fault("submit", "what waits for the answer cannot be used without a network")
    fields = [each.id for each in service.fields]
    for index in _repeated(fields):
        yield Fault(f"fields[{index}].id", f"{fields[index]} is there twice")
    pages = [page.id for page in service.pages]
    for index, page_id in enumerate(pages):
        if page_id in pages[:index]:
            yield Fault(f"pages[{index}].id", f"{page_id} is there twice")
        elif page_id in fields and service.field(page_id).page != page_id:
            yield Fault(f"pages[{index}].id", f"a question elsewhere is called {page_id} too")


def _fact_faults(service: ServiceDefinition) -> Iterator[Fault]:
    facts = [fact.id for fact in service.facts]
    for index, fact in enumerate(service.facts):
        here = f"facts[{index}]"
        if fact.id in facts[:index]:
            yield Fault(f"{here}.id", f"{fact.id} is there twice")
        if fact.id == PERSON:
            yield Fault(f"{here}.id", f"{PERSON} is known at every visit and is not asked for")
        for name in sorted(set(fact.fixed) & set(fact.given)):
            yield Fault(f"{here}.fixed.{name}", f"{name} is given by a question already")
        for name, field_id in fact.given.items():
            if field_id not in {each.id for each in service.fields}:
                yield Fault(f"{here}.given.{name}", f"there is no question {field_id}")


def _field_faults(service: ServiceDefinition, each: FieldDefinition, index: int) -> Iterator[Fault]:
    here = f"fields[{index}]"
    if each.kind not in kind_names():
        known = ", ".join(sorted(kind_names()))
        yield Fault(f"{here}.kind", f"there is no kind of question {each.kind}; known: {known}")
        return
    yield from _kind_faults(each, kind_of(each.kind), here)
    if each.contact and each.contact != each.kind:
        yield Fault(f"{here}.contact", f"notices go to a question of kind {each.contact}")
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
    if each.prefill == "language" and not any(option.language for option in each.options):
        yield Fault(f"{here}.prefill", "no option says which language it is for")
    yield from _unknown_facts(service, each.when, f"{here}.when")
    yield from _too_deep(each.when, f"{here}.when")


def _kind_faults(each: FieldDefinition, kind: FieldKind, here: str) -> Iterator[Fault]:
    for key in sorted(kind.needs):
        if not getattr(each, key):
            yield Fault(f"{here}.{key}", f"a question of kind {each.kind} needs {key}")
    for key in _CHECKED:
        if key not in kind.takes and getattr(each, key) != getattr(_EMPTY, key):
            yield Fault(f"{here}.{key}", f"means nothing to a question of kind {each.kind}")
    codes = [option.code for option in each.options]
    for at in _repeated(codes):
        yield Fault(f"{here}.options[{at}].code", f"{codes[at]} is there twice")
    for at, option in enumerate(each.options):
        if option.language and option.language not in LANGUAGES:
            reason = f"the terminal does not speak {option.language}"
            yield Fault(f"{here}.options[{at}].language", reason)
    if each.minimum is not None and each.maximum is not None and each.minimum > each.maximum:
        yield Fault(f"{here}.minimum", "is above the maximum")


def _sentence_faults(
    each: FieldDefinition, index: int, problems: Mapping[str, Text] | None
) -> Iterator[Fault]:
    """A question's own sentences: for problems that there are, with what those are told."""
    if problems is None:
        return
    for code, text in each.problems.items():
        path = f"fields[{index}].problems.{code}"
        if code not in problems:
            yield Fault(path, f"there is no problem {code}; known: {', '.join(sorted(problems))}")
            continue
        general = {
            name.strip("{}") for _, said in problems[code].each() for name in unfilled(said, ())
        }
        yield from placeholders(text, general, path)


def _order_faults(service: ServiceDefinition) -> Iterator[Fault]:
    """References to a question that is not there, or comes later, or is the question itself."""
    ids = [each.id for each in service.fields]
    confirmed = {page.id for page in service.pages if isinstance(page.confirm, Text)}
    for index, each in enumerate(service.fields):
        earlier = {other.id: other for other in service.fields[:index]}
        for field_id, key in _looked_at(service, each):
            path = f"fields[{index}].{key}"
            if field_id not in ids:
                yield Fault(path, f"there is no question {field_id}")
            elif field_id not in earlier:
                yield Fault(path, f"{field_id} comes later: a condition looks back only")
            elif each.page and each.page == earlier[field_id].page and each.page not in confirmed:
                yield Fault(path, f"{field_id} is on the same page: it is not answered yet")
        if each.within in earlier:
            yield from _place_faults(each, earlier[each.within], f"fields[{index}].within")
        for leaf in leaves(each.when):
            yield from _impossible_values(leaf, earlier, f"fields[{index}].when")
    pages = [each.page for each in service.fields]
    for index, definition in enumerate(service.pages):
        if pages.count(definition.id) > MOST_ON_A_PAGE:
            yield Fault(f"pages[{index}]", f"it holds more than {MOST_ON_A_PAGE} questions")
    for index, page in enumerate(pages):
        if page and page in pages[: max(0, index - 1)] and pages[index - 1] != page:
            yield Fault(f"fields[{index}].page", f"the questions of {page} do not stand together")


def _looked_at(service: ServiceDefinition, each: FieldDefinition) -> list[tuple[str, str]]:
    """The questions that must be answered before this one, and the key that says so."""
    wanted = [(field_id, "when") for field_id in sorted(fields_of(each.when))]
    if each.within:
        wanted.append((each.within, "within"))
    needed = [(fact, "when") for fact in _facts(service, each.when)]
    for fact in service.facts:
        if fact.id == each.options_from:
            needed.append((fact, "options_from"))
        if fact.id == each.prefill.partition(".")[0]:
            needed.append((fact, "prefill"))
    return wanted + [(field_id, key) for fact, key in needed for field_id in fact.given.values()]


def _place_faults(each: FieldDefinition, other: FieldDefinition, path: str) -> Iterator[Fault]:
    if other.level != "governorate":
        yield Fault(path, f"{other.id} asks for no governorate")
    elif each.level == "governorate":
        yield Fault(path, "a governorate lies within no other place")


def _impossible_values(
    leaf: Condition, earlier: Mapping[str, FieldDefinition], path: str
) -> Iterator[Fault]:
    if not isinstance(leaf.field_id, str) or not isinstance(leaf.is_, tuple):
        return
    other = earlier.get(leaf.field_id)
    if other is None or other.kind not in kind_names():
        return
    wanted = kind_of(other.kind).compares
    if wanted is None:
        yield Fault(path, f"an answer of kind {other.kind} cannot be compared: leave out 'is'")
        return
    codes = {option.code for option in other.options}
    for value in leaf.is_:
        if type(value) is not wanted:
            yield Fault(path, f"{value!r} is no answer to {other.id}: that is {_TYPES[wanted]}")
        elif codes and value not in codes:
            yield Fault(path, f"{value!r} is no answer to {other.id}")


def _facts(service: ServiceDefinition, condition: Condition | None) -> list[FactDefinition]:
    names = {path.partition(".")[0] for path in facts_of(condition)}
    return [fact for fact in service.facts if fact.id in names]


def _unknown_facts(
    service: ServiceDefinition, condition: Condition | None, path: str
) -> Iterator[Fault]:
    known = {PERSON, *(fact.id for fact in service.facts)}
    for name in sorted({each.partition(".")[0] for each in facts_of(condition)} - known):
        yield Fault(path, f"the service asks for no fact {name}")


def _too_deep(condition: Condition | None, path: str) -> Iterator[Fault]:
    if depth(condition) > _DEEPEST:
        yield Fault(path, f"conditions stand within each other more than {_DEEPEST} deep")


def placeholders(text: Text, known: Iterable[str], path: str) -> Iterator[Fault]:
    """Placeholders of a sentence that nothing fills, and braces that are none."""
    names = set(known)
    for language, sentence in text.each():
        for found in unfilled(sentence, names):
            yield Fault(f"{path}.{language}", f"nothing fills {found}")


def _repeated(values: Iterable[object]) -> Iterator[int]:
    seen: list[object] = []
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.append(value)


_EMPTY: Final = FieldDefinition(
    id="none",
    kind="line",
    question=Text(ar="-", en="-"),
    help=Text(ar="-", en="-"),
    label=Text(ar="-", en="-"),
)
