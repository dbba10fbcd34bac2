"""Hearing slots: in working time, after a week, within thirty days, no more than fit."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend_stub.cases.complaints import TRANSITIONS, ComplaintState
from backend_stub.cases.hearings import LabourOffices, load_offices
from backend_stub.ground.database import Database
from backend_stub.ground.settings import DATA_DIRECTORY
from backend_stub.ground.tables import HearingSlot
from kiosk.services import load_catalogue

from .cards import Card
from .conftest import RunningCentral

MUSCAT = ZoneInfo("Asia/Muscat")
GOVERNORATES = frozenset(place.id for place in load_catalogue().places.governorates)


@pytest.fixture(scope="module")
def offices() -> LabourOffices:
    return load_offices(DATA_DIRECTORY, GOVERNORATES)


@pytest.mark.parametrize(
    "registered",
    [
        datetime(2026, 6, 1, 6, 30, tzinfo=UTC),
        datetime(2026, 6, 4, 21, 0, tzinfo=UTC),  # Friday already, in Muscat
        datetime(2026, 11, 10, 12, 0, tzinfo=UTC),  # the national days come in between
        datetime(2026, 12, 20, 3, 0, tzinfo=UTC),  # the new year and accession day too
    ],
)
def test_slots_are_in_working_time(offices: LabourOffices, registered: datetime) -> None:
    slots = list(offices.rules.slots(registered))
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


def test_announced_holidays_are_closed(offices: LabourOffices) -> None:
    rules = offices.rules.model_copy(update={"closed_on": frozenset({date(2026, 6, 8)})})
    first = next(rules.slots(datetime(2026, 6, 1, 6, 30, tzinfo=UTC)))
    assert first == datetime(2026, 6, 9, 4, 0, tzinfo=UTC)


def test_capacity_is_respected_until_the_last_day(
    offices: LabourOffices, database_url: str
) -> None:
    registered = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
    office = offices.office_of("dhofar")
    possible = list(offices.rules.slots(registered))
    database = Database(database_url)
    with database.write() as session:
        booked: list[datetime | None] = []
        left = len(possible) * office.capacity
        for size in itertools.cycle((1, 50, 3)):
            booked += offices.book(session, [office] * min(size, left), registered)
            left -= min(size, left)
            if left == 0:
                break
        assert Counter(booked) == dict.fromkeys(possible, office.capacity)
        assert booked == sorted(booked)
        # Other offices are not full because of it.
        muscat = offices.office_of("muscat")
        wanted = [office, muscat, office]
        assert offices.book(session, wanted, registered) == [None, possible[0], None]
    with database.read() as session:
        assert max(session.scalars(select(HearingSlot.taken))) == office.capacity
    database.close()


def test_complaint_without_a_free_slot_is_registered_and_says_so(
    central: RunningCentral, card: Card
) -> None:
    database = Database(central.settings.database_url)
    with database.write() as session:
        rules = load_offices(DATA_DIRECTORY, GOVERNORATES).rules
        for slot in rules.slots(central.clock()):
            session.add(HearingSlot(office="musandam", starts_at=slot, taken=99))
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


def test_every_end_of_a_complaint_is_final() -> None:
    assert set(TRANSITIONS) == {None, *ComplaintState}
    assert TRANSITIONS[None] == {ComplaintState.REGISTERED}
    ends = {state for state, following in TRANSITIONS.items() if not following}
    assert ends == {
        ComplaintState.SETTLED,
        ComplaintState.REFERRED_TO_COURT,
        ComplaintState.WITHDRAWN,
    }
    # Settlement is tried before the court.
    assert ComplaintState.REFERRED_TO_COURT not in TRANSITIONS[ComplaintState.REGISTERED]
