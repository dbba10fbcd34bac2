"""Slots of a calendar: in working time, after a week, within thirty days, no more than fit."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend_stub.cases.calendars import Calendar, load_calendars
from backend_stub.cases.offices import load_offices
from backend_stub.cases.slots import Slot, book_next, free_slots, give_back, nearest, take
from backend_stub.cases.tables import SlotLoad
from backend_stub.ground.database import Database
from backend_stub.ground.settings import DATA_DIRECTORY
from kiosk.services import load_catalogue

from .cards import Card
from .conftest import RunningCentral

MUSCAT = ZoneInfo("Asia/Muscat")
NOW = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def hearings() -> Calendar:
    offices = load_offices(DATA_DIRECTORY, load_catalogue().places)
    return load_calendars(DATA_DIRECTORY, set(offices.by_id)).calendar("hearings")


@pytest.mark.parametrize(
    "registered",
    [
        datetime(2026, 6, 1, 6, 30, tzinfo=UTC),
        datetime(2026, 6, 4, 21, 0, tzinfo=UTC),  # Friday already, in Muscat
        datetime(2026, 11, 10, 12, 0, tzinfo=UTC),  # the national days come in between
        datetime(2026, 12, 20, 3, 0, tzinfo=UTC),  # the new year and accession day too
    ],
)
def test_slots_are_in_working_time(hearings: Calendar, registered: datetime) -> None:
    slots = list(hearings.slots(registered))
    assert slots == sorted(set(slots))
    for slot in slots:
        local = slot.astimezone(MUSCAT)
        assert local.strftime("%A") not in ("Friday", "Saturday")
        assert 8 * 60 <= local.hour * 60 + local.minute <= 13 * 60 + 30
        assert timedelta(days=7) <= slot - registered <= timedelta(days=30)
        assert (local.month, local.day) not in {(1, 11), (11, 20), (11, 21)}
    # Every other working day in between is used.
    days = {slot.astimezone(MUSCAT).date() for slot in slots}
    first = (registered + timedelta(days=8)).astimezone(MUSCAT).date()
    for offset in range(22):
        day = first + timedelta(days=offset)
        closed = (day.month, day.day) in {(1, 11), (11, 20), (11, 21)}
        assert (day in days) == (day.isoweekday() in (7, 1, 2, 3, 4) and not closed), day


def test_announced_holidays_are_closed(hearings: Calendar) -> None:
    rules = hearings.model_copy(update={"closed_on": frozenset({date(2026, 6, 8)})})
    first = next(rules.slots(datetime(2026, 6, 1, 6, 30, tzinfo=UTC)))
    assert first == datetime(2026, 6, 9, 4, 0, tzinfo=UTC)


def test_capacity_is_respected_until_the_last_day(hearings: Calendar, database_url: str) -> None:
    possible = list(hearings.slots(NOW))
    capacity = hearings.capacity["dhofar"]
    database = Database(database_url)
    with database.write() as session:
        booked: list[datetime | None] = []
        left = len(possible) * capacity
        for size in itertools.cycle((1, 50, 3)):
            booked += book_next(session, hearings, ["dhofar"] * min(size, left), NOW)
            left -= min(size, left)
            if left == 0:
                break
        assert Counter(booked) == dict.fromkeys(possible, capacity)
        assert booked == sorted(booked)
        # Other offices are not full because of it.
        wanted = ["dhofar", "muscat", "dhofar"]
        assert book_next(session, hearings, wanted, NOW) == [None, possible[0], None]
    with database.read() as session:
        assert max(session.scalars(select(SlotLoad.taken))) == capacity
    database.close()


def test_a_chosen_slot_is_taken_once_and_the_nearest_others_are_named(
    hearings: Calendar, database_url: str
) -> None:
    possible = list(hearings.slots(NOW))
    chosen = Slot(possible[40], "musandam")
    assert Slot.parse(chosen.id) == chosen
    database = Database(database_url)
    with database.write() as session:
        assert take(session, hearings, chosen, NOW)
        assert not take(session, hearings, chosen, NOW)
        others = nearest(session, hearings, chosen, NOW)
        assert {each.starts_at for each in others[:2]} == {possible[39], possible[41]}
        assert chosen not in free_slots(session, hearings, ["musandam"], NOW, 10_000)
        give_back(session, hearings.id, chosen)
        assert take(session, hearings, chosen, NOW)
    database.close()


@pytest.mark.parametrize(
    "slot_id",
    [
        None,
        7,
        "",
        "muscat",
        "muscat@20260608T0430",
        "MUSCAT@20260608T0430Z",
        "muscat@20261301T0430Z",
    ],
)
def test_what_is_no_slot_is_refused(slot_id: object) -> None:
    with pytest.raises(ValueError, match=r"such an id|match format|month"):
        Slot.parse(slot_id)


@pytest.mark.parametrize(
    "start",
    [
        NOW + timedelta(days=8, minutes=1),  # between two slots
        NOW + timedelta(days=1),  # too soon
        NOW + timedelta(days=300),
        datetime(2026, 6, 12, 6, 30, tzinfo=UTC),  # a Friday
    ],
)
def test_only_slots_of_the_calendar_can_be_taken(
    hearings: Calendar, database_url: str, start: datetime
) -> None:
    database = Database(database_url)
    with database.write() as session:
        assert not take(session, hearings, Slot(start, "muscat"), NOW)
        assert not take(session, hearings, Slot(next(hearings.slots(NOW)), "nowhere"), NOW)
    database.close()


def test_two_thousand_people_on_five_hundred_slots(hearings: Calendar, database_url: str) -> None:
    """All at once, each with the same wish: every slot is given once, nobody gets two."""
    small = hearings.model_copy(update={"capacity": {"muscat": 1}})
    places = [Slot(start, "muscat") for start in itertools.islice(_many(small), 500)]
    wide = small.model_copy(update={"max_days": 300})
    database = Database(database_url)
    together = threading.Barrier(8)

    def people(first: int) -> list[Slot]:
        got = []
        together.wait(30)
        for person in range(first, 2000, 8):
            wish = places[person % 500]
            with database.write() as session:
                if take(session, wide, wish, NOW):
                    got.append(wish)
        return got

    with ThreadPoolExecutor(8) as pool:
        got = [slot for each in pool.map(people, range(8)) for slot in each]
    assert sorted(got) == sorted(places)
    with database.read() as session:
        assert set(session.scalars(select(SlotLoad.taken))) == {1}
    database.close()


def _many(calendar: Calendar) -> itertools.chain[datetime]:
    return itertools.chain(calendar.model_copy(update={"max_days": 300}).slots(NOW))


def test_complaint_without_a_free_slot_is_registered_and_says_so(
    central: RunningCentral, card: Card, hearings: Calendar
) -> None:
    database = Database(central.settings.database_url)
    with database.write() as session:
        for slot in hearings.slots(central.clock()):
            session.add(SlotLoad(calendar="hearings", office="musandam", starts_at=slot, taken=99))
    database.close()
    terminal = central.terminal()
    place = {"governorate": "musandam", "wilayat": "khasab", "email": "someone@example.om"}
    [answer] = terminal.send(terminal.complaint(card, answers=place))
    assert (answer["outcome"], answer["result"]["hearing"]) == ("accepted", None)
    sms, email = central.notices()
    assert (sms["channel"], email["channel"]) == ("sms", "email")
    assert email["recipient"] == "someone@example.om"
    assert "call you" in sms["text_en"] and "تتصل بك" in sms["text_ar"]
    assert central.notices(since=sms["id"]) == [email]
