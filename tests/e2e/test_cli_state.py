"""The command line about a terminal's outbox, journal and identity, sound or tampered with."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import config_with_trust, kiosk, only_json, refused_in_one_sentence
from tests.e2e.terminal import Terminal


@pytest.fixture(scope="module")
def worked(qapp: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State directory of a terminal that took two complaints and was switched off."""
    directory = tmp_path_factory.mktemp("worked")
    with Terminal(directory) as terminal:
        for persona_id in ("citizen-active", "resident-worker"):
            for _ in terminal.walk(persona_id):
                pass
            terminal.finish()
        terminal.wait(lambda: terminal.waiting() == 0, "the complaints to arrive")
    return directory / "terminal"


@pytest.fixture
def state(worked: Path, tmp_path: Path) -> Path:
    """A copy of it to be broken."""
    return shutil.copytree(worked, tmp_path / "terminal")


@pytest.mark.parametrize("name", ["device-key.pem", "enrolment.json"])
def test_damaged_identity_names_the_file(tmp_path, state, name):
    (state / name).write_bytes(b"\0garbage")
    done = kiosk("run", "--config", config_with_trust(tmp_path), "--state-directory", state)
    refused_in_one_sentence(done, name)
    refused_in_one_sentence(kiosk("queue", "verify", "--state-directory", state), name)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"this is no database" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:1000]),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: path.unlink(),
    ],
    ids=["garbage", "cut", "folder", "missing"],
)
def test_an_unreadable_outbox_is_one_sentence(state, spoil):
    spoil(state / "outbox.db")
    for command in ("status", "verify"):
        refused_in_one_sentence(kiosk("queue", command, "--state-directory", state), "outbox")
        told = kiosk("queue", command, "--state-directory", state, "--json")
        refused_in_one_sentence(told, "outbox")


def test_a_terminal_with_a_corrupt_outbox_does_not_start(tmp_path, state):
    (state / "outbox.db").write_bytes(b"this is no database" * 100)
    done = kiosk("run", "--config", config_with_trust(tmp_path), "--state-directory", state)
    refused_in_one_sentence(done, "outbox")


def test_a_terminal_with_a_corrupt_print_journal_or_journal_does_not_start(tmp_path, state):
    config = config_with_trust(tmp_path)
    saved = (state / "prints.db").read_bytes()
    (state / "prints.db").write_bytes(b"this is no database" * 100)
    refused_in_one_sentence(kiosk("run", "--config", config, "--state-directory", state), "print")
    (state / "prints.db").write_bytes(saved)
    # A torn line is repaired; so much that is no entry was left by no interruption.
    with (state / "journal.jsonl").open("ab") as journal:
        journal.write(b"not an entry\n" * 20_000)
    refused_in_one_sentence(kiosk("run", "--config", config, "--state-directory", state), "journal")


def test_two_terminals_on_one_state_directory(qapp, tmp_path):
    with Terminal(tmp_path / "a") as terminal:
        done = kiosk(
            *("run", "--config", config_with_trust(tmp_path)),
            *("--state-directory", terminal.settings.state_directory),
        )
    refused_in_one_sentence(done, "outbox")


def test_the_outbox_tells_its_status_and_that_it_is_sound(state):
    status = only_json(kiosk("queue", "status", "--state-directory", state, "--json"))
    assert (status["kiosk"], status["waiting"], status["last_seq"]) == ("DEMO-01", 0, 2)
    assert status["ack_seq"] == 2
    done = kiosk("queue", "verify", "--state-directory", state, "--json")
    assert (done.code, only_json(done)) == (0, {"sound": True, "findings": []})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET sha256 = iif(sha256 GLOB 'e*', 'f', 'e') || substr(sha256, 2)"
        " WHERE seq = 1",
        "UPDATE outbox SET tx_id = '01a2005c-db66-7115-9b60-cc9298180874' WHERE seq = 2",
        "UPDATE outbox SET signature = (SELECT signature FROM outbox WHERE seq = 1) WHERE seq = 2",
        "DELETE FROM outbox WHERE seq = 1",
        "DELETE FROM outbox WHERE seq = 2",
    ],
)
def test_a_tampered_outbox_is_found(state, statement):
    database = sqlite3.connect(state / "outbox.db")
    assert database.execute(statement).rowcount == 1
    database.commit()
    database.close()
    done = kiosk("queue", "verify", "--state-directory", state, "--json")
    assert done.code == 1
    answer = only_json(done)
    assert answer["sound"] is False
    assert all(finding["sentence"] for finding in answer["findings"])
    plain = kiosk("queue", "verify", "--state-directory", state)
    assert plain.code == 1
    assert plain.output.strip()


def test_the_journal_is_sound_and_tells_its_story_in_both_languages(state):
    done = kiosk("journal", "verify", "--state-directory", state, "--json")
    assert (done.code, only_json(done)) == (0, {"sound": True, "breaks": []})
    entries = only_json(kiosk("journal", "show", "--state-directory", state, "--json"))["entries"]
    events = [entry["event"] for entry in entries]
    assert events[0] == "terminal.started"
    assert events.count("visit.began") == events.count("visit.ended") == 2
    assert events.count("transaction.confirmed") == 2
    last = only_json(kiosk("journal", "show", "--last", 3, "--state-directory", state, "--json"))[
        "entries"
    ]
    assert last == entries[-3:]
    arabic = kiosk("journal", "show", "--language", "ar", "--state-directory", state)
    english = kiosk("journal", "show", "--language", "en", "--state-directory", state)
    assert arabic.code == english.code == 0
    assert arabic.output != english.output
    assert any("\u0600" <= letter <= "\u06ff" for letter in arabic.output)


@pytest.mark.parametrize(
    ("edit", "first_bad"),
    [
        (lambda lines: [*lines[:2], lines[2].replace(b"visit", b"visIt", 1), *lines[3:]], 3),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]], 2),
        (lambda lines: [*lines[:3], b"{}\n", *lines[4:]], 4),
        (lambda lines: [*lines[:3], *lines[1:]], 4),
    ],
    ids=["edited", "removed", "swapped", "replaced", "repeated"],
)
def test_a_tampered_journal_is_found(state, edit, first_bad):
    path = state / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    changed = edit(lines)
    assert changed != lines
    path.write_bytes(b"".join(changed))
    done = kiosk("journal", "verify", "--state-directory", state, "--json")
    assert done.code == 1
    answer = only_json(done)
    assert answer["sound"] is False
    assert answer["breaks"][0]["line"] == first_bad


def test_a_journal_that_is_not_there_or_not_readable(tmp_path, state):
    for command in ("verify", "show"):
        refused_in_one_sentence(kiosk("journal", command, "--state-directory", tmp_path), "journal")
    (state / "journal.jsonl").unlink()
    (state / "journal.jsonl").mkdir()
    for command in ("verify", "show"):
        refused_in_one_sentence(kiosk("journal", command, "--state-directory", state), "journal")


def test_diagnose_answers_with_one_object_and_tells_what_is_missing(state):
    done = kiosk("diagnose", "--state-directory", state, "--json")
    answer = only_json(done)
    findings = {finding["device"]: finding for finding in answer["findings"]}
    assert {"identity", "trust", "reader", "outbox", "journal", "disk", "printer"} <= set(findings)
    assert findings["outbox"]["ok"] and findings["journal"]["ok"] and findings["identity"]["ok"]
    assert not findings["trust"]["ok"]
    assert findings["trust"]["advice"]
    assert (done.code, answer["fit_for_service"]) == (3, False)


def test_a_terminal_that_is_enrolled_as_another_one_does_not_start(tmp_path, state):
    path = config_with_trust(tmp_path)
    path.write_text('kiosk_id = "OTHER-01"\n' + path.read_text("utf-8"), "utf-8")
    where = ("--config", path, "--state-directory", state)
    refused_in_one_sentence(kiosk("run", *where), "DEMO-01", "OTHER-01", "kiosk_id")
    answer = only_json(kiosk("diagnose", *where, "--json"))
    identity = next(each for each in answer["findings"] if each["device"] == "identity")
    assert not identity["ok"]
    assert "kiosk_id" in identity["advice"]


def test_diagnose_finds_what_was_tampered_with(state):
    database = sqlite3.connect(state / "outbox.db")
    database.execute("DELETE FROM outbox WHERE seq = 1")
    database.commit()
    database.close()
    lines = (state / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (state / "journal.jsonl").write_bytes(b"".join(lines[1:]))
    answer = only_json(kiosk("diagnose", "--state-directory", state, "--json"))
    bad = {finding["device"] for finding in answer["findings"] if not finding["ok"]}
    assert {"outbox", "journal"} <= bad
