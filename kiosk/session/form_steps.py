"""From the list of services to a checked application: one question per page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.devices import SheetState, can_scan, is_online
from kiosk.services import FieldDefinition, FieldProblem, ServiceDefinition, flow
from kiosk.services.answers import Answer, answer_as_input
from kiosk.services.definition import ServiceKind
from kiosk.session.card_service_steps import choose_card_service
from kiosk.session.effects import QueryPinTries, SearchEmployers
from kiosk.session.events import (
    BackPressed,
    ChangePressed,
    ContinuePressed,
    EmployerQueried,
    EmployersFound,
    Event,
    InputChanged,
    ServiceChosen,
)
from kiosk.session.state import EmployerSearch, Form, Page, PinEntry, SearchState, State, Visit
from kiosk.session.step import Step, World, stay, with_visit

_SEARCH_MIN = 2
"""Letters before the registry is asked."""


def on_services(state: State, event: Event, world: World) -> Step:
    """A service opens its first question; answers given before "back" are kept."""
    if not isinstance(event, ServiceChosen):
        return stay(state)
    try:
        service = world.catalogue.service(event.service_id)
    except KeyError:
        return stay(state)
    if not service.offered:
        return stay(state)
    if service.kind is ServiceKind.CARD:
        return choose_card_service(state, service.id)
    form = state.visit.form
    if form is None or form.service_id != service.id:
        form = Form(service.id)
    return Step(_open_question(state, form, 0, world))


def on_question(state: State, event: Event, world: World) -> Step:
    """One question: its input, its search, forward and back."""
    form = state.visit.form
    if form is None:
        return stay(state)
    match event:
        case InputChanged():
            changed = replace(form, input=event.value, problems=())
            return Step(with_visit(state, form=changed))
        case EmployerQueried():
            return _search(state, form, event.query)
        case EmployersFound() if event.query == form.search.query:
            found = SearchState.UNAVAILABLE if event.employers is None else SearchState.DONE
            search = EmployerSearch(event.query, found, event.employers or ())
            return Step(with_visit(state, form=replace(form, search=search)))
        case ContinuePressed():
            return _take_answer(state, form, world)
        case BackPressed():
            return _back(state, form, world)
        case _:
            return stay(state)


def on_check(state: State, event: Event, world: World) -> Step:
    """All answers at once; each can be changed, and all must hold before they are signed."""
    form = state.visit.form
    if form is None:
        return stay(state)
    service = world.catalogue.service(form.service_id)
    if isinstance(event, ChangePressed):
        index = _index_of(service, event.field_id)
        if index is None:
            return stay(state)
        if event.papers:
            return Step(open_papers(state, replace(form, changing=True, index=index)))
        return Step(_open_question(state, replace(form, changing=True), index, world))
    if isinstance(event, BackPressed):
        last = len(service.fields) - 1
        return Step(_open_question(state, replace(form, changing=False), last, world))
    if isinstance(event, ContinuePressed):
        problems = world.catalogue.validate(service.id, form.answers, today=world.today)
        for problem in problems:
            index = _index_of(service, problem.field)
            if index is not None:
                opened = _open_question(state, replace(form, changing=True), index, world)
                return Step(_with_problem(opened, problem))
        return Step(with_visit(state, page=Page.SIGN, pin=PinEntry()), (QueryPinTries(),))
    return stay(state)


def _search(state: State, form: Form, query: str) -> Step:
    wanted = query.strip()
    if len(wanted) < _SEARCH_MIN:
        search = EmployerSearch(query)
    elif not (state.visit.signed_in and is_online(state.terminal)):
        search = EmployerSearch(query, SearchState.UNAVAILABLE)
    else:
        search = EmployerSearch(query, SearchState.SEARCHING, form.search.found)
        changed = with_visit(state, form=replace(form, search=search))
        return Step(changed, (SearchEmployers(query),))
    return Step(with_visit(state, form=replace(form, search=search)))


def _take_answer(state: State, form: Form, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    definition = service.fields[form.index]
    parsed = world.catalogue.parse_field(
        service, definition.id, form.input, form.answers, world.today
    )
    if isinstance(parsed, FieldProblem):
        return Step(_with_problem(state, parsed))
    answers = _with_answer(service, form.answers, definition.id, parsed)
    taken = replace(form, answers=answers, problems=())
    if any(option.on_paper for option in definition.options):
        if not _is_on_paper(definition, parsed):
            taken = replace(taken, papers=())
        elif can_scan(state.terminal):
            return Step(open_papers(state, taken))
    return go_on(state, taken, world)


def go_on(state: State, form: Form, world: World) -> Step:
    """From a question that is answered to the next one, or to the check page."""
    service = world.catalogue.service(form.service_id)
    if not form.changing:
        if form.index + 1 < len(service.fields):
            return Step(_open_question(state, form, form.index + 1, world))
    else:
        # A changed governorate may have taken the wilayat's answer away: ask that next.
        for index, field in enumerate(service.fields):
            if field.id not in form.answers:
                return Step(_open_question(state, form, index, world))
    done = replace(form, changing=False, input=None, search=EmployerSearch())
    return Step(with_visit(state, page=Page.CHECK, form=done))


def ask_again(state: State, form: Form, world: World) -> Step:
    """The question that this form is at, with the answer that was given."""
    return Step(_open_question(state, form, form.index, world))


def open_papers(state: State, form: Form) -> State:
    """The page on which what the question's answer names is scanned."""
    opened = replace(form, input=None, problems=(), sheet=SheetState.READY, sheet_problem="")
    return with_visit(state, page=Page.PAPERS, form=opened)


def _is_on_paper(definition: FieldDefinition, answer: Answer) -> bool:
    return any(option.on_paper and option.code in answer for option in definition.options)


def _back(state: State, form: Form, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    if form.changing and all(field.id in form.answers for field in service.fields):
        kept = replace(form, changing=False, input=None, problems=(), search=EmployerSearch())
        return Step(with_visit(state, page=Page.CHECK, form=kept))
    definition = service.fields[form.index]
    parsed = world.catalogue.parse_field(
        service, definition.id, form.input, form.answers, world.today
    )
    if not isinstance(parsed, FieldProblem):
        answers = _with_answer(service, form.answers, definition.id, parsed)
        form = replace(form, answers=answers)
    if form.index == 0:
        return Step(with_visit(state, page=Page.SERVICES, form=replace(form, problems=())))
    return Step(_open_question(state, form, form.index - 1, world))


def _open_question(state: State, form: Form, index: int, world: World) -> State:
    service = world.catalogue.service(form.service_id)
    definition = service.fields[index]
    opened = replace(
        form,
        index=index,
        input=_first_input(definition, form.answers, state.visit),
        problems=(),
        search=EmployerSearch(),
    )
    return with_visit(state, page=Page.QUESTION, form=opened)


def _first_input(
    definition: FieldDefinition, answers: Mapping[str, Answer], visit: Visit
) -> Answer:
    """What the page shows at first: the answer given before, else what a registry knows."""
    if definition.id in answers:
        return answer_as_input(definition, answers[definition.id])
    if definition.prefill == "person.mobile":
        return visit.mobile
    return None


def _with_answer(
    service: ServiceDefinition, answers: Mapping[str, Answer], field_id: str, answer: Answer
) -> Mapping[str, Answer]:
    return flow.with_answer(service, answers, field_id, answer)


def _with_problem(state: State, problem: FieldProblem) -> State:
    form = state.visit.form
    return with_visit(state, form=replace(form, problems=(problem,))) if form else state


def _index_of(service: ServiceDefinition, field_id: str) -> int | None:
    return next((i for i, f in enumerate(service.fields) if f.id == field_id), None)
