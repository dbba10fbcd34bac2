"""The fleet administrator's commands, and a terminal whose network is a memory stick."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization

from backend_stub import EmbeddedServer, EnrolmentCode, Settings
from kiosk.central.client import CentralClient, CentralUnreachable
from kiosk.enrolment.terminal_identity import IdentityError, enrol, enrol_new_key, load_identity
from offline_queue import Outbox, Submission, case_ref, new_tx_id
from tests.backend_stub.cards import Card, Issuer
from tests.backend_stub.terminal import ANSWERS
from tests.offline_queue.test_tls import certificate

from .commands import Done, free_port, kiosk, running

KIOSK = "DEMO-01"
CODE = "MULTI-USE"


@dataclass
class Place:
    """A terminal, a central API that it cannot reach, and a stick."""

    folder: Path
    card: Card
    settings: Settings

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def keep(self, count: int = 1) -> None:
        """What a visit keeps, without the visit."""
        identity = load_identity(self.state)
        assert identity.enrolment is not None
        outbox = Outbox.open(
            self.state / "outbox.db",
            enrolment=identity.enrolment,
            device_key=identity.device_key,
            secret=identity.secret,
        )
        with closing(outbox):
            for _ in range(count):
                tx_id, now = new_tx_id(), datetime.now(UTC)
                application = {
                    "v": 1,
                    "tx_id": tx_id,
                    "kiosk": KIOSK,
                    "service": "complaint",
                    "catalogue": "2026-11-01",
                    "language": "ar",
                    "applicant": {"civil_number": self.card.civil_number},
                    "answers": ANSWERS,
                    "confirmed_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                signed = self.card.sign(application).encode()
                outbox.enqueue(
                    Submission(
                        tx_id=tx_id,
                        case_ref=case_ref(identity.secret, tx_id),
                        schema_version=1,
                        payload=signed,
                        confirmed_at=now,
                    )
                )

    def queue(self, *arguments: object) -> Any:
        done = kiosk("queue", *arguments, "--state-directory", self.state, "--json")
        assert (done.code, done.errors) == (0, ""), done
        return json.loads(done.output)

    def backend(self, *arguments: object) -> Done:
        trust = ("--trust", self.settings.trust_directory)
        return kiosk("backend", *arguments, "--database", self.settings.database_url, *trust)

    def complaints(self) -> int:
        with closing(sqlite3.connect(self.folder / "central.db")) as db:
            found: int = db.execute("SELECT count(*) FROM case_file").fetchone()[0]
            return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    issuer = Issuer.make("Issuing CA of the tests")
    (tmp_path / "trust" / "issuers").mkdir(parents=True)
    (tmp_path / "trust" / "issuers" / "ca.pem").write_bytes(issuer.pem())
    (tmp_path / "stick").mkdir()
    settings = Settings(
        f"sqlite:///{tmp_path / 'central.db'}",
        tmp_path / "trust",
        enrolment_codes=(EnrolmentCode(CODE, reusable=True, replaces_key=True),),
    )
    with EmbeddedServer(settings) as url, closing(CentralClient(url)) as client:
        enrol(load_identity(tmp_path / "state"), KIOSK, CODE, client)
    return Place(tmp_path, Card.make(issuer), settings)


def test_a_stick_carries_what_waits_there_and_the_answers_back(place: Place) -> None:
    place.keep(3)
    assert place.queue("status")["waiting"] == 3
    assert place.queue("export", place.stick)["transactions"] == 3
    done = place.backend("import", place.stick, "--json")
    assert done.code == 0, done
    told = json.loads(done.output)
    [folder] = told["folders"]
    assert (told["imported"], folder["kiosk"], folder["transactions"]) == (True, KIOSK, 3)
    settled = place.queue("import", place.stick)["settled"]
    assert [each["outcome"] for each in settled] == ["accepted"] * 3
    assert place.queue("status")["waiting"] == 0
    assert place.queue("verify")["sound"] is True
    # The same stick again, on both sides: nothing is doubled, nothing is said twice.
    assert place.backend("import", place.stick).code == 0
    assert place.queue("import", place.stick)["settled"] == []
    assert place.complaints() == 3


def test_what_is_no_export_is_one_sentence(place: Place) -> None:
    empty = place.backend("import", place.stick)
    assert (empty.code, empty.output) == (3, "")
    assert "no whole export" in empty.errors and len(empty.errors.splitlines()) == 1
    place.keep()
    [export] = [Path(place.queue("export", place.stick)["directory"])]
    [batch] = export.glob("batch-*.json")
    batch.write_bytes(batch.read_bytes()[:-1])
    broken = place.backend("import", export)
    assert broken.code == 3
    assert "is not the file that was written" in broken.errors
    assert len(broken.errors.splitlines()) == 1
    assert place.complaints() == 0


def test_a_folder_of_a_revoked_terminal_is_refused_in_words(place: Place) -> None:
    place.keep()
    place.queue("export", place.stick)
    revoked = place.backend("revoke-kiosk", KIOSK, "--json")
    assert json.loads(revoked.output) == {"revoked": True, "kiosk": KIOSK, "epochs": [1]}
    # Once more changes nothing.
    assert place.backend("revoke-kiosk", KIOSK, "--epoch", 1).code == 0
    refused = place.backend("import", place.stick, "--json")
    assert refused.code == 1
    assert json.loads(refused.output)["code"] == "epoch-revoked"
    assert place.complaints() == 0


def test_who_is_not_there_cannot_be_revoked(place: Place) -> None:
    unknown = place.backend("revoke-kiosk", "SLL-0001")
    assert (unknown.code, unknown.output) == (1, "SLL-0001: This terminal is not enrolled.\n")
    assert place.backend("revoke-kiosk", KIOSK, "--epoch", 7).code == 1
    assert place.backend("revoke-kiosk", "no such name").code == 2
    nowhere = kiosk("backend", "revoke-kiosk", KIOSK, "--database", "sqlite:////nowhere/x.db")
    assert nowhere.code == 3 and "there is no database" in nowhere.errors


def test_a_backup_lets_terminals_forget_what_it_holds(place: Place) -> None:
    place.keep(2)
    place.queue("export", place.stick)
    assert place.backend("import", place.stick).code == 0
    early = place.backend("backup-done", "--begun-at", "2026-01-01T00:00:00+04:00", "--json")
    assert json.loads(early.output) == {"noted": True, "epochs": 0}
    with closing(sqlite3.connect(place.folder / "central.db")) as db, db:
        db.execute("UPDATE transactions SET received_at = '2026-01-01 00:00:00.000000'")
    now = datetime.now(UTC).isoformat()
    assert json.loads(place.backend("backup-done", "--begun-at", now, "--json").output)["epochs"]
    for wrong in ("yesterday", "2026-01-01T00:00:00", "2999-01-01T00:00:00Z"):
        assert place.backend("backup-done", "--begun-at", wrong).code == 2


def test_a_restored_backup_leaves_numbers_out(place: Place) -> None:
    place.keep(2)
    place.queue("export", place.stick)
    told = json.loads(place.backend("restored", "--skip", 100, "--json").output)
    assert told == {"restored": True, "newest": None, "skipped": 100}
    assert place.backend("import", place.stick).code == 0
    with closing(sqlite3.connect(place.folder / "central.db")) as db:
        numbers = [number for (number,) in db.execute("SELECT number FROM case_file")]
    assert sorted(number[-6:] for number in numbers) == ["000101", "000102"]
    assert "1,000,000 complaint numbers" in place.backend("restored").output


@pytest.mark.parametrize(
    ("token", "mode", "reason"),
    [("a-token-of-some-length", 0o644, "mode 600"), ("short", 0o600, "at least 16")],
)
def test_an_administrators_token_that_is_none(
    place: Place, token: str, mode: int, reason: str
) -> None:
    file = place.folder / "token"
    file.write_text(token)
    file.chmod(mode)
    done = place.backend("serve", "--administrator-token-file", file)
    assert done.code == 3
    assert reason in done.errors and token not in done.errors


def test_a_new_key_comes_whole_whenever_the_power_fails(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key and enrolment that are read belong together after every step of the replacement."""
    before = load_identity(place.state)
    steps = [0]

    def break_off_at(step: int, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            steps[0] += 1
            if steps[0] == step:
                raise OSError(5, "the power failed", "here")
            return real(*arguments, **named)

        return counted

    with EmbeddedServer(place.settings) as url, closing(CentralClient(url)) as client:
        step = 0
        while True:
            step, steps[0] = step + 1, 0
            with monkeypatch.context() as patch:
                patch.setattr("os.fsync", break_off_at(step, lambda _: None))
                patch.setattr(Path, "replace", break_off_at(step, Path.replace))
                try:
                    after = enrol_new_key(load_identity(place.state), KIOSK, CODE, client)
                except IdentityError:
                    after = None
            found = load_identity(place.state)
            assert found.enrolment is not None
            held = public(found.device_key)
            if found.enrolment.epoch == 1:
                assert held == public(before.device_key)
            else:
                assert held != public(before.device_key)
                assert public(found.former_keys[1]) == public(before.device_key)
                break
            assert after is None
        assert step > 4, "several places to break off were tried"
        assert found.enrolment.epoch == 2


def test_a_new_key_that_the_central_api_refuses_leaves_the_old_one(place: Place) -> None:
    before = load_identity(place.state)
    with closing(CentralClient("http://127.0.0.1:9")) as nobody, pytest.raises(CentralUnreachable):
        enrol_new_key(before, KIOSK, CODE, nobody)
    after = load_identity(place.state)
    assert public(after.device_key) == public(before.device_key)
    assert after.enrolment == before.enrolment


def public(key: Any) -> bytes:
    whole = key.public_key() if hasattr(key, "public_key") else key
    encoded: bytes = whole.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


def test_a_terminal_trusts_the_authority_that_its_settings_name(tmp_path: Path) -> None:
    both = certificate(tmp_path, timedelta(days=400))
    port, database = free_port(), f"sqlite:///{tmp_path / 'central.db'}"
    served = (
        *("backend", "serve", "--port", port),
        *("--database", database),
        *("--tls-certificate", both, "--tls-key", both),
    )
    with running(*served):
        wait_for_port(port)
        # It listens before its database is there, and answers after.
        assert requests.get(f"https://127.0.0.1:{port}/v1/health", verify=both, timeout=60).ok
        made = kiosk("backend", "enrolment-code", "DEMO-01", "--database", database)
        assert made.code == 0
        code = made.output.strip()
        config = tmp_path / "kiosk.toml"
        command = ("enrol", "--state-directory", tmp_path / "state", "--config", config)
        url = f'[central]\nurl = "https://127.0.0.1:{port}"\n'
        config.write_text(url)
        stranger = kiosk(*command, stdin=f"{code}\n")
        assert (stranger.code, stranger.output) == (3, "")
        config.write_text(f'{url}ca_file = "{tmp_path / "gone.pem"}"\n')
        gone = kiosk(*command, stdin=f"{code}\n")
        assert gone.code == 3 and "authorities are not there" in gone.errors
        config.write_text(f'{url}ca_file = "{both}"\n')
        enrolled = kiosk(*command, stdin=f"{code}\n")
        assert (enrolled.code, enrolled.errors) == (0, "")
        diagnosed = kiosk("diagnose", *command[1:], "--json")
        found = {each["device"]: each for each in json.loads(diagnosed.output)["findings"]}
        assert found["central"]["ok"], found
        assert found["key"]["state"] == "taken, epoch 1"


def test_a_certificate_without_its_key(place: Place) -> None:
    one = place.backend("serve", "--tls-certificate", place.folder / "none.pem")
    assert one.code == 2
    none = place.folder / "none.pem"
    gone = place.backend("serve", "--tls-certificate", none, "--tls-key", none)
    assert gone.code == 3 and len(gone.errors.splitlines()[-1:]) == 1
    assert "cannot be used" in gone.errors


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # another program's start has nothing to wait on
        else:
            return
    raise AssertionError("the central API did not start")


def test_an_administrators_token_is_the_line_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("a-token-of-some-length\n")
    port = free_port()
    database = f"sqlite:///{tmp_path / 'central.db'}"
    served = ("backend", "serve", "--port", port, "--database", database)
    with running(*served, "--administrator-token-file", file):
        wait_for_port(port)
        fleet = f"http://127.0.0.1:{port}/fleet"
        assert requests.get(fleet, timeout=(1, 5)).status_code == 401
        answer = requests.get(fleet, auth=("x", "a-token-of-some-length"), timeout=(1, 5))
        assert answer.status_code == 200
