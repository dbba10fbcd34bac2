"""Papers at the central API: whole, opened, and compared with what the card signed for."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from backend_stub import Settings
from offline_queue.chain import b64url_decode
from offline_queue.sealing import attachment_place, seal_chunks
from offline_queue.wire import ATTACHMENT_MAX_BYTES, ATTACHMENT_RANGE_MAX_BYTES

from .cards import Card
from .conftest import RunningCentral, Start
from .older_schema import make_schema_3
from .terminal import Terminal, new_tx_id

JPEG = b"\xff\xd8\xff\xe0" + os.urandom(150_000)
PNG = b"\x89PNG\r\n\x1a\n" + os.urandom(400)


def named(picture: bytes, kind: str = "image/jpeg", **changes: Any) -> dict[str, Any]:
    """A paper as the application names it."""
    return {
        "sha256": hashlib.sha256(picture).hexdigest(),
        "size": len(picture),
        "type": kind,
    } | changes


def sealed(terminal: Terminal, tx_id: str, *pictures: bytes, first: int = 1) -> tuple[bytes, ...]:
    """What the outbox uploads for these papers."""
    key = b64url_decode(terminal.enrolment["sealing_public_key"])
    return tuple(
        b"".join(seal_chunks(key, picture, attachment_place(terminal.kiosk, tx_id, number)))
        for number, picture in enumerate(pictures, start=first)
    )


def file_complaint(
    terminal: Terminal, card: Card, tx_id: str, papers: list[Any], uploads: tuple[bytes, ...]
) -> dict[str, Any]:
    payload = terminal.payload(card, tx_id, **({"attachments": papers} if papers else {}))
    [answer] = terminal.send(terminal.item(card.sign(payload), tx_id, attachments=uploads))
    return answer


def upload(central: RunningCentral, terminal: Terminal, tx_id: str, content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()
    for first in range(0, len(content), ATTACHMENT_RANGE_MAX_BYTES):
        piece = content[first : first + ATTACHMENT_RANGE_MAX_BYTES]
        headers = terminal.ticket(tx_id, content) | {
            "Content-Range": f"bytes {first}-{first + len(piece) - 1}/{len(content)}",
            "Content-Type": "application/octet-stream",
        }
        reply = central.http.put(
            f"{central.url}/v1/attachments/{name}", data=piece, headers=headers
        )
        assert reply.ok, reply.text
    assert reply.json()["complete"]


def papers_of(central: RunningCentral, tx_id: str) -> tuple[int, int]:
    """How many are there as signed, and how many were signed for."""
    [found] = [each for each in central.received() if each["tx_id"] == tx_id]
    return found["papers_here"], found["papers"]


def findings(settings: Settings) -> list[tuple[int, str | None]]:
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT number, finding FROM attachment_seal ORDER BY number")
            )
            return [(number, finding) for number, finding in rows]
    finally:
        engine.dispose()


def test_papers_are_counted_as_they_come_and_are_what_was_signed_for(
    central: RunningCentral, card: Card, settings: Settings
) -> None:
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = sealed(terminal, tx_id, JPEG, PNG)
    papers = [named(JPEG), named(PNG, "image/png")]
    assert file_complaint(terminal, card, tx_id, papers, uploads)["outcome"] == "accepted"
    assert papers_of(central, tx_id) == (0, 2)
    # The second comes first: each knows its place.
    upload(central, terminal, tx_id, uploads[1])
    assert papers_of(central, tx_id) == (1, 2)
    upload(central, terminal, tx_id, uploads[0])
    upload(central, terminal, tx_id, uploads[0])
    assert papers_of(central, tx_id) == (2, 2)
    assert findings(settings) == [(1, "as-signed"), (2, "as-signed")]


@pytest.mark.parametrize(
    ("papers", "finding"),
    [
        ([named(PNG)], "different"),
        ([named(JPEG, size=len(JPEG) - 1)], "different"),
        ([named(JPEG, "image/png")], "different"),
        ([], "not-named"),
    ],
)
def test_evidence_that_was_exchanged_proves_nothing(
    central: RunningCentral, card: Card, settings: Settings, papers: list[Any], finding: str
) -> None:
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = sealed(terminal, tx_id, JPEG)
    assert file_complaint(terminal, card, tx_id, papers, uploads)["outcome"] == "accepted"
    upload(central, terminal, tx_id, uploads[0])
    assert papers_of(central, tx_id) == (0, len(papers))
    assert findings(settings) == [(1, finding)]


@pytest.mark.parametrize("wrong", ["place", "transaction", "noise"])
def test_what_was_not_sealed_for_this_place_is_not_read(
    central: RunningCentral, card: Card, settings: Settings, wrong: str
) -> None:
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = {
        "place": sealed(terminal, tx_id, JPEG, first=2),
        "transaction": sealed(terminal, new_tx_id(), JPEG),
        "noise": (os.urandom(9_000),),
    }[wrong]
    file_complaint(terminal, card, tx_id, [named(JPEG)], uploads)
    upload(central, terminal, tx_id, uploads[0])
    assert papers_of(central, tx_id) == (0, 1)
    assert findings(settings) == [(1, "unreadable")]


@pytest.mark.parametrize(
    "paper",
    [
        named(JPEG, "application/pdf"),
        named(JPEG, size=0),
        named(JPEG, size=ATTACHMENT_MAX_BYTES + 1),
        named(JPEG, sha256="x" * 64),
        named(JPEG) | {"name": "payslip.jpg"},
        {},
    ],
)
def test_an_application_that_names_a_paper_wrongly_is_refused(
    central: RunningCentral, card: Card, paper: dict[str, Any]
) -> None:
    terminal = central.terminal()
    answer = file_complaint(terminal, card, new_tx_id(), [paper], ())
    assert answer["outcome"] == "rejected"
    assert answer["problem"]["code"] == "application-malformed"
    nine = file_complaint(terminal, card, new_tx_id(), [named(JPEG)] * 9, ())
    assert nine["problem"]["code"] == "application-malformed"


def test_a_paper_of_a_refused_application_is_nobodys_evidence(
    central: RunningCentral, card: Card, settings: Settings
) -> None:
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = sealed(terminal, tx_id, JPEG)
    payload = terminal.payload(card, tx_id, attachments=[named(JPEG)], answers={})
    [answer] = terminal.send(terminal.item(card.sign(payload), tx_id, attachments=uploads))
    assert answer["outcome"] == "rejected"
    reply = central.http.put(
        f"{central.url}/v1/attachments/{hashlib.sha256(uploads[0]).hexdigest()}",
        data=uploads[0],
        headers=terminal.ticket(tx_id, uploads[0])
        | {"Content-Range": f"bytes 0-{len(uploads[0]) - 1}/{len(uploads[0])}"},
    )
    assert reply.json()["code"] == "attachment-unknown"
    assert papers_of(central, tx_id) == (0, 0)
    assert findings(settings) == [], "nothing of it is stored"


def test_a_database_of_the_second_schema_is_brought_up_to_date_and_its_uploads_go_on(
    settings: Settings, start_central: Start, card: Card
) -> None:
    central = start_central(settings)
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = sealed(terminal, tx_id, JPEG)
    file_complaint(terminal, card, tx_id, [], uploads)
    central.stop()
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        make_schema_3(connection)
        for statement in (
            "DROP TABLE attachment_seal",
            "ALTER TABLE complaint DROP COLUMN papers",
            "UPDATE schema_version SET version = 2",
        ):
            connection.execute(text(statement))
    engine.dispose()
    central.start()
    terminal = dataclasses.replace(terminal, url=central.url, http=central.http)
    upload(central, terminal, tx_id, uploads[0])
    assert papers_of(central, tx_id) == (0, 0)
    later = new_tx_id()
    uploads = sealed(terminal, later, PNG)
    file_complaint(terminal, card, later, [named(PNG, "image/png")], uploads)
    upload(central, terminal, later, uploads[0])
    assert papers_of(central, later) == (1, 1)
