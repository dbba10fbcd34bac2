"""The command line: help, usage mistakes, simulated devices, receipts, ports and files."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator

import pytest

from tests.e2e.commands import (
    config_with_trust,
    free_port,
    kiosk,
    only_json,
    refused_in_one_sentence,
    running,
)

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


def test_an_unknown_persona_is_named():
    refused_in_one_sentence(kiosk("simulate", "card", "--persona", "nobody"), "nobody")


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


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


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
