"""Attachments: in ranges, resumed after anything, and never something else."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal, new_tx_id
from .test_kiosks import code_of

PICTURE = os.urandom(600_000)


class Upload:
    def __init__(self, central: RunningCentral, terminal: Terminal, tx_id: str) -> None:
        self.central, self.terminal, self.tx_id = central, terminal, tx_id
        self.path = f"/v1/attachments/{hashlib.sha256(PICTURE).hexdigest()}"

    def put(self, first: int, content: bytes, size: int = len(PICTURE)) -> Any:
        headers = self.terminal.ticket(self.tx_id, PICTURE) | {
            "Content-Range": f"bytes {first}-{first + len(content) - 1}/{size}",
            "Content-Type": "application/octet-stream",
        }
        return self.central.http.put(self.central.url + self.path, data=content, headers=headers)

    def status(self) -> tuple[int, bool]:
        reply = self.central.get(self.path, headers=self.terminal.ticket(self.tx_id, PICTURE))
        assert reply.ok, reply.text
        return reply.json()["received"], reply.json()["complete"]


@pytest.fixture
def upload(central: RunningCentral, card: Card) -> Upload:
    terminal, tx_id = central.terminal(), new_tx_id()
    signed = card.sign(terminal.payload(card, tx_id))
    [answer] = terminal.send(terminal.item(signed, tx_id, attachments=(PICTURE,)))
    assert answer["outcome"] == "accepted"
    return Upload(central, terminal, tx_id)


def test_uploaded_in_ranges_and_resumed(upload: Upload) -> None:
    assert upload.status() == (0, False)
    assert upload.put(0, PICTURE[:200_000]).json()["received"] == 200_000
    # The answer was lost: the same range again, then one that overlaps, then one too far ahead.
    assert upload.put(0, PICTURE[:200_000]).json()["received"] == 200_000
    assert upload.put(400_000, PICTURE[400_000:]).json()["received"] == 200_000
    assert upload.put(150_000, PICTURE[150_000:400_000]).json()["received"] == 400_000
    upload.central.restart()
    upload.terminal.url, upload.terminal.http = upload.central.url, upload.central.http
    assert upload.status() == (400_000, False)
    assert upload.put(400_000, PICTURE[400_000:]).json()["complete"]
    assert upload.put(0, b"too late").json()["complete"]
    assert upload.status() == (600_000, True)


def test_other_bytes_are_thrown_away(upload: Upload) -> None:
    step = 250_000
    wrong = PICTURE[:-1] + bytes([PICTURE[-1] ^ 1])
    for first in range(0, len(wrong), step):
        reply = upload.put(first, wrong[first : first + step])
    assert code_of(reply) == (422, "attachment-mismatch")
    assert upload.status() == (0, False)
    for first in range(0, len(PICTURE), step):
        reply = upload.put(first, PICTURE[first : first + step])
    assert reply.json()["complete"]


def test_ranges_that_do_not_fit(upload: Upload) -> None:
    assert code_of(upload.put(0, b"x" * 10, size=10)) == (422, "range-invalid")
    assert code_of(upload.put(599_999, b"xx")) == (422, "range-invalid")
    assert code_of(upload.put(0, b"x" * (256 * 1024 + 1))) == (413, "body-too-large")
    headers = upload.terminal.ticket(upload.tx_id, PICTURE)
    for text in ("", "bytes 5-1/600000", "bytes 0-1/*", "items 0-1/600000"):
        reply = upload.central.http.put(
            upload.central.url + upload.path,
            data=b"xx",
            headers=headers | {"Content-Range": text, "Content-Type": "application/octet-stream"},
        )
        assert code_of(reply) == (422, "range-invalid"), text
    assert upload.status() == (0, False)


def test_only_its_own_terminal_uploads_what_a_transaction_names(
    upload: Upload, central: RunningCentral, card: Card
) -> None:
    other = central.terminal("SLL-0001")
    foreign = Upload(central, other, upload.tx_id)
    assert code_of(foreign.put(0, b"xx")) == (404, "attachment-unknown")
    pretending = other.ticket(upload.tx_id, PICTURE, kiosk="MCT-0001")
    assert code_of(central.get(upload.path, headers=pretending)) == (401, "ticket-refused")
    plain = upload.terminal.complaint(card)
    upload.terminal.send(plain)
    unnamed = Upload(central, upload.terminal, plain["record"]["tx_id"])
    assert code_of(unnamed.put(0, b"xx")) == (404, "attachment-unknown")
