"""Starting and failing: one clear sentence, private files, nothing personal in the log."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
import requests
import structlog
from starlette.types import Message

from backend_stub import CentralUnavailable, EmbeddedServer, EnrolmentCode, Settings, create_app
from backend_stub.ground.keys import KeysUnavailable, load_or_create
from backend_stub.http.body import BodyMiddleware

from .cards import Card, Issuer
from .conftest import RunningCentral, SteppedClock
from .postgres import Postgres
from .terminal import Terminal


@pytest.fixture
def sqlite_settings(tmp_path: Path, issuer: Issuer) -> Settings:
    (tmp_path / "trust" / "issuers").mkdir(parents=True)
    (tmp_path / "trust" / "issuers" / "ca.pem").write_bytes(issuer.pem())
    return Settings(f"sqlite:///{tmp_path}/data/central.sqlite3", tmp_path / "trust")


def sentence(settings: Settings) -> str:
    with pytest.raises(CentralUnavailable) as refusal:
        create_app(settings)
    text = str(refusal.value)
    assert "\n" not in text
    return text


def test_embedded_server_starts_stops_and_starts_again(sqlite_settings: Settings) -> None:
    before = set(threading.enumerate())
    server = EmbeddedServer(sqlite_settings)
    for _ in range(2):
        url = server.start()
        assert requests.get(f"{url}/v1/health", timeout=5).ok
        server.stop()
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/v1/health", timeout=5)
    server.stop()
    # A worker of the framework's own ends a moment after its loop.
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)


def test_port_that_is_taken(sqlite_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CentralUnavailable, match=f"port {port} cannot be used"):
            EmbeddedServer(sqlite_settings, port=port).start()


def test_database_files_are_private_and_durable(sqlite_settings: Settings, tmp_path: Path) -> None:
    with EmbeddedServer(sqlite_settings):
        for path in (tmp_path / "data").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
        with sqlite3.connect(tmp_path / "data" / "central.sqlite3") as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.close()


def test_unusable_databases(sqlite_settings: Settings, tmp_path: Path) -> None:
    def with_url(url: str) -> Settings:
        return dataclasses.replace(sqlite_settings, database_url=url)

    (tmp_path / "garbage").write_bytes(b"this is not a database" * 100)
    assert "cannot be used" in sentence(with_url(f"sqlite:///{tmp_path}/garbage"))
    assert "cannot be opened" in sentence(with_url(f"sqlite:///{tmp_path}"))
    assert "not memory" in sentence(with_url("sqlite://"))
    assert "not supported" in sentence(with_url("mysql://x/y"))
    assert "URL" in sentence(with_url("no url at all"))
    unreachable = f"postgresql+psycopg://u:geheim@/x?host={tmp_path}"
    refusal = sentence(with_url(unreachable))
    assert "cannot be used" in refusal
    assert "geheim" not in refusal


def test_health_says_when_the_database_does_not_answer(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    with EmbeddedServer(sqlite_settings) as url:
        assert requests.get(f"{url}/v1/health", timeout=5).json()["status"] == "ok"
        connection = sqlite3.connect(tmp_path / "data" / "central.sqlite3")
        connection.execute("DROP TABLE schema_version")
        connection.close()
        assert requests.get(f"{url}/v1/health", timeout=5).json()["status"] == "degraded"


def test_newer_schema_is_not_touched(sqlite_settings: Settings, tmp_path: Path) -> None:
    create_app(sqlite_settings).state.central.database.close()
    with sqlite3.connect(tmp_path / "data" / "central.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "schema 9999" in sentence(sqlite_settings)


def test_missing_or_wrong_trust_anchors(sqlite_settings: Settings, tmp_path: Path) -> None:
    empty = dataclasses.replace(sqlite_settings, trust_directory=tmp_path / "nowhere")
    assert "no trust anchor" in sentence(empty)
    (tmp_path / "trust" / "issuers" / "wrong.pem").write_text("-----BEGIN NOTHING-----")
    assert "wrong.pem" in sentence(sqlite_settings)


def test_data_file_that_is_wrong_is_named(sqlite_settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "wrong"
    data.mkdir()
    settings = dataclasses.replace(sqlite_settings, data_directory=data)
    assert "labour_offices.toml" in sentence(settings)
    (data / "labour_offices.toml").write_text("offices = 1\n")
    assert "labour_offices.toml: offices" in sentence(settings)


def test_keys_are_made_once_and_stay_private(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first, second = load_or_create(path), load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert (first.sealing_key_id, first.head_key_id) == (
        second.sealing_key_id,
        second.head_key_id,
    )
    assert first.sealing_private_key(first.sealing_key_id) is not None
    assert first.sealing_private_key("0" * 16) is None
    path.chmod(0o640)
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        load_or_create(path)
    path.chmod(0o600)
    content = path.read_text()
    path.write_text(content[:-20])
    with pytest.raises(KeysUnavailable, match="damaged") as refusal:
        load_or_create(path)
    assert content[20:40] not in str(refusal.value)


def test_former_sealing_keys_still_open(tmp_path: Path) -> None:
    path, other = tmp_path / "keys.json", tmp_path / "other.json"
    old, new = load_or_create(path), load_or_create(other)
    merged = json.loads(path.read_text())
    merged["sealing"] += json.loads(other.read_text())["sealing"]
    path.write_text(json.dumps(merged))
    both = load_or_create(path)
    assert both.sealing_key_id == new.sealing_key_id
    for keys in (old, new):
        key_id = keys.sealing_key_id
        same = [each.sealing_private_key(key_id) for each in (both, keys)]
        assert len({key.private_bytes_raw() for key in same if key is not None}) == 1
        assert None not in same


def test_keys_of_a_database_server_need_a_place(
    sqlite_settings: Settings, postgres: Postgres
) -> None:
    settings = dataclasses.replace(sqlite_settings, database_url=postgres.new_database())
    assert "key_file" in sentence(settings)


def test_nothing_personal_is_logged(
    sqlite_settings: Settings, card: Card, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = dataclasses.replace(
        sqlite_settings,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        development=True,
    )
    structlog.reset_defaults()
    central = RunningCentral(settings, SteppedClock()).start()
    terminal = central.terminal()
    terminal.send(terminal.complaint(card), terminal.item(b"poison 99014521"))
    signer = terminal.signer()
    challenge = central.post("/v1/challenges", auth=signer).json()
    assertion = card.answer(challenge, terminal.kiosk)
    session = central.post("/v1/sessions", json={"assertion": assertion}, auth=signer).json()
    central.post("/v1/sessions", json={"assertion": assertion}, auth=signer)
    bearer = {"Authorization": f"Bearer {session['token']}"}
    central.get("/v1/employers?q=horizon", headers=bearer, auth=signer)
    token_free = central.get("/v1/me?civil_number=99014521")
    assert token_free.status_code == 401
    central.stop()
    written = "".join(capfd.readouterr())
    assert "central.batch_ingested" in written
    for secret in (
        card.civil_number,
        "91234567",
        "سمائل",
        "horizon",
        "MULTI-USE",
        session["token"],
        assertion[:40],
        challenge["nonce"],
    ):
        assert secret not in written


def test_a_failure_of_ours_is_a_problem_and_no_traceback(
    sqlite_settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("99014521 in a message")

    monkeypatch.setattr("backend_stub.http.routes.public.receipt_keys", fail)
    with EmbeddedServer(sqlite_settings) as url:
        reply = requests.get(f"{url}/v1/receipt-keys", timeout=5)
        assert reply.status_code == 500
        assert reply.json()["code"] == "failed"
        assert reply.headers["content-type"] == "application/problem+json"
        assert "99014521" not in reply.text
    written = "".join(capfd.readouterr())
    assert "central.request_failed" in written
    assert "99014521" not in written and "Traceback" not in written


def test_a_locked_database_is_503_and_the_batch_comes_again(
    sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_stub.ground.database._BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(
        "backend_stub.ground.database._PRAGMAS",
        (("busy_timeout", "1", 1), ("journal_mode", "WAL", "wal")),
    )
    codes = (EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),)
    settings = dataclasses.replace(sqlite_settings, enrolment_codes=codes)
    with EmbeddedServer(settings) as url, requests.Session() as http:
        terminal = Terminal(url, http)
        blocker = sqlite3.connect(tmp_path / "data" / "central.sqlite3", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        reply = terminal.request_enrolment()
        assert (reply.status_code, reply.json()["code"]) == (503, "busy")
        assert int(reply.headers["retry-after"]) > 0
        blocker.execute("ROLLBACK")
        blocker.close()
        assert terminal.request_enrolment().ok


def test_a_body_that_never_ends_is_given_up() -> None:
    async def never(*_: object) -> None:
        raise AssertionError("the application must not be reached")

    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/v1/batches", "method": "POST", "headers": []}
    asyncio.run(BodyMiddleware(never, timeout_s=0.01)(scope, receive, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "body-too-slow"


def test_development_views_are_absent_from_a_live_installation(
    sqlite_settings: Settings,
) -> None:
    assert sqlite_settings.development is False
    with EmbeddedServer(sqlite_settings) as url:
        for path in ("/v1/notifications", "/v1/development/transactions"):
            assert requests.get(url + path, timeout=5).status_code == 404
        assert "/v1/notifications" not in requests.get(f"{url}/openapi.json", timeout=5).text


def test_settings_do_not_show_secrets(sqlite_settings: Settings) -> None:
    settings = dataclasses.replace(
        sqlite_settings,
        database_url="postgresql+psycopg://u:geheim@h/x",
        enrolment_codes=(EnrolmentCode("GEHEIM-CODE"),),
    )
    assert "geheim" not in repr(settings).lower()
