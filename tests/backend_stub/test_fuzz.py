"""Whatever arrives, the answer is never a failure of ours and always of a documented kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings, strategies as st

from backend_stub import EmbeddedServer, EnrolmentCode, Settings

from .cards import Card, Issuer
from .terminal import Terminal

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["MCT-0001", "", "0" * 64, "A" * 43, "-1", "\u0000", "\ud800", 2**63, -1]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
RELAXED = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Terminal]:
    directory: Path = tmp_path_factory.mktemp("fuzz")
    (directory / "issuers").mkdir()
    (directory / "issuers" / "ca.pem").write_bytes(issuer.pem())
    central = Settings(
        f"sqlite:///{directory}/central.sqlite3",
        directory,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        development=True,
    )
    with EmbeddedServer(central) as url, requests.Session() as http:
        yield Terminal(url, http).enrol()


def check(reply: requests.Response) -> None:
    assert reply.status_code < 500, reply.text
    kind = reply.headers["content-type"]
    assert kind == ("application/json" if reply.ok else "application/problem+json")
    reply.json()


def paths_of(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [path, *(found for key, child in children for found in paths_of(child, (*path, key)))]


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


@RELAXED
@given(data=st.data())
def test_batches_with_anything_anywhere(data: st.DataObject, terminal: Terminal) -> None:
    item = {
        "record": {
            "kiosk": terminal.kiosk,
            "epoch": 1,
            "seq": 1,
            "tx_id": "01a20044-bb85-7176-bb39-fa2f31c87f16",
            "prev": "0" * 64,
            "sha256": "1" * 64,
        },
        "signature": "A" * 86,
        "case_ref": "2" * 64,
        "case_seq": 1,
        "schema_version": 1,
        "key_id": terminal.enrolment["sealing_key_id"],
        "envelope": "AAAA",
        "confirmed_at": "2026-06-01T06:30:00Z",
    }
    batch = {"kiosk": terminal.kiosk, "epoch": 1, "items": [item]}
    path = data.draw(st.sampled_from(paths_of(batch)))
    body = json.dumps(replaced(batch, path, data.draw(JSON_VALUES)))
    check(terminal.post_body(body.encode(), {"Content-Type": "application/json"}))


@RELAXED
@given(data=st.data())
def test_applications_with_anything_anywhere(
    data: st.DataObject, terminal: Terminal, card: Card
) -> None:
    payload = terminal.payload(card, "01a20044-bb85-7176-bb39-fa2f31c87f17")
    path = data.draw(st.sampled_from(paths_of(payload)))
    content = json.dumps(
        replaced(payload, path, data.draw(JSON_VALUES)),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=data.draw(st.booleans()),
    )
    signed = card.sign(content.encode("utf-8", "surrogatepass"))
    item = terminal.item(signed)
    reply = terminal.post(item)
    check(reply)
    assert reply.status_code == 200


@RELAXED
@given(
    path=st.sampled_from(
        ["kiosks/MCT-0001/enrolment", "challenges", "sessions", "batches", "health", "me"]
    ),
    method=st.sampled_from(["POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    body=JSON_VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=64),
    encoding=st.sampled_from(["identity", "gzip", "x", ""]),
)
def test_anything_anywhere(
    terminal: Terminal, path: str, method: str, body: bytes, encoding: str
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    check(terminal.http.request(method, f"{terminal.url}/v1/{path}", data=body, headers=headers))


@RELAXED
@given(query=st.text(max_size=80), token=st.text(st.characters(max_codepoint=255), max_size=40))
def test_queries_and_tokens(terminal: Terminal, query: str, token: str) -> None:
    header = {"Authorization": b"Bearer " + token.encode("latin-1", "replace")}
    for name in ("employers?q", "notifications?since", "kiosks/MCT-0001/head?epoch"):
        address, _, parameter = name.partition("?")
        try:
            reply = terminal.http.get(
                f"{terminal.url}/v1/{address}",
                params={parameter: query.encode("utf-8", "surrogatepass")},
                headers=header,
            )
        except (requests.exceptions.InvalidHeader, UnicodeError):
            # Control characters in a header do not leave the client.
            continue
        if reply.headers.get("content-type", "").startswith("text/plain"):
            # The HTTP parser refused the header before the application saw it.
            assert reply.status_code == 400
            continue
        check(reply)
