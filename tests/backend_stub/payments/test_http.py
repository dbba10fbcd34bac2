"""Payment over HTTP: terminal, callbacks, the page of the payer, the pages of the office."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

from backend_stub.payments.states import State
from backend_stub.peers.gateway.callbacks import sign

from .office import Office
from .sql_world import SqlRegistry


def eventually(true: Callable[[], bool]) -> None:
    """Until a callback has come through two servers; at most ten seconds."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pay(page: str) -> None:
    assert requests.post(page, {"act": "pay"}, timeout=5).status_code == 200


def state(office: Office, attempt: str) -> State:
    return office.book().attempts[attempt].state


def test_paid_by_telephone_from_the_order_to_the_notice(office: Office) -> None:
    office.order()
    told = office.post("/orders/order-1/attempts", {"way": "gateway"})
    assert told.status_code == 200, told.text
    assert '"amount":1500,' in told.text
    attempt = told.json()
    assert attempt["state"] == "awaiting"
    # The open attempt is good for whoever asks again.
    again = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()
    assert again["attempt"] == attempt["attempt"]
    pay(attempt["page"])
    eventually(lambda: state(office, attempt["attempt"]) is State.CAPTURED)
    order = office.get("/orders/order-1").json()
    assert order["closed"] == "settled"
    assert [(line["worker"], line["renewed"]) for line in order["lines"]] == [("w1", True)]
    notices = office.http.get(f"{office.url}/v1/notifications?since=0").json()["notifications"]
    assert len(notices) == 1
    assert "جُدّدت" in notices[0]["text_ar"]
    assert order["link"] in notices[0]["text_en"]


def test_another_terminal_sees_nothing_of_an_order(office: Office) -> None:
    office.order()
    stranger = office.terminal.__class__(office.url, office.http, "MCT-0002", clock=office.clock)
    stranger.enrol()
    answer = office.http.get(f"{office.url}/v1/orders/order-1", auth=stranger.signer())
    assert answer.status_code == 404
    assert office.http.get(f"{office.url}/v1/orders/order-1").status_code == 401


def test_a_forged_callback_does_nothing(office: Office) -> None:
    office.order()
    attempt = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()["attempt"]
    body = f'{{"client_reference_id":"{attempt}","payment_status":"paid"}}'
    url = f"{office.url}/v1/payments/callback"
    now = int(office.clock().timestamp())
    secret = office.gateway.keys.callback_secret
    for signature in ("", "t=1,v1=00", sign("00" * 32, body, now), sign(secret, body, now - 400)):
        answer = office.http.post(url, body.encode(), headers={"Gateway-Signature": signature})
        assert answer.json()["code"] == "callback-refused"
    # Signed and untrue: it is no more than a reason to ask.
    told = {"Gateway-Signature": sign(secret, body, now)}
    assert office.http.post(url, body.encode(), headers=told).status_code == 204
    assert state(office, attempt) is State.AWAITING
    for nothing in ("{}", "no JSON", '{"client_reference_id":"nobody"}'):
        told = {"Gateway-Signature": sign(secret, nothing, now)}
        assert office.http.post(url, nothing.encode(), headers=told).status_code == 204


def test_leaving_keeps_the_order_and_sends_the_link(office: Office) -> None:
    office.order()
    attempt = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()
    assert office.post("/orders/order-1/leave", {"did_pay": None}).status_code == 200
    assert state(office, attempt["attempt"]) is State.AWAITING
    left = office.post("/orders/order-1/leave", {"did_pay": False}).json()
    assert left["closed"] is None
    assert state(office, attempt["attempt"]) is State.CANCELLED
    again = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()
    assert again["attempt"] != attempt["attempt"]


def test_closed_hours_charge_nobody(office: Office) -> None:
    office.order()
    office.clock.now = office.clock.now.replace(hour=19, minute=30)
    order = office.order("late")
    refused = office.post("/orders/late/attempts", {"way": "gateway"}).json()
    assert refused["code"] == "payment-closed"
    assert refused["opens_at"].startswith("2026-06-01T21:00")
    assert not office.book(order.id).attempts


def test_what_cannot_be_had_is_not_charged(office: Office) -> None:
    office.order("first", w1=1500)
    office.order("second", w1=1500)
    assert office.post("/orders/first/attempts", {"way": "gateway"}).status_code == 200
    refused = office.post("/orders/second/attempts", {"way": "gateway"}).json()
    assert refused["code"] == "not-to-be-had"
    assert refused["refused"] == {"w1": "already-renewed"}


def test_a_silent_gateway_leaves_it_unknown_and_forbids_another(office: Office) -> None:
    office.order()
    office.gateway.switch(silent=True)
    attempt = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()
    assert attempt["state"] == "unknown"
    refused = office.post("/orders/order-1/attempts", {"way": "gateway"}).json()
    assert refused["code"] == "payment-undecided"
    assert "لا تدفع مرة أخرى" in requests.get(office.link(), timeout=5).text


def test_paid_at_the_card_terminal_and_reversed_when_the_effect_is_gone(office: Office) -> None:
    office.order("order-1", w1=1500)
    begun = office.post("/orders/order-1/attempts", {"way": "card"}).json()
    assert begun["state"] == "sent"
    errands = office.get("/kiosks/MCT-0001/card-errands").json()["errands"]
    assert [errand["kind"] for errand in errands] == ["status"]
    with office.database.write() as session:
        # Somebody else got it meanwhile.
        SqlRegistry(session).release("order-1", "w1")
        SqlRegistry(session).apply("another", "w1")
    path = f"/orders/order-1/attempts/{begun['attempt']}/card"
    approved = {"status": "approved", "amount": 1500, "transaction": "POI-7"}
    for _ in range(2):
        assert office.post(path, approved).json()["state"] == "refund-due"
    (errand,) = office.get("/kiosks/MCT-0001/card-errands").json()["errands"]
    assert (errand["kind"], errand["amount"], errand["transaction"]) == ("reverse", 1500, "POI-7")
    done = office.post(f"/orders/order-1/refunds/{errand['key']}/reversal", {"done": True})
    assert done.status_code == 204
    assert state(office, begun["attempt"]) is State.REFUNDED
    assert office.get("/kiosks/MCT-0001/card-errands").json()["errands"] == []


def test_the_payers_page_pays_without_a_terminal(office: Office) -> None:
    office.order("order-1", w1=1500, w2=2000)
    link = office.link()
    page = requests.get(link, timeout=5).text
    assert "3.500" in page
    assert "1.500" in page
    assert "3500" not in page
    assert "<script" not in page
    sent = requests.post(link, {"part": "0"}, timeout=5)
    assert "إلى صفحة الدفع" in sent.text
    view = next(iter(office.book().attempts.values()))
    assert view.page
    assert view.page in sent.text
    pay(view.page)
    eventually(lambda: state(office, view.attempt.id) is State.CAPTURED)
    page = requests.get(f"{link}?lang=en", timeout=5).text
    assert "Renewed" in page
    assert "Waits for payment" in page
    again = requests.post(link, {"part": "0"}, timeout=5)
    assert again.status_code == 409
    assert requests.post(link, {"part": "7"}, timeout=5).status_code == 409


@pytest.mark.parametrize("token", ["order-1", "order-1.AAAA", "order-1.é", "."])
def test_a_link_that_was_not_made_here_opens_nothing(office: Office, token: str) -> None:
    office.order()
    assert requests.get(f"{office.url}/P/{token}", timeout=5).status_code == 404


def test_the_comparison_shows_what_differs_and_whose_it_is(office: Office) -> None:
    office.order()
    office.gateway.switch(silent=True)
    office.post("/orders/order-1/attempts", {"way": "gateway"})
    office.clock.advance(hours=2)
    page = requests.get(f"{office.url}/payments?lang=en", timeout=30).text
    assert "Outcome unknown" in page
    assert "1.500" in page
    assert "gives no statement" in page
    assert (
        "Everything recorded"
        in requests.get(f"{office.url}/payments/order-1?lang=en", timeout=5).text
    )


def test_a_card_terminals_own_totals_are_compared(office: Office) -> None:
    told = {
        "since": "2026-06-01T00:00:00Z",
        "until": "2026-06-01T06:00:00Z",
        "taken": 1500,
        "given_back": 0,
    }
    for _ in range(2):
        assert office.post("/kiosks/MCT-0001/card-totals", told).status_code == 204
    page = requests.get(f"{office.url}/payments?lang=en", timeout=30).text
    assert "Totals of a card terminal" in page
    assert "1.500" in page


def test_without_a_gateway_nothing_is_offered(start_central: object, settings: object) -> None:
    central = start_central(settings)  # type: ignore[operator]
    assert central.get("/payments").status_code == 404
