"""Every definition is kept: applications are judged, and cases led, by the one that they name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from backend_stub import Settings
from backend_stub.cases.tables import CaseEvent
from backend_stub.cases.work import do_due
from backend_stub.http.app import create_app
from kiosk.services import load_catalogue
from kiosk.services.catalogue import DATA

from .cards import Card
from .case_world import CaseWorld
from .conftest import RunningCentral
from .terminal import Terminal, new_tx_id

PRESENT = (DATA / "services" / "complaint.toml").read_bytes()
WATER = """
id = "water-tap"
version = "1"
category = "work"
icon = "droplet"
title = { ar = "صنبور", en = "Water tap" }
summary = { ar = "صنبور", en = "Water tap" }
duration_minutes = 1
next_steps = []

[offline]
policy = "works"
says = { ar = "تعمل", en = "Works" }

[authority]
name = { ar = "وزارة", en = "Ministry" }
department = { ar = "دائرة", en = "Department" }
phone = "80077000"

[[fees]]
amount_baisa = 0
valid_from = 2021-01-01

[[facts]]
id = "work"
source = "employments"

[[fields]]
id = "tap"
kind = "choice"
question = { ar = "أي صنبور؟", en = "Which tap?" }
help = { ar = "اختر", en = "Choose" }
label = { ar = "صنبور", en = "Tap" }
options = [
    { code = "hot", text = { ar = "ساخن", en = "Hot" } },
    { code = "cold", text = { ar = "بارد", en = "Cold" } },
]

[[fields]]
id = "wilayat"
kind = "place"
level = "wilayat"
when = { fact = "work.wilayat", is = ["samail"] }
question = { ar = "أين؟", en = "Where?" }
help = { ar = "اختر", en = "Choose" }
label = { ar = "الولاية", en = "Wilayat" }

[[fields]]
id = "telephone"
kind = "mobile"
contact = "mobile"
question = { ar = "هاتف", en = "Telephone" }
help = { ar = "هاتف", en = "Telephone" }
label = { ar = "هاتف", en = "Telephone" }

[case]
prefix = "WT"
number_label = { ar = "رقم", en = "Number" }
start = "asked"
on_registration = ["asked"]

[case.office]
least_loaded = true

[[case.states]]
id = "asked"
text = { ar = "طُلب", en = "Asked for" }

[[case.states]]
id = "turned"
text = { ar = "فُتح", en = "Turned on" }
final = true

[[case.states]]
id = "dry"
text = { ar = "جاف", en = "No water" }
final = true

[[case.moves]]
id = "turn"
from = ["asked"]
to = "turned"
by = ["officer"]
label = { ar = "افتح", en = "Turn on" }

[[case.moves]]
id = "dry-up"
from = ["asked"]
to = "dry"
by = ["system"]
label = { ar = "جف", en = "Dried up" }
after_days = 3

[[case.notices]]
id = "asked"
sms = { ar = "طلبك {number} {state} {link}", en = "Your request {number}: {state} {link}" }
"""
"""A service that nobody of the house has ever seen."""


@pytest.fixture
def world(settings: Settings) -> Iterator[CaseWorld]:
    world = CaseWorld.open(settings)
    yield world
    world.close()


def second_version(card: Card, terminal: Terminal, **changes: Any) -> dict[str, Any]:
    """An item whose document names its definition."""
    named = {
        "v": 2,
        "catalogue": load_catalogue().service("complaint").version,
        "definition_sha256": hashlib.sha256(PRESENT).hexdigest(),
        "facts": [],
        "quote": None,
        "signers": ["holder"],
    }
    return terminal.complaint(card, **(named | changes))


def test_a_document_that_names_its_definition(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    fact = {"id": "person", "as_of": "2026-06-01T06:29:00Z", "values": {"mobile": "91001003"}}
    items = [
        terminal.complaint(card),
        second_version(card, terminal, facts=[fact]),
        second_version(card, terminal, definition_sha256="0" * 64),
        second_version(card, terminal, catalogue="2019-01-01"),
        second_version(card, terminal, v=1),
        second_version(card, terminal, definition_sha256=None),
        second_version(card, terminal, v=3),
    ]
    answers = terminal.send(*items)
    assert [(each["outcome"], (each["problem"] or {}).get("code")) for each in answers] == [
        ("accepted", None),
        ("accepted", None),
        ("retry_after", "service-unknown"),
        ("rejected", "application-mismatch"),
        ("rejected", "application-malformed"),
        ("rejected", "application-malformed"),
        ("rejected", "application-malformed"),
    ]


def test_what_the_registries_say_otherwise_now_is_an_event(
    central: RunningCentral, card: Card, settings: Settings
) -> None:
    terminal = central.terminal()
    facts = [
        {
            "id": "person",
            "as_of": "2026-06-01T06:29:00Z",
            "values": {"mobile": "91234567", "kind": "citizen"},
        }
    ]
    terminal.send(second_version(card, terminal, facts=facts), second_version(card, terminal))
    app = create_app(settings, clock=central.clock)
    do_due(app.state.central.database, app.state.central.cases, central.clock)
    with app.state.central.database.read() as session:
        [event] = session.scalars(select(CaseEvent).where(CaseEvent.kind == "difference")).all()
        assert event.number == "C-2026-000001"
        [difference] = event.data["differences"]
        assert (difference["value"], difference["then"], difference["now"]) == (
            *("mobile", "91234567"),
            "91001003",
        )
    app.state.central.database.close()


def test_a_service_that_nobody_ever_saw_is_cases_notices_and_deadlines(world: CaseWorld) -> None:
    sha256 = world.publish(WATER)
    first = world.open_case(sha256, tap="hot", telephone="91234567")
    assert first.number == "WT-2026-000001" and world.open_case().number == "C-2026-000001"
    assert world.texts(first.number, "asked") == [
        f"Your request {first.number}: Asked for http://central.manfadh.example/requests"
    ]
    second = world.open_case(sha256, tap="cold", telephone="91234567")
    assert second.number == "WT-2026-000002"
    assert second.office != first.office, "the least loaded one"
    world.move(first.number, "turn", who="officer-1")
    world.clock.advance(days=3)
    world.work()
    assert world.case(first.number).state == "turned"
    assert world.case(second.number).state == "dry"


def test_a_case_is_led_by_its_own_definition_whatever_is_published_later(
    world: CaseWorld,
) -> None:
    number = world.open_case(world.publish(WATER), tap="hot", telephone="91234567").number
    later = WATER.replace('version = "1"', 'version = "2"').replace(
        "after_days = 3", "after_days = 1"
    )
    newer = world.open_case(world.publish(later), tap="hot", telephone="91234567").number
    world.clock.advance(days=1)
    world.work()
    assert world.case(number).state == "asked"
    assert world.case(newer).state == "dry"


def test_the_facts_that_the_citizen_saw_decide_which_questions_apply(
    central: RunningCentral, card: Card, settings: Settings
) -> None:
    """The answer to a question that a fact brought up is right although the fact has changed."""
    world = CaseWorld.open(settings)
    sha256 = world.publish(WATER)
    world.close()
    terminal = central.terminal()
    answers = {"tap": "hot", "wilayat": "samail", "telephone": "91234567"}
    fact = {"id": "work", "as_of": "2026-05-01T06:29:00Z", "values": {"wilayat": "samail"}}

    def application(facts: list[dict[str, Any]], filled: dict[str, Any]) -> dict[str, Any]:
        named = {
            "v": 2,
            "service": "water-tap",
            "catalogue": "1",
            "definition_sha256": sha256,
            "facts": facts,
            "quote": None,
            "signers": ["holder"],
        }
        tx_id = new_tx_id()
        payload = terminal.payload(card, tx_id, answers=filled, **named)
        return terminal.item(card.sign(payload), tx_id)

    without = {name: answer for name, answer in answers.items() if name != "wilayat"}
    results = terminal.send(
        application([fact], answers),
        application([], answers),
        application([], without),
        application([fact], without),
    )
    assert [each["outcome"] for each in results] == [
        *("accepted", "rejected", "accepted", "rejected"),
    ]
    assert [each["result"]["number"] for each in results if each["result"]] == [
        *("WT-2026-000001", "WT-2026-000002"),
    ]


def test_the_definitions_of_earlier_releases_are_there(world: CaseWorld) -> None:
    former = sorted((DATA / "former").glob("*.toml"))
    assert former
    for path in former:
        named = world.central.cases.definitions.named(hashlib.sha256(path.read_bytes()).hexdigest())
        assert named is not None and named.definition.case is not None, path.name


def test_what_another_process_publishes_is_found(settings: Settings) -> None:
    first, second = CaseWorld.open(settings), CaseWorld.open(settings)
    sha256 = second.publish(WATER)
    assert first.central.cases.definitions.named(sha256) is None
    assert first.open_case(sha256, tap="hot", telephone="91234567").number == "WT-2026-000001"
    first.close()
    second.close()
