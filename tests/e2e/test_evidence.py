"""Papers scanned at the terminal: signed for, kept with the complaint, at the central API once."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage

from cardreader.simulator import persona
from kiosk.devices import DeviceState, SheetState, can_scan
from kiosk.equipment.scanner import SaneScanner
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from kiosk.simulation.scanner import SimulatedScanner
from offline_queue.chain import b64url_decode
from tests.e2e.terminal import Terminal, answers

RIGHT = persona("citizen-active").pin or ""


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner(seconds=0.0)


@pytest.fixture
def terminal(switch_on, scanner) -> Terminal:
    """A terminal with a document scanner."""
    terminal = switch_on(scanner=scanner)
    terminal.wait(lambda: can_scan(terminal.devices), "the scanner")
    return terminal


def to_papers(terminal: Terminal) -> None:
    """A visit up to the page of the papers."""
    terminal.go_to(Page.QUESTION)
    terminal.answer_until("evidence")
    terminal.send(ev.InputChanged(answers()["evidence"], "evidence"), ev.ContinuePressed())
    terminal.wait_for(Page.PAPERS)


def scan(terminal: Terminal, sheets: int) -> None:
    for _ in range(sheets):
        wanted = len(terminal.papers) + 1
        terminal.send(ev.ScanPressed())
        terminal.wait(lambda: len(terminal.papers) == wanted, f"paper {wanted}")  # noqa: B023 -- waited for here


def to_signature(terminal: Terminal) -> None:
    terminal.send(ev.ContinuePressed())
    terminal.answer_until(Page.CHECK)
    terminal.wait_for(Page.CHECK)
    terminal.send(ev.ContinuePressed())
    terminal.wait_for(Page.SIGN)


def sign(terminal: Terminal) -> None:
    to_signature(terminal)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.CONFIRMATION)


def at_central(terminal: Terminal) -> list[tuple[int, int]]:
    """For each transaction: papers that are there as signed, papers that were signed for."""
    return [(t["papers_here"], t["papers"]) for t in terminal.received()]


def central_rows(terminal: Terminal, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{terminal.rig.directory / 'central.db'}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchall()


def test_papers_follow_the_complaint_once_and_are_what_the_card_signed_for(terminal):
    terminal.network(up=False)
    to_papers(terminal)
    scan(terminal, 3)
    terminal.send(ev.PaperRemoved(terminal.papers[1].sha256))
    wanted = [(p.sha256, len(p.content), p.type) for p in terminal.papers]
    sign(terminal)
    terminal.without_answer()
    assert terminal.kiosk.outbox.status().attachments_waiting == 2
    terminal.finish()
    assert at_central(terminal) == []

    terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: at_central(terminal) == [(2, 2)], "both papers at the central API")
    outbox = terminal.kiosk.outbox
    terminal.wait(lambda: outbox.status().attachments_waiting == 0, "the terminal to know of both")
    [(document,)] = central_rows(terminal, "SELECT document FROM transactions")
    signed = json.loads(b64url_decode(str(document).split(".")[1]))
    assert [(a["sha256"], a["size"], a["type"]) for a in signed["attachments"]] == wanted
    [(listed,)] = central_rows(terminal, "SELECT papers FROM case_file")
    assert json.loads(str(listed)) == signed["attachments"]
    assert central_rows(terminal, "SELECT count(*), sum(received = size) FROM attachment") == [
        (2, 2)
    ]
    assert terminal.findings() == []


def test_the_terminal_switched_off_between_complaint_and_papers_sends_each_once(
    switch_on, scanner, tmp_path
):
    terminal = switch_on(scanner=scanner)
    terminal.wait(lambda: can_scan(terminal.devices), "the scanner")
    terminal.network(up=False)
    to_papers(terminal)
    scan(terminal, 2)
    sign(terminal)
    terminal.without_answer()
    terminal.finish()
    terminal.__exit__(None, None, None)
    again = switch_on()
    again.wait(lambda: at_central(again) == [(2, 2)], "both papers at the central API")
    assert central_rows(again, "SELECT count(*) FROM case_file") == [(1,)]
    assert central_rows(again, "SELECT count(*) FROM attachment") == [(2,)]


def test_a_jam_is_told_on_the_screen_and_the_complaint_goes_on_without_the_paper(terminal, scanner):
    to_papers(terminal)
    scan(terminal, 1)
    scanner.set_faults(jam=True)
    terminal.send(ev.ScanPressed())
    terminal.wait(lambda: terminal.sheet is SheetState.JAM, "the jam")
    terminal.wait(lambda: terminal.devices.scanner is DeviceState.USER_ERROR, "the state")
    assert terminal.hands.sees("scanProblem")
    sign(terminal)
    terminal.finish()
    terminal.wait(lambda: at_central(terminal) == [(1, 1)], "the one paper")


@pytest.mark.parametrize("fault", ["offline", "no_sheet", "empty"])
def test_a_scanner_that_gives_nothing_never_stops_the_journey(terminal, scanner, fault):
    to_papers(terminal)
    scanner.set_faults(**{fault: True})
    terminal.send(ev.ScanPressed())
    terminal.wait(lambda: bool(terminal.visit.form.sheet_problem), "the problem")
    assert terminal.hands.sees("scanProblem")
    sign(terminal)
    terminal.finish()
    terminal.wait(lambda: at_central(terminal) == [(0, 0)], "the complaint")


def test_the_card_pulled_during_a_scan_wipes_the_papers_and_stops_the_scanner(switch_on):
    slow = SimulatedScanner(seconds=60.0)
    terminal = switch_on(scanner=slow)
    terminal.wait(lambda: can_scan(terminal.devices), "the scanner")
    to_papers(terminal)
    slow._seconds = 0.0
    scan(terminal, 1)
    slow._seconds = 60.0
    assert any(name.startswith("paper-") for name in terminal.kiosk.window._pictures._images)
    terminal.send(ev.ScanPressed())
    assert terminal.sheet is SheetState.SCANNING
    terminal.rig.readers.remove()
    terminal.wait_for(Page.ENDED)
    assert terminal.visit.end is VisitEnd.CARD_REMOVED
    terminal.wiped()
    assert terminal.kiosk.window._pictures._images == {}
    assert terminal.kiosk.outbox.status().last_seq == 0
    # The scanner is free for the next visitor at once, not in a minute.
    slow._seconds = 0.0
    terminal.rest_again()
    to_papers(terminal)
    scan(terminal, 1)
    assert slow.sheets == 2


def test_no_file_of_the_terminal_holds_a_paper_in_clear(terminal):
    to_papers(terminal)
    scan(terminal, 1)
    content = terminal.papers[0].content
    piece, name = content[2000:2064], terminal.papers[0].sha256
    terminal.network(up=False)
    sign(terminal)
    terminal.without_answer()
    terminal.finish()
    files = [path for path in terminal.settings.state_directory.rglob("*") if path.is_file()]
    assert any(path.name.startswith("outbox.db") for path in files)
    for path in files:
        written = path.read_bytes()
        assert piece not in written, path
        assert name.encode() not in written, path


def test_a_real_scanimage_gives_papers_that_the_central_api_holds_as_signed(
    switch_on, monkeypatch, tmp_path
):
    if shutil.which("scanimage") is None:
        pytest.skip("SCANNER NOT TESTED WITH SANE: scanimage is missing (apt: sane-utils)")
    (tmp_path / "dll.conf").write_text("test\n")
    (tmp_path / "test.conf").write_text('number_of_devices 1\ntest-picture "Grid"\n')
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    terminal = switch_on(scanner=SaneScanner("test:0", mode="Gray"))
    terminal.wait(lambda: can_scan(terminal.devices), "the scanner")
    to_papers(terminal)
    scan(terminal, 1)
    sign(terminal)
    terminal.finish()
    terminal.wait(lambda: at_central(terminal) == [(1, 1)], "the paper")


def test_a_terminal_without_a_scanner_asks_for_no_paper(switch_on):
    terminal = switch_on()
    terminal.go_to(Page.CHECK)
    assert Page.PAPERS not in terminal.shown


def test_the_picture_on_the_screen_is_small_and_the_paper_is_whole(terminal):
    to_papers(terminal)
    scan(terminal, 1)
    pictures = terminal.kiosk.window._pictures._images
    [shown] = [image for name, image in pictures.items() if name.startswith("paper-")]
    whole = QImage.fromData(QByteArray(terminal.papers[0].content))
    assert max(shown.width(), shown.height()) == 460
    assert (whole.width(), whole.height()) == (1240, 1754)
    assert hashlib.sha256(terminal.papers[0].content).hexdigest() == terminal.papers[0].sha256
