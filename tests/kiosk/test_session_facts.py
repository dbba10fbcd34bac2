"""What the centre knows decides what is asked: it is fetched as soon as it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.services import load_catalogue
from kiosk.services.facts import Fact
from kiosk.session import events as ev
from kiosk.session.effects import FetchFact
from kiosk.session.page_table import Page
from kiosk.session.step import TimerSettings, World
from tests.kiosk.desk import NOW, OFFLINE, Desk
from tests.kiosk.services.definitions import SOUND, read

SERVICE = (
    SOUND.replace(
        "[[pages]]",
        '[[facts]]\nid = "work"\nsource = "employments"\n\n[[pages]]',
        1,
    )
    .replace('when = { field = "purpose", is = ["study"] }', 'when = { fact = "work.count" }', 1)
    .replace("maximum = 80", 'maximum = 80\nprefill = "work.school"', 1)
)


@pytest.fixture
def desk() -> Desk:
    published = read(SERVICE)
    own = load_catalogue()
    catalogue = replace(
        own,
        services=(*own.services, published.definition),
        published={**own.published, published.definition.id: published},
    )
    desk = Desk(world=World(catalogue, NOW, TimerSettings()))
    desk.to_services()(ev.ServiceChosen("library-card"))
    assert desk.page is Page.QUESTION and desk.questions() == ["purpose"]
    return desk


def choose(desk: Desk, value: object) -> Desk:
    [question] = desk.questions()
    return desk(ev.InputChanged(value, question), ev.ContinuePressed())


def test_a_fact_of_a_condition_is_fetched_at_the_first_page(desk: Desk) -> None:
    [fetch] = desk.asked(FetchFact)
    assert (fetch.fact_id, fetch.source, dict(fetch.given)) == ("work", "employments", {})
    values = {"count": 1, "school": "مدرسة مسقط"}
    desk(ev.FactKnown("work", Fact(id="work", as_of=NOW, values=values)))
    choose(desk, "leisure")
    assert desk.questions() == ["school"]
    assert desk.visit.form.inputs["school"] == "مدرسة مسقط", "and what it knows is offered"
    assert desk.asked(FetchFact) == [], "it is known"


def test_what_is_known_while_the_page_is_open_is_offered_and_disturbs_nobody(desk: Desk) -> None:
    desk(ev.FactKnown("work", Fact(id="work", as_of=NOW, values={"count": 1})))
    choose(desk, "leisure")
    later = Fact(id="work", as_of=NOW, values={"count": 1, "school": "مدرسة"})
    state = desk.state
    form = replace(state.visit.form, asked_for=frozenset({"work"}))
    desk.state = replace(state, visit=replace(state.visit, form=form))
    desk(ev.FactKnown("work", later))
    assert desk.visit.form.inputs["school"] == "مدرسة"
    desk.state = replace(state, visit=replace(state.visit, form=form))
    desk(ev.InputChanged("مدرستي", "school"), ev.FactKnown("work", later))
    assert desk.visit.form.inputs["school"] == "مدرستي"


def test_without_the_fact_the_question_is_not_asked_and_the_form_goes_on(desk: Desk) -> None:
    desk(ev.FactKnown("work", None))
    choose(desk, "leisure")
    assert desk.questions() == ["student"]


def test_a_list_is_asked_with_the_answer_that_it_needs(desk: Desk) -> None:
    desk(ev.FactKnown("work", Fact(id="work", as_of=NOW, values={})))
    for value in ("leisure", "no", None, "muscat", "seeb"):
        choose(desk, value)
    assert desk.questions() == ["branch"]
    [fetch] = desk.asked(FetchFact)
    assert (fetch.fact_id, dict(fetch.given)) == ("branches", {"governorate": "muscat"})


def test_without_a_network_nothing_is_fetched_and_the_list_says_so(desk: Desk) -> None:
    desk.state = replace(desk.state, terminal=OFFLINE)
    for value in ("leisure", "no", None, "muscat", "seeb"):
        choose(desk, value)
        assert desk.asked(FetchFact) == []
    assert "branches" in desk.visit.form.unavailable
