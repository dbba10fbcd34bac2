"""The receipt page in a real browser: genuine, changed, unknown, revoked, and without a network."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cbor2
import pytest

from backend_stub import EnrolmentCode, Settings
from kiosk.contract.application import reference_of
from printer.proof import ReceiptClaims, sign_receipt
from printer.receipt import ReceiptState

from . import browser
from .cards import Issuer
from .conftest import RunningCentral, SteppedClock
from .terminal import Terminal, new_tx_id

VERIFIER = "MANFADH.EXAMPLE"


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[RunningCentral]:
    directory = tmp_path_factory.mktemp("verifier")
    (directory / "issuers").mkdir()
    (directory / "issuers" / "ca.pem").write_bytes(issuer.pem())
    settings = Settings(
        f"sqlite:///{directory}/central.sqlite3",
        directory,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        administrator_token="fleet-token",
        receipt_verifier=VERIFIER,
    )
    running = RunningCentral(settings, SteppedClock()).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def terminal(central: RunningCentral) -> Terminal:
    return central.terminal()


def receipt(
    terminal: Terminal, *, unchecked: dict[str, str] | None = None, **changes: object
) -> str:
    """``unchecked``: claims that only somebody else's signer would sign."""
    claims = ReceiptClaims(
        tx_id=new_tx_id(),
        service="complaint",
        issued_at=datetime(2026, 6, 1, 6, 30, tzinfo=UTC),
        kiosk=terminal.kiosk,
        state=ReceiptState.QUEUED,
        fee_baisa=1_500,
        chain_head=bytes(16),
    )
    claims = dataclasses.replace(claims, **changes)
    for name, value in (unchecked or {}).items():
        object.__setattr__(claims, name, value)
    return sign_receipt(claims, terminal.device_key, VERIFIER).partition("#")[2]


def outcome(html: str) -> str:
    found = re.search(r'<html[^>]* data-outcome="([^"]*)"', html)
    assert found, html[:400]
    return found[1]


def claim(html: str, name: str) -> str:
    found = re.search(rf'id="claim-{name}"[^>]*><bdi>(.*?)</bdi>', html)
    assert found, name
    return found[1]


def test_the_page_is_whole_and_may_be_cached(central: RunningCentral) -> None:
    reply = central.get("/R")
    assert reply.headers["cache-control"] == "public, max-age=86400"
    policy = reply.headers["content-security-policy"]
    assert "unsafe" not in policy and "http" not in policy
    assert not re.search(r"(src|href|url\()=?\"?(https?:)?//", reply.text)
    assert central.get("/receipt-worker.js").headers["content-type"].startswith("text/javascript")


def test_a_genuine_receipt(central: RunningCentral, terminal: Terminal) -> None:
    tx_id = new_tx_id()
    html = browser.dump(f"{central.url}/R#{receipt(terminal, tx_id=tx_id)}")
    assert outcome(html) == "valid"
    assert claim(html, "reference") == reference_of(tx_id)
    assert claim(html, "service") == "تقديم شكوى عمالية"
    assert claim(html, "kiosk") == "MCT-0001"
    assert claim(html, "fee") == "1.500 ر.ع."
    assert "10:30" in claim(html, "time") and "2026" in claim(html, "time")
    assert "عند عودة الشبكة" in claim(html, "state")
    assert '<html lang="ar" dir="rtl"' in html


def changed_payload(terminal: Terminal) -> str:
    text = receipt(terminal)
    message = cbor2.loads(base64.b32decode(text + "=" * (-len(text) % 8)))
    protected, headers, payload, signature = message.value
    fee_free = cbor2.dumps(cbor2.loads(payload) | {6: 0})
    forged = cbor2.dumps(cbor2.CBORTag(18, [protected, headers, fee_free, signature]))
    return base64.b32encode(forged).decode().rstrip("=")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("none", "empty"),
        ("garbage", "invalid"),
        ("letter", "invalid"),
        ("payload", "invalid"),
        ("address", "invalid"),
        ("terminal", "invalid"),
        ("stranger", "unknown-key"),
        ("markup", "invalid"),
        ("override", "invalid"),
    ],
)
def test_everything_else(
    central: RunningCentral, terminal: Terminal, change: str, expected: str
) -> None:
    stranger = dataclasses.replace(terminal)
    if change == "stranger":
        stranger = Terminal(central.url, central.http, "SLL-0001")
    text = {
        "none": lambda: "",
        "garbage": lambda: "NOT1A0RECEIPT",
        "letter": lambda: _other_letter(receipt(terminal)),
        "payload": lambda: changed_payload(terminal),
        "address": lambda: _elsewhere(terminal),
        "terminal": lambda: receipt(terminal, kiosk="SLL-0009"),
        "stranger": lambda: receipt(stranger),
        "markup": lambda: receipt(terminal, unchecked={"service": "<b>complaint</b>"}),
        "override": lambda: receipt(terminal, unchecked={"service": "complaint\u202eeerf"}),
    }[change]()
    assert outcome(browser.dump(f"{central.url}/R#{text}")) == expected


def _other_letter(text: str) -> str:
    place = len(text) - 40  # in the signature
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def _elsewhere(terminal: Terminal) -> str:
    claims = ReceiptClaims(
        tx_id=new_tx_id(),
        service="complaint",
        issued_at=datetime(2026, 6, 1, 6, 30, tzinfo=UTC),
        kiosk=terminal.kiosk,
        state=ReceiptState.CONFIRMED,
        fee_baisa=0,
        chain_head=bytes(16),
    )
    return sign_receipt(claims, terminal.device_key, "ELSEWHERE.EXAMPLE").partition("#")[2]


def test_the_key_of_a_stolen_terminal(central: RunningCentral) -> None:
    stolen = central.terminal("SLL-0002")
    text = receipt(stolen)
    assert outcome(browser.dump(f"{central.url}/R#{text}")) == "valid"
    path = "/v1/fleet/kiosks/SLL-0002/epochs/1/revocation"
    assert central.post(path, headers={"Authorization": "Bearer fleet-token"}).ok
    assert outcome(browser.dump(f"{central.url}/R#{text}")) == "revoked"


def test_once_loaded_it_works_without_the_network(
    settings: Settings, start_central: Callable[[Settings], RunningCentral], tmp_path: Path
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("the page is the same whatever the database")
    central = start_central(settings)
    terminal = central.terminal()
    profile = tmp_path / "profile"
    first, later = (receipt(terminal) for _ in range(2))
    assert outcome(browser.dump(f"{central.url}/R#{first}", profile)) == "valid"
    url = central.url
    central.stop()
    assert outcome(browser.dump(f"{url}/R#{later}", profile)) == "valid"
    assert outcome(browser.dump(f"{url}/R#{_other_letter(later)}", profile)) == "invalid"
