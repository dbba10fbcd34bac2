"""From definition, answers and facts to pages, for services that nobody has written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import rfc8785
from hypothesis import assume, given, settings, strategies as st

from backend_stub.ingest.applications import ApplicationPayload, situation_of
from kiosk.contract.application import Application
from kiosk.services import FieldProblem, ServiceDefinition, flow, load_catalogue
from kiosk.services.catalogue import validate
from kiosk.services.conditions import Condition, holds
from kiosk.services.consistency import faults_of
from kiosk.services.facts import Fact, Row, values_of
from kiosk.services.fields import Situation
from tests.kiosk.services.definitions import NOW, TODAY
from tests.kiosk.services.strategies import (
    LIST,
    PLACES,
    SERVICES,
    WORD,
    any_services,
    facts,
    field,
    inputs,
    service,
)

CATALOGUE = load_catalogue()
FEW = settings(max_examples=60, deadline=None)


def situation(filled: flow.Filled) -> Situation:
    return Situation(TODAY, PLACES, filled.answers, filled.facts)


def begun(definition: ServiceDefinition, known: dict[str, Fact]) -> flow.Filled:
    filled = flow.Filled(facts=known)
    beforehand = flow.known_beforehand(definition, situation(filled), "ar")
    filled = replace(filled, known=beforehand)
    return replace(filled, answers=flow.with_assumed(definition, filled))


def answered(
    data: st.DataObject, definition: ServiceDefinition, filled: flow.Filled, page: flow.QuestionPage
) -> flow.Filled | None:
    """The form with every question of a page answered; ``None`` when a person gave up."""
    for asked in page.fields:
        if page.confirms:
            answer: Any = filled.known[asked.id]
        else:
            for _ in range(5):
                raw = data.draw(inputs(asked.kind))
                answer = CATALOGUE.parse_field(
                    definition, asked.id, raw, filled.answers, TODAY, filled.facts
                )
                if not isinstance(answer, FieldProblem):
                    break
            else:
                return None
        answers = flow.with_answer(definition, filled.answers, asked.id, answer)
        filled = replace(filled, answers=answers)
    return replace(filled, answers=flow.with_assumed(definition, filled))


def walked(
    data: st.DataObject, definition: ServiceDefinition, filled: flow.Filled
) -> tuple[flow.Filled, list[str]]:
    """Forward from the first page to the last, answering; the pages that were visited."""
    visited: list[str] = []
    page = next(iter(flow.pages(definition, filled)), None)
    while page is not None:
        visited.append(page.id)
        assert len(visited) <= len(definition.fields), "a form ends"
        after = answered(data, definition, filled, page)
        assume(after is not None)
        assert after is not None
        filled = after
        page = flow.following(definition, filled, page.id)
    return filled, visited


@FEW
@given(SERVICES, facts(), st.data())
def test_back_visits_the_pages_of_forth(definition, known, data) -> None:
    filled, visited = walked(data, definition, begun(definition, known))
    assert flow.missing(definition, filled) is None, "who answered every page has answered all"
    assert [page.id for page in flow.pages(definition, filled)] == visited
    back: list[str] = visited[-1:]
    while back and (page := flow.preceding(definition, filled, back[-1])):
        back.append(page.id)
    assert back == visited[::-1]
    assert len(set(visited)) == len(visited), "no page comes twice"


@FEW
@given(SERVICES, facts(), st.data())
def test_nothing_hidden_is_signed_and_nothing_asked_is_left_out(definition, known, data) -> None:
    filled, _ = walked(data, definition, begun(definition, known))
    # Somebody goes back and answers one page otherwise.
    pages = flow.pages(definition, filled)
    if pages:
        page = data.draw(st.sampled_from(pages))
        filled = answered(data, definition, filled, page) or filled
    while (page := flow.missing(definition, filled)) is not None:
        after = answered(data, definition, filled, page)
        assume(after is not None)
        assert after is not None
        filled = after
    kept = flow.kept(definition, filled)
    values = values_of(known)
    for each in definition.fields:
        earlier = {f.id: kept[f.id] for f in definition.fields if f.id in kept}
        assert (each.id in kept) == holds(each.when, earlier, values), each.id
    assert validate(definition, kept, replace(situation(filled), answers=kept)) == []


@FEW
@given(SERVICES, facts(), st.data())
def test_terminal_and_central_api_never_disagree(definition, known, data) -> None:
    """Right answers and wrong ones, judged here with all facts, there with the signed ones."""
    if data.draw(st.booleans()):
        filled, _ = walked(data, definition, begun(definition, known))
        answers: dict[str, Any] = dict(flow.kept(definition, filled))
    else:
        answers = {
            each.id: data.draw(inputs(each.kind))
            for each in definition.fields
            if data.draw(st.booleans())
        }
        filled = flow.Filled(answers, known)
    application = Application(
        tx_id="01938f00-0000-7000-8000-00000000abcd",
        kiosk="DEMO-01",
        service=definition.id,
        catalogue=definition.version,
        language="ar",
        civil_number="12345678",
        answers=answers,
        confirmed_at=NOW,
        definition_sha256="0" * 64,
        evidence=flow.evidence(definition, filled),
    )
    here = validate(definition, answers, Situation(TODAY, PLACES, answers, known))
    try:
        document = json.loads(application.document())
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        assert here, "what cannot be signed is not taken for an answer"
        return
    payload = ApplicationPayload.model_validate(document)
    there = validate(definition, payload.answers, situation_of(payload, PLACES))
    # Of a list the centre has only the ids: the case takes the thing that was chosen, or another.
    listed = {each.id for each in definition.fields if each.options_from}
    assert [p for p in here if p.field not in listed] == [p for p in there if p.field not in listed]
    assert {p.field for p in there} <= {p.field for p in here}


@FEW
@given(any_services(), facts(), st.data())
def test_a_question_that_is_said_to_be_unreachable_is_never_asked(definition, known, data) -> None:
    faults = faults_of(definition, None)
    assume(all(fault.path == "case" or "never be reached" in fault.reason for fault in faults))
    never = {
        definition.fields[int(fault.path[7:-6])].id for fault in faults if fault.path != "case"
    }
    filled, _ = walked(data, definition, begun(definition, known))
    assert never.isdisjoint(flow.kept(definition, filled))


def test_what_hangs_on_a_changed_answer_is_dropped_to_the_end() -> None:
    definition = service(
        [
            field("governorate", "place"),
            field("wilayat", "place", level="wilayat", within="governorate"),
            field("thing", "list-one"),
            field("other", "line"),
        ]
    )
    fact = replace_struct(LIST, given={"place": "wilayat"})
    definition = replace_struct(definition, facts=(fact,))
    answers = {"governorate": "muscat", "wilayat": "seeb", "thing": "r1", "other": "x"}
    same = flow.with_answer(definition, answers, "governorate", "muscat")
    assert same == answers
    changed = flow.with_answer(definition, answers, "governorate", "dhofar")
    assert changed == {"governorate": "dhofar", "other": "x"}


def test_evidence_is_what_was_looked_at_and_nothing_more() -> None:
    when = [
        Condition(fact="things.a"),
        Condition(fact="things.a.b", is_=(1,)),
        Condition(fact="things.c.d", is_=(2,)),
        Condition(not_=Condition(fact="things.missing.deep")),
    ]
    definition = service([field(f"q{n}", "line", when=each) for n, each in enumerate(when)])
    values = {"a": {"b": 1, "z": 9}, "c": {"d": 2, "secret": 3}, "secret": 4}
    known = {"things": Fact(id="things", as_of=NOW, values=values)}
    filled = flow.Filled(facts=known)
    [evidence] = flow.evidence(definition, filled)
    assert evidence.values == {
        "a": {"b": 1, "z": 9}, "c": {"d": 2}, "missing": {"deep": None},
    }  # fmt: skip
    carried = {"things": Fact(id="things", as_of=NOW, values=dict(evidence.values))}
    assert flow.asked(definition, filled) == flow.asked(definition, flow.Filled(facts=carried))
    scalar = {"things": Fact(id="things", as_of=NOW, values={"a": "word", "c": None})}
    assert flow.evidence(definition, flow.Filled(facts=scalar))


def test_a_chosen_row_is_judged_by_the_list_here_and_by_the_case_there() -> None:
    definition = service([field("thing", "list-one")])
    rows = (Row(id="r1", title=WORD),)
    known = {"things": Fact(id="things", as_of=datetime(2026, 1, 1, tzinfo=UTC), rows=rows)}
    here = Situation(TODAY, PLACES, {}, known)
    assert validate(definition, {"thing": "r1"}, here) == []
    assert [p.code for p in validate(definition, {"thing": "r9"}, here)] == ["unknown-choice"]
    there = Situation(TODAY, PLACES, {}, {"things": replace_struct(known["things"], rows=())},
                      carried=True)  # fmt: skip
    assert validate(definition, {"thing": "r1"}, there) == []


def replace_struct(struct: Any, **changes: Any) -> Any:
    return type(struct)(
        **{name: getattr(struct, name) for name in struct.__struct_fields__} | changes
    )
