"""Void and stranded items, cloned disks, revoked keys, backups: nothing is lost or doubled."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import create_engine, text

from backend_stub import Settings

from .cards import Card
from .conftest import RunningCentral, Start
from .older_schema import make_schema_3
from .terminal import Terminal, new_tx_id
from .test_kiosks import code_of, new_device

ADMINISTRATOR = {"Authorization": "Bearer fleet-token"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, administrator_token="fleet-token")


def outcomes(answers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["outcome"], (each["problem"] or {}).get("code", "")) for each in answers]


def ack_seq(reply: Any) -> int:
    assert reply.status_code == 200, reply.text
    seq: int = reply.json()["head"]["statement"]["ack_seq"]
    return seq


def test_a_void_item_takes_its_place_and_has_no_effect(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    first, gone, third = (terminal.complaint(card) for _ in range(3))
    assert ack_seq(terminal.post(first, third)) == 1
    reply = terminal.post(terminal.void(gone))
    assert ack_seq(reply) == 3
    assert outcomes(reply.json()["answers"]) == [("accepted", "")]
    assert outcomes(terminal.send(terminal.void(gone))) == [("duplicate", "")]
    # An older copy of the terminal's disk sends it all the same: given up is given up.
    assert outcomes(terminal.send(gone)) == [("rejected", "voided")]
    assert len(central.notices()) == 2


def test_the_envelope_of_an_unreadable_one_may_follow(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item, other = terminal.complaint(card), terminal.complaint(card)
    terminal.send(terminal.void(item, "unreadable"), terminal.void(other, "damaged"))
    assert central.notices() == []
    [answer, again] = terminal.send(item, item)
    assert (answer["outcome"], again["outcome"]) == ("accepted", "duplicate")
    assert answer["result"] == again["result"]
    assert len(central.notices()) == 1
    # The void comes again, late: it tells the terminal what became of the transaction.
    [told] = terminal.send(terminal.void(item, "unreadable"))
    assert (told["outcome"], told["result"]) == ("duplicate", answer["result"])
    poison = terminal.item(b"poison")
    terminal.send(terminal.void(poison, "unreadable"))
    assert outcomes(terminal.send(poison)) == [("rejected", "application-not-signed")]
    [told] = terminal.send(terminal.void(poison, "unreadable"))
    assert (told["outcome"], told["problem"]["code"]) == ("duplicate", "application-not-signed")


def test_a_void_record_and_its_envelope_in_one_batch_are_one_transaction(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    _, told = terminal.send(terminal.void(item, "damaged"), item)
    assert told["outcome"] == "accepted" and told["result"]["number"]
    [again] = terminal.send(item)
    assert (again["outcome"], again["result"]) == ("duplicate", told["result"])


def test_nobody_else_can_make_a_transaction_void(central: RunningCentral, card: Card) -> None:
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    item, second = terminal.complaint(card), terminal.complaint(card)
    forged = terminal.void(item)
    forged["notice"] = dataclasses.replace(other, kiosk=terminal.kiosk).void(item)["notice"]
    assert outcomes(terminal.send(forged)) == [("rejected", "notice-invalid")]
    swapped = terminal.void(item) | {"notice": terminal.void(second)["notice"]}
    assert outcomes(terminal.send(swapped)) == [("rejected", "notice-invalid")]
    changed = terminal.item(card.sign(terminal.payload(card, new_tx_id())), attachments=(b"x",))
    assert outcomes(terminal.send(changed | {"case_seq": 7})) == [("rejected", "terms-mismatch")]
    assert outcomes(terminal.send(changed | {"attachments": []})) == [
        ("rejected", "terms-mismatch")
    ]
    assert central.received() == []


def test_what_an_earlier_epoch_left_comes_with_the_new_one(
    central: RunningCentral, card: Card
) -> None:
    old = central.terminal()
    delivered, waiting, given_up = (old.complaint(card) for _ in range(3))
    old.send(delivered)
    revoke(central, old)
    assert code_of(old.post(waiting)) == (403, "epoch-revoked")
    new = new_device(old).enrol()
    reply = new.post(new.stranded(waiting), new.stranded(delivered), new.complaint(card))
    assert outcomes(reply.json()["answers"]) == [
        ("accepted", ""),
        ("duplicate", ""),
        ("accepted", ""),
    ]
    assert ack_seq(reply) == 1
    assert outcomes(new.send(new.stranded(waiting))) == [("duplicate", "")]
    # A void one of the earlier epoch takes its place there.
    assert outcomes(new.send(new.void(given_up))) == [("accepted", "")]
    assert len(central.notices()) == 3
    # As an ordinary item it is of the wrong epoch; a stranded one of the own epoch is nonsense.
    assert outcomes(new.send(waiting)) == [("rejected", "record-mismatch")]
    assert outcomes(new.send(new.stranded(new.complaint(card)))) == [("rejected", "notice-invalid")]


def revoke(central: RunningCentral, terminal: Terminal) -> None:
    path = f"/v1/fleet/kiosks/{terminal.kiosk}/epochs/{terminal.enrolment['epoch']}/revocation"
    assert code_of(central.post(path)) == (401, "administrator-refused")
    assert central.post(path, headers=ADMINISTRATOR).ok
    assert central.post(path, headers=ADMINISTRATOR).ok


def test_a_cloned_disk_freezes_both_until_there_is_a_new_key(
    central: RunningCentral, card: Card
) -> None:
    original = central.terminal()
    original.send(original.complaint(card))
    clone = dataclasses.replace(original)
    ours, theirs = original.complaint(card), clone.complaint(card)
    next_one = original.complaint(card)
    assert outcomes(original.send(ours)) == [("accepted", "")]
    assert outcomes(clone.send(theirs)) == [("conflict", "seq-taken")]
    for terminal, item in ((original, next_one), (clone, theirs)):
        assert code_of(terminal.post(item)) == (403, "epoch-frozen")
    # The contradiction is kept for people to look at.
    engine = create_engine(central.settings.database_url)
    with engine.connect() as connection:
        [kept] = connection.execute(text("SELECT kiosk, epoch, tx_id, code FROM conflicting_item"))
    engine.dispose()
    assert tuple(kept) == ("MCT-0001", 1, theirs["record"]["tx_id"], "seq-taken")
    # The frozen key does not come back; a new one brings what both had confirmed.
    assert code_of(original.request_enrolment()) == (409, "device-key-spent")
    reply = central.get(f"/v1/transactions/{new_tx_id()}", auth=original.signer())
    assert code_of(reply) == (403, "epoch-frozen")
    new = new_device(original).enrol()
    assert new.enrolment["epoch"] == 2
    answers = new.send(*(new.stranded(item) for item in (next_one, theirs, ours)))
    assert outcomes(answers) == [("accepted", ""), ("accepted", ""), ("duplicate", "")]
    assert len(central.notices()) == 4
    keys = central.get("/v1/receipt-keys").json()["keys"]
    assert [key["revoked"] for key in keys] == [False, False]


def test_a_disk_set_back_and_used_on_is_a_fork_too(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    before = dataclasses.replace(terminal)
    terminal.send(*(terminal.complaint(card) for _ in range(3)))
    assert outcomes(before.send(before.complaint(card))) == [("conflict", "seq-taken")]
    assert code_of(terminal.post(terminal.complaint(card))) == (403, "epoch-frozen")


def test_the_backup_horizon_rises_only_over_what_a_backup_surely_holds(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()

    def horizon() -> int:
        head = central.get("/v1/kiosks/MCT-0001/head").json()["statement"]
        return int(head["backed_up_seq"])

    def backup(at: str) -> None:
        reply = central.post("/v1/fleet/backups", json={"begun_at": at}, headers=ADMINISTRATOR)
        assert reply.ok, reply.text

    terminal.send(terminal.complaint(card), terminal.complaint(card))
    central.clock.advance(minutes=10)
    picture = b"sealed picture"
    tx_id = new_tx_id()
    signed = card.sign(terminal.payload(card, tx_id))
    terminal.send(terminal.item(signed, tx_id, attachments=(picture,)), terminal.complaint(card))
    assert horizon() == 0
    backup("2026-06-01T06:40:30Z")  # half a minute after they came: perhaps not yet committed
    assert horizon() == 2
    central.clock.advance(minutes=10)
    backup("2026-06-01T06:50:00Z")
    assert horizon() == 2  # the picture is missing
    path = f"/v1/attachments/{name_of(picture)}"
    headers = terminal.ticket(tx_id, picture) | {
        "Content-Range": f"bytes 0-{len(picture) - 1}/{len(picture)}",
        "Content-Type": "application/octet-stream",
    }
    assert central.http.put(central.url + path, data=picture, headers=headers).ok
    backup("2026-06-01T06:50:00Z")
    assert horizon() == 2  # it came after that backup
    central.clock.advance(minutes=10)
    backup("2030-01-01T00:00:00Z")  # a clock that runs ahead promises nothing
    assert horizon() == 4
    backup("2020-01-01T00:00:00Z")
    assert horizon() == 4
    body = {"begun_at": "2026-06-01T06:40:30Z"}
    for headers in ({}, {"Authorization": "Bearer guess"}):
        reply = central.post("/v1/fleet/backups", json=body, headers=headers)
        assert code_of(reply) == (401, "administrator-refused")


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_restored_from_an_old_backup_the_terminals_send_again(
    settings: Settings, start_central: Start, card: Card, tmp_path: Path
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("a copy of the file is the backup; what matters is the same code on both")
    central = start_central(settings)
    terminal = central.terminal()
    items = [terminal.complaint(card) for _ in range(4)]
    terminal.send(*items[:2])
    path, copy = tmp_path / "central.sqlite3", tmp_path / "backup.sqlite3"
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    terminal.send(*items[2:])
    assert central.get("/v1/kiosks/MCT-0001/head").json()["statement"]["ack_seq"] == 4
    central.stop()
    for leftover in tmp_path.glob("central.sqlite3*"):
        leftover.unlink()
    copy.rename(path)
    central.start()
    terminal = dataclasses.replace(terminal, url=central.url, http=central.http)
    assert central.get("/v1/kiosks/MCT-0001/head").json()["statement"]["ack_seq"] == 2
    reply = terminal.post(*items)
    assert outcomes(reply.json()["answers"]) == [("duplicate", "")] * 2 + [("accepted", "")] * 2
    assert ack_seq(reply) == 4
    assert len(central.notices()) == 4


def test_a_database_of_the_first_schema_is_brought_up_to_date(
    settings: Settings, start_central: Start, card: Card
) -> None:
    central = start_central(settings)
    terminal = central.terminal()
    terminal.send(terminal.complaint(card))
    central.stop()
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        make_schema_3(connection)
        for statement in (
            "DROP TABLE attachment_seal",
            "DROP TABLE attachment_part",
            "DROP TABLE attachment",
            "ALTER TABLE complaint DROP COLUMN papers",
            "DROP TABLE conflicting_item",
            "ALTER TABLE kiosk DROP COLUMN health",
            "ALTER TABLE kiosk DROP COLUMN health_at",
            "ALTER TABLE kiosk_epoch DROP COLUMN frozen_at",
            "ALTER TABLE kiosk_epoch DROP COLUMN backed_up_seq",
            "ALTER TABLE transactions DROP COLUMN void_reason",
            "UPDATE schema_version SET version = 1",
        ):
            connection.execute(text(statement))
    engine.dispose()
    central.start()
    terminal = dataclasses.replace(terminal, url=central.url, http=central.http)
    assert ack_seq(terminal.post(terminal.complaint(card))) == 2


def test_a_strangers_ticket_opens_nothing(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    stranger = dataclasses.replace(terminal, device_key=ec.generate_private_key(ec.SECP256R1()))
    path = f"/v1/attachments/{name_of(b'x')}"
    for headers in ({}, {"Manfadh-Ticket": "é".encode()}, stranger.ticket(new_tx_id(), b"x")):
        assert code_of(central.get(path, headers=headers)) == (401, "ticket-refused")
    good = terminal.ticket(new_tx_id(), b"x")
    assert code_of(central.get(path, headers=good)) == (404, "attachment-unknown")
