"""A real terminal reports how it is; the fleet page and the figures say the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import requests

from kiosk.session import Page

from . import commands
from .terminal import EMPLOYER, MOBILE, Terminal


class AtOnce:
    """Draws the shortest wait."""

    def uniform(self, a: float, b: float) -> float:
        return a


class Fleet:
    """The central API as its administrator sees it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        terminal.kiosk._reporter._rng = AtOnce()  # type: ignore[assignment] - as much as is used
        terminal.kiosk._reporter.changed()

    def text(self, path: str) -> str:
        return requests.get(f"{self.terminal.rig.central_url}{path}", timeout=(1, 5)).text

    def row(self) -> str:
        found = re.search(r"<tr><td class=\"kiosk\">.*?</tr>", self.text("/fleet?language=en"))
        return found[0] if found else ""

    def figure(self, name: str) -> float | None:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.text("/metrics"), re.M)
        return float(found[1]) if found else None

    def wait(self, *words: str, without: str = "\0") -> None:
        def seen() -> bool:
            row = self.row()
            return all(word in row for word in words) and without not in row

        self.terminal.wait(seen, f"{words} on the fleet page", patience=20)


def ended(*arguments: object, stdin: str = "", how: int = 0) -> str:
    """What a command says, in a process of its own: this one's output is the terminal's log."""
    process = commands.started(*arguments)
    output, _ = process.communicate(stdin, timeout=60)
    assert process.returncode == how, output
    return output


def test_the_fleet_page_says_what_the_terminal_is(terminal: Terminal) -> None:
    fleet = Fleet(terminal)
    fleet.wait("reader: online", "printer: online", "outbox: online", "release", "chip well")
    kiosk = f'kiosk="{terminal.settings.kiosk_id}"'
    assert fleet.figure(f"manfadh_terminal_in_service{{{kiosk}}}") == 1
    assert fleet.figure(f"manfadh_terminal_transactions_waiting{{{kiosk}}}") == 0

    # What is kept without a network shows as waiting once there is one to say it over.
    terminal.kiosk.syncer.stop()
    terminal.network(up=False)
    terminal.wait(lambda: terminal.devices.central == "offline", "the lost network")
    terminal.go_to(Page.CONFIRMATION)
    terminal.without_answer()
    terminal.finish()
    assert terminal.waiting() == 1
    terminal.rig.printer.set_faults(paper_out=True)
    terminal.network(up=True)
    fleet.wait("out of paper", "chip attention", "oldest for")
    assert fleet.figure(f'manfadh_terminal_device_well{{device="printer",{kiosk}}}') == 0
    assert fleet.figure("manfadh_transactions_waiting") == 1
    assert fleet.figure(f"manfadh_terminal_transactions_waiting{{{kiosk}}}") == 1
    # Nothing of the visit is in what is reported.
    for page in (fleet.text("/fleet"), fleet.text("/metrics")):
        assert not re.search(f"{MOBILE}|{EMPLOYER}|complaint", page)


def test_a_revoked_key_stops_the_terminal_and_a_new_one_brings_what_it_kept(
    switch_on: Callable[..., Terminal],
) -> None:
    terminal = switch_on()
    fleet = Fleet(terminal)
    fleet.wait("chip well")
    terminal.network(up=False)
    terminal.wait(lambda: terminal.devices.central == "offline", "the lost network")
    terminal.go_to(Page.CONFIRMATION)
    terminal.without_answer()
    terminal.finish()
    database = f"sqlite:///{terminal.rig.directory / 'central.db'}"
    told = ended("backend", "revoke-kiosk", "DEMO-01", "--database", database)
    assert "epoch 1 is revoked" in told
    terminal.network(up=True)
    terminal.wait(lambda: terminal.devices.key == "hardwareError", "the revoked key", 20)
    terminal.wait_for(Page.OUT_OF_SERVICE)
    assert terminal.waiting() == 1
    fleet.wait("Device key revoked", "chip stopped")

    # The technician: the old key is not taken again, a new one is.
    code = terminal.rig._code
    state = ("--state-directory", terminal.settings.state_directory, "--config")
    config = terminal.rig.directory / "kiosk.toml"
    config.write_text(f'[central]\nurl = "{terminal.rig.central_url}"\n')
    assert "epoch-revoked" in ended("diagnose", *state, config, how=3)
    assert "device-key-spent" in ended("enrol", *state, config, stdin=code, how=3)
    assert "epoch 2" in ended("enrol", "--new-key", *state, config, stdin=code)
    directory = terminal.rig.directory
    terminal.__exit__()

    terminal = switch_on(directory)
    terminal.wait(lambda: terminal.waiting() == 0, "what was kept to arrive", 30)
    assert [each["outcome"] for each in terminal.received()] == ["accepted"]
    fleet = Fleet(terminal)
    fleet.wait("chip well", "epoch 2")
    assert terminal.findings() == []
    config.write_text(f'[central]\nurl = "{terminal.rig.central_url}"\n')
    assert "taken, epoch 2" in ended("diagnose", *state, config, how=3)
    assert "sound" in ended("queue", "verify", "--online", *state, config)
