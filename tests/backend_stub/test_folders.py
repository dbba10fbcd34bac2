"""A stranded terminal's folder, carried by hand: the same guarantees as over the network."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uuid_utils

from backend_stub import Settings
from backend_stub.fleet.enrolment import enrol
from backend_stub.fleet.kiosks import revoke_epoch
from backend_stub.ground.central import Central
from backend_stub.ground.limits import Rate, RateLimits, Rates
from backend_stub.ground.problems import ProblemError
from backend_stub.ingest.folders import import_folder
from backend_stub.opening import open_central
from offline_queue.chain import b64url_decode, canonical, sign_by_device, sign_enrolment
from offline_queue.folder import FolderBroken, read_results, write_folder
from offline_queue.wire import FolderFile, FolderManifest, SignedManifest

from .cards import Card
from .terminal import Terminal, new_tx_id

PICTURE = b"sealed picture" * 30_000


@dataclass
class Desk:
    central: Central
    terminal: Terminal
    folder: Path

    def export(self, *items: dict[str, Any], tickets: dict[str, bytes] | None = None) -> Path:
        terminal = self.terminal
        batch = {"kiosk": terminal.kiosk, "epoch": terminal.enrolment["epoch"]}
        files = [
            (f"batch-{number:06}.json", json.dumps(batch | {"items": [item]}).encode())
            for number, item in enumerate(items, start=1)
        ]
        for tx_id, content in (tickets or {}).items():
            name = f"attachment-{hashlib.sha256(content).hexdigest()}"
            [header] = terminal.ticket(tx_id, content).values()
            files += [(f"{name}.bin", content), (f"{name}.json", b64url_decode(header))]
        export_id = str(uuid.UUID(bytes=uuid_utils.uuid7().bytes))

        def sign(listed: list[FolderFile]) -> SignedManifest:
            manifest = FolderManifest(
                content="export",
                kiosk=terminal.kiosk,
                epoch=terminal.enrolment["epoch"],
                export_id=export_id,
                created_at=datetime(2026, 6, 1, tzinfo=UTC),
                files=listed,
            )
            signature = sign_by_device(terminal.device_key, canonical(manifest))
            return SignedManifest(manifest=manifest, signature=signature)

        directory = self.folder / f"export-{export_id}"
        write_folder(directory, files, sign)
        return directory

    def outcomes(self, results: Path) -> list[str]:
        head_key = b64url_decode(self.terminal.enrolment["head_public_key"])
        carried = read_results(results, head_key)
        return [each.outcome.value for _, answer in carried.answers() for each in answer.answers]


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Iterator[Desk]:
    central = open_central(settings)
    terminal = Terminal("", None)  # type: ignore[arg-type] # it has no network at all
    request = sign_enrolment(terminal.kiosk, terminal.code, terminal.device_key)
    terminal.enrolment = enrol(central, terminal.kiosk, request).plain()
    yield Desk(central, terminal, tmp_path / "stick")
    central.database.close()


def test_a_folder_is_taken_in_and_answered_and_again(desk: Desk, card: Card) -> None:
    tx_id = new_tx_id()
    signed = card.sign(desk.terminal.payload(card, tx_id))
    first = desk.terminal.item(signed, tx_id, attachments=(PICTURE,))
    export = desk.export(first, desk.terminal.complaint(card), tickets={tx_id: PICTURE})
    done = import_folder(desk.central, export)
    assert (done.transactions, done.attachments, done.refused) == (2, 1, ())
    assert desk.outcomes(done.results) == ["accepted", "accepted"]
    again = import_folder(desk.central, export)
    assert desk.outcomes(again.results) == ["duplicate", "duplicate"]
    assert (again.attachments, again.refused) == (1, ())


def test_a_changed_folder_is_refused_as_a_whole(desk: Desk, card: Card) -> None:
    export = desk.export(desk.terminal.complaint(card), desk.terminal.complaint(card))
    path = export / "batch-000002.json"
    content = path.read_bytes()
    for damage in (content[:-1], content.replace(b"MCT-0001", b"MCT-0002"), None):
        path.unlink()
        if damage is not None:
            path.write_bytes(damage)
        with pytest.raises(FolderBroken):
            import_folder(desk.central, export)
    path.write_bytes(content)
    assert desk.outcomes(import_folder(desk.central, export).results) == ["accepted", "accepted"]


def test_a_folder_of_a_revoked_terminal_is_refused(desk: Desk, card: Card) -> None:
    export = desk.export(desk.terminal.complaint(card))
    revoke_epoch(desk.central, desk.terminal.kiosk, 1)
    with pytest.raises(ProblemError) as refused:
        import_folder(desk.central, export)
    assert refused.value.code == "epoch-revoked"


def test_a_ticket_for_what_no_transaction_names_is_told(desk: Desk, card: Card) -> None:
    item = desk.terminal.complaint(card)
    export = desk.export(item, tickets={item["record"]["tx_id"]: PICTURE})
    done = import_folder(desk.central, export)
    assert (done.transactions, done.attachments) == (1, 0)
    assert done.refused == ("attachment-unknown",)


def test_a_long_queue_comes_in_whole_however_quickly_it_is_read(desk: Desk, card: Card) -> None:
    rates = Rates(batches=Rate(per_second=0.001, burst=2))
    hurried = dataclasses.replace(desk.central, limits=RateLimits.of(rates))
    export = desk.export(*(desk.terminal.complaint(card) for _ in range(5)))
    taken = import_folder(hurried, export)
    assert (taken.transactions, taken.refused) == (5, ())
