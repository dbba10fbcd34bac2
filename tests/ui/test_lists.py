"""Lists that come from a registry: search, pages, groups, and rows that cannot be chosen."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QObject

from kiosk.services import Text
from kiosk.services.facts import Fact, Row
from kiosk.session.intents import InputChanged
from tests.ui import looking
from tests.ui.conftest import Screen
from tests.ui.visits import STATES, times
from ui.viewmodels.rows import PER_PAGE, RowsViewModel

TURN_MS = 33.0
"""A page of rows is there within two frames (design: tap to frame, p99), counted in CPU time."""


def workers(count: int) -> Fact:
    """So many workers; every third one's permit has expired, every tenth is abroad."""
    rows = tuple(
        Row(
            id=f"26/{number:05d}",
            title=Text(ar=f"عامل {number}", en=f"Worker {number}"),
            lines=(Text(ar="بنّاء", en="Builder"),),
            amount_baisa=301_000,
            group="expired" if number % 3 == 0 else "valid",
            blocked=Text(ar="خارج البلاد", en="Not in the country") if number % 10 == 9 else None,
        )
        for number in range(count)
    )
    groups = {
        "expired": Text(ar="المنتهية", en="Expired"),
        "valid": Text(ar="السارية", en="Valid"),
    }
    return Fact(id="workers", as_of=datetime(2026, 11, 28, tzinfo=UTC), rows=rows, groups=groups)


class List:
    """A list under test: what it chose is what it shows, as in a visit."""

    def __init__(self, count: int) -> None:
        self.parent = QObject()
        self.fact = workers(count)
        self.chosen: list[str] = []
        self.rows = RowsViewModel(self.choose, self.parent)
        self.show()

    def show(self) -> None:
        self.rows.show(self.fact, self.chosen, "en", one=False, waiting=False, unavailable="")

    def choose(self, chosen: list[str]) -> None:
        self.chosen = chosen
        self.show()

    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows.property("rows")]

    def of(self, name: str):
        return self.rows.property(name)


@pytest.fixture
def listed(qapp) -> List:
    return List(40)


def test_a_page_holds_six_and_the_last_page_the_rest(listed, qtbot):
    assert listed.of("pageCount") == 7
    assert listed.ids() == [f"26/{number:05d}" for number in range(PER_PAGE)]
    with qtbot.waitSignal(listed.rows.listed):
        listed.rows.turn(1)
    assert listed.ids()[0] == "26/00006"
    listed.rows.turn(99)
    assert listed.of("page") == 7 and len(listed.ids()) == 4
    listed.rows.turn(-99)
    assert listed.of("page") == 1


def test_search_finds_numbers_and_words_of_both_languages(listed, qtbot):
    for query in ("00039", "worker 39", "39 عامل"):
        with qtbot.waitSignal(listed.rows.listed):
            listed.rows.search(query)
        assert listed.ids() == ["26/00039"], query
    listed.rows.search("nobody")
    assert listed.of("foundCount") == 0 and listed.of("pageCount") == 1


def test_a_search_begins_at_its_first_page(listed):
    listed.rows.turn(3)
    listed.rows.search("worker")
    assert listed.of("page") == 1


def test_a_group_is_chosen_and_given_back_with_one_touch(listed):
    listed.rows.pick("26/00001")
    listed.rows.pickGroup("expired")
    expired = [n for n in range(40) if n % 3 == 0 and n % 10 != 9]
    assert set(listed.chosen) == {"26/00001", *(f"26/{n:05d}" for n in expired)}
    assert listed.of("chosenAmount").startswith(f"{(len(expired) + 1) * 301:,}")
    listed.rows.pickGroup("expired")
    assert listed.chosen == ["26/00001"]
    listed.rows.pick("26/00001")
    assert listed.chosen == [] and listed.of("chosenAmount") == ""


def test_what_is_chosen_stays_chosen_behind_another_search(listed):
    listed.rows.pick("26/00003")
    listed.rows.search("00039")
    listed.rows.pick("26/00039")
    assert listed.chosen == ["26/00003", "26/00039"]


def test_after_the_visit_nothing_is_left(listed):
    listed.rows.search("worker")
    listed.rows.pick("26/00003")
    listed.rows.forget()
    assert listed.ids() == [] and listed.of("query") == "" and listed.of("chosenCount") == 0


def test_two_thousand_workers_turn_and_search_within_two_frames(qapp):
    listed = List(2000)
    taken = []
    for step in range(200):
        begun = time.thread_time()
        listed.rows.turn(1) if step % 4 else listed.rows.search(f"{step % 7}")
        listed.ids()
        taken.append((time.thread_time() - begun) * 1000)
    assert statistics.quantiles(taken, n=100)[98] <= TURN_MS


def test_a_row_is_one_touch_and_one_event(screen: Screen) -> None:
    screen.show(times(3))
    screen.tap("row_t-0001")
    assert screen.events() == [InputChanged("t-0001", "time")]


def test_a_blocked_row_says_why_and_cannot_be_chosen(screen: Screen) -> None:
    screen.show(times(3), language="en")
    screen.tap("row_t-0002")
    assert screen.events() == []
    said = [item.property("text") for item in looking.texts(screen.window)]
    assert "Taken a moment ago" in said


def test_the_next_page_is_one_touch_away(screen: Screen) -> None:
    screen.show(times(15))
    assert looking.has(screen.window, "row_t-0000")
    screen.tap("nextRows")
    screen.settle()
    assert looking.has(screen.window, "row_t-0006")


def test_while_the_registry_is_asked_it_is_said(screen: Screen) -> None:
    screen.show(STATES["times-waiting"], language="en")
    said = [item.property("text") for item in looking.texts(screen.window)]
    assert "Asking the registry" in said
    screen.show(STATES["times-unavailable"], language="en")
    said = [item.property("text") for item in looking.texts(screen.window)]
    assert "The list cannot be shown now." in said
