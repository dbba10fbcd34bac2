"""A terminal that is enrolled and hostile: nothing of another terminal changes."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import create_engine, text

from backend_stub import Settings
from backend_stub.fleet.enrolment import make_code
from backend_stub.opening import open_central
from offline_queue.chain import sign_enrolment

from ..cards import Card
from ..conftest import RunningCentral, Start
from ..terminal import Terminal, new_tx_id
from ..test_kiosks import code_of


@pytest.mark.parametrize("squat", ["void", "garbage", "application"])
def test_a_number_that_another_terminal_used_first_is_still_free(
    central: RunningCentral, card: Card, squat: str
) -> None:
    victim, thief = central.terminal(), central.terminal("SLL-0001")
    theirs = victim.complaint(card)
    tx_id = theirs["record"]["tx_id"]
    if squat == "application":
        taken = thief.item(card.sign(thief.payload(card, tx_id)), tx_id)
    else:
        taken = thief.item(b"x", tx_id)
    thief.send(thief.void(taken) if squat == "void" else taken)
    [answer] = victim.send(theirs)
    assert answer["outcome"] == "accepted" and answer["result"]["number"]
    status = central.get(f"/v1/transactions/{tx_id}", auth=victim.signer()).json()
    assert status["result"] == answer["result"]


def test_a_number_that_is_here_is_not_voided_by_another(
    central: RunningCentral, card: Card
) -> None:
    victim, thief = central.terminal(), central.terminal("SLL-0001")
    item = victim.complaint(card)
    [first] = victim.send(item)
    thief.send(thief.void(thief.item(b"x", item["record"]["tx_id"])))
    [again] = victim.send(item)
    assert again == first | {"outcome": "duplicate"}
    head = central.get("/v1/kiosks/MCT-0001/head").json()["statement"]
    assert head["ack_seq"] == 1


def test_papers_are_of_the_terminal_that_named_them(central: RunningCentral, card: Card) -> None:
    picture = b"sealed"
    victim, thief = central.terminal(), central.terminal("SLL-0001")
    tx_id = new_tx_id()
    signed = card.sign(victim.payload(card, tx_id))
    victim.send(victim.item(signed, tx_id, attachments=(picture,)))
    thief.send(thief.void(thief.item(b"x", tx_id)))
    path = f"/v1/attachments/{hashlib.sha256(picture).hexdigest()}"
    reply = central.get(path, headers=thief.ticket(tx_id, picture))
    assert code_of(reply) == (404, "attachment-unknown")
    assert central.get(path, headers=victim.ticket(tx_id, picture)).json()["received"] == 0


def test_papers_of_what_was_refused_are_not_stored(
    central: RunningCentral, settings: Settings, card: Card
) -> None:
    terminal, tx_id = central.terminal(), new_tx_id()
    [answer] = terminal.send(terminal.item(b"poison", tx_id, attachments=(b"picture",)))
    assert answer["outcome"] == "rejected"
    headers = terminal.ticket(tx_id, b"picture") | {"Content-Range": "bytes 0-6/7"}
    path = f"{central.url}/v1/attachments/{hashlib.sha256(b'picture').hexdigest()}"
    reply = central.http.put(path, data=b"picture", headers=headers)
    assert code_of(reply) == (404, "attachment-unknown")
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM attachment_part")).scalar_one() == 0
    engine.dispose()


def code_for(settings: Settings, central: RunningCentral, kiosk: str, **how: Any) -> str:
    opened = open_central(settings, central.clock)
    code = make_code(opened, kiosk, timedelta(hours=1), **how)
    opened.database.close()
    return code


def test_a_name_goes_to_a_new_key_by_its_own_word_or_an_administrators(
    central: RunningCentral, settings: Settings
) -> None:
    victim = central.terminal()

    def ask(code: str, former: ec.EllipticCurvePrivateKey | None) -> tuple[int, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        body = sign_enrolment("MCT-0001", code, key, former).plain()
        reply = central.post("/v1/kiosks/MCT-0001/enrolment", json=body)
        return (200, "") if reply.ok else code_of(reply)

    code = code_for(settings, central, "MCT-0001")
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert ask(code, None) == (403, "device-key-unvouched")
    assert ask(code, stranger) == (403, "device-key-unvouched")
    assert ask(code, victim.device_key) == (200, "")
    # Now the former key's word counts no more; the administrator's does.
    assert ask(code_for(settings, central, "MCT-0001"), victim.device_key)[0] == 403
    assert ask(code_for(settings, central, "MCT-0001", replaces_key=True), None) == (200, "")


def test_codes_are_long_for_one_name_and_end(central: RunningCentral, settings: Settings) -> None:
    code = code_for(settings, central, "SLL-0001")
    assert len(code.replace("-", "")) * 5 >= 80
    new = Terminal(central.url, central.http, "SLL-0002", code)
    assert code_of(new.request_enrolment()) == (403, "enrolment-code-refused")
    owner = dataclasses.replace(new, kiosk="SLL-0001", code=code.lower().replace("-", " "))
    central.clock.advance(hours=1)
    assert code_of(owner.request_enrolment()) == (403, "enrolment-code-refused")
    again = code_for(settings, central, "SLL-0001")
    assert dataclasses.replace(owner, code=again).request_enrolment().ok


def test_who_asks_holds_the_key(central: RunningCentral) -> None:
    owner = Terminal(central.url, central.http, "SLL-0003")
    other = sign_enrolment("SLL-0003", "MULTI-USE", ec.generate_private_key(ec.SECP256R1()))
    body = sign_enrolment("SLL-0003", "MULTI-USE", owner.device_key).plain()
    reply = central.post("/v1/kiosks/SLL-0003/enrolment", json=body | {"proof": other.proof})
    assert code_of(reply) == (403, "device-key-unproven")


def test_wrong_codes_are_counted_over_all_names_and_the_right_one_passes(
    central: RunningCentral,
) -> None:
    guesses = [
        Terminal(central.url, central.http, f"SLL-1{n:03}", "GUESSED").request_enrolment()
        for n in range(22)
    ]
    assert code_of(guesses[0]) == (403, "enrolment-code-refused")
    assert code_of(guesses[-1]) == (429, "too-many-requests")
    assert Terminal(central.url, central.http, "SLL-2000").request_enrolment().ok


def test_a_revoked_terminal_signs_nobody_in(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    assert code_of(central.post("/v1/challenges")) == (401, "request-not-signed")
    challenge = central.post("/v1/challenges", auth=terminal.signer()).json()
    engine = create_engine(central.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE kiosk_epoch SET revoked_at = enrolled_at"))
    engine.dispose()
    for path, body in (
        ("/v1/challenges", None),
        ("/v1/sessions", {"assertion": card.answer(challenge, "MCT-0001")}),
    ):
        reply = central.post(path, json=body, auth=terminal.signer())
        assert code_of(reply) == (403, "epoch-revoked")


def test_a_visits_token_is_good_at_its_terminal_only(central: RunningCentral, card: Card) -> None:
    terminal, thief = central.terminal(), central.terminal("SLL-0001")
    challenge = central.post("/v1/challenges", auth=terminal.signer()).json()
    assertion = {"assertion": card.answer(challenge, "MCT-0001")}
    stolen = central.post("/v1/sessions", json=assertion, auth=thief.signer())
    assert code_of(stolen) == (403, "signed-by-another")
    session = central.post("/v1/sessions", json=assertion, auth=terminal.signer()).json()
    bearer = {"Authorization": f"Bearer {session['token']}"}
    for path in ("/v1/me", "/v1/employers?q=sur", "/v1/requests", "/v1/facts/person"):
        assert central.get(path, headers=bearer, auth=terminal.signer()).ok, path
        foreign = central.get(path, headers=bearer, auth=thief.signer())
        assert code_of(foreign) == (401, "session-unknown")
        assert code_of(central.get(path, headers=bearer)) == (401, "request-not-signed")


def test_fleet_and_figures_are_closed_without_a_token(
    settings: Settings, start_central: Start
) -> None:
    central = start_central(dataclasses.replace(settings, development=False))
    for path in ("/fleet", "/metrics"):
        for password in ("", "None", "x"):
            reply = central.get(path, auth=("administrator", password))
            assert code_of(reply) == (401, "administrator-refused")
