"""From the list of services to a checked application: a page of questions after the other."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kiosk.devices import SheetState, can_scan, is_online
from kiosk.services import FieldDefinition, FieldProblem, ServiceDefinition, flow
from kiosk.services.answers import answer_as_input, is_empty
from kiosk.services.catalogue import validate
from kiosk.services.definition import FactDefinition, ServiceKind
from kiosk.services.fields import kind_of
from kiosk.session.card_service_steps import choose_card_service
from kiosk.session.card_task import PinEntry
from kiosk.session.effects import FetchFact, QueryPinTries, SearchEmployers
from kiosk.session.events import (
    ApartPressed,
    BackPressed,
    ChangePressed,
    ContinuePressed,
    EmployerQueried,
    EmployersFound,
    Event,
    FactKnown,
    InputChanged,
    ServiceChosen,
)
from kiosk.session.filling import PAPERS_EDITOR, filled_of, refusal, situation_of
from kiosk.session.form import EmployerSearch, Form, SearchState
from kiosk.session.page_table import Page
from kiosk.session.state import State
from kiosk.session.step import Step, World, stay, with_visit

_SEARCH_MIN = 2
"""Letters before the registry is asked."""
_SEARCH_MAX = 64
"""Letters that the registry takes; what is typed beyond them does not change what is found."""


def on_services(state: State, event: Event, world: World) -> Step:
    """A service opens its first page; answers given before "back" are kept."""
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
    if refusal(service, state.visit, state.terminal, world.catalogue, world.now) is not None:
        return stay(state)
    form = state.visit.form
    if form is None or form.service_id != service.id:
        form = Form(service.id)
        state = with_visit(state, facts=MappingProxyType({}))
    form = replace(form, changing=False, apart=frozenset())
    first = flow.pages(service, _filled(state, form, world))
    return _open(state, form, first[0], world) if first else stay(state)


def on_question(state: State, event: Event, world: World) -> Step:
    """A page of questions: its inputs, its search, its facts, forward and back."""
    form = state.visit.form
    if form is None:
        return stay(state)
    match event:
        case InputChanged():
            return _input(state, form, event, world)
        case EmployerQueried():
            return _search(state, form, event.query)
        case EmployersFound() if event.query == form.search.query:
            found = SearchState.UNAVAILABLE if event.employers is None else SearchState.DONE
            search = EmployerSearch(event.query, found, event.employers or ())
            return Step(with_visit(state, form=replace(form, search=search)))
        case FactKnown() if event.fact_id in form.asked_for:
            return _fact_known(state, form, event, world)
        case ContinuePressed():
            return _take_answers(state, form, world)
        case BackPressed():
            return _back(state, form, world)
        case ApartPressed():
            return _ask_apart(state, form, world)
        case _:
            return stay(state)


def on_signed_in(before: State, state: State, world: World) -> Step:
    """The registries answer while a question is on the screen: what they know is offered at once.

    Whoever has begun to answer goes on undisturbed.
    """
    form = state.visit.form
    if state.visit.page is not Page.QUESTION or form is None:
        return Step(state)
    service = world.catalogue.service(form.service_id)
    if any(not is_empty(raw) for raw in form.inputs.values()) or form.search.query:
        page = flow.page_called(service, _filled(before, form, world), form.page)
        begun = {each.page for each in page.fields} - {""} if page and not page.together else set()
        return Step(with_visit(state, form=replace(form, apart=form.apart | begun)))
    page = flow.page_called(service, _filled(state, form, world), form.page)
    return _open(state, form, page, world) if page else Step(state)


def on_check(state: State, event: Event, world: World) -> Step:
    """All answers at once; each can be changed, and all must hold before they are signed."""
    form = state.visit.form
    if form is None:
        return stay(state)
    service = world.catalogue.service(form.service_id)
    filled = _filled(state, form, world)
    if isinstance(event, ChangePressed):
        return _change(state, replace(form, changing=True), event, world)
    if isinstance(event, BackPressed):
        pages = flow.pages(service, filled)
        return _open(state, replace(form, changing=False), pages[-1], world)
    if isinstance(event, ContinuePressed):
        kept = flow.kept(service, filled)
        situation = situation_of(state.visit, form, world.catalogue, world.now, world.today)
        problems = validate(service, kept, replace(situation, answers=kept))
        for problem in problems:
            page = flow.page_of(service, filled, problem.field)
            if page is not None:
                opened = _open(state, replace(form, changing=True), page, world)
                return replace(opened, state=_with_problems(opened.state, (problem,)))
        papers = tuple(each for each in form.papers if each.question in kept)
        checked = replace(form, answers=kept, papers=papers)
        return Step(
            with_visit(state, page=Page.SIGN, pin=PinEntry(), form=checked), (QueryPinTries(),)
        )
    return stay(state)


def go_on(state: State, form: Form, world: World) -> Step:
    """From a page that is answered to the next one, or to the check page."""
    service = world.catalogue.service(form.service_id)
    form = replace(form, answers=flow.with_assumed(service, _filled(state, form, world)))
    filled = _filled(state, form, world)
    # A changed answer may have taken others away, or brought questions up: ask these next.
    missing = flow.missing(service, filled)
    following = None if form.changing else flow.following(service, filled, form.page)
    page = missing if form.changing else following or missing
    if page is not None:
        return _open(state, form, page, world)
    done = replace(form, changing=False, inputs=MappingProxyType({}), search=EmployerSearch())
    return Step(with_visit(state, page=Page.CHECK, form=done))


def ask_again(state: State, form: Form, world: World) -> Step:
    """The page that this form is at, with the answers that were given."""
    service = world.catalogue.service(form.service_id)
    filled = _filled(state, form, world)
    page = flow.page_called(service, filled, form.page)
    if page is None or is_scanned(page):
        before = flow.preceding(service, filled, form.page)
        if before is None:
            return Step(with_visit(state, page=Page.SERVICES, form=form))
        page = before
    return _open(state, form, page, world)


def open_papers(state: State, form: Form) -> State:
    """The page on which what the question's answer names is scanned."""
    nothing: MappingProxyType[str, Any] = MappingProxyType({})
    opened = replace(form, inputs=nothing, problems=(), sheet=SheetState.READY, sheet_problem="")
    return with_visit(state, page=Page.PAPERS, form=opened)


def is_scanned(page: flow.QuestionPage) -> bool:
    """Whether a page is answered by papers in the scanner."""
    return kind_of(page.fields[0].kind).editor == PAPERS_EDITOR


def with_papers_counted(form: Form, service: ServiceDefinition) -> Form:
    """The form whose question about papers is answered by how many of them were scanned."""
    definition = next((each for each in service.fields if each.id == form.page), None)
    if definition is None or kind_of(definition.kind).editor != PAPERS_EDITOR:
        return form
    count = sum(paper.question == definition.id for paper in form.papers)
    return replace(form, answers=flow.with_answer(service, form.answers, definition.id, count))


def paper_missing(form: Form, world: World) -> bool:
    """Whether the page of papers cannot be left yet: the service asks for one."""
    service = world.catalogue.service(form.service_id)
    definition = next((each for each in service.fields if each.id == form.page), None)
    if definition is None or kind_of(definition.kind).editor != PAPERS_EDITOR:
        return False
    count = sum(paper.question == definition.id for paper in form.papers)
    return definition.required and count < (definition.minimum or 1)


def _filled(state: State, form: Form, world: World) -> flow.Filled:
    return filled_of(state.visit, form, world.catalogue, world.now, world.today)


def _input(state: State, form: Form, event: InputChanged, world: World) -> Step:
    page = flow.page_called(
        world.catalogue.service(form.service_id), _filled(state, form, world), form.page
    )
    if page is None:
        return stay(state)
    question = event.question or page.fields[0].id
    inputs = MappingProxyType({**form.inputs, question: event.value})
    problems = tuple(each for each in form.problems if each.field != question)
    changed = replace(form, inputs=inputs, problems=problems)
    return Step(with_visit(state, form=changed))


def _search(state: State, form: Form, query: str) -> Step:
    wanted = query.strip()[:_SEARCH_MAX]
    if len(wanted) < _SEARCH_MIN:
        search = EmployerSearch(query)
    elif not (state.visit.signed_in and is_online(state.terminal)):
        search = EmployerSearch(query, SearchState.UNAVAILABLE)
    else:
        search = EmployerSearch(query, SearchState.SEARCHING, form.search.found)
        changed = with_visit(state, form=replace(form, search=search))
        return Step(changed, (SearchEmployers(query),))
    return Step(with_visit(state, form=replace(form, search=search)))


def _take_answers(state: State, form: Form, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    page = flow.page_called(service, _filled(state, form, world), form.page)
    if page is None:
        return go_on(state, form, world)
    taken, problems = _parsed(state, form, page.fields, world)
    if problems:
        return Step(_with_problems(state, problems))
    form = replace(taken, problems=())
    for definition in page.fields:
        if not any(option.on_paper for option in definition.options):
            continue
        if not _is_on_paper(definition, form.answers[definition.id]):
            papers = tuple(each for each in form.papers if each.question != definition.id)
            form = replace(form, papers=papers)
        elif can_scan(state.terminal):
            return Step(open_papers(state, form))
    return go_on(state, form, world)


def _parsed(
    state: State, form: Form, fields: tuple[FieldDefinition, ...], world: World
) -> tuple[Form, tuple[FieldProblem, ...]]:
    """The form with what is right on its page, and the problems with the rest."""
    service = world.catalogue.service(form.service_id)
    situation = situation_of(state.visit, form, world.catalogue, world.now, world.today)
    problems: list[FieldProblem] = []
    answers = form.answers
    for definition in fields:
        parsed = world.catalogue.parse_field(
            service,
            definition.id,
            form.inputs.get(definition.id),
            answers,
            world.today,
            situation.facts,
        )
        if isinstance(parsed, FieldProblem):
            problems.append(parsed)
        else:
            answers = flow.with_answer(service, answers, definition.id, parsed)
    return replace(form, answers=answers), tuple(problems)


def _is_on_paper(definition: FieldDefinition, answer: Any) -> bool:
    return any(option.on_paper and option.code in answer for option in definition.options)


def _back(state: State, form: Form, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    filled = _filled(state, form, world)
    if form.changing and flow.missing(service, filled) is None:
        kept = replace(
            form, changing=False, inputs=MappingProxyType({}), problems=(), search=EmployerSearch()
        )
        return Step(with_visit(state, page=Page.CHECK, form=kept))
    page = flow.page_called(service, filled, form.page)
    if page is not None and not page.confirms:
        form, _ = _parsed(state, form, page.fields, world)
    before = flow.preceding(service, _filled(state, form, world), form.page)
    while before is not None and is_scanned(before) and not can_scan(state.terminal):
        before = flow.preceding(service, _filled(state, form, world), before.id)
    if before is None:
        return Step(with_visit(state, page=Page.SERVICES, form=replace(form, problems=())))
    return _open(state, form, before, world)


def _ask_apart(state: State, form: Form, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    page = flow.page_called(service, _filled(state, form, world), form.page)
    if page is None or not page.confirms:
        return stay(state)
    form = replace(form, apart=form.apart | {page.id})
    first = flow.page_of(service, _filled(state, form, world), page.fields[0].id)
    return _open(state, form, first, world) if first else stay(state)


def _change(state: State, form: Form, event: ChangePressed, world: World) -> Step:
    service = world.catalogue.service(form.service_id)
    page = flow.page_of(service, _filled(state, form, world), event.field_id)
    if page is None:
        return stay(state)
    if page.confirms:
        form = replace(form, apart=form.apart | {page.id})
        page = flow.page_of(service, _filled(state, form, world), event.field_id) or page
    if event.papers or is_scanned(page):
        return Step(open_papers(state, replace(form, page=page.id)))
    return _open(state, form, page, world)


def _open(state: State, form: Form, page: flow.QuestionPage, world: World) -> Step:
    """Show a page of questions; ask for the facts that its lists need."""
    service = world.catalogue.service(form.service_id)
    if is_scanned(page):
        opened = replace(form, page=page.id)
        if can_scan(state.terminal):
            return Step(open_papers(state, opened))
        if not page.fields[0].required:
            # There is no scanner here: what is not asked for is not missed.
            return go_on(state, with_papers_counted(opened, service), world)
    filled = _filled(state, form, world)
    inputs = {}
    for definition in page.fields:
        if definition.id in form.answers:
            inputs[definition.id] = answer_as_input(definition, form.answers[definition.id])
        elif definition.id in filled.known:
            inputs[definition.id] = answer_as_input(definition, filled.known[definition.id])
        elif not is_empty(form.inputs.get(definition.id)):
            inputs[definition.id] = form.inputs[definition.id]
    opened = replace(
        form,
        page=page.id,
        inputs=MappingProxyType(inputs),
        problems=(),
        search=EmployerSearch(),
    )
    return _fetch(with_visit(state, page=Page.QUESTION, form=opened), opened, page, service)


def _fetch(state: State, form: Form, page: flow.QuestionPage, service: ServiceDefinition) -> Step:
    """Ask for the facts behind a page's lists, each anew: a free time may be gone by now.

    Those on which later questions depend are asked for as soon as they can be.
    """
    lists = [service.fact(each.options_from) for each in page.fields if each.options_from]
    wanted = lists + [
        fact
        for fact in flow.deciding_facts(service)
        if fact not in lists
        and (fact.given or fact.id not in state.visit.facts)
        and all(form.answers.get(question) is not None for question in fact.given.values())
    ]
    if not wanted:
        return Step(state)
    ids = frozenset(fact.id for fact in wanted)
    if not (state.visit.signed_in and is_online(state.terminal)):
        missing = replace(form, unavailable=form.unavailable | ids, asked_for=frozenset())
        return Step(with_visit(state, form=missing))
    asked = replace(form, unavailable=form.unavailable - ids, asked_for=ids)
    effects = tuple(
        FetchFact(
            fact.id,
            fact.source,
            MappingProxyType(_given(fact, form)),
        )
        for fact in wanted
    )
    return Step(with_visit(state, form=asked), effects)


def _given(fact: FactDefinition, form: Form) -> dict[str, Any]:
    """What a fact is asked with."""
    return {**fact.fixed, **{name: form.answers.get(of) for name, of in fact.given.items()}}


def _fact_known(state: State, form: Form, event: FactKnown, world: World) -> Step:
    left = form.asked_for - {event.fact_id}
    if event.fact is None:
        unavailable = form.unavailable | {event.fact_id}
        return Step(with_visit(state, form=replace(form, asked_for=left, unavailable=unavailable)))
    facts = MappingProxyType({**state.visit.facts, event.fact_id: event.fact})
    state = with_visit(state, facts=facts)
    service = world.catalogue.service(form.service_id)
    filled = _filled(state, form, world)
    page = flow.page_called(service, filled, form.page)
    inputs = dict(form.inputs)
    for definition in page.fields if page is not None else ():
        untouched = definition.id not in form.answers and is_empty(inputs.get(definition.id))
        if untouched and definition.id in filled.known:
            inputs[definition.id] = answer_as_input(definition, filled.known[definition.id])
    known = replace(form, asked_for=left, inputs=MappingProxyType(inputs))
    return Step(with_visit(state, form=known))


def _with_problems(state: State, problems: tuple[FieldProblem, ...]) -> State:
    form = state.visit.form
    return with_visit(state, form=replace(form, problems=problems)) if form else state
