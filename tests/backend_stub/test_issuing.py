"""Card issuing from approval to completion: in order, out of order, twice, and restarted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from backend_stub import Settings
from backend_stub.console.card_office import CardRefused
from cardreader.simulator import persona

from .conftest import RunningCentral, Start
from .issuing_card import (
    KINDS,
    NEW,
    PURPOSES,
    Chip,
    Relay,
    answered,
    approved,
    b64,
    last_code,
    new_chip,
    on_sqlite,
    proof,
    refusal,
    register,
    subject,
    unb64,
)


def test_a_new_card_is_activated_and_its_holder_told(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    sent = answered(relay.ask_for_code(NEW.civil_number))
    assert sent["sent_to"] == "•••••110"
    assert sent["expires_at"] == "2026-06-01T06:35:00Z"
    notice = office.notices()[-1]
    assert (notice["channel"], notice["recipient"]) == ("sms", "+96892001110")
    assert NEW.civil_number not in str(notice)
    code = last_code(office)
    approval = answered(relay.enter(code))
    assert approval["expires_at"] == "2026-06-01T07:00:00Z"
    relay.token = approval["token"]
    # Once used, the code stands nowhere any more.
    assert code not in str(office.notices())
    record = relay.begin()
    assert record["management_algorithm"] == 12
    assert (record["certificates"], record["completed"]) == ({}, False)
    assert set(record["key_algorithms"]) == set(PURPOSES)
    relay.authenticate()
    certificates = {purpose: relay.certified(purpose) for purpose in PURPOSES}
    assert relay.complete(record["challenge"]).status_code == 204
    assert "activated" in office.notices()[-1]["text_en"]
    again = relay.begin()
    assert again["completed"] is True
    assert again["challenge"] == record["challenge"]
    for purpose, certificate in certificates.items():
        assert unb64(again["certificates"][purpose]) == der(certificate)


def test_every_step_may_come_twice(office: RunningCentral) -> None:
    relay = approved(office)
    assert relay.begin() == relay.begin()
    relay.authenticate()
    relay.authenticate()
    first = [relay.certified(purpose) for purpose in PURPOSES]
    assert [relay.certified(purpose) for purpose in PURPOSES] == first
    challenge = relay.begin()["challenge"]
    for _ in range(2):
        assert relay.complete(challenge).status_code == 204
    told = [notice for notice in office.notices() if "activated" in notice["text_en"]]
    assert len(told) == 1


def test_it_goes_on_after_a_restart_between_any_two_steps(office: RunningCentral) -> None:
    relay = approved(office)
    office.restart()
    challenge = relay.begin()["challenge"]
    office.restart()
    answer = answered(relay.post("/witness", {"witness": b64(relay.chip.ask_for_witness())}))
    office.restart()
    response = {"response": b64(relay.chip.encrypted(unb64(answer["challenge"])))}
    assert relay.post("/response", response).status_code == 204
    office.restart()
    first = relay.certified("authentication")
    office.restart()
    assert relay.certified("authentication") == first
    relay.certified("signature")
    office.restart()
    assert relay.begin()["challenge"] == challenge
    assert relay.complete(challenge).status_code == 204
    office.restart()
    assert relay.begin()["completed"] is True


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_a_card_of_another_maker_needs_no_code(office: RunningCentral, kind: str) -> None:
    relay = Relay(office, register(office, kind))
    certificates = relay.activate()
    for certificate in certificates.values():
        assert subject(certificate) == ["OM", "Salim Hamad Said Al Harthi", "99014521"]
        assert certificate.not_valid_after_utc - office.clock.now == timedelta(days=5 * 365)
    with pytest.raises(CardRefused, match="revoked first"):
        register(office, kind)


@on_sqlite
def test_a_holder_without_another_card_is_named_by_number(office: RunningCentral) -> None:
    relay = Relay(office, register(office, civil_number="5550001"))
    assert subject(relay.activate()["signature"]) == ["OM", "5550001", "5550001"]


@on_sqlite
def test_nothing_is_done_without_an_approval(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    block = b64(bytes(16))
    steps: dict[str, dict[str, Any] | None] = {
        "": None,
        "/witness": {"witness": block},
        "/response": {"response": block},
        "/certificates": {"purpose": "signature", "request": block},
        "/completion": {"proofs": {}},
    }
    for token in (None, "", "somebody-elses"):
        relay.token = token
        for step, body in steps.items():
            reply = relay.post(step, body)
            assert refusal(reply) == "not-approved"
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_an_approval_is_for_one_card_and_half_an_hour(office: RunningCentral) -> None:
    relay = approved(office)
    active = persona("citizen-active")
    other = Relay(office, Chip(active.card_serial, "aes256", bytes(32)), relay.token)
    assert refusal(other.post("")) == "not-approved"
    office.clock.advance(minutes=29, seconds=59)
    relay.begin()
    office.clock.advance(seconds=1)
    assert refusal(relay.post("")) == "not-approved"


@on_sqlite
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_proofs_that_do_not_hold(
    issuing_settings: Settings, start_central: Start, algorithm: str
) -> None:
    office = start_central(issuing_settings)
    relay = approved(office)
    relay.chip.algorithm = algorithm
    challenge = relay.begin()["challenge"]
    assert refusal(relay.complete(challenge)) == "key-refused"
    relay.authenticate()
    relay.certified("authentication")
    assert refusal(relay.complete(challenge)) == "key-refused"
    relay.certified("signature")
    swapped = relay.chip.proof("authentication", b"anything else")
    assert refusal(relay.complete(challenge, authentication=swapped)) == "key-refused"
    assert refusal(relay.complete(b64(bytes(32)))) == "key-refused"
    for broken in (
        proof("ES384", bytes(96)),
        proof(algorithm, b""),
        proof(algorithm, bytes(64)),
        proof(algorithm, bytes(256)),
    ):
        assert refusal(relay.complete(challenge, signature=broken)) == "key-refused"
    missing = relay.post("/completion", {"proofs": {"signature": proof(algorithm, bytes(64))}})
    assert refusal(missing) == "key-refused"
    assert relay.begin()["completed"] is False
    assert not any("activated" in notice["text_en"] for notice in office.notices())
    assert relay.complete(challenge).status_code == 204


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_messages_come_in_the_language_of_the_visit(office: RunningCentral, language: str) -> None:
    relay = Relay(office, new_chip())
    wanted = {"civil_number": NEW.civil_number, "language": language}
    answered(office.post(f"/v1/cards/{relay.chip.serial}/codes", json=wanted))
    assert office.notices()[-1]["language"] == language
    relay.token = answered(relay.enter(last_code(office)))["token"]
    record = relay.begin()
    relay.authenticate()
    for purpose in PURPOSES:
        relay.certified(purpose)
    assert relay.complete(record["challenge"]).status_code == 204
    assert "activated" in office.notices()[-1]["text_en"]
    assert office.notices()[-1]["language"] == language
