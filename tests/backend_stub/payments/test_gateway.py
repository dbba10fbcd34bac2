"""The simulated gateway with all its vices, and the client that lives with them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from backend_stub.payments import callbacks
from backend_stub.payments.gateway_client import HttpGateway
from backend_stub.payments.records import Line, Order
from backend_stub.payments.words import RefundAnswer, Refused, Silent, Status
from backend_stub.peers.gateway import GatewayKeys, GatewayServer, load_keys

from .world import START, Clock

ORDER = Order("o", "C-1", "MCT-0001", "ar", "92345678", (Line("w", 1500, 0),), START, START)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).replace(hour=8))


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[GatewayServer]:
    keys = load_keys(tmp_path / "keys.json")
    server = GatewayServer(tmp_path / "gateway.db", keys, clock=clock)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: GatewayServer) -> HttpGateway:
    return HttpGateway(server.url, server.keys.merchant_key, timeout_s=5)


def pay(page: str, act: str = "pay") -> requests.Response:
    return requests.post(page, {"act": act}, timeout=5)


def test_a_session_from_opening_to_refund(client: HttpGateway) -> None:
    opened = client.open("ref-1", 1500, ORDER)
    assert (opened.status, opened.amount) == (Status.UNPAID, 1500)
    assert opened.page and opened.session and opened.expires_at
    assert pay(opened.page).status_code == 200
    paid = client.look_up("ref-1")
    assert (paid.status, paid.amount, paid.session) == (Status.PAID, 1500, opened.session)
    assert client.look_up_refund("k") is RefundAnswer.NOT_FOUND
    for _ in range(2):
        assert client.refund("k", opened.session, 1000) is RefundAnswer.DONE
    assert client.refund("k2", opened.session, 1000) is RefundAnswer.REFUSED
    assert client.look_up_refund("k") is RefundAnswer.DONE
    lines = client.statement(START, datetime.now(UTC) + timedelta(days=1))
    assert [(line.kind, line.reference, line.amount) for line in lines] == [
        ("paid", "ref-1", 1500),
        ("refund", "ref-1", 1000),
    ]


def test_one_omr_and_a_half_is_1500_on_the_wire_and_1_500_on_the_page(
    server: GatewayServer,
) -> None:
    key = {"Merchant-Key": server.keys.merchant_key}
    body = {"client_reference_id": "r", "amount": 1500, "expire_in_minutes": 10}
    answer = requests.post(f"{server.url}/api/v1/sessions", json=body, headers=key, timeout=5)
    assert '"total_amount":1500,' in answer.text
    for language, currency in (("ar", "ر.ع."), ("en", "OMR")):
        page = requests.get(f"{answer.json()['page']}?lang={language}", timeout=5)
        assert "1.500" in page.text
        assert currency in page.text
        assert "1500" not in page.text
    for wrong in (1500.0, "1500", 1.5):
        refused = requests.post(
            f"{server.url}/api/v1/sessions", json={**body, "amount": wrong}, headers=key, timeout=5
        )
        assert refused.status_code == 422


@pytest.mark.parametrize("amount", [99, 9_999_001])
def test_amounts_outside_its_limits_are_refused(client: HttpGateway, amount: int) -> None:
    with pytest.raises(Refused):
        client.open("ref", amount, ORDER)


@pytest.mark.parametrize("amount", [100, 9_999_000])
def test_amounts_at_its_limits_are_taken(client: HttpGateway, amount: int) -> None:
    assert client.open("ref", amount, ORDER).amount == amount


def test_the_same_reference_twice_is_two_sessions(client: HttpGateway) -> None:
    first, second = client.open("ref", 1500, ORDER), client.open("ref", 1500, ORDER)
    assert first.session != second.session


def test_a_stranger_gets_nothing(server: GatewayServer) -> None:
    with pytest.raises(Silent):
        HttpGateway(server.url, "another", timeout_s=5).look_up("ref")


def test_it_forgets_nothing_when_it_is_started_again(
    server: GatewayServer, client: HttpGateway
) -> None:
    opened = client.open("ref", 1500, ORDER)
    server.restart()
    assert client.look_up("ref").session == opened.session


def test_silence_and_slowness_are_silence(server: GatewayServer, client: HttpGateway) -> None:
    server.switch(silent=True)
    with pytest.raises(Silent):
        client.open("ref", 1500, ORDER)
    server.switch(silent=False)
    # What was asked for has happened all the same.
    assert client.look_up("ref").status is Status.UNPAID
    server.switch(down=True)
    with pytest.raises(Silent):
        client.look_up("ref")
    server.switch(down=False, slow_s=0.5)
    with pytest.raises(Silent):
        HttpGateway(server.url, server.keys.merchant_key, timeout_s=0.1).look_up("ref")


def test_what_it_never_documented_is_undocumented(
    server: GatewayServer, client: HttpGateway
) -> None:
    client.open("ref", 1500, ORDER)
    server.switch(undocumented_status="on_hold")
    word = client.look_up("ref")
    assert (word.status, word.said) == (Status.UNDOCUMENTED, "on_hold")


def test_another_amount_is_told(server: GatewayServer, client: HttpGateway) -> None:
    opened = client.open("ref", 1500, ORDER)
    server.switch(wrong_amount=150)
    pay(opened.page or "")
    assert client.look_up("ref").amount == 150


def test_closed_hours_by_the_clock_and_by_switch(
    server: GatewayServer, client: HttpGateway, clock: Clock
) -> None:
    opened = client.open("ref", 1500, ORDER)
    server.switch(closed=True)
    with pytest.raises(Refused) as refused:
        client.open("ref-2", 1500, ORDER)
    assert refused.value.said == "closed"
    assert pay(opened.page or "").status_code == 503
    server.switch(closed=None)
    clock.now = clock.now.replace(hour=20)  # midnight in Muscat
    with pytest.raises(Refused):
        client.open("ref-3", 1500, ORDER)


def test_money_after_expiry_only_with_the_vice(
    server: GatewayServer, client: HttpGateway, clock: Clock
) -> None:
    opened = client.open("ref", 1500, ORDER)
    clock.now += timedelta(minutes=11)
    assert pay(opened.page or "").status_code == 409
    client.cancel(opened.session or "")
    server.switch(paid_after_expiry=True)
    pay(opened.page or "")
    assert client.look_up("ref").status is Status.PAID
    with pytest.raises(Refused):
        client.cancel(opened.session or "")


def test_refunds_refused(server: GatewayServer, client: HttpGateway) -> None:
    opened = client.open("ref", 1500, ORDER)
    pay(opened.page or "")
    server.switch(refund_refused=True)
    assert client.refund("k", opened.session or "", 1500) is RefundAnswer.REFUSED


def test_declined_and_cancelled_on_the_page(client: HttpGateway) -> None:
    opened = client.open("ref", 1500, ORDER)
    assert "رفض المصرف" in pay(opened.page or "", "decline").text
    assert client.look_up("ref").status is Status.UNPAID
    pay(opened.page or "", "cancel")
    assert client.look_up("ref").status is Status.CANCELLED


class Listener:
    """A merchant that hears callbacks."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.arrived = threading.Semaphore(0)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((self.headers[callbacks.SIGNATURE_HEADER], body))
                self.send_response(204)
                self.end_headers()
                outer.arrived.release()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def test_callbacks_are_signed_doubled_and_forged_as_switched(
    tmp_path: Path, clock: Clock, listener: Listener
) -> None:
    keys = load_keys(tmp_path / "keys.json")
    server = GatewayServer(tmp_path / "gateway.db", keys, listener.url, clock=clock)
    server.start()
    try:
        client = HttpGateway(server.url, keys.merchant_key)
        server.switch(callbacks_doubled=True)
        pay(client.open("ref", 1500, ORDER).page or "")
        for _ in range(2):
            assert listener.arrived.acquire(timeout=10)
        server.switch(callbacks_doubled=False, callbacks_forged=True)
        pay(client.open("ref-2", 1500, ORDER).page or "")
        assert listener.arrived.acquire(timeout=10)
    finally:
        server.stop()
    secret = callbacks.secret_from(keys.callback_secret)
    signed = [
        callbacks.is_signed(secret, header, body, clock.now) for header, body in listener.heard
    ]
    assert signed == [True, True, False]
    header, body = listener.heard[0]
    assert json.loads(body)["total_amount"] == 1500
    assert not callbacks.is_signed(secret, header, body + b" ", clock.now)
    assert not callbacks.is_signed(secret, header, body, clock.now + timedelta(minutes=6))
    assert not callbacks.is_signed(secret, "t=1,v1=00", body, clock.now)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(callbacks.SecretTooShort):
        callbacks.secret_from("00" * 15)
    callbacks.secret_from("00" * 16)


def test_keys_are_made_once_and_are_for_their_owner(tmp_path: Path) -> None:
    keys = load_keys(tmp_path / "k.json")
    assert load_keys(tmp_path / "k.json") == keys
    assert (tmp_path / "k.json").stat().st_mode & 0o077 == 0
    assert keys.callback_secret not in repr(keys)
    assert isinstance(keys, GatewayKeys)


class Trickle:
    """A gateway that answers one byte at a time, for ever."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                with_space = threading.Event()
                try:
                    while True:
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        with_space.wait(0.02)
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()


def test_an_answer_that_never_ends_is_silence() -> None:
    trickle = Trickle()
    try:
        client = HttpGateway(f"http://127.0.0.1:{trickle.server.server_port}", "k", timeout_s=0.3)
        with pytest.raises(Silent):
            client.look_up("ref")
    finally:
        trickle.server.shutdown()
        trickle.thread.join()
        trickle.server.server_close()
