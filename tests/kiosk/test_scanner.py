"""The document scanner: SANE's own test device, the simulated one, and who may wait for them."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from kiosk.config import Scanner as ScannerSettings, Settings
from kiosk.devices import DeviceState, SheetState, Terminal, can_scan, faults
from kiosk.diagnostics import checks
from kiosk.equipment.scanner import (
    SHEET_MAX_BYTES,
    SaneScanner,
    ScanFailed,
    ScanProblem,
    ScanStopped,
    media_type,
)
from kiosk.session import events as ev
from kiosk.session.form import PAPER_MAX_BYTES, PAPERS_MAX, PAPERS_MAX_BYTES
from kiosk.simulation.scanner import SimulatedScanner, draw_sheet
from kiosk.workers.scanning import ScanWorker, is_empty
from offline_queue.quota import Quota
from offline_queue.wire import ATTACHMENT_MAX_BYTES, ATTACHMENTS_MAX
from ui.app import make_application

PATIENCE = 20.0


@pytest.fixture(scope="module", autouse=True)
def qapp():
    return make_application()


@pytest.fixture
def sane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SaneScanner]:
    """SANE's device for tests, set up by its own file: status, picture, slowness."""
    if shutil.which("scanimage") is None:
        pytest.skip("SCANNER NOT TESTED WITH SANE: scanimage is missing (apt: sane-utils)")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))

    def scanner(options: str = "", **settings: object) -> SaneScanner:
        (tmp_path / "dll.conf").write_text("test\n")
        (tmp_path / "test.conf").write_text(
            f'number_of_devices 1\ntest-picture "Color pattern"\n{options}\n'
        )
        return SaneScanner(**{"device": "test:0", "resolution_dpi": 150, **settings})

    return scanner


def children() -> set[int]:
    """Processes that this one started and that are not gone."""
    listed = Path(f"/proc/{os.getpid()}/task")
    return {
        int(child) for task in listed.iterdir() for child in (task / "children").read_text().split()
    }


# --- SANE


def test_a_sheet_comes_through_the_pipe_as_a_jpeg_of_the_wanted_resolution(sane, tmp_path):
    scanner = sane()
    scanner.look()
    before = sorted(tmp_path.iterdir())
    picture = scanner.scan()
    assert media_type(picture) == "image/jpeg"
    image = QImage.fromData(QByteArray(picture))
    # 80 mm by 100 mm, the device's own size, at 150 dpi.
    assert (image.width(), image.height()) == (472, 590)
    assert not image.isGrayscale()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("status", "problem", "sheet", "device"),
    [
        ("NO_DOCS", ScanProblem.NO_SHEET, SheetState.NO_SHEET, DeviceState.ONLINE),
        ("JAMMED", ScanProblem.JAM, SheetState.JAM, DeviceState.USER_ERROR),
        ("COVER_OPEN", ScanProblem.COVER_OPEN, SheetState.READY, DeviceState.USER_ERROR),
        ("DEVICE_BUSY", ScanProblem.BUSY, SheetState.READY, DeviceState.ONLINE),
        ("IO_ERROR", ScanProblem.BROKEN, SheetState.READY, DeviceState.HARDWARE_ERROR),
        ("NO_MEM", ScanProblem.BROKEN, SheetState.READY, DeviceState.HARDWARE_ERROR),
        ("ACCESS_DENIED", ScanProblem.OFFLINE, SheetState.READY, DeviceState.OFFLINE),
    ],
)
def test_what_sane_says_is_told_in_the_words_of_devices(sane, status, problem, sheet, device):
    with pytest.raises(ScanFailed) as failed:
        sane(f'read-status-code "SANE_STATUS_{status}"').scan()
    assert failed.value.problem is problem
    assert (problem.sheet, problem.device) == (sheet, device)


@pytest.mark.parametrize(
    "wrong", [{"device": "nothere:0"}, {"mode": "Nonsense"}, {"source": "Cellar"}]
)
def test_a_scanner_that_is_not_there_or_set_up_wrongly_is_offline(sane, wrong):
    scanner = sane(**wrong)
    for attempt in (scanner.look, scanner.scan):
        with pytest.raises(ScanFailed) as failed:
            attempt()
        assert failed.value.problem is ScanProblem.OFFLINE


def test_without_scanimage_the_scanner_is_offline(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ScanFailed) as failed:
        SaneScanner("test:0").look()
    assert failed.value.problem is ScanProblem.OFFLINE


SLOW = "read-delay true\nread-delay-duration 200000\nread-limit true\nread-limit-size 16"


def test_a_scanner_that_hangs_is_given_up_and_leaves_no_process(sane):
    before = children()
    with pytest.raises(ScanFailed) as failed:
        sane(SLOW, timeout_s=0.5).scan()
    assert failed.value.problem is ScanProblem.BROKEN
    assert children() == before


def test_a_scan_is_given_up_at_once_and_the_next_one_works(sane):
    scanner, before = sane(SLOW), children()
    threading.Timer(0.3, scanner.stop).start()
    with pytest.raises(ScanStopped):
        scanner.scan()
    assert children() == before
    sane()
    assert media_type(scanner.scan()) == "image/jpeg"


def test_a_scanimage_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    """A driver that hangs in the kernel's arms, or nearly: it ignores every request to end."""
    stubborn = tmp_path / "scanimage"
    stubborn.write_text("#!/bin/sh\ntrap '' TERM PIPE\nwhile :; do sleep 5; done\n")
    stubborn.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("kiosk.equipment.scanner._GRACE_S", 0.2)
    before = children()
    with pytest.raises(ScanFailed):
        SaneScanner("any", timeout_s=0.2).scan()
    assert children() == before


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("head -c 6000000 /dev/zero", ScanProblem.TOO_LARGE),
        ("echo no picture at all", ScanProblem.BROKEN),
        ("kill -SEGV $$", ScanProblem.BROKEN),
        ("true", ScanProblem.BROKEN),
        # Seen with SANE 1.2.1: the status is lost, or the process stays for ever.
        ('echo "scanimage: sane_start: Document feeder jammed" >&2', ScanProblem.JAM),
        ('echo "scanimage: sane_read: Device busy" >&2; sleep 60', ScanProblem.BUSY),
        ('echo "scanimage: sane_read: Something new" >&2; exit 9', ScanProblem.BROKEN),
        ('echo "scanimage: rounded value of x from 1 to 2" >&2; exit 1', ScanProblem.OFFLINE),
    ],
)
def test_what_is_no_picture_is_not_taken(tmp_path, monkeypatch, script, problem):
    fake = tmp_path / "scanimage"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ScanFailed) as failed:
        SaneScanner("any", timeout_s=5).scan()
    assert failed.value.problem is problem


def test_a_device_name_cannot_become_another_option(tmp_path, monkeypatch):
    heard = tmp_path / "heard"
    fake = tmp_path / "scanimage"
    fake.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {heard}\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    SaneScanner("x; touch /tmp/y --output-file=z", source="-o z").look()
    said = heard.read_text().splitlines()
    assert "--device-name=x; touch /tmp/y --output-file=z" in said
    assert "--source=-o z" in said
    assert said[-1] == "--dont-scan"


def test_diagnose_says_how_the_scanner_is_and_blocks_nothing(sane):
    sane()
    found = {
        device: checks._scanner(Settings(scanner=ScannerSettings(device=device)))
        for device in ("", "test:0", "nothere:0")
    }
    assert [each.ok for each in found.values()] == [True, True, False]
    assert found["test:0"].state == "online"
    assert (found["nothere:0"].state, found["nothere:0"].remedy) == ("offline", "reset")
    assert not any(each.blocking for each in found.values())


# --- the simulated one


def test_every_simulated_sheet_is_another_and_none_is_large():
    sheets = [draw_sheet(number) for number in (1, 2, 3)]
    assert len(set(sheets)) == 3
    for sheet in sheets:
        assert media_type(sheet) == "image/jpeg"
        assert 20_000 < len(sheet) < SHEET_MAX_BYTES // 4
        assert not is_empty(sheet)
    assert is_empty(draw_sheet(1, empty=True))


def test_one_faint_line_is_something_and_a_noisy_sheet_is_nothing():
    rng = random.Random(20261122)
    sheet = QImage(1654, 2339, QImage.Format.Format_RGB32)
    sheet.fill(QColor(244, 243, 240))
    for _ in range(20_000):
        shade = rng.randint(238, 250)
        sheet.setPixelColor(rng.randrange(1654), rng.randrange(2339), QColor(shade, shade, shade))
    assert is_empty(encoded(sheet))
    painter = QPainter(sheet)
    painter.setPen(QPen(QColor(180, 180, 178), 3))
    painter.drawLine(400, 800, 700, 830)
    painter.end()
    assert not is_empty(encoded(sheet))


def encoded(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPEG", 75)
    return bytes(content.data())


def test_a_cut_off_picture_is_no_picture():
    with pytest.raises(ScanFailed):
        is_empty(draw_sheet(1)[:400])


# --- the desk


class Heard:
    """What the desk answers."""

    def __init__(self) -> None:
        self.events: list[tuple[ev.Event, int | None]] = []
        self.states: list[DeviceState] = []
        self._news = threading.Condition()

    def answer(self, event: ev.Event, visit: int | None = None) -> None:
        with self._news:
            self.events.append((event, visit))
            self._news.notify_all()

    def state(self, state: DeviceState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def wait(self, until: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(until, PATIENCE), (self.events, self.states)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner(seconds=0.0)


@pytest.fixture
def desk(scanner: SimulatedScanner, heard: Heard) -> Iterator[ScanWorker]:
    desk = ScanWorker(scanner, answer=heard.answer, state=heard.state)
    yield desk
    desk.stop()


def test_a_sheet_is_answered_to_the_visit_that_asked_with_the_hash_of_its_bytes(desk, heard):
    desk.scan(7)
    heard.wait(lambda: bool(heard.events))
    [(event, visit)] = heard.events
    assert visit == 7
    assert isinstance(event, ev.SheetAccepted)
    done = subprocess.run(
        ["sha256sum"], input=event.paper.content, capture_output=True, check=True, timeout=10
    )
    assert event.paper.sha256 == done.stdout.decode().split()[0]
    assert event.paper.type == "image/jpeg"
    assert "content" not in repr(event)


@pytest.mark.parametrize(
    ("fault", "sheet", "problem", "state"),
    [
        ("no_sheet", SheetState.NO_SHEET, "noSheet", DeviceState.ONLINE),
        ("jam", SheetState.JAM, "jam", DeviceState.USER_ERROR),
        ("empty", SheetState.REJECTED, "empty", DeviceState.ONLINE),
        ("offline", SheetState.READY, "offline", DeviceState.OFFLINE),
    ],
)
def test_a_fault_is_answered_and_the_next_sheet_is_taken(
    desk, scanner, heard, fault, sheet, problem, state
):
    scanner.set_faults(**{fault: True})
    desk.scan(1)
    heard.wait(lambda: bool(heard.events))
    assert heard.events == [(ev.SheetRefused(sheet, problem), 1)]
    assert heard.states == [state]
    scanner.set_faults(**{fault: False})
    desk.scan(1)
    heard.wait(lambda: len(heard.events) == 2)
    assert isinstance(heard.events[1][0], ev.SheetAccepted)
    assert heard.states[-1] is DeviceState.ONLINE


def test_a_scan_that_is_given_up_answers_nobody(heard):
    scanner = SimulatedScanner(seconds=PATIENCE)
    began = threading.Event()
    slow = scanner.scan

    def scan() -> bytes:
        began.set()
        return slow()

    scanner.scan = scan  # type: ignore[method-assign] # to see it begin
    desk = ScanWorker(scanner, answer=heard.answer, state=heard.state)
    desk.scan(1)
    assert began.wait(PATIENCE)
    desk.give_up()
    desk.stop()
    assert heard.events == []
    assert scanner.sheets == 0


def test_the_desk_finds_a_scanner_that_comes_and_tells_when_it_is_gone(desk, scanner, heard):
    scanner.set_faults(offline=True)
    desk.start()
    heard.wait(lambda: heard.states == [DeviceState.OFFLINE])
    scanner.set_faults(offline=False)
    desk.look_again()
    heard.wait(lambda: heard.states[-1] is DeviceState.ONLINE)


def test_without_a_scanner_nothing_is_looked_for(heard):
    desk = ScanWorker(None, answer=heard.answer, state=heard.state)
    desk.start()
    desk.scan(1)
    desk.give_up()
    desk.stop()
    assert (heard.events, heard.states) == ([], [])


# --- what a terminal makes of it


def test_only_a_scanner_that_answers_is_offered_and_only_a_broken_one_is_a_fault():
    assert not can_scan(Terminal())
    assert can_scan(Terminal(scanner=DeviceState.ONLINE))
    wrong = {f.state: f.remedy for f in faults(Terminal()) if f.device == "scanner"}
    assert wrong == {}
    for state in (DeviceState.USER_ERROR, DeviceState.OFFLINE):
        assert not can_scan(Terminal(scanner=state))
        assert [f.state for f in faults(Terminal(scanner=state)) if f.device == "scanner"]


def test_papers_of_the_visit_always_fit_into_the_outbox():
    assert (PAPERS_MAX, PAPER_MAX_BYTES) == (ATTACHMENTS_MAX, ATTACHMENT_MAX_BYTES)
    assert SHEET_MAX_BYTES == ATTACHMENT_MAX_BYTES
    # Sealing adds less than a thousandth.
    assert Quota().reserve_bytes > PAPERS_MAX_BYTES * 1.001
