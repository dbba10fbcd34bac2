"""Bad bodies, bad addresses, and the promise that every error is a problem document."""

from __future__ import annotations

import functools
import gzip
import io
import json
import socket
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from backend_stub.ground.problems import TITLES

from .cards import Card
from .conftest import RunningCentral
from .test_kiosks import code_of

JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}


def batch(central: RunningCentral, body: bytes, headers: dict[str, str]) -> requests.Response:
    return central.post_batch(body, headers)


def test_health_tells_the_time(central: RunningCentral) -> None:
    assert central.get("/v1/health").json() == {"status": "ok", "time": "2026-06-01T06:30:00Z"}


def test_gzip_bomb_is_refused_without_unfolding(central: RunningCentral) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 64 * 1024
    assert code_of(batch(central, bomb, GZIP)) == (413, "body-too-large")
    twice = gzip.compress(gzip.compress(b"[" * 1_000_000))
    assert code_of(batch(central, twice, GZIP)) == (400, "bad-batch")


def test_broken_gzip(central: RunningCentral) -> None:
    whole = gzip.compress(b'{"kiosk":"MCT-0001","epoch":1,"items":[]}')
    flipped = bytearray(whole)
    flipped[-6] ^= 1  # the checksum
    for body in (b"", b"not gzip", whole[:-1], whole[:12], bytes(flipped), whole + b"x"):
        assert code_of(batch(central, body, GZIP)) == (400, "bad-encoding"), body
    raw = zlib.compress(b"{}")
    assert code_of(batch(central, raw, GZIP)) == (400, "bad-encoding")
    other = JSON | {"Content-Encoding": "br"}
    assert code_of(batch(central, b"x", other)) == (415, "unsupported-encoding")


def test_large_bodies_get_an_answer_and_not_a_reset(central: RunningCentral) -> None:
    for size in (256 * 1024 + 1, 10_000_000):
        assert code_of(batch(central, b" " * size, JSON)) == (413, "body-too-large")
        chunks = iter([b" " * 65_536] * (size // 65_536 + 1))
        reply = central.post("/v1/batches", data=chunks, headers=JSON)
        assert code_of(reply) == (413, "body-too-large")
    assert central.get("/v1/health").ok


def test_the_largest_batch_is_read(central: RunningCentral) -> None:
    body = b'{"kiosk":"MCT-0001","epoch":1,"items":[{}]}'
    padded = body + b" " * (256 * 1024 - len(body))
    assert code_of(batch(central, padded, JSON)) == (400, "bad-batch")
    assert code_of(batch(central, padded + b" ", JSON)) == (413, "body-too-large")


def test_unreadable_batches_are_400(central: RunningCentral) -> None:
    for body in (
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"kiosk":"\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"kiosk":"\\ud800","epoch":1,"items":[]}',
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"epoch":' + b"9" * 5_000 + b"}",
        b'{"kiosk":"MCT-0001","epoch":NaN,"items":[]}',
        json.dumps({"kiosk": "MCT-0001", "epoch": 1, "items": []}).encode(),
        json.dumps({"kiosk": "MCT-0001", "epoch": 1, "items": [{}] * 51}).encode(),
        json.dumps({"kiosk": "mct 1", "epoch": 1, "items": [{}]}).encode(),
    ):
        assert code_of(batch(central, body, JSON)) == (400, "bad-batch"), body[:40]
    assert code_of(batch(central, b"{}", {"Content-Type": "text/plain"})) == (400, "bad-batch")


def test_a_malformed_item_is_located_but_not_repeated(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    good = terminal.complaint(card)
    bad = terminal.complaint(card) | {"case_ref": "99014521-is-a-civil-number"}
    reply = terminal.post(good, bad)
    assert code_of(reply) == (400, "bad-batch")
    assert reply.json()["errors"][0]["pointer"] == "/body/items/1/case_ref"
    assert "99014521" not in reply.text
    # Nothing of an unreadable batch is taken; alone, the good item is.
    assert central.received() == []
    assert terminal.send(good)[0]["outcome"] == "accepted"


def test_other_bodies(central: RunningCentral) -> None:
    post = functools.partial(central.post, auth=central.at_terminal())
    assert code_of(post("/v1/sessions", data=b"{", headers=JSON)) == (400, "bad-request")
    assert code_of(post("/v1/sessions", data=b"\xff", headers=JSON)) == (400, "bad-request")
    deep = b'{"assertion":' + b"[" * 30_000
    assert post("/v1/sessions", data=deep, headers=JSON).status_code == 400
    secret = {"assertion": "x", "pin": "246813"}
    reply = post("/v1/sessions", json=secret)
    assert code_of(reply) == (422, "invalid")
    assert "246813" not in reply.text
    assert code_of(post("/v1/sessions", json={"assertion": "x" * 20_000}))[1] == "invalid"
    too_large = {"assertion": "x" * 70_000}
    assert code_of(post("/v1/sessions", json=too_large)) == (413, "body-too-large")


def test_addresses_and_methods(central: RunningCentral) -> None:
    terminal = central.terminal()
    assert code_of(central.get("/v1/nothing")) == (404, "not-found")
    reply = central.post("/v1/health")
    assert code_of(reply) == (405, "method-not-allowed")
    assert reply.headers["allow"] == "GET"
    for path in (
        "/v1/kiosks/lower-case/head",
        "/v1/kiosks/A%00B/head",
        "/v1/kiosks/MCT-0001/head?epoch=0",
        "/v1/kiosks/MCT-0001/head?epoch=99999999999",
        "/v1/transactions/not-a-uuid",
        "/v1/employers",
        f"/v1/employers?q={'x' * 65}",
        "/v1/notifications?since=x",
        "/v1/notifications?since=99999999999999999999",
    ):
        reply = central.get(path, auth=terminal.signer())
        assert code_of(reply) == (422, "invalid"), path


def test_slow_and_cut_off_clients_harm_nobody(central: RunningCentral) -> None:
    address = urlsplit(central.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(
            b"POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 1000\r\n\r\n{"kiosk":'
        )
        assert central.get("/v1/health").ok
    assert central.get("/v1/health").ok


def test_a_wrong_method_is_told_every_right_one(central: RunningCentral) -> None:
    reply = central.http.delete(f"{central.url}/v1/attachments/{'0' * 64}")
    assert code_of(reply) == (405, "method-not-allowed")
    assert reply.headers["allow"] == "GET, PUT"


def test_openapi_documents_every_problem(central: RunningCentral) -> None:
    schema = central.get("/openapi.json").json()
    assert set(schema["paths"]) >= {
        "/v1/health",
        "/v1/receipt-keys",
        "/v1/kiosks/{kiosk}/head",
        "/v1/kiosks/{kiosk}/enrolment",
        "/v1/batches",
        "/v1/transactions/{tx_id}",
        "/v1/attachments/{sha256}",
        "/v1/kiosks/{kiosk}/health",
        "/v1/fleet/backups",
        "/v1/fleet/kiosks/{kiosk}/epochs/{epoch}/revocation",
        "/v1/challenges",
        "/v1/sessions",
        "/v1/me",
        "/v1/employers",
        "/v1/notifications",
        "/v1/development/transactions",
    }
    assert "Problem" in schema["components"]["schemas"]
    operation_ids = {
        operation["operationId"]
        for methods in schema["paths"].values()
        for operation in methods.values()
    }
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            problems = {
                status: reply
                for status, reply in operation["responses"].items()
                if not status.startswith("2")
            }
            assert "default" in problems, path
            for reply in problems.values():
                assert list(reply["content"]) == ["application/problem+json"], path
            for link in operation["responses"].get("200", {}).get("links", {}).values():
                assert link["operationId"] in operation_ids
    assert references(schema) <= {
        f"#/components/schemas/{name}" for name in schema["components"]["schemas"]
    }
    batches = schema["paths"]["/v1/batches"]["post"]["responses"]
    assert "bad-batch" in batches["400"]["description"]
    assert all(400 <= status < 600 and title for status, title in TITLES.values())


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {node["$ref"]} if "$ref" in node else set()
        return found.union(*map(references, node.values()))
    if isinstance(node, list):
        return set().union(*map(references, node))
    return set()


def test_compressed_and_plain_batches_are_the_same(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    plain = terminal.post(item, compress=False).json()
    packed = terminal.post(item, compress=True).json()
    assert plain["answers"][0]["result"] == packed["answers"][0]["result"]
    assert packed["answers"][0]["outcome"] == "duplicate"
    # A stream in several parts, as some clients send it.
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
        for part in (b'{"kiosk":"MCT-0001",', b'"epoch":1,"items":[]}'):
            file.write(part)
            file.flush()
    assert code_of(batch(central, buffer.getvalue(), GZIP)) == (400, "bad-batch")


@pytest.mark.parametrize(
    "written", [1_780_295_400, 1_780_295_400.5, "1780295400", "2026-06-01", "2026-06-01T06:30:00"]
)
def test_a_time_is_written_out(central: RunningCentral, card: Card, written: object) -> None:
    terminal = central.terminal()
    reply = terminal.post(terminal.complaint(card) | {"confirmed_at": written})
    assert code_of(reply) == (400, "bad-batch")
    assert reply.json()["errors"][0]["pointer"] == "/body/items/0/confirmed_at"
