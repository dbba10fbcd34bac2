"""``kiosk printer`` as a technician uses it, on a virtual printer."""

import io
import json

import pytest
import structlog
from typer.testing import CliRunner

from kiosk.cli import command_line
from printer.bitmap import ReceiptBitmap
from printer.journal import PrintJournal


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


def test_no_paper(kiosk, virtual, tray):
    virtual.set_faults(paper_out=True)
    done = kiosk("test-page", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout) == {"result": "refused", "reason": "paper_out"}
    assert tray.receipts == []


def test_the_running_terminal_owns_the_printer(kiosk, tmp_path):
    (tmp_path / "state").mkdir()
    journal = PrintJournal(tmp_path / "state" / "prints.db")
    try:
        for command in ("status", "test-page"):
            done = kiosk(command)
            assert done.exit_code == 3
            assert done.stdout == "The terminal is running and owns the printer: stop it first.\n"
    finally:
        journal.close()
