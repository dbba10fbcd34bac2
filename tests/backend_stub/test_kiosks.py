"""Terminals: enrolment, epochs, receipt keys, the terminal's own token."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal, new_tx_id


def new_device(terminal: Terminal, **changes: Any) -> Terminal:
    key = ec.generate_private_key(ec.SECP256R1())
    return dataclasses.replace(terminal, device_key=key, seq=0, head="0" * 64, **changes)


def code_of(reply: Any) -> tuple[int, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.status_code, reply.json()["code"]


def test_one_time_code_is_good_once_and_for_its_own_terminal_again(
    central: RunningCentral,
) -> None:
    terminal = Terminal(central.url, central.http, code="ONCE-ONLY").enrol()
    assert terminal.enrolment["epoch"] == 1
    assert terminal.enrolment["receipt_verifier"] == "MANFADH.EXAMPLE"
    # The answer was lost on the way: the same terminal asks again with the same key.
    assert terminal.request_enrolment().json() == terminal.enrolment
    other = new_device(terminal, kiosk="MCT-0002")
    assert code_of(other.request_enrolment()) == (403, "enrolment-code-refused")
    same_with_new_key = new_device(terminal)
    assert code_of(same_with_new_key.request_enrolment()) == (403, "device-key-unvouched")
    assert central.get("/v1/kiosks/MCT-0002/head").json()["code"] == "kiosk-not-enrolled"


def test_codes_are_bound_and_unknown_ones_refused(central: RunningCentral) -> None:
    terminal = Terminal(central.url, central.http, code="MCT9-ONLY")
    assert code_of(terminal.request_enrolment()) == (403, "enrolment-code-refused")
    assert dataclasses.replace(terminal, kiosk="MCT-0009").request_enrolment().ok
    guess = dataclasses.replace(terminal, code="GUESSED")
    assert code_of(guess.request_enrolment()) == (403, "enrolment-code-refused")


def test_device_key_must_be_p256_and_of_one_terminal(central: RunningCentral) -> None:
    terminal = central.terminal()
    stolen = dataclasses.replace(terminal, kiosk="SLL-0001")
    assert code_of(stolen.request_enrolment()) == (409, "device-key-in-use")
    other_curve = dataclasses.replace(terminal, device_key=ec.generate_private_key(ec.SECP384R1()))
    for pem in (other_curve.public_pem(), "not a key"):
        body = {"code": "MULTI-USE", "device_public_key": pem, "proof": "AA"}
        reply = central.post("/v1/kiosks/SLL-0001/enrolment", json=body)
        assert code_of(reply) == (422, "device-key-invalid")


def test_new_device_key_is_a_new_epoch_with_an_empty_chain(
    central: RunningCentral, card: Card
) -> None:
    old = central.terminal()
    delivered, waiting = old.complaint(card), old.complaint(card)
    old.send(delivered)
    new = new_device(old).enrol()
    assert new.enrolment["epoch"] == 2
    reply = new.post(new.complaint(card)).json()
    assert reply["answers"][0]["outcome"] == "accepted"
    assert reply["head"]["statement"]["ack_seq"] == 1
    # What waited under the former key was confirmed to a citizen, so it still comes in.
    [late] = old.send(waiting)
    assert late["outcome"] == "accepted"
    assert central.get("/v1/kiosks/MCT-0001/head?epoch=1").json()["statement"]["ack_seq"] == 2
    assert central.get("/v1/kiosks/MCT-0001/head").json()["statement"]["epoch"] == 2


def test_unknown_terminal_or_epoch_may_not_deliver(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    assert code_of(terminal.post(item, epoch=2)) == (403, "signed-by-another")
    stranger = dataclasses.replace(terminal, kiosk="SLL-0001")
    assert code_of(stranger.post(item)) == (403, "kiosk-not-enrolled")
    assert code_of(central.get("/v1/kiosks/SLL-0001/head")) == (403, "kiosk-not-enrolled")
    assert code_of(central.get("/v1/kiosks/MCT-0001/head?epoch=7")) == (403, "epoch-unknown")


def test_receipt_keys_list_every_device_key(central: RunningCentral) -> None:
    first = central.terminal()
    second = new_device(first).enrol()
    keys = central.get("/v1/receipt-keys").json()["keys"]
    assert [(key["kiosk"], key["revoked"]) for key in keys] == [("MCT-0001", False)] * 2
    for terminal, key in zip((first, second), keys, strict=True):
        der = terminal.device_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert key["key_id"] == hashlib.sha256(der).hexdigest()[:16]
        assert key["public_key"] == terminal.public_pem()


def ask(central: RunningCentral, tx_id: str, terminal: Terminal) -> Any:
    return central.get(f"/v1/transactions/{tx_id}", auth=terminal.signer())


def test_transaction_is_told_to_the_terminal_that_sent_it(
    central: RunningCentral, card: Card
) -> None:
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    good, bad = terminal.complaint(card), terminal.item(b"poison")
    [accepted, rejected] = terminal.send(good, bad)
    told = ask(central, good["record"]["tx_id"], terminal).json()
    assert (told["outcome"], told["result"]) == ("accepted", accepted["result"])
    told = ask(central, bad["record"]["tx_id"], terminal).json()
    assert (told["outcome"], told["problem"]) == ("rejected", rejected["problem"])
    assert code_of(ask(central, new_tx_id(), terminal)) == (404, "transaction-unknown")
    foreign = ask(central, good["record"]["tx_id"], other)
    assert code_of(foreign) == (404, "transaction-unknown")
