"""A case from its opening to its end: only legal moves, limits, notices, deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backend_stub import Settings
from backend_stub.cases.definitions import DefinitionRefused
from backend_stub.cases.delivery import (
    GatewayRefused,
    Message,
    ShownGateway,
    hand_over,
    note_delivery,
)
from backend_stub.cases.moves import MoveRefused
from backend_stub.cases.slots import Slot, free_slots
from kiosk.services import formats
from kiosk.services.case_definition import Actor
from kiosk.services.catalogue import DATA

from .case_world import CaseWorld


@pytest.fixture
def world(settings: Settings) -> Iterator[CaseWorld]:
    world = CaseWorld.open(settings)
    yield world
    world.close()


def refusal(world: CaseWorld, number: str, move: str, actor: Actor, **more: object) -> str:
    before = world.case(number), len(world.events(number))
    with pytest.raises(MoveRefused) as refused:
        world.move(number, move, actor, **more)
    after = world.case(number), len(world.events(number))
    assert (after[0].state, after[0].slot_at, after[1]) == (
        before[0].state,
        before[0].slot_at,
        before[1],
    )
    return refused.value.code


def test_a_complaint_goes_from_registration_to_its_settlement(world: CaseWorld) -> None:
    number = world.open_case().number
    assert number == "C-2026-000001"
    assert world.move(number, "vet", who="officer-1").state == "vetted"
    assert world.move(number, "set-hearing", who="officer-1").state == "hearing_set"
    world.clock.advance(days=8)
    world.move(number, "hold", who="officer-1")
    world.move(number, "settle", who="officer-2", why="paid at the hearing")
    case = world.case(number)
    assert (case.state, case.slot_at) == ("settled", None)
    events = world.events(number)
    assert [each.to_state for each in events] == [
        *("registered", "vetted", "hearing_set", "held", "settled"),
    ]
    assert (events[-1].who, events[-1].data["why"]) == ("officer-2", "paid at the hearing")
    assert world.notices(number) == ["registered", "hearing-set", "settled"]
    assert world.waiting(number) == []


def test_only_what_the_definition_allows(world: CaseWorld) -> None:
    number = world.open_case().number
    assert refusal(world, number, "hold", Actor.OFFICER) == "move-not-open"
    assert refusal(world, number, "settle", Actor.CITIZEN) == "move-not-open"
    assert refusal(world, number, "vet", Actor.SYSTEM) == "move-not-open"
    assert refusal(world, number, "fly", Actor.OFFICER) == "move-unknown"
    assert refusal_of_unknown(world) == "case-unknown"
    world.move(number, "withdraw", Actor.CITIZEN, who="99014521")
    for move in ("vet", "settle", "withdraw", "new-hearing"):
        actor = Actor.CITIZEN if move == "withdraw" else Actor.OFFICER
        assert refusal(world, number, move, actor) == "move-not-open"


def refusal_of_unknown(world: CaseWorld) -> str:
    with pytest.raises(MoveRefused) as refused:
        world.move("C-2026-999999", "vet")
    return refused.value.code


def test_a_citizen_changes_the_hearing_once_and_in_time(world: CaseWorld) -> None:
    number = world.open_case().number
    before = world.case(number)
    hearings = world.central.cases.calendars.calendar("hearings")
    with world.central.database.read() as session:
        free = free_slots(session, hearings, [before.office], world.clock(), 100)
    later, gone = free[30], Slot(before.slot_at + timedelta(minutes=7), before.office)
    assert refusal(world, number, "reschedule", Actor.CITIZEN) == "slot-needed"
    assert refusal(world, number, "reschedule", Actor.CITIZEN, slot="nonsense") == "slot-gone"
    with pytest.raises(MoveRefused) as refused:
        world.move(number, "reschedule", Actor.CITIZEN, slot=gone.id)
    assert refused.value.code == "slot-gone" and len(refused.value.others) == 3
    moved = world.move(number, "reschedule", Actor.CITIZEN, slot=later.id)
    assert (moved.state, moved.slot_at) == ("hearing_set", later.starts_at)
    with world.central.database.read() as session:
        free = free_slots(session, hearings, [before.office], world.clock(), 100)
    assert before.slot_at in {slot.starts_at for slot in free}, "the former one is given back"
    assert refusal(world, number, "reschedule", Actor.CITIZEN, slot=free[5].id) == "move-used-up"

    other = world.open_case().number
    start = world.case(other).slot_at
    assert start is not None
    world.clock.now = start - timedelta(days=1)
    assert refusal(world, other, "reschedule", Actor.CITIZEN, slot=free[20].id) == "move-too-late"


def test_the_same_request_again_does_nothing(world: CaseWorld) -> None:
    number = world.open_case().number
    first = world.move(number, "vet", client_id="one")
    again = world.move(number, "vet", client_id="one")
    assert again.again and again.event == first.event
    assert (
        refusal(world, number, "set-hearing", Actor.OFFICER, client_id="one") == "client-id-taken"
    )
    assert len(world.events(number)) == 2


def test_the_time_for_a_settlement_ends_by_itself(world: CaseWorld) -> None:
    # Registered on 1 June: the last of the 30 days is 1 July in Muscat.
    number = world.open_case().number
    assert world.case(number).due_at == datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
    world.clock.now = datetime(2026, 7, 1, 19, 59, tzinfo=UTC)
    world.work()
    assert world.case(number).state == "registered"
    world.clock.now = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
    world.work()
    case = world.case(number)
    assert (case.state, case.slot_at) == ("referred_to_court", None)
    assert world.notices(number) == ["registered", "referred"]
    assert world.work() == 0
    assert world.events(number)[-1].actor == "system"


def test_reminders_follow_the_hearing(world: CaseWorld) -> None:
    number = world.open_case().number
    world.move(number, "set-hearing")
    start = world.case(number).slot_at
    assert start is not None
    world.clock.now = start - timedelta(days=1, hours=12)
    world.move(number, "new-hearing")
    moved = world.case(number).slot_at
    assert moved is not None and moved > start
    for at in (start - timedelta(hours=3), moved - timedelta(hours=3)):
        world.clock.now = at
        world.work()
    reminders = world.texts(number, "hearing-soon")
    assert reminders and all(formats.day(moved, "en") in each for each in reminders)


def test_a_reminder_after_the_hearing_is_not_sent(world: CaseWorld) -> None:
    number = world.open_case().number
    world.move(number, "set-hearing")
    start = world.case(number).slot_at
    assert start is not None
    world.clock.now = start + timedelta(hours=1)
    world.work()
    assert "hearing-soon" not in world.notices(number)


def test_every_notice_is_an_event_with_its_text_and_what_became_of_it(world: CaseWorld) -> None:
    number = world.open_case(email="salim@example.om").number

    class Sms(ShownGateway):
        delivers_at_once = False

        def __init__(self) -> None:
            self.sent: list[Message] = []
            self.fails = True

        def send(self, message: Message) -> None:
            if message.channel == "email":
                raise GatewayRefused
            if self.fails:
                raise ConnectionError("the line is down")
            self.sent.append(message)

    gateway = Sms()
    database = world.central.database
    assert hand_over(database, gateway, world.clock) == 1  # the e-mail, refused for ever
    assert hand_over(database, gateway, world.clock) == 0
    gateway.fails = False
    world.clock.advance(minutes=5)
    assert hand_over(database, gateway, world.clock) == 1
    assert hand_over(database, gateway, world.clock) == 0
    [sms] = gateway.sent
    email_event, sms_event = world.events(number)[1:]
    assert (email_event.data["channel"], email_event.data["outcome"]) == ("email", "failed")
    assert sms_event.data["text"] == sms.text and number in sms.text
    assert (sms_event.data["outcome"], sms_event.at) == ("handed", world.clock())
    for _ in range(2):
        with database.write() as session:
            note_delivery(session, sms.id, world.clock(), delivered=True)
    assert [each.kind for each in world.events(number)] == [
        *("opened", "notice", "notice", "delivered"),
    ]


def test_a_definition_is_published_once_with_its_content(world: CaseWorld) -> None:
    former = (DATA / "former" / "complaint-2026-11-01.toml").read_text("utf-8")
    assert world.publish(former) == world.publish(former)
    with pytest.raises(DefinitionRefused, match="2026-11-01"):
        world.publish(former + "\n# other words\n")
