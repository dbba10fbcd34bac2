"""``kiosk printer`` as a technician uses it, on a virtual printer."""

import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from kiosk.cli.commands import command_line
from kiosk.devices import Remedy
from kiosk.diagnostics import Finding, checks as checks_module
from kiosk.diagnostics.staff_papers import readiness_report
from kiosk.services.oman_time import MUSCAT
from printer.bitmap import ReceiptBitmap
from printer.errors import PrintJournalBusy, PrintJournalError
from printer.journal import PrintJournal, read_roll


@pytest.fixture
def kiosk(virtual, tmp_path):
    # As the program's main function does it: standard output is the answer's alone.
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(io.StringIO()))
    _, port = virtual.start()
    config = tmp_path / "kiosk.toml"
    config.write_text(f'kiosk_id = "MCT-0042"\n[printer]\nport = {port}\n')

    state = str(tmp_path / "state")

    def run(*arguments):
        return CliRunner().invoke(
            command_line(["printer"]),
            ["printer", *arguments, "--config", str(config), "--state-directory", state],
        )

    yield run
    structlog.reset_defaults()


def test_status(kiosk, virtual):
    done = kiosk("status", "--json")
    assert done.exit_code == 0
    value = json.loads(done.stdout)
    assert (value["ready"], value["paper"], value["receipts_left"]) == (True, "full", None)
    virtual.set_faults(cover_open=True)
    done = kiosk("status")
    assert done.exit_code == 3
    assert "cover open" in done.stdout


def test_the_test_page_comes_out(kiosk, tray):
    done = kiosk("test-page")
    assert (done.exit_code, done.stdout) == (0, "Printed.\n")
    [(png, _)] = tray.wait()
    assert ReceiptBitmap.from_png(png).width == 576


@pytest.mark.parametrize("paper", ["readiness", "totals"])
def test_every_paper_for_the_staff_comes_out_in_its_language(kiosk, tray, paper, checks):
    for options in ((), ("--language", "ar"), ("--language", "en", "--large")):
        done = kiosk(paper, *options, "--json")
        assert (done.exit_code, json.loads(done.stdout)["result"]) == (0, "printed")
    both, arabic, large = (ReceiptBitmap.from_png(png) for png, _ in tray.wait(3))
    assert arabic.height < both.height
    assert len({both.sha256, arabic.sha256, large.sha256}) == 3


def test_the_totals_of_a_day_are_of_receipts_and_of_that_day_in_oman(kiosk, tray, papers):
    midnight = datetime(2026, 11, 22, tzinfo=MUSCAT)
    for number, when in enumerate(
        [
            midnight - timedelta(seconds=1),
            midnight,
            midnight + timedelta(hours=23, minutes=59),
            midnight + timedelta(days=1),
        ]
    ):
        printed(papers, f"tx-{number}", when)
    printed(papers, "staff test-page", midnight + timedelta(hours=8))
    journal = PrintJournal(papers)
    found = journal.totals(midnight, midnight + timedelta(days=1), aside="staff ")
    journal.close()
    assert (found.originals, found.copies, found.unknown) == (2, 0, 0)
    assert found.millimetres == 300, "the paper of the test page counts"
    assert kiosk("totals", "--day", "2026-11-22").stdout == "Printed.\n"
    assert kiosk("totals", "--day", "22/11/2026").exit_code == 2


def test_how_far_the_paper_goes_is_known_without_touching_the_journal(papers):
    printed(papers, "tx-1", datetime(2026, 11, 22, 8, tzinfo=MUSCAT), done=False)
    assert read_roll(papers).receipts == 1
    journal = PrintJournal(papers)
    assert journal.interrupted == 1, "whoever reads the roll settles nothing"
    with pytest.raises(PrintJournalBusy):
        read_roll(papers)
    journal.close()
    with pytest.raises(PrintJournalError):
        read_roll(papers.with_name("none.db"))


def printed(path: Path, job: str, when: datetime, *, done: bool = True) -> None:
    """Enter a print of 100 mm at another time."""
    journal = PrintJournal(path, clock=lambda: when)
    number = journal.prepare(job, 0, "0" * 64, 100.0)
    journal.send_started(number)
    if done:
        journal.done(number)
    journal.close()


@pytest.fixture
def papers(tmp_path) -> Path:
    """The journal of the terminal under test."""
    (tmp_path / "state").mkdir()
    return tmp_path / "state" / "prints.db"


@pytest.fixture
def checks(monkeypatch):
    """Two findings instead of self tests that ask for devices this machine may not have."""
    found = [
        Finding("catalogue", True, True, "7 services"),
        Finding("printer", False, False, "offline", Remedy.CLEAR, "Look at the paper."),
    ]
    monkeypatch.setattr("kiosk.cli.printer.run_checks", lambda settings: found)


def test_no_paper(kiosk, virtual, tray):
    virtual.set_faults(paper_out=True)
    done = kiosk("test-page", "--json")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert (told["result"], told["reason"]) == ("refused", "paper_out")
    assert "roll" in told["advice"]
    assert tray.receipts == []


def test_the_running_terminal_owns_the_printer(kiosk, tmp_path):
    (tmp_path / "state").mkdir()
    journal = PrintJournal(tmp_path / "state" / "prints.db")
    try:
        for command in ("status", "test-page", "totals"):
            done = kiosk(command)
            assert done.exit_code == 3
            assert done.stdout == "The terminal is running and owns the printer: stop it first.\n"
    finally:
        journal.close()


def test_every_self_test_has_its_arabic_name():
    source = Path(checks_module.__file__).read_text("utf-8")
    named = set(re.findall(r'(?:Finding|_bad)\(\s*"([a-z]+)"', source))
    assert {"printer", "revocation", "key"} <= named
    for device in named:
        [row] = readiness_report(
            [Finding(device, True, True, "well")], "MCT-0042", datetime(2026, 11, 22, tzinfo=MUSCAT)
        ).rows[2:]
        assert row.label.ar != device, f"{device} has no Arabic name on paper"
