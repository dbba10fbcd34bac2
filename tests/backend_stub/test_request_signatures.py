"""Requests of terminals are signed by their device keys (RFC 9421); anything else is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from requests.auth import AuthBase

from backend_stub import Settings
from offline_queue.signed_requests import CLOCK_HEADER, DIGEST_HEADER, RequestSigner, content_digest

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal, new_tx_id
from .test_kiosks import code_of, new_device


class Spoilt(AuthBase):
    """A good signature, and then a hand on the request."""

    def __init__(self, signer: RequestSigner, **changes: str | None) -> None:
        self.signer = signer
        self.changes = changes

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(
            self.signer.headers(request.method or "", request.path_url, request.body or b"")  # type: ignore[arg-type] - bytes here
        )
        for name, value in self.changes.items():
            header = name.replace("_", "-")
            if value is None:
                del request.headers[header]
            else:
                request.headers[header] = value
        return request


def batch_of(*items: dict[str, Any], kiosk: str = "MCT-0001", epoch: int = 1) -> bytes:
    return json.dumps({"kiosk": kiosk, "epoch": epoch, "items": list(items)}).encode()


def post(central: RunningCentral, body: bytes, auth: AuthBase | None) -> requests.Response:
    headers = {"Content-Type": "application/json"}
    return central.http.post(f"{central.url}/v1/batches", data=body, headers=headers, auth=auth)


def test_a_batch_without_a_signature_or_with_another_key_s_takes_no_effect(
    central: RunningCentral, card: Card
) -> None:
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    body = batch_of(terminal.complaint(card))
    impostor = ec.generate_private_key(ec.SECP256R1())
    first_contact = central.get("/fleet").text
    central.clock.advance(minutes=3)
    for auth, expected in (
        (None, (401, "request-not-signed")),
        (terminal.signer(device_key=impostor), (401, "request-signature-wrong")),
        (other.signer(kiosk="MCT-0001"), (401, "request-signature-wrong")),
        (other.signer(), (403, "signed-by-another")),
        (terminal.signer(kiosk="NWH-0001"), (403, "kiosk-not-enrolled")),
        (terminal.signer(epoch=2), (403, "epoch-unknown")),
    ):
        reply = post(central, body, auth)
        assert code_of(reply) == expected
        assert reply.headers["content-type"] == "application/problem+json"
        assert ("www-authenticate" in reply.headers) == (expected[0] == 401)
    assert central.received() == []
    # Nor does it count as a contact of the terminal.
    assert central.get("/fleet").text.count("<bdi>3 ") == first_contact.count("<tr>") - 1
    assert post(central, body, terminal.signer()).json()["answers"][0]["outcome"] == "accepted"


def test_what_was_signed_cannot_be_changed_on_the_way(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    body, other = batch_of(terminal.complaint(card)), batch_of(terminal.complaint(card))
    signer = terminal.signer()
    elsewhere = signer.headers("POST", "/v1/kiosks/MCT-0001/health", body)
    younger = signer.headers("POST", "/v1/batches", body)["Signature-Input"].replace(
        ";created=1", ";created=2"
    )
    wrong = (401, "request-signature-wrong")
    unsigned = (401, "request-not-signed")
    for spoilt, expected in (
        (Spoilt(signer, Signature=elsewhere["Signature"]), wrong),
        (Spoilt(signer, Signature_Input=younger), wrong),
        (Spoilt(signer, Signature="kiosk=:" + "A" * 86 + "==:"), wrong),
        (Spoilt(signer, Signature="kiosk=:AAAA:"), unsigned),
        (Spoilt(signer, Signature=None), unsigned),
        (Spoilt(signer, Signature_Input=None), unsigned),
        (Spoilt(signer, Content_Digest=None), unsigned),
        (Spoilt(signer, Content_Digest=content_digest(other)), unsigned),
        (Spoilt(signer, Signature_Input='kiosk=("@method");created=1'), unsigned),
    ):
        assert code_of(post(central, body, spoilt)) == expected, spoilt.changes
    # The signature of one body under another.
    headers = signer.headers("POST", "/v1/batches", body) | {"Content-Type": "application/json"}
    reply = central.http.post(f"{central.url}/v1/batches", data=other, headers=headers)
    assert code_of(reply) == unsigned
    headers[DIGEST_HEADER] = content_digest(other)
    reply = central.http.post(f"{central.url}/v1/batches", data=other, headers=headers)
    assert code_of(reply) == wrong
    assert central.received() == []


def test_a_terminal_asks_whether_its_key_is_taken(central: RunningCentral) -> None:
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    path = "/v1/kiosks/MCT-0001/key"
    assert central.get(path, auth=terminal.signer()).json() == {"kiosk": "MCT-0001", "epoch": 1}
    assert code_of(central.get(path)) == (401, "request-not-signed")
    assert code_of(central.get(path, auth=other.signer())) == (403, "signed-by-another")


def test_the_query_is_signed_too(central: RunningCentral) -> None:
    terminal = central.terminal()
    path = f"/v1/transactions/{new_tx_id()}"
    headers = terminal.signer().headers("GET", path, b"")
    assert code_of(central.get(path, headers=headers)) == (404, "transaction-unknown")
    reply = central.get(f"{path}?epoch=7", headers=headers)
    assert code_of(reply) == (401, "request-signature-wrong")


def test_behind_a_proxy_that_takes_off_its_path(
    settings: Settings, start_central: Callable[[Settings], RunningCentral]
) -> None:
    central = start_central(replace(settings, public_url="https://central.example.om/api"))
    terminal = central.terminal()
    path = "/v1/kiosks/MCT-0001/key"
    for signed, status in ((f"/api{path}", 200), (path, 401)):
        headers = terminal.signer().headers("GET", signed, b"")
        assert central.get(path, headers=headers).status_code == status


@pytest.mark.parametrize("years", [-20, 30])
def test_a_terminal_whose_clock_is_wrong_by_years_is_told_the_time_and_delivers(
    central: RunningCentral, card: Card, years: int
) -> None:
    terminal = central.terminal()
    body = batch_of(terminal.complaint(card))
    wrong = terminal.signer(now=lambda: central.clock() + timedelta(days=365 * years))
    reply = post(central, body, Spoilt(wrong))
    assert code_of(reply) == (401, "request-signature-stale")
    assert reply.headers[CLOCK_HEADER] == str(int(central.clock().timestamp()))
    assert post(central, body, wrong).json()["answers"][0]["outcome"] == "accepted"
    again = post(central, body, wrong)
    assert again.json()["answers"][0]["outcome"] == "duplicate"
    assert not again.history, "the difference is remembered"


@pytest.mark.parametrize("years", [60, -20])
def test_a_clock_that_was_wrong_for_a_while_is_believed_again_when_it_is_right(
    central: RunningCentral, card: Card, years: int
) -> None:
    terminal = central.terminal()
    body = batch_of(terminal.complaint(card))
    wrong_by = timedelta(days=365 * years)
    signer = terminal.signer(now=lambda: central.clock() + wrong_by)
    assert post(central, body, signer).status_code == 200
    wrong_by = timedelta(0)
    assert post(central, body, signer).status_code == 200


def test_an_old_signature_counts_for_five_minutes(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    body = batch_of(terminal.complaint(card))
    headers = terminal.signer().headers("POST", "/v1/batches", body)
    headers["Content-Type"] = "application/json"
    central.clock.advance(seconds=301)
    reply = central.http.post(f"{central.url}/v1/batches", data=body, headers=headers)
    assert code_of(reply) == (401, "request-signature-stale")
    central.clock.advance(seconds=-1)
    assert central.http.post(f"{central.url}/v1/batches", data=body, headers=headers).ok


def test_a_later_key_speaks_for_an_earlier_epoch_and_never_the_other_way(
    central: RunningCentral, card: Card
) -> None:
    first = central.terminal()
    waiting = first.complaint(card)
    second: Terminal = new_device(first).enrol()
    fresh = second.complaint(card)
    reply = post(central, batch_of(fresh, epoch=2), first.signer())
    assert code_of(reply) == (403, "signed-by-another")
    reply = post(central, batch_of(waiting), second.signer())
    assert reply.json()["answers"][0]["outcome"] == "accepted"


@pytest.mark.parametrize("epoch", [2**31 - 1, 2**31, 9_999_999_999])
def test_an_epoch_that_no_database_holds_is_no_failure(central: RunningCentral, epoch: int) -> None:
    terminal = central.terminal()
    reply = central.get("/v1/kiosks/MCT-0001/key", auth=terminal.signer(epoch=epoch))
    known = epoch == 2**31 - 1
    assert code_of(reply) == ((403, "epoch-unknown") if known else (401, "request-not-signed"))
