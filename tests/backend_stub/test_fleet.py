"""The fleet page and the figures: what each terminal said of itself, and who may look."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from backend_stub import Settings

from .cards import Card
from .conftest import RunningCentral, Start
from .terminal import Terminal
from .test_kiosks import code_of


def health(**changes: Any) -> dict[str, Any]:
    return {
        "reported_at": "2026-06-01T06:30:00Z",
        "release": "0.1.0",
        "uptime_s": 3600.5,
        "in_service": True,
        "devices": [
            {"device": "reader", "state": "online"},
            {"device": "printer", "state": "online"},
        ],
        "outbox": {"waiting": 0, "sync": "idle"},
        "receipts_left": 212,
    } | changes


def report(central: RunningCentral, terminal: Terminal, **changes: Any) -> Any:
    return central.post(
        f"/v1/kiosks/{terminal.kiosk}/health",
        json=health(**changes),
        auth=terminal.signer(),
    )


def rows(page: str) -> dict[str, str]:
    return {
        found[1]: found[0]
        for found in re.finditer(r"<tr><td class=\"kiosk\"><bdi>(.*?)</bdi>.*?</tr>", page, re.S)
    }


def test_the_fleet_page_shows_who_needs_somebody_first(central: RunningCentral, card: Card) -> None:
    names = ("MCT-0001", "MCT-0002", "MCT-0003", "MCT-0004", "MCT-0005")
    well, low, broken, silent, cloned = (central.terminal(name) for name in names)
    report(central, silent)
    central.clock.advance(minutes=16)
    assert report(central, well).json() == {"next_report_in_s": 300.0}
    report(
        central,
        low,
        devices=[{"device": "printer", "state": "online", "detail": "paperLow"}],
        outbox={"waiting": 1234, "oldest_waiting_s": 7300, "sync": "offline"},
    )
    report(central, broken, in_service=False, devices=[{"device": "reader", "state": "noDevice"}])
    before = dataclasses.replace(cloned)
    cloned.send(cloned.complaint(card))
    before.send(before.complaint(card))
    reply = central.get("/fleet?language=en")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    shown = rows(reply.text)
    assert list(shown) == ["MCT-0003", "MCT-0005", "MCT-0002", "MCT-0004", "MCT-0001"]
    assert "chip stopped" in shown["MCT-0003"] and "reader: not there" in shown["MCT-0003"]
    assert "two chains" in shown["MCT-0005"]
    assert "1,234" in shown["MCT-0002"] and "2 h" in shown["MCT-0002"]
    assert "paper low" in shown["MCT-0002"]
    assert "16 min" in shown["MCT-0004"] and "chip silent" in shown["MCT-0004"]
    # What it said of its devices then is not said to be so now.
    assert "chip well" not in shown["MCT-0004"]
    assert "chip well" in shown["MCT-0001"] and "212 receipts" in shown["MCT-0001"]
    arabic = central.get("/fleet").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "القارئ: لا يُعثر عليه" in arabic and "يحتاج متابعة" in arabic
    for page in (reply.text, arabic):
        # Nothing from elsewhere.
        assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_an_empty_fleet_has_a_page_too(central: RunningCentral) -> None:
    assert "No terminal is enrolled yet" in central.get("/fleet?language=en").text
    assert code_of(central.get("/fleet?language=xx")) == (422, "invalid")


def test_only_the_terminal_itself_reports(central: RunningCentral) -> None:
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    path = "/v1/kiosks/MCT-0001/health"
    assert code_of(central.post(path, json=health())) == (401, "request-not-signed")
    reply = central.post(path, json=health(), auth=other.signer())
    assert code_of(reply) == (403, "signed-by-another")
    named = {"name": "A Citizen"}
    assert code_of(report(central, terminal, **named)) == (422, "invalid")
    script = [{"device": "<script>", "state": "online"}]
    assert code_of(report(central, terminal, devices=script)) == (422, "invalid")
    assert "chip" not in rows(central.get("/fleet").text)["MCT-0001"].split("</td>")[3]


def test_figures_for_prometheus(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    terminal.send(item, terminal.item(b"poison"))
    terminal.send(item)
    report(central, terminal, outbox={"waiting": 7, "sync": "sending"})
    reply = central.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    figures = dict(
        line.rsplit(" ", 1) for line in reply.text.splitlines() if not line.startswith("#")
    )
    assert figures['manfadh_items_total{outcome="accepted"}'] == "1.0"
    assert figures['manfadh_items_total{outcome="duplicate"}'] == "1.0"
    assert figures['manfadh_items_total{outcome="rejected"}'] == "1.0"
    assert figures['manfadh_items_total{outcome="conflict"}'] == "0.0"
    assert figures["manfadh_batch_seconds_count"] == "2.0"
    assert figures['manfadh_terminals{standing="well"}'] == "1.0"
    assert figures["manfadh_transactions_waiting"] == "7.0"
    assert figures["manfadh_batches_waiting"] == "0.0"
    assert figures['manfadh_terminal_transactions_waiting{kiosk="MCT-0001"}'] == "7.0"
    assert figures['manfadh_terminal_in_service{kiosk="MCT-0001"}'] == "1.0"
    assert figures['manfadh_terminal_device_well{device="reader",kiosk="MCT-0001"}'] == "1.0"
    contact = figures['manfadh_terminal_last_contact_timestamp_seconds{kiosk="MCT-0001"}']
    assert float(contact) == central.clock().timestamp()


def test_what_a_terminal_cannot_say_is_not_shown_as_well(central: RunningCentral) -> None:
    quiet, damaged = central.terminal("MCT-0001"), central.terminal("MCT-0002")
    report(
        central,
        damaged,
        in_service=False,
        outbox={"waiting": None, "sync": "paused", "unavailable": "corrupt"},
    )
    shown = rows(central.get("/fleet").text)
    assert "بيانات تالفة" in shown[damaged.kiosk] and "chip stopped" in shown[damaged.kiosk]
    assert "لم يرسل تقريرًا" in shown[quiet.kiosk]
    figures = central.get("/metrics").text
    assert 'transactions_waiting{kiosk="' not in figures
    assert 'manfadh_terminal_in_service{kiosk="MCT-0002"} 0.0' in figures


def test_with_an_administrator_the_fleet_is_not_for_everyone(
    settings: Settings, start_central: Start
) -> None:
    central = start_central(dataclasses.replace(settings, administrator_token="fleet-token"))
    for path in ("/fleet", "/metrics"):
        reply = central.get(path)
        assert code_of(reply) == (401, "administrator-refused")
        assert reply.headers["www-authenticate"].startswith("Basic")
        assert code_of(central.get(path, auth=("x", "guess")))[0] == 401
        assert central.get(path, auth=("anyone", "fleet-token")).ok
        assert central.get(path, headers={"Authorization": "Bearer fleet-token"}).ok


def test_without_an_administrator_nobody_revokes(central: RunningCentral) -> None:
    central.terminal()
    path = "/v1/fleet/kiosks/MCT-0001/epochs/1/revocation"
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert code_of(central.post(path, headers=headers)) == (401, "administrator-refused")


def test_the_documentation_is_one_page_that_names_every_path(central: RunningCentral) -> None:
    page = central.get("/docs").text
    schema = central.get("/openapi.json").json()
    for path in schema["paths"]:
        assert f"</b> {path}</h3>" in page
    for name in schema["components"]["schemas"]:
        assert f'<article id="{name}">' in page
    assert "http://" not in page.replace("http://central", "") and "cdn" not in page.lower()
