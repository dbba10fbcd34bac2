"""Card and central API prove to each other that they know the management key."""

from __future__ import annotations

import dataclasses

import pytest

from backend_stub import Settings
from backend_stub.ground.limits import Rate, Rates

from .conftest import RunningCentral, Start
from .issuing_card import NEW, Relay, answered, approved, b64, on_sqlite, refusal, unb64


@on_sqlite
def test_a_card_that_does_not_know_the_key(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    answer = answered(relay.post("/witness", {"witness": b64(relay.chip.ask_for_witness())}))
    relay.chip.key = bytes(32)
    forged = relay.chip.encrypted(unb64(answer["challenge"]))
    for value in (forged, forged[:8], b"", forged + forged):
        assert refusal(relay.post("/response", {"response": b64(value)})) == "card-not-authentic"
    assert refusal(relay.certify("signature")) == "card-not-authentic"


def test_an_old_response_is_not_good_for_a_new_challenge(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    first = unb64(answered(relay.post("/witness", witness))["challenge"])
    response = {"response": b64(relay.chip.encrypted(first))}
    for _ in range(2):
        assert relay.post("/response", response).status_code == 204
    second = unb64(answered(relay.post("/witness", witness))["challenge"])
    assert first != second
    assert refusal(relay.post("/response", response)) == "card-not-authentic"
    assert refusal(relay.certify("signature")) == "card-not-authentic"


def test_each_attempt_asks_the_card_again(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    relay.certified("authentication")
    relay.begin()
    assert refusal(relay.certify("signature")) == "card-not-authentic"
    relay.authenticate()
    relay.certified("signature")


@on_sqlite
@pytest.mark.parametrize("witness", [b"", b"x" * 8, b"x" * 15, b"x" * 32])
def test_a_witness_of_another_length(office: RunningCentral, witness: bytes) -> None:
    relay = approved(office)
    relay.begin()
    assert refusal(relay.post("/witness", {"witness": b64(witness)})) == "card-not-authentic"


@on_sqlite
def test_steps_before_the_first_are_refused(office: RunningCentral) -> None:
    relay = approved(office)
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    assert refusal(relay.post("/witness", witness)) == "card-not-authentic"
    relay.begin()
    response = {"response": b64(bytes(16))}
    assert refusal(relay.post("/response", response)) == "card-not-authentic"


@on_sqlite
def test_the_management_key_is_no_oracle_without_end(
    issuing_settings: Settings, start_central: Start
) -> None:
    rates = Rates(card_witnesses=Rate(0.001, 3))
    office = start_central(dataclasses.replace(issuing_settings, rates=rates))
    relay = approved(office)
    relay.begin()
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    for _ in range(3):
        answered(relay.post("/witness", witness))
    reply = relay.post("/witness", witness)
    assert refusal(reply) == "too-many-requests"
    assert int(reply.headers["Retry-After"]) > 900


def test_two_terminals_at_once_only_the_later_goes_on(office: RunningCentral) -> None:
    first = approved(office)
    first.begin()
    first.authenticate()
    second = Relay(office, first.chip).be_approved(NEW.civil_number)
    second.begin()
    # What the card showed at the first terminal opens nothing, here or there.
    assert refusal(second.certify("signature")) == "card-not-authentic"
    assert refusal(first.certify("signature")) == "card-not-authentic"
    second.authenticate()
    certificate = second.certified("signature")
    first.begin()
    first.authenticate()
    assert first.certified("signature") == certificate
