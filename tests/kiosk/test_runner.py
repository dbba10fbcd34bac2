"""The loop: one event after another, stale answers dropped, nothing of one visit in the next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.loop.runner import Runner
from kiosk.services import load_catalogue
from kiosk.session import Page, State, effects as ef, events as ev
from kiosk.session.step import World
from tests.kiosk.desk import GOOD, HOLDER

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


class Loop:
    """A runner whose effects are noted, with the visit they were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[ef.Effect, int]] = []
        self.pages: list[Page] = []
        self.runner = Runner(
            State(GOOD),
            world=lambda: World(load_catalogue(), NOW),
            perform=self._perform,
            show=lambda state: self.pages.append(state.visit.page),
        )
        self.answers: dict[type, ev.Event] = {}

    def _perform(self, effect: ef.Effect, visit: int) -> None:
        self.asked.append((effect, visit))
        answer = self.answers.get(type(effect))
        if answer is not None:
            self.runner.handle(answer, visit)

    def visit_of(self, kind: type) -> int:
        return [visit for effect, visit in self.asked if isinstance(effect, kind)][-1]

    @property
    def page(self) -> Page:
        return self.runner.state.visit.page


@pytest.fixture
def loop() -> Loop:
    return Loop()


def begin(loop: Loop) -> int:
    """Up to the reading of a card; gives the visit."""
    for event in (ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted()):
        loop.runner.handle(event)
    return loop.visit_of(ef.ReadCard)


def test_an_answer_of_the_visit_at_the_screen_is_taken(loop):
    loop.runner.handle(ev.CardRead(HOLDER, 3), begin(loop))
    assert loop.page is Page.PIN


def test_an_answer_to_a_visit_that_is_over_is_dropped(loop):
    first = begin(loop)
    loop.runner.handle(ev.CardRemoved())
    loop.runner.handle(ev.TimerFired(ev.Timer.ENDED_PAGE))
    second = begin(loop)
    assert first != second
    loop.runner.handle(ev.CardRead(HOLDER, 3), first)
    assert loop.page is Page.READING_CARD
    assert loop.runner.state.visit.cardholder is None
    assert loop.runner.is_current(second) and not loop.runner.is_current(first)


def test_an_answer_that_comes_after_the_end_is_dropped_before_anybody_else_begins(loop):
    first = begin(loop)
    loop.runner.handle(ev.CancelPressed())
    assert loop.page is Page.TAKE_CARD
    loop.runner.handle(ev.CardRead(HOLDER, 3), first)
    assert loop.page is Page.TAKE_CARD
    assert loop.runner.state.visit.cardholder is None


def test_what_concerns_the_terminal_is_always_taken(loop):
    begin(loop)
    loop.runner.handle(ev.CardRemoved(), None)
    assert loop.page is Page.ENDED


def test_an_effect_that_answers_at_once_waits_for_its_step_to_be_complete(loop):
    loop.answers[ef.ReadCard] = ev.CardRead(HOLDER, 3)
    begin(loop)
    assert loop.page is Page.PIN
    assert loop.pages == [Page.LANGUAGE, Page.INSERT_CARD, Page.READING_CARD, Page.PIN]


def test_an_effect_that_fails_does_not_stop_the_loop(loop):
    def broken(effect: ef.Effect, visit: int) -> None:
        raise RuntimeError("a device driver's mistake")

    loop.runner._perform = broken
    with pytest.raises(RuntimeError):
        loop.runner.handle(ev.Started())
    loop.runner._perform = lambda effect, visit: None
    loop.runner.handle(ev.LanguageChosen("en"))
    assert loop.page is Page.INSERT_CARD


def test_the_screen_is_told_only_of_changes(loop):
    loop.runner.handle(ev.Touched())
    loop.runner.handle(ev.ReceiptPrinted("nobody's"))
    assert loop.pages == []
