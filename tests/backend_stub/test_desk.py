"""What the console is built on: finding cases, reading them, what may be done with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend_stub import Settings
from backend_stub.cases import desk
from backend_stub.cases.delivery import ShownGateway, hand_over
from kiosk.services.case_definition import Actor

from .case_world import CaseWorld


@pytest.fixture
def world(settings: Settings) -> Iterator[CaseWorld]:
    world = CaseWorld.open(settings)
    yield world
    world.close()


def test_cases_are_found_by_office_state_number_and_person(world: CaseWorld) -> None:
    nizwa, muscat = (
        world.open_case().number,
        world.open_case(governorate="muscat", wilayat="seeb").number,
    )
    world.move(muscat, "withdraw", Actor.CITIZEN)
    house = world.central.cases
    with world.central.database.read() as session:

        def found(**wanted: object) -> list[str]:
            return [each.number for each in desk.search(session, house, **wanted)]

        assert sorted(found()) == [nizwa, muscat]
        assert found(office="muscat") == [muscat]
        assert found(state="registered") == [nizwa]
        assert found(open_only=True) == [nizwa]
        assert found(words=f" {muscat.lower()} ") == [muscat]
        assert sorted(found(words="99014521")) == [nizwa, muscat]
        assert found(words="C-2026-0000") == found(words="%") == []
        assert desk.count_by_state(session) == {
            ("complaint", "registered"): 1,
            ("complaint", "withdrawn"): 1,
        }


def test_a_case_is_read_with_its_answers_timeline_and_moves(world: CaseWorld) -> None:
    number = world.open_case().number
    world.move(number, "vet", who="officer-1", why="complete")
    hand_over(world.central.database, ShownGateway(), world.clock)
    house = world.central.cases
    with world.central.database.write() as session:
        desk.add_note(session, number, "officer-1", "called the employer", world.clock())
    with world.central.database.read() as session:
        view = desk.case_view(session, house, number)
        answers = {each.definition.id: each.text for each in view.answers}
        assert answers["governorate"].in_language("en") == "Ad Dakhiliyah"
        assert view.summary.state.id == "vetted"
        entries = desk.timeline(session, house, number)
        assert [each.kind.value for each in entries] == ["opened", "moved", "notice", "note"]
        assert entries[1].who == "officer-1" and entries[1].data["why"] == "complete"
        assert entries[2].data["outcome"] == "delivered"
        moves = desk.moves_for(session, house, number, world.clock())
        assert [move.id for move in moves] == ["set-hearing", "new-hearing", "settle"]
        by_id = {move.id: move for move in moves}
        assert desk.slots_for(session, house, number, by_id["set-hearing"], world.clock()) == []
        slots = desk.slots_for(session, house, number, by_id["new-hearing"], world.clock())
        assert len(slots) == 60 and {slot.office for slot in slots} == {"ad-dakhiliyah"}
        with pytest.raises(LookupError):
            desk.case_view(session, house, "C-2026-000099")


def test_the_calendar_of_an_office_shows_load_and_cases(world: CaseWorld) -> None:
    numbers = [world.open_case().number for _ in range(3)]
    house = world.central.cases
    first = world.clock() + timedelta(days=7)
    with world.central.database.read() as session:
        day = desk.hearings_between(session, house, "hearings", "ad-dakhiliyah", first, 1)
    assert [(each.taken, each.capacity) for each in day] == [(2, 2), (1, 2)]
    assert [number for each in day for number in each.numbers] == numbers
