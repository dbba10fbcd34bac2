"""Signing in for a visit with the card's answer to a challenge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from .cards import Card, Issuer
from .conftest import RunningCentral
from .test_kiosks import code_of


def sign_in(central: RunningCentral, assertion: str) -> requests.Response:
    return central.post("/v1/sessions", json={"assertion": assertion}, auth=central.at_terminal())


def challenge(central: RunningCentral) -> dict[str, Any]:
    reply = central.post("/v1/challenges", auth=central.at_terminal())
    assert reply.headers["cache-control"] == "no-store"
    answer: dict[str, Any] = reply.json()
    return answer


def ask(central: RunningCentral, path: str, token: str) -> requests.Response:
    return central.get(path, headers=bearer(token), auth=central.at_terminal())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_card_signs_in_and_the_registries_answer(central: RunningCentral, card: Card) -> None:
    session = sign_in(central, card.answer(challenge(central), "MCT-0001")).json()
    person = session["person"]
    assert person["civil_number"] == card.civil_number
    assert person["mobile"] == "91001003"
    assert person["card_valid_until"] == "2034-01-14"
    # The contract that ended in 2022 is not a current employer.
    assert [employer["cr_number"] for employer in person["employers"]] == ["1500046"]
    assert ask(central, "/v1/me", session["token"]).json() == person


def test_someone_the_registries_do_not_know(central: RunningCentral, issuer: Issuer) -> None:
    stranger = Card.make(issuer, "5555")
    session = sign_in(central, stranger.answer(challenge(central), "MCT-0001")).json()
    assert session["person"] == {
        "civil_number": "5555",
        "mobile": None,
        "employers": [],
        "card_valid_until": None,
    }


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_cards_of_other_key_types(central: RunningCentral, issuer: Issuer, algorithm: str) -> None:
    card = Card.make(issuer, algorithm=algorithm)
    assert sign_in(central, card.answer(challenge(central), "MCT-0001")).ok


def test_an_answer_counts_once(central: RunningCentral, card: Card) -> None:
    assertion = card.answer(challenge(central), "MCT-0001")
    assert sign_in(central, assertion).ok
    assert code_of(sign_in(central, assertion)) == (401, "challenge-unknown")


def test_of_many_that_present_it_at_once_one_gets_in(central: RunningCentral, card: Card) -> None:
    assertion = card.answer(challenge(central), "MCT-0001")
    url, signer = f"{central.url}/v1/sessions", central.at_terminal()
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(
                lambda _: requests.post(
                    url, json={"assertion": assertion}, auth=signer, timeout=30
                ),
                range(4),
            )
        )
    assert sorted(reply.status_code for reply in replies) == [200, 401, 401, 401]


def test_challenge_expires(central: RunningCentral, card: Card) -> None:
    assertion = card.answer(challenge(central), "MCT-0001")
    central.clock.advance(minutes=2)
    assert code_of(sign_in(central, assertion)) == (401, "challenge-unknown")


def test_session_expires(central: RunningCentral, card: Card) -> None:
    token = sign_in(central, card.answer(challenge(central), "MCT-0001")).json()["token"]
    central.clock.advance(minutes=14)
    assert ask(central, "/v1/me", token).ok
    central.clock.advance(minutes=1)
    reply = ask(central, "/v1/me", token)
    assert code_of(reply) == (401, "session-unknown")
    assert reply.headers["www-authenticate"] == "Bearer"
    # A later visitor's challenge clears away what expired.
    challenge(central)
    assert code_of(ask(central, "/v1/me", token)) == (401, "session-unknown")


def test_assertion_must_fit_the_challenge(central: RunningCentral, card: Card) -> None:
    for changes, code in (
        ({"nonce": "A" * 43}, "challenge-unknown"),
        ({"challenge_id": "A" * 22}, "challenge-unknown"),
        ({"challenge_id": "\u0000"}, "sign-in-refused"),
        ({"aud": "someone-else"}, "sign-in-refused"),
        ({"kiosk": "no kiosk"}, "sign-in-refused"),
        ({"extra": 1}, "sign-in-refused"),
    ):
        assertion = card.answer(challenge(central), "MCT-0001", changes)
        assert code_of(sign_in(central, assertion)) == (401, code), changes


def test_what_the_card_signed_for_another_terminal(central: RunningCentral, card: Card) -> None:
    assertion = card.answer(challenge(central), "SLL-0001")
    assert code_of(sign_in(central, assertion)) == (403, "signed-by-another")


def test_untrusted_card_is_refused_with_the_reason(central: RunningCentral, card: Card) -> None:
    impostor = Card.make(Issuer.make("Issuing CA of the tests"))
    reply = sign_in(central, impostor.answer(challenge(central), "MCT-0001"))
    assert code_of(reply) == (401, "sign-in-refused")
    assert reply.json()["reason"] == "certificate-untrusted"
    # The key that signs applications is not for signing in.
    other_slot = Card(card.civil_number, card.algorithm, card.signature, card.signature)
    reply = sign_in(central, other_slot.answer(challenge(central), "MCT-0001"))
    assert reply.json()["reason"] == "certificate-untrusted"


def test_nonsense_is_refused(central: RunningCentral) -> None:
    for assertion in ("", "x", "a.b.c", "é", "." * 10_000):
        assert code_of(sign_in(central, assertion)) == (401, "sign-in-refused")


def test_registries_need_a_session(central: RunningCentral) -> None:
    for path in ("/v1/me", "/v1/employers?q=sur"):
        for header in ({}, bearer("x"), {"Authorization": "Basic eA"}):
            reply = central.get(path, headers=header, auth=central.at_terminal())
            assert code_of(reply) == (401, "session-unknown")
