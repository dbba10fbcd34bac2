"""A citizen's own requests over HTTP: where they stand, what may be done, facts for a form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from requests.auth import AuthBase

from backend_stub.cases.calendars import load_calendars
from backend_stub.cases.offices import load_offices
from backend_stub.ground.settings import DATA_DIRECTORY
from kiosk.services import ServiceDefinition, load_catalogue
from kiosk.services.definition import FactDefinition
from kiosk.services.facts import decode_fact
from offline_queue.signed_requests import RequestSigner

from .cards import Card, Issuer
from .conftest import RunningCentral
from .terminal import Terminal


@dataclass
class Bearer(AuthBase):
    """A token, and at a terminal its signature too."""

    token: str
    signer: RequestSigner | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return self.signer(request) if self.signer else request


def sign_in(central: RunningCentral, card: Card) -> Bearer:
    signer = central.at_terminal()
    challenge = central.post("/v1/challenges", auth=signer).json()
    reply = central.post(
        "/v1/sessions", json={"assertion": card.answer(challenge, "MCT-0001")}, auth=signer
    )
    assert reply.status_code == 200, reply.text
    return Bearer(reply.json()["token"], signer)


def move(
    central: RunningCentral, bearer: Bearer, number: str, name: str, **order: Any
) -> requests.Response:
    body = {"client_id": "client-0001"} | order
    return central.post(f"/v1/requests/{number}/moves/{name}", json=body, auth=bearer)


@pytest.fixture
def terminal(central: RunningCentral) -> Terminal:
    return central.terminal()


@pytest.fixture
def number(terminal: Terminal, card: Card) -> str:
    [answer] = terminal.send(terminal.complaint(card))
    number: str = answer["result"]["number"]
    return number


def test_the_own_requests_with_all_that_a_page_needs(
    central: RunningCentral, card: Card, number: str
) -> None:
    central.clock.advance(days=3)
    bearer = sign_in(central, card)
    reply = central.get("/v1/requests", auth=bearer)
    assert reply.headers["cache-control"] == "no-store"
    [request] = reply.json()["requests"]
    assert request["number"] == number
    assert request["title"] == {"ar": "تقديم شكوى عمالية", "en": "File a labour complaint"}
    assert (request["state"], request["tone"], request["final"]) == ("registered", "waiting", False)
    assert (request["due_on"], request["days_left"]) == ("2026-07-01", 27)
    assert request["slot"]["proposed"] is True and "Nizwa" in request["slot"]["place"]["en"]
    assert [each["id"] for each in request["moves"]] == ["reschedule", "withdraw"]
    assert request["moves"][0]["takes_slot"] and request["moves"][1]["pin"]
    assert [each["text"]["en"] for each in request["history"]] == ["Your complaint is registered"]
    assert central.get(f"/v1/requests/{number}", auth=bearer).json() == request


def test_another_persons_request_is_not_there(
    central: RunningCentral, issuer: Issuer, number: str
) -> None:
    stranger = sign_in(central, Card.make(issuer, "990358174"))
    assert central.get("/v1/requests", auth=stranger).json() == {"requests": []}
    for reply in (
        central.get(f"/v1/requests/{number}", auth=stranger),
        central.get(f"/v1/requests/{number}/slots?move=reschedule", auth=stranger),
        move(central, stranger, number, "withdraw"),
        central.get("/v1/requests/C-2026-999999", auth=stranger),
    ):
        assert (reply.status_code, reply.json()["code"]) == (404, "case-unknown")
    for path in ("", f"/{number}", f"/{number}/slots?move=reschedule"):
        assert central.get(f"/v1/requests{path}", auth=central.at_terminal()).json()["code"] == (
            "session-unknown"
        )


def test_the_hearing_is_moved_once(central: RunningCentral, card: Card, number: str) -> None:
    bearer = sign_in(central, card)
    slots = central.get(f"/v1/requests/{number}/slots?move=reschedule", auth=bearer).json()
    wanted = slots["slots"][7]
    assert "Nizwa" in wanted["place"]["en"]
    assert move(central, bearer, number, "reschedule").json()["code"] == "slot-needed"
    first = move(central, bearer, number, "reschedule", slot=wanted["id"])
    assert first.json()["slot"]["starts_at"] == wanted["starts_at"]
    assert first.json()["state"] == "hearing_set"
    # The answer was lost on the way: the same again changes nothing.
    again = move(central, bearer, number, "reschedule", slot=wanted["id"])
    assert again.json() == first.json()
    more = move(central, bearer, number, "reschedule", slot=wanted["id"], client_id="client-0002")
    assert (more.status_code, more.json()["code"]) == (409, "move-used-up")
    assert [each["id"] for each in first.json()["moves"]] == ["withdraw"]


def test_a_time_that_is_gone_names_the_nearest_others(
    central: RunningCentral, card: Card, terminal: Terminal, number: str
) -> None:
    bearer = sign_in(central, card)
    free = central.get(f"/v1/requests/{number}/slots?move=reschedule", auth=bearer).json()
    wanted = free["slots"][0]["id"]
    terminal.send(*(terminal.complaint(card) for _ in range(6)))
    gone = move(central, bearer, number, "reschedule", slot=wanted)
    assert (gone.status_code, gone.json()["code"]) == (409, "slot-gone")
    nearest = gone.json()["slots"][0]["id"]
    assert move(central, bearer, number, "reschedule", slot=nearest).status_code == 200


def test_withdrawing_asks_for_the_pin_just_before(
    central: RunningCentral, card: Card, number: str
) -> None:
    bearer = sign_in(central, card)
    central.clock.advance(minutes=3)
    late = move(central, bearer, number, "withdraw")
    assert (late.status_code, late.json()["code"]) == (403, "pin-needed")
    done = move(central, sign_in(central, card), number, "withdraw")
    assert (done.json()["state"], done.json()["final"], done.json()["slot"]) == (
        *("withdrawn", True),
        None,
    )
    assert done.json()["history"][-1]["text"]["en"] == "You withdrew the complaint"
    assert central.notices()[-1]["text_en"].startswith(f"Complaint {number} was withdrawn")


def test_with_number_and_code_for_whoever_has_the_telephone(
    central: RunningCentral, number: str
) -> None:
    def ask(mobile: str, of: str = number) -> None:
        reply = central.post(f"/v1/requests/{of}/codes", json={"mobile": mobile})
        assert (reply.status_code, reply.content) == (204, b"")

    def enter(code: str) -> requests.Response:
        return central.post(f"/v1/requests/{number}/sessions", json={"code": code})

    last = central.notices()[-1]["id"]
    ask("99999999")
    ask("91234567", of="C-2026-999999")
    assert central.notices(last) == [], "nobody else gets a code, and nobody learns why"
    ask("91234567")
    [sms] = central.notices(last)
    assert sms["recipient"] == "+96891234567"
    code = re.search(r"\b\d{6}\b", sms["text_en"].replace(number, ""))
    assert code is not None
    assert enter("000000").json()["code"] == "code-wrong"
    token = enter(code[0]).json()["token"]
    assert enter(code[0]).json()["code"] == "code-wrong", "a code is used once"
    bearer = Bearer(token)
    assert central.get(f"/v1/requests/{number}", auth=bearer).json()["number"] == number
    assert central.get("/v1/requests", auth=bearer).status_code == 401
    assert central.get("/v1/requests/C-2026-000002", auth=bearer).status_code == 401
    # Without the card nothing that asks for its PIN.
    assert move(central, bearer, number, "withdraw").json()["code"] == "pin-needed"
    slots = central.get(f"/v1/requests/{number}/slots?move=reschedule", auth=bearer).json()
    moved = move(central, bearer, number, "reschedule", slot=slots["slots"][3]["id"])
    assert moved.status_code == 200
    central.clock.advance(minutes=16)
    assert central.get(f"/v1/requests/{number}", auth=bearer).status_code == 401


def test_a_code_is_not_for_guessing(central: RunningCentral, number: str) -> None:
    last = central.notices()[-1]["id"]
    for _ in range(7):
        central.post(f"/v1/requests/{number}/codes", json={"mobile": "91234567"})
    notices = central.notices(last)
    assert len(notices) == 5, "five an hour"
    codes = [re.findall(r"\b\d{6}\b", each["text_en"].replace(number, ""))[0] for each in notices]
    wrong = next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in codes)
    for _ in range(5):
        central.post(f"/v1/requests/{number}/sessions", json={"code": wrong})
    reply = central.post(f"/v1/requests/{number}/sessions", json={"code": codes[0]})
    assert reply.json()["code"] == "code-wrong"


def test_facts_for_a_form(central: RunningCentral, card: Card, number: str) -> None:
    bearer = sign_in(central, card)

    def fact(path: str) -> Any:
        return central.get(f"/v1/facts/{path}", auth=bearer).json()

    assert fact("person")["values"]["mobile"] == "91001003"
    work = fact("employments")
    assert work["values"]["count"] == 1 and work["values"]["governorate"] == "ad-dakhiliyah"
    assert work["values"]["employer"]["cr_number"] == work["rows"][0]["id"] == "1500046"
    mine = fact("my-requests")
    assert mine["values"] == {"open": 1} and mine["rows"][0]["id"] == number
    times = fact("free-times?calendar=hearings&office=muscat")
    assert times["values"]["count"] == 60 and times["rows"][0]["group"] == "muscat"
    assert fact("expiring")["rows"] == []
    assert fact("no-such")["code"] == "fact-unknown"
    for wrong in ("", "?calendar=moon", "?calendar=hearings&office=moon"):
        assert fact(f"free-times{wrong}")["code"] == "fact-parameters"
    everywhere = fact("free-times?calendar=counters")
    assert len({row["group"] for row in everywhere["rows"]}) == len(everywhere["groups"]) == 11
    # In the shape that a terminal reads.
    reply = central.get("/v1/facts/employments", auth=bearer)
    assert decode_fact(reply.content).rows[0].title.in_language("en").startswith("Samail")
    assert central.get("/v1/facts/person").status_code == 401


SHIPPED = load_catalogue().services


@pytest.mark.parametrize(
    "fact",
    [pytest.param(fact, id=f"{each.id}-{fact.id}") for each in SHIPPED for fact in each.facts],
)
def test_every_fact_of_the_catalogue_can_be_asked(
    fact: FactDefinition, central: RunningCentral, card: Card
) -> None:
    """An office has the governorate's name; whatever else is given is the definition's own."""
    given = fact.fixed | dict.fromkeys(fact.given, "dhofar") | {"language": "ar"}
    reply = central.get(f"/v1/facts/{fact.source}", params=given, auth=sign_in(central, card))
    assert reply.status_code == 200, reply.text
    assert reply.json()["rows"], "the simulated central API has something to choose from"


@pytest.mark.parametrize("service", SHIPPED, ids=lambda each: each.id)
def test_every_calendar_and_office_of_the_catalogue_exists(service: ServiceDefinition) -> None:
    offices = load_offices(DATA_DIRECTORY, load_catalogue().places)
    calendars = load_calendars(DATA_DIRECTORY, set(offices.by_id))
    case = service.case
    if case is not None and case.slot is not None:
        assert calendars.calendar(case.slot.calendar).capacity
    if case is not None and case.office.id:
        assert offices.office(case.office.id)
