"""The code that a card's holder is sent: to whom, how often, how long it is good."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from cardreader.simulator import persona

from .conftest import RunningCentral
from .issuing_card import (
    NEW,
    Chip,
    Relay,
    answered,
    last_code,
    new_chip,
    on_sqlite,
    refusal,
    register,
)


def test_three_tries_and_then_another_code(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for left in (2, 1, 0, 0):
        reply = relay.enter(wrong)
        assert (refusal(reply), reply.json()["tries_left"]) == ("code-wrong", left)
    assert refusal(relay.enter(code)) == "code-wrong"
    answered(relay.ask_for_code(NEW.civil_number))
    answered(relay.enter(last_code(office)))


def test_a_code_is_good_once(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    answered(relay.enter(code))
    assert refusal(relay.enter(code)) == "code-wrong"


def test_of_two_that_enter_a_code_at_once_one_gets_in(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    start = threading.Barrier(4)

    def enter(_: int) -> int:
        start.wait(10)
        return relay.enter(code).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, range(4))) == [200, 403, 403, 403]


def test_a_code_expires(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    office.clock.advance(minutes=5)
    reply = relay.enter(last_code(office))
    assert (refusal(reply), reply.json()["tries_left"]) == ("code-wrong", 0)


def test_a_later_code_replaces_the_one_before(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    first = last_code(office)
    answered(relay.ask_for_code(NEW.civil_number))
    second = last_code(office)
    if first != second:
        assert refusal(relay.enter(first)) == "code-wrong"
    answered(relay.enter(second))


def test_five_codes_an_hour(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    for _ in range(5):
        answered(relay.ask_for_code(NEW.civil_number))
        office.clock.advance(minutes=2)
    reply = relay.ask_for_code(NEW.civil_number)
    assert refusal(reply) == "too-many-codes"
    assert reply.headers["Retry-After"] == "3001"
    assert len(office.notices()) == 5
    office.clock.advance(minutes=50, seconds=1)
    answered(relay.ask_for_code(NEW.civil_number))
    # Codes that nobody entered do not stay readable either.
    stale = [notice["text_en"] for notice in office.notices()[:1]]
    assert not any(character.isdigit() for text in stale for character in text)


@on_sqlite
def test_a_code_goes_to_the_registered_holder_only(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    assert refusal(relay.ask_for_code("99014521")) == "not-eligible"
    unknown = Relay(office, Chip("00" * 16, "aes256", bytes(32)))
    assert refusal(unknown.ask_for_code(NEW.civil_number)) == "unknown-card"
    assert refusal(unknown.enter("123456")) == "unknown-card"
    revoked = persona("revoked")
    other = Relay(office, Chip(revoked.card_serial, "aes256", bytes(32)))
    assert refusal(other.ask_for_code(revoked.civil_number)) == "not-eligible"
    expired = persona("expired")
    other = Relay(office, Chip(expired.card_serial, "aes256", bytes(32)))
    assert refusal(other.ask_for_code(expired.civil_number)) == "not-eligible"
    assert office.notices() == []
    assert relay.enter("12345").status_code == 422
    assert "12345" not in relay.enter("12345").text


@on_sqlite
def test_a_holder_without_a_telephone(office: RunningCentral) -> None:
    relay = Relay(office, register(office, civil_number="5550001"))
    assert refusal(relay.ask_for_code("5550001")) == "no-mobile"


def test_a_language_that_is_not_spoken_here_is_refused(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    wanted = {"civil_number": NEW.civil_number, "language": "fr"}
    refused = office.post(f"/v1/cards/{relay.chip.serial}/codes", json=wanted)
    assert refused.json()["code"] == "invalid"
    assert office.notices() == []
