"""The command line: one clear sentence for every trouble, one JSON object for every answer."""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import Done, kiosk, running
from tests.e2e.terminal import Terminal

COMMANDS = {
    "": ("run", "tour", "card", "queue", "journal", "receipt", "simulate", "backend", "diagnose"),
    "card": ("list", "inspect", "verify-pin", "sign"),
    "queue": ("status", "verify"),
    "journal": ("verify", "show"),
    "receipt": ("verify",),
    "simulate": ("card", "personas", "printer"),
    "backend": ("serve",),
}
"""What has to be there; there may be more."""


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


def refused_in_one_sentence(done: Done, *words: str, code: int = 3) -> None:
    assert done.code == code, done
    assert "Traceback" not in done.errors + done.output
    lines = [line for line in done.errors.splitlines() if not is_log(line)]
    assert len(lines) == 1, done.errors
    assert lines[0].startswith("kiosk: ")
    assert lines[0].endswith((".", "!"))
    for word in words:
        assert word in lines[0], lines[0]
    assert done.output == ""


def is_log(line: str) -> bool:
    """The structured log goes to standard error too, unless a file is configured."""
    return line.startswith('{"')


def only_json(done: Done) -> dict[str, Any]:
    value = json.loads(done.output)
    assert isinstance(value, dict)
    return value


# --- help


@pytest.mark.parametrize("group", COMMANDS)
def test_every_group_tells_its_commands(group):
    done = kiosk(*filter(None, [group]), "--help")
    assert done.code == 0
    for command in COMMANDS[group]:
        assert command in done.output


@pytest.mark.parametrize(
    "command",
    [
        *(("", name) for name in ("run", "tour", "enrol", "diagnose")),
        *itertools.chain.from_iterable(
            ((group, name) for name in names) for group, names in COMMANDS.items() if group
        ),
    ],
    ids=lambda command: " ".join(command).strip(),
)
def test_every_command_has_help(command):
    done = kiosk(*filter(None, command), "--help")
    assert done.code == 0, done
    assert "usage:" in done.output.lower()
    assert done.errors == ""


def test_usage_mistakes_end_with_2():
    assert kiosk("no-such-command").code == 2
    assert kiosk("receipt", "verify").code == 2
    assert kiosk("run", "--size", "huge").code == 2
    assert kiosk("run", "--language", "fr").code == 2
    assert kiosk("tour", "--out", "x", "--journey", "no-such-journey").code == 2
    assert kiosk("simulate", "card", "--persona", "citizen-active", "--vpcd", "nowhere").code == 2


def test_no_pin_can_be_given_as_an_argument():
    for command in ("verify-pin", "sign"):
        text = kiosk("card", command, "--help").output
        assert "--pin-stdin" in text
        assert kiosk("card", command, "--pin", "246813").code == 2


# --- configuration


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kiosk_id = "lower case"', "kiosk_id"),
        ("[screen]\nwidth = 10", "screen.width"),
        ('[screen]\nwidth = "wide"', "screen.width"),
        ("[screen]\nwidht = 1080", "screen.widht"),
        ('[central]\nurl = "ftp://x"', "central.url"),
        ("[central]\nhealth_interval_s = 0", "central.health_interval_s"),
        ("[printer]\nport = 70000", "printer.port"),
        ('[printer]\nconnection = "smoke"', "printer.connection"),
        ("[timers]\nidle_before_pin = -1", "timers.idle_before_pin"),
        ('[log]\nlevel = "loud"', "log.level"),
        ("no_such_section = 1", "no_such_section"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("queue", "status"), ("diagnose",)])
def test_a_broken_configuration_names_the_key(tmp_path, text, key, command):
    path = tmp_path / "terminal.toml"
    path.write_text(text, "utf-8")
    refused_in_one_sentence(kiosk(*command, "--config", path), str(path), key)


@pytest.mark.parametrize("content", [b"[screen", b"\xff\xfe\x00"])
def test_what_is_no_toml_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "terminal.toml"
    path.write_bytes(content)
    refused_in_one_sentence(kiosk("run", "--config", path), str(path), "TOML")


def test_a_configuration_that_cannot_be_read(tmp_path):
    refused_in_one_sentence(kiosk("run", "--config", tmp_path / "none.toml"), "none.toml")
    refused_in_one_sentence(kiosk("run", "--config", tmp_path), str(tmp_path))


def test_a_configuration_error_never_repeats_the_value(tmp_path):
    """A password in the wrong place must not go to the screen and the log."""
    path = tmp_path / "terminal.toml"
    path.write_text('[central]\nurl = "https//user:hunter2@central"', "utf-8")
    done = kiosk("run", "--config", path)
    refused_in_one_sentence(done, "central.url")
    assert "hunter2" not in done.errors


# --- what a terminal needs


def config_with_trust(tmp_path: Path, trust: object = "") -> Path:
    from cardreader.simulator import TRUST

    path = tmp_path / "terminal.toml"
    path.write_text(
        f'[reader]\ntrust = "{trust or TRUST}"\n[printer]\nconnection = "none"', "utf-8"
    )
    return path


def test_a_terminal_that_is_not_enrolled_says_what_to_do(tmp_path):
    done = kiosk(
        "run", "--config", config_with_trust(tmp_path), "--state-directory", tmp_path / "new"
    )
    refused_in_one_sentence(done, "DEMO-01", "kiosk enrol")


def test_a_terminal_without_trust_anchors_does_not_start(tmp_path):
    refused_in_one_sentence(kiosk("run", "--state-directory", tmp_path), "reader.trust")
    empty = config_with_trust(tmp_path, tmp_path)
    refused_in_one_sentence(
        kiosk("run", "--config", empty, "--state-directory", tmp_path), str(tmp_path)
    )


def test_enrolment_without_a_central_api(tmp_path):
    path = tmp_path / "terminal.toml"
    path.write_text(f'[central]\nurl = "http://127.0.0.1:{free_port()}"', "utf-8")
    where = ("--config", path, "--state-directory", tmp_path / "new")
    refused_in_one_sentence(kiosk("enrol", *where, stdin="a-long-enough-code\n"))
    short = kiosk("enrol", *where, stdin="hush\n")
    refused_in_one_sentence(short, "code")
    assert "hush" not in short.errors, "a code is a secret even when it is wrong"


@pytest.mark.parametrize("name", ["device-key.pem", "enrolment.json"])
def test_damaged_identity_names_the_file(tmp_path, state, name):
    (state / name).write_bytes(b"\0garbage")
    done = kiosk("run", "--config", config_with_trust(tmp_path), "--state-directory", state)
    refused_in_one_sentence(done, name)
    refused_in_one_sentence(kiosk("queue", "verify", "--state-directory", state), name)


def test_an_unknown_persona_is_named():
    refused_in_one_sentence(kiosk("simulate", "card", "--persona", "nobody"), "nobody")


# --- the outbox


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
    with (state / "journal.jsonl").open("ab") as journal:
        journal.write(b"not an entry\n")
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


# --- the journal


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


# --- diagnose


def test_diagnose_answers_with_one_object_and_tells_what_is_missing(state):
    done = kiosk("diagnose", "--state-directory", state, "--json")
    answer = only_json(done)
    findings = {finding["device"]: finding for finding in answer["findings"]}
    assert {"identity", "trust", "reader", "outbox", "journal", "disk", "printer"} <= set(findings)
    assert findings["outbox"]["ok"] and findings["journal"]["ok"] and findings["identity"]["ok"]
    assert not findings["trust"]["ok"]
    assert findings["trust"]["advice"]
    assert (done.code, answer["fit_for_service"]) == (3, False)


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


# --- receipts


@pytest.mark.parametrize("text", ["", "nonsense", "HTTPS://X/R#AB", "٣" * 50, "A" * 100_000])
def test_what_is_no_receipt_is_not_valid(tmp_path, text):
    done = kiosk(
        "receipt", "verify", "-", "--json", "--state-directory", tmp_path, stdin=text + "\n"
    )
    assert done.code == 1
    assert only_json(done)["valid"] is False


def test_a_damaged_key_ring_is_named(tmp_path):
    ring = tmp_path / "ring.json"
    ring.write_text("[]", "utf-8")
    refused_in_one_sentence(kiosk("receipt", "verify", "X", "--keys", ring), str(ring))


# --- ports


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_the_central_api_on_a_taken_port(tmp_path, taken_port):
    with running("backend", "serve", "--port", taken_port, "--database", in_memory()) as process:
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 3, said
    assert "Traceback" not in said
    [trouble] = [line for line in said.splitlines() if line.startswith("kiosk: ")]
    assert str(taken_port) in trouble


def in_memory() -> str:
    return "sqlite://"


def test_the_virtual_printer_on_a_taken_port(tmp_path, taken_port):
    with running("simulate", "printer", "--port", taken_port, "--out", tmp_path) as process:
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 3, said
    assert len(said.strip().splitlines()) == 1
    assert str(taken_port) in said


def test_a_central_api_with_an_unusable_database_does_not_start(tmp_path):
    (tmp_path / "central.db").write_bytes(b"this is no database" * 100)
    with running(
        *("backend", "serve", "--port", free_port()),
        *("--database", f"sqlite:///{tmp_path / 'central.db'}"),
    ) as process:
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 3, said
    assert "Traceback" not in said
    assert any(line.startswith("kiosk: ") for line in said.splitlines())


# --- files that cannot be written


def test_output_that_cannot_be_written_is_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    refused_in_one_sentence(kiosk("tour", "--out", file / "x", "--language", "ar"), str(file))
    refused_in_one_sentence(kiosk("simulate", "printer", "--out", file), str(file))
    config = config_with_trust(tmp_path)
    with config.open("a", encoding="utf-8") as more:
        more.write(f'\n[log]\nfile = "{file}/kiosk.log"\n')
    refused_in_one_sentence(kiosk("run", "--config", config), str(file))
    refused_in_one_sentence(kiosk("enrol", "--state-directory", file, stdin="x\n"), str(file))


def test_the_personas_are_all_told():
    people = only_json(kiosk("simulate", "personas", "--json"))["personas"]
    assert {"citizen-active", "resident-worker", "last-try", "pin-blocked", "forged", "mute"} <= {
        person["id"] for person in people
    }
    for person in people:
        assert {"name_ar", "name_en", "civil_number", "pin", "puk", "purpose_en"} <= set(person)
