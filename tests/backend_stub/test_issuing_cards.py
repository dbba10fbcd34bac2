"""Whole cards activated against the real central API over HTTP, and used with it afterwards."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import rfc8785
import structlog
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

import kiosk.cli.card
import kiosk.cli.card_options
from backend_stub import Settings
from cardreader.activation import activate
from cardreader.authority import (
    ActivationRefused,
    AuthorityUnavailable,
    CertificateConflict,
    ManagementAlgorithm,
    RefusalReason,
)
from cardreader.errors import CardNotGenuine
from cardreader.jws import sign_compact
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pki import KeyPurpose
from cardreader.simulator import READER, TRUST, SimulatedReaders, management_key
from cardreader.trust import TrustStore
from kiosk.central.client import CentralClient, CentralUnreachable
from kiosk.central.issuing import CodeRefused, HttpCardAuthority
from kiosk.cli.backend import app as backend_commands
from tests.cardreader.vendor_cards import (
    VENDOR_KEY,
    insert_vendor_card,
    vendor_memory,
)

from .conftest import RunningCentral, Start
from .issuing_card import NEW, VENDOR, last_code, on_sqlite

STORE = TrustStore.load(TRUST)
PIN = b"482913"


class Lossy(CentralClient):
    """A line that fails at the ``at``-th request: before it leaves, or after it was answered."""

    def __init__(self, url: str, at: int = 0, *, done: bool = False) -> None:
        super().__init__(url)
        self.at, self.done, self.count = at, done, 0

    def _send(self, *what: Any, **more: Any) -> requests.Response:
        self.count += 1
        if self.count == self.at and not self.done:
            raise CentralUnreachable("ConnectionError")
        response = super()._send(*what, **more)
        if self.count == self.at:
            raise CentralUnreachable("ConnectionError")
        return response


@contextmanager
def authority(
    central: RunningCentral, at: int = 0, *, done: bool = False
) -> Iterator[HttpCardAuthority]:
    client = Lossy(central.url, at, done=done)
    try:
        yield HttpCardAuthority(client)
    finally:
        client.close()


def approve(central: RunningCentral, by: HttpCardAuthority, card: NationalIdCard) -> None:
    sent_to = by.send_code(card.serial, card.identity().civil_number)
    assert sent_to.endswith("110")
    by.enter_code(card.serial, last_code(central))


def opened(readers: SimulatedReaders, central: RunningCentral) -> NationalIdCard:
    """The card in the reader; the terminal's clock is two minutes behind."""

    def clock() -> datetime:
        return central.clock() - timedelta(minutes=2)

    return open_card(readers.connect(READER), STORE, clock, identity_required=False)


def inserted(readers: SimulatedReaders, central: RunningCentral) -> NationalIdCard:
    readers.insert(NEW.id)
    return opened(readers, central)


def activated(readers: SimulatedReaders, central: RunningCentral) -> NationalIdCard:
    card = inserted(readers, central)
    with authority(central) as by:
        approve(central, by, card)
        activate(card, by, bytearray(PIN))
    return card


class Held:
    """A real card in the hand of the tests' terminal."""

    def __init__(self, card: NationalIdCard, civil_number: str) -> None:
        self.card, self.civil_number = card, civil_number

    def sign(self, payload: dict[str, Any]) -> str:
        return self._signed(KeyPurpose.SIGNATURE, payload)

    def answer(self, challenge: dict[str, Any], kiosk: str) -> str:
        named = {name: challenge[name] for name in ("challenge_id", "nonce")}
        payload = {"aud": "manfadh-central", "kiosk": kiosk, **named}
        return self._signed(KeyPurpose.AUTHENTICATION, payload)

    def _signed(self, purpose: KeyPurpose, payload: dict[str, Any]) -> str:
        return sign_compact(self.card, purpose, rfc8785.dumps(payload), bytearray(PIN), "JOSE")


def sign_in(central: RunningCentral, held: Held) -> requests.Response:
    signer = central.at_terminal()
    challenge = central.post("/v1/challenges", auth=signer).json()
    assertion = held.answer(challenge, "MCT-0001")
    return central.post("/v1/sessions", json={"assertion": assertion}, auth=signer)


def issued(central: RunningCentral) -> int:
    """How many certificates the new card has."""
    engine = create_engine(central.settings.database_url)
    with engine.connect() as connection:
        counting = text("SELECT count(*) FROM card_certificate WHERE card = :card")
        count: int = connection.execute(counting, {"card": NEW.card_serial}).scalar_one()
    engine.dispose()
    return count


# National cards ----------------------------------------------------------------------------------


def test_a_new_card_is_activated_signs_in_and_files_a_complaint(office: RunningCentral) -> None:
    terminal = office.terminal("MCT-0001")
    readers = SimulatedReaders()
    activated(readers, office)
    card = inserted(readers, office)
    held = Held(card, NEW.civil_number)
    session = sign_in(office, held)
    assert session.status_code == 200, session.text
    assert session.json()["person"]["civil_number"] == NEW.civil_number
    [answer] = terminal.send(terminal.complaint(held))
    assert answer["outcome"] == "accepted"


def test_a_revoked_card_neither_signs_in_nor_files(office: RunningCentral) -> None:
    # The command takes the time of the machine.
    office.clock.now = datetime.now(UTC)
    terminal = office.terminal("MCT-0001")
    card = activated(SimulatedReaders(), office)
    held = Held(card, NEW.civil_number)
    command = ["revoke-card", "--serial", NEW.guid.urn.removeprefix("urn:uuid:"), "--json"]
    revoked = backend(office, command)
    assert revoked == {"revoked": True, "serial": NEW.card_serial, "certificates": 2}
    # The server keeps what it knew for two seconds; after a restart it knows nothing.
    office.restart()
    terminal.url, terminal.http = office.url, office.http
    office.clock.advance(minutes=1)
    refused = sign_in(office, held)
    assert (refused.status_code, refused.json()["reason"]) == (401, "certificate-revoked")
    terminal.confirmed_at = office.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    [answer] = terminal.send(terminal.complaint(held))
    assert answer["outcome"] == "rejected"
    assert answer["problem"]["code"] == "certificate-revoked"


@on_sqlite
@pytest.mark.parametrize("done", [False, True])
def test_the_line_fails_at_every_request(
    issuing_settings: Settings, start_central: Start, tmp_path: Path, done: bool
) -> None:
    """In the end: two certificates, one PIN, a card that works. A restart lies between."""
    at = 0
    while True:
        at += 1
        database = f"sqlite:///{tmp_path / f'{at}.db'}"
        office = start_central(dataclasses.replace(issuing_settings, database_url=database))
        readers = SimulatedReaders()
        with authority(office, at + 2, done=done) as by:
            card = inserted(readers, office)
            approve(office, by, card)
            try:
                activate(card, by, bytearray(PIN))
            except AuthorityUnavailable:
                office.restart()
            else:
                break
        with authority(office) as by:
            card = inserted(readers, office)
            approve(office, by, card)
            result = activate(card, by, bytearray(PIN))
        assert issued(office) == 2
        assert result.was_active == (at == 6 and done)
        card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
        told = [notice for notice in office.notices() if "activated" in notice["text_en"]]
        assert len(told) == 1
        office.stop()
    assert at == 7


@on_sqlite
def test_the_line_fails_while_the_code_is_entered(office: RunningCentral) -> None:
    readers = SimulatedReaders()
    card = inserted(readers, office)
    with authority(office, 2, done=True) as by:
        by.send_code(card.serial, NEW.civil_number)
        code = last_code(office)
        with pytest.raises(Exception, match="ConnectionError"):
            by.enter_code(card.serial, code)
        # The code is spent; another one is sent.
        with pytest.raises(CodeRefused) as refused:
            by.enter_code(card.serial, code)
        assert refused.value.tries_left == 0
        approve(office, by, card)
        activate(card, by, bytearray(PIN))


@on_sqlite
def test_refusals_reach_the_terminal_as_what_they_are(office: RunningCentral) -> None:
    readers = SimulatedReaders()
    card = inserted(readers, office)
    with authority(office) as by:
        with pytest.raises(ActivationRefused) as refused:
            activate(card, by, bytearray(PIN))
        assert refused.value.reason is RefusalReason.NOT_APPROVED
        readers.insert("unknown-issuer")
        with pytest.raises(CardNotGenuine):
            activate(opened(readers, office), by, bytearray(PIN))
        insert_vendor_card(readers, vendor_memory())
        with pytest.raises(ActivationRefused) as refused:
            activate(opened(readers, office), by, bytearray(PIN))
        assert refused.value.reason is RefusalReason.UNKNOWN_CARD


@on_sqlite
def test_another_chip_with_the_cards_data_is_found_out(office: RunningCentral) -> None:
    """Everything readable can be copied; the management key cannot."""
    readers = SimulatedReaders()
    card = inserted(readers, office)
    clone = vendor_memory(ManagementAlgorithm.AES_256, bytes(32))
    with authority(office) as by:
        approve(office, by, card)
        insert_vendor_card(readers, clone)
        copied = opened(readers, office)
        copied.serial = NEW.card_serial
        with pytest.raises(ActivationRefused) as refused:
            activate(copied, by, bytearray(PIN))
    assert refused.value.reason is RefusalReason.CARD_NOT_AUTHENTIC
    assert issued(office) == 0


def test_two_terminals_at_once(office: RunningCentral) -> None:
    """The same card cannot be in two readers, but two copies of its state can: one gets through."""
    start = threading.Barrier(2)

    def attempt(_: int) -> bool:
        readers = SimulatedReaders()
        card = inserted(readers, office)
        with authority(office) as by:
            start.wait(10)
            # One after the other, because the later code replaces the one before.
            with sending:
                approve(office, by, card)
            start.wait(10)
            try:
                activate(card, by, bytearray(PIN))
            # The other chip may have got the certificate for a key that this one does not have.
            except (ActivationRefused, CertificateConflict):
                return False
        return True

    sending = threading.Lock()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, range(2)))
    assert outcomes.count(True) <= 1
    assert issued(office) <= 2


# Cards of other makers, by command ---------------------------------------------------------------


def backend(
    office: RunningCentral, arguments: list[str], typed: str = "", code: int = 0
) -> dict[str, Any]:
    database = ["--database", office.settings.database_url]
    result = CliRunner().invoke(backend_commands, [*arguments, *database], input=typed)
    assert result.exit_code == code, result.output
    if code == 2:
        return {}
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def add_card(
    office: RunningCentral, typed: str, *changes: str, key_type: str = "3des", code: int = 0
) -> dict[str, Any]:
    arguments = ["add-card", "--serial", VENDOR.lower(), "--civil-number", "99014521"]
    keys = ["--keys", str(office.settings.key_file), "--key-type", key_type]
    options = ["--management-key-stdin", "--json", *changes]
    return backend(office, [*arguments, *keys, *options], typed, code)


@pytest.mark.parametrize("kind", ["3des", "aes256"])
def test_a_card_of_another_maker_by_command(
    office: RunningCentral,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
) -> None:
    key = {"3des": VENDOR_KEY, "aes256": bytes(range(32))}[kind]
    algorithm = {"3des": ManagementAlgorithm.TRIPLE_DES, "aes256": ManagementAlgorithm.AES_256}
    # The commands take the time of the machine.
    office.clock.now = datetime.now(UTC)
    memory, readers = vendor_memory(algorithm[kind], key), SimulatedReaders()
    insert_vendor_card(readers, memory)
    monkeypatch.setattr(kiosk.cli.card_options, "PcscReaders", lambda: readers)

    def card_command(*arguments: str, typed: bytes, code: int = 0) -> dict[str, Any]:
        options = [*arguments, "--pin-stdin", "--json"]
        with structlog.testing.capture_logs():
            result = CliRunner().invoke(kiosk.cli.card.app, options, input=typed)
        assert result.exit_code == code, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    activating = ("activate", "--central", office.url)
    refused = card_command(*activating, typed=PIN + b"\n", code=1)
    assert refused["reason"] == "unknown-card"
    assert add_card(office, f"{bytes(len(key)).hex()}\n", key_type=kind)["registered"]
    refused = card_command(*activating, typed=PIN + b"\n", code=1)
    assert refused["reason"] == "card-not-authentic"
    # The office had mistyped the key.
    added = add_card(office, f"{key.hex(' ')}\n", key_type=kind)
    assert (added["registered"], added["well_known_key"]) == (True, kind == "3des")
    done = card_command(*activating, typed=PIN + b"\n" + PIN + b"\n")
    assert (done["activated"], done["was_active"], done["serial"]) == (True, False, VENDOR)
    assert memory.puk != b"12345678"
    assert memory.management_key != VENDOR_KEY
    assert card_command(*activating, typed=PIN + b"\n")["was_active"]
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.jws"
    document.write_bytes(b"wages for May")
    signed = card_command("sign", str(document), "--out", str(out), typed=PIN + b"\n")
    assert signed["signed"]
    # It signs in as the person for whom the office registered it.
    office.terminal("MCT-0001")
    card = open_card(readers.connect(READER), STORE, office.clock, identity_required=False)
    session = sign_in(office, Held(card, "99014521"))
    assert session.json()["person"]["civil_number"] == "99014521"
    assert add_card(office, f"{key.hex()}\n", key_type=kind, code=1)["registered"] is False


@on_sqlite
def test_what_add_card_does_not_take(office: RunningCentral) -> None:
    key = VENDOR_KEY.hex()
    add_card(office, "not hexadecimal\n", code=2)
    add_card(office, "\n", code=2)
    add_card(office, f"{key}00\n", code=2)
    add_card(office, f"{key}\n", "--serial", "0", code=2)
    add_card(office, f"{key}\n", "--civil-number", "123", code=2)
    assert add_card(office, f"{key[:32]}\n")["registered"]
    refused = add_card(office, f"{key}\n", "--civil-number", "99027836", code=1)
    assert "another person" in refused["detail"]


def test_no_secret_in_logs_or_database(office: RunningCentral) -> None:
    readers, memory = SimulatedReaders(), vendor_memory()
    with structlog.testing.capture_logs() as logs:
        card = inserted(readers, office)
        with authority(office) as by:
            by.send_code(card.serial, NEW.civil_number)
            code = last_code(office)
            by.enter_code(card.serial, code)
            token = str(by._approval)
            activate(card, by, bytearray(PIN))
            add_card(office, f"{VENDOR_KEY.hex()}\n")
            insert_vendor_card(readers, memory)
            activate(opened(readers, office), by, bytearray(PIN))
    assert {"central.card_activated", "central.card_code_sent"} <= {one["event"] for one in logs}
    engine = create_engine(office.settings.database_url)
    with engine.connect() as connection:
        rows = [
            list(connection.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - own names
            for table in (
                *("card", "card_code", "card_approval", "card_activation", "card_certificate"),
                *("card_secret", "notification"),
            )
        ]
    engine.dispose()
    assert all(rows)
    stored = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in rows
        for row in table
        for value in row
    )
    derived = management_key(NEW.card_serial)
    for secret in (VENDOR_KEY, derived, derived[:16], token.encode(), code.encode()):
        for form in (secret, secret.hex().encode(), secret.hex().upper().encode()):
            # Six digits may stand in a number by chance; what was sent says it in one place only.
            assert secret == code.encode() or form not in stored
            assert form.decode("latin-1") not in repr(logs)
    for private in (NEW.civil_number, NEW.name_en, NEW.card_serial, VENDOR):
        assert private not in repr(logs)
