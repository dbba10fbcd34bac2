"""What must fit together in a service's case: states that can be reached and left, notices that
are sent, deadlines that exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from kiosk.services.case_definition import Actor, AskedField, CaseDefinition, Move, Slot
from kiosk.services.conditions import facts_of, fields_of
from kiosk.services.fields import kind_names, kind_of
from kiosk.services.texts import Text, unfilled

if TYPE_CHECKING:
    from kiosk.services.definition import ServiceDefinition

FILLED: Final = frozenset(
    {"number", "service", "state", "office", "phone", "date", "time", "place", "deadline", "link"}
)
"""Placeholders that a notice may have."""
_ABOUT_SLOT: Final = frozenset({"date", "time", "place"})
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")

Found = tuple[str, str]
"""Path and reason."""


def faults_of_case(service: ServiceDefinition) -> Iterator[Found]:
    """Everything that does not fit together in the case of a service."""
    case = service.case
    if case is None:
        return
    for name, ids in (
        ("states", [state.id for state in case.states]),
        ("moves", [move.id for move in case.moves]),
        ("notices", [notice.id for notice in case.notices]),
    ):
        for index, each in enumerate(ids):
            if each in ids[:index]:
                yield f"case.{name}[{index}].id", f"{each} is there twice"
    states = {state.id for state in case.states}
    notices = {notice.id for notice in case.notices}
    questions = {each.id for each in service.fields}
    deadlines = {deadline.id for deadline in service.deadlines}
    if case.start not in states:
        yield "case.start", f"there is no state {case.start}"
    if case.due and case.due not in deadlines:
        yield "case.due", f"there is no deadline {case.due}"
    yield from _missing(case.on_registration, notices, "case.on_registration", "notice")
    yield from _office(service, case, questions)
    for index, move in enumerate(case.moves):
        yield from _move(case, move, f"case.moves[{index}]", states, notices, deadlines, questions)
    for index, notice in enumerate(case.notices):
        here = f"case.notices[{index}]"
        if notice.to != "applicant" and notice.to not in questions:
            yield f"{here}.to", f"there is no question {notice.to}"
        elif notice.to != "applicant" and service.field(notice.to).kind != "mobile":
            yield f"{here}.to", f"{notice.to} is no mobile number"
        texts = [(notice.sms, "sms")]
        if notice.email is not None:
            texts += [(notice.email.subject, "email.subject"), (notice.email.text, "email.text")]
        if notice.without_slot is not None:
            texts.append((notice.without_slot, "without_slot"))
            if _speaks_of_slot(notice.without_slot):
                yield f"{here}.without_slot", "it is said when there is no appointment"
        elif notice.id in case.on_registration and _speaks_of_slot(notice.sms):
            yield here, "say without_slot: there may be no free appointment"
        for text, name in texts:
            yield from _placeholders(case, text, f"{here}.{name}")
        if service.contact("mobile") is None and notice.to == "applicant":
            yield here, 'no question is the applicant\'s mobile number (contact = "mobile")'
    for index, reminder in enumerate(case.reminders):
        here = f"case.reminders[{index}]"
        yield from _missing([reminder.notice], notices, f"{here}.notice", "notice")
        yield from _missing(reminder.states, states, f"{here}.states", "state")
        if reminder.before == "slot" and case.slot is None:
            yield f"{here}.before", "the case has no appointment"
        if reminder.before == "due" and not case.due:
            yield f"{here}.before", "the case has no day by which it must be done"
    yield from _graph(case, states)
    yield from _at_once(case)


def _office(
    service: ServiceDefinition, case: CaseDefinition, questions: set[str]
) -> Iterator[Found]:
    rule = case.office
    if [bool(rule.of_place), rule.least_loaded, bool(rule.id)].count(True) != 1:
        yield "case.office", "say one of of_place, least_loaded, id"
    if rule.of_place and rule.of_place not in questions:
        yield "case.office.of_place", f"there is no question {rule.of_place}"
    elif rule.of_place and service.field(rule.of_place).kind != "place":
        yield "case.office.of_place", f"{rule.of_place} is no place"
    slot = case.slot
    if slot is not None and slot.chosen_by and slot.chosen_by not in questions:
        yield "case.slot.chosen_by", f"there is no question {slot.chosen_by}"
    elif slot is not None and slot.chosen_by and not service.field(slot.chosen_by).options_from:
        yield "case.slot.chosen_by", f"{slot.chosen_by} chooses from no list of free times"


def _move(
    case: CaseDefinition,
    move: Move,
    here: str,
    states: set[str],
    notices: set[str],
    deadlines: set[str],
    questions: set[str],
) -> Iterator[Found]:
    yield from _missing([*move.from_, move.to], states, here, "state")
    yield from _missing(move.notices, notices, f"{here}.notices", "notice")
    if not move.from_:
        yield f"{here}.from", "say in which states it can be made"
    if not move.by:
        yield f"{here}.by", "say who makes it"
    timed = [bool(move.after_deadline), move.after_days is not None, move.after_slot]
    if timed.count(True) > 1:
        yield here, "a move has one time at which it is made by itself"
    if any(timed) and move.by != (Actor.SYSTEM,):
        yield f"{here}.by", "what is made by itself is made by the system"
    if move.after_deadline and move.after_deadline not in deadlines:
        yield f"{here}.after_deadline", f"there is no deadline {move.after_deadline}"
    if case.slot is None and (move.slot is not Slot.KEEP or move.after_slot or move.before_slot):
        yield f"{here}.slot", "the case has no appointment"
    for state in case.states:
        if state.final and state.id in move.from_:
            yield f"{here}.from", f"{state.id} is final"
    for field_id in sorted(fields_of(move.when) - questions):
        yield f"{here}.when", f"there is no question {field_id}"
    if facts_of(move.when):
        yield f"{here}.when", "a move depends on the application's answers only"
    if move.asks and Actor.SYSTEM in move.by:
        yield f"{here}.asks", "the system answers no questions"
    for index, asked in enumerate(move.asks):
        where = f"{here}.asks[{index}]"
        if asked.id in [other.id for other in move.asks[:index]]:
            yield f"{where}.id", f"{asked.id} is there twice"
        yield from _asked(asked, where)


def _asked(asked: AskedField, here: str) -> Iterator[Found]:
    """A question of a move's form, which has fewer keys than one of the application."""
    if asked.kind not in kind_names():
        yield f"{here}.kind", f"there is no kind of question {asked.kind}"
        return
    kind = kind_of(asked.kind)
    for key in sorted(kind.needs - {"options"}):
        yield f"{here}.kind", f"a question of kind {asked.kind} needs {key}: not in a move"
    if "options" in kind.needs and not asked.options:
        yield f"{here}.options", f"a question of kind {asked.kind} needs options"
    if asked.options and "options" not in kind.takes:
        yield f"{here}.options", f"means nothing to a question of kind {asked.kind}"
    if asked.maximum is not None and "maximum" not in kind.takes:
        yield f"{here}.maximum", f"means nothing to a question of kind {asked.kind}"
    codes = [option.code for option in asked.options]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            yield f"{here}.options[{at}].code", f"{code} is there twice"


def _graph(case: CaseDefinition, states: set[str]) -> Iterator[Found]:
    """Every state can be reached, and from every state the case can end."""
    ways = [(a, move.to) for move in case.moves for a in move.from_ if {a, move.to} <= states]
    reached = _closure({case.start}, ways)
    final = {state.id for state in case.states if state.final}
    ending = _closure(final, [(b, a) for a, b in ways])
    if not final:
        yield "case.states", "no state is final: a case could never end"
    for index, state in enumerate(case.states):
        if state.id not in reached:
            yield f"case.states[{index}]", f"no move leads to {state.id}"
        elif final and state.id not in ending:
            yield f"case.states[{index}]", f"from {state.id} the case can never end"


def _at_once(case: CaseDefinition) -> Iterator[Found]:
    """Moves that follow each other without a day in between and come back: they would never end."""
    at_once = [move for move in case.moves if move.after_days == 0 and move.at_most is None]
    ways = [(a, move.to) for move in at_once for a in move.from_]
    for index, move in enumerate(case.moves):
        if move in at_once and _closure({move.to}, ways) & set(move.from_):
            yield f"case.moves[{index}].after_days", "it comes back at once, again and again"


def _closure(start: set[str], ways: list[tuple[str, str]]) -> set[str]:
    reached = set(start)
    while more := {b for a, b in ways if a in reached} - reached:
        reached |= more
    return reached


def _placeholders(case: CaseDefinition, text: Text, path: str) -> Iterator[Found]:
    for language, sentence in text.each():
        for found in unfilled(sentence, FILLED):
            yield f"{path}.{language}", f"nothing fills {found}"
        for name in _PLACEHOLDER.findall(sentence):
            if name in _ABOUT_SLOT and case.slot is None:
                yield f"{path}.{language}", f"{{{name}}} is of an appointment, which it has not"
            elif name == "deadline" and not case.due:
                yield f"{path}.{language}", "{deadline} is the case's due day, which it has not"


def _speaks_of_slot(text: Text) -> bool:
    return any(_ABOUT_SLOT & set(_PLACEHOLDER.findall(sentence)) for _, sentence in text.each())


def _missing(names: Iterable[str], known: set[str], path: str, what: str) -> Iterator[Found]:
    for name in names:
        if name not in known:
            yield path, f"there is no {what} {name}"
