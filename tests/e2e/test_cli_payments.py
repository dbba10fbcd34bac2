"""``kiosk simulate gateway | card-terminal`` and ``kiosk backend payments …`` as programs."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from backend_stub.ground.database import Database
from backend_stub.payments.gateway_client import HttpGateway
from backend_stub.payments.opening import read_access
from backend_stub.payments.records import Attempt, Line, Move, Order, Source, Way
from backend_stub.payments.states import State
from backend_stub.payments.store import SqlStore
from kiosk.equipment.card_terminal import NexoTerminal

from .commands import kiosk, only_json, refused_in_one_sentence, running

NOW = datetime.now(UTC)
ORDER = Order(
    "order-1", "WP-1", "K", "ar", "92345678", (Line("w", 1500, 0),), NOW, NOW + timedelta(hours=1)
)


def address_in(line: str) -> str:
    return next(word for word in line.replace(",", " ").split() if word.startswith("http")).rstrip(
        "."
    )


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'central.db'}"
    database = Database(url)
    store = SqlStore(database, lambda _: None)  # type: ignore[arg-type,return-value]
    store.place(ORDER)
    with store.change("order-1") as (book, _):
        book.add(Attempt("REF1", 0, Way.GATEWAY, 1500, "K", NOW))
        book.add(Move("REF1", State.SENT, NOW, Source.OURSELVES))
        book.add(Move("REF1", State.UNKNOWN, NOW, Source.OURSELVES, "silence"))
    database.close()
    return url


def test_the_gateway_is_a_program_with_vices(tmp_path: Path, database: str) -> None:
    keys = tmp_path / "keys.json"
    port = unused_port()
    arguments = ("--database", tmp_path / "gateway.db", "--keys", keys, "--port", port)
    with running("simulate", "gateway", *arguments, "--vice", "wrong-amount=150") as program:
        assert program.stdout is not None
        url = address_in(program.stdout.readline())
        assert requests.get(f"{url}/vices", timeout=5).json()["wrong_amount"] == 150
        # At night it is closed by its clock.
        requests.put(f"{url}/vices", json={"closed": False}, timeout=5)
        access = read_access(url, keys)
        client = HttpGateway(access.url, access.merchant_key)
        assert client.open("REF2", 1500, ORDER).amount == 1500
        compared = kiosk(
            "backend",
            "payments",
            "reconcile",
            "--gateway",
            url,
            "--gateway-keys",
            keys,
            "--database",
            database,
            "--json",
        )
        assert compared.code == 0, compared
        assert only_json(compared) == {"differences": []}
    refused_in_one_sentence(
        kiosk(
            "backend",
            "payments",
            "reconcile",
            "--gateway",
            url,
            "--gateway-keys",
            keys,
            "--database",
            database,
        ),
        "no statement",
    )


def test_a_vice_that_does_not_exist_is_a_mistake_of_usage(tmp_path: Path) -> None:
    for name in ("gateway", "card-terminal"):
        done = kiosk(
            "simulate",
            name,
            "--database",
            tmp_path / "x.db",
            "--port",
            unused_port(),
            "--vice",
            "greedy",
        )
        assert done.code == 2, done


def test_the_card_terminal_is_a_program(tmp_path: Path) -> None:
    arguments = ("--database", tmp_path / "card.db", "--port", unused_port())
    with running("simulate", "card-terminal", *arguments) as program:
        assert program.stdout is not None
        url = address_in(program.stdout.readline())
        terminal = NexoTerminal(url, sale_id="K", poi_id="P", now=lambda: NOW)
        assert terminal.pay("ref", 1500).amount == 1500


def test_what_is_unknown_and_one_order(database: str) -> None:
    unknown = kiosk("backend", "payments", "unknown", "--database", database, "--json")
    (attempt,) = only_json(unknown)["unknown"]
    assert (attempt["attempt"], attempt["amount_baisa"]) == ("REF1", 1500)
    assert "OMR 1.500" in kiosk("backend", "payments", "unknown", "--database", database).output
    for name in ("order-1", "REF1"):
        shown = kiosk("backend", "payments", "show", name, "--database", database, "--json")
        told = only_json(shown)
        assert told["attempts"] == {"REF1": "unknown"}
        assert len(told["records"]) == 3
        # The payer's telephone is not for a console.
        assert "92345678" not in json.dumps(told)
    assert kiosk("backend", "payments", "show", "nobody", "--database", database).code == 1


def test_keys_that_others_may_read_are_refused(tmp_path: Path, database: str) -> None:
    keys = tmp_path / "open.json"
    keys.write_text("{}")
    keys.chmod(0o644)
    refused_in_one_sentence(
        kiosk(
            "backend",
            "payments",
            "reconcile",
            "--gateway",
            "http://127.0.0.1:9",
            "--gateway-keys",
            keys,
            "--database",
            database,
        ),
        "chmod 600",
    )
    keys.chmod(0o600)
    refused_in_one_sentence(
        kiosk(
            "backend",
            "payments",
            "reconcile",
            "--gateway",
            "http://127.0.0.1:9",
            "--gateway-keys",
            keys,
            "--database",
            database,
        ),
        "does not hold",
    )
