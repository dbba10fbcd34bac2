"""The print journal: states, one original only, crashes."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.journal import AlreadyPrinted, JournalError, PrintJournal, PrintState
from printer.layout import render
from printer.raster import encode
from tests.printer.receipt_samples import complaint

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "print.db"


def opened(path) -> PrintJournal:
    return PrintJournal(path, clock=lambda: NOON)


def states(journal) -> list[tuple[str, str | None]]:
    return [(record.state.value, record.reason) for record in journal.records()]


def test_every_way_through(path):
    journal = opened(path)
    printed, refused, lost, open_ = (journal.prepare(f"tx-{n}", 0, "ab") for n in range(4))
    journal.send_started(printed)
    journal.done(printed)
    journal.failed(refused, "paper_out")
    journal.send_started(lost)
    journal.unknown(lost, "silent")
    expected = [("done", None), ("failed", "paper_out"), ("unknown", "silent"), ("prepared", None)]
    assert states(journal) == expected
    [record] = journal.records("tx-0")
    assert (record.prepared_at, record.changed_at, record.sha256) == (NOON, NOON, "ab")
    journal.close()
    again = opened(path)
    assert states(again) == [*expected[:3], ("failed", "restart")]
    assert again.interrupted == 0
    again.close()
    assert open_ == 4


def test_what_was_being_sent_is_unknown_after_a_crash(path):
    journal = opened(path)
    journal.send_started(journal.prepare("tx-1", 0, "ab"))
    journal.close()
    again = opened(path)
    assert again.interrupted == 1
    assert states(again) == [("unknown", "restart")]
    assert again.next_copy("tx-1") == 1
    again.close()


def test_an_original_is_started_once(path):
    journal = opened(path)
    journal.send_started(journal.prepare("tx-1", 0, "ab"))
    second = journal.prepare("tx-1", 0, "ab")
    with pytest.raises(AlreadyPrinted):
        journal.send_started(second)
    journal.failed(second, "already_printed")
    copy = journal.prepare("tx-1", 1, "cd")
    journal.send_started(copy)
    assert journal.next_copy("tx-1") == 2
    assert journal.next_copy("tx-2") == 0
    journal.close()


def test_a_refused_print_may_be_tried_again(path):
    journal = opened(path)
    journal.failed(journal.prepare("tx-1", 0, "ab"), "paper_out")
    assert journal.next_copy("tx-1") == 0
    journal.send_started(journal.prepare("tx-1", 0, "ab"))
    journal.close()


@pytest.mark.parametrize("step", ["done", "failed", "send_started"])
def test_steps_out_of_order_are_errors(path, step):
    journal = opened(path)
    number = journal.prepare("tx-1", 0, "ab")
    journal.send_started(number)
    journal.unknown(number, "gone")
    with pytest.raises(JournalError):
        getattr(journal, step)(*(number, "x") if step == "failed" else (number,))
    journal.close()


def test_a_broken_a_foreign_and_a_busy_file(path, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(JournalError):
        opened(broken)
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalError, match="another version"):
        opened(newer)
    with pytest.raises(JournalError):
        opened(tmp_path / "no" / "such" / "folder.db")
    first = opened(path)
    with pytest.raises(JournalError):
        opened(path)
    first.close()
    opened(path).close()


def test_only_the_terminal_may_read_it(path):
    opened(path).close()
    assert path.stat().st_mode & 0o077 == 0


CHILD = """
import sys
from pathlib import Path
from printer.bitmap import ReceiptBitmap
from printer.jobs import PrintJob, Settings
from printer.journal import PrintJournal
from printer.printer import ReceiptPrinter
from printer.status import PaperState
from printer.transport import NetworkTransport

host, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])

def on_status(status):
    if status.paper is PaperState.LOW:
        print("now", file=sys.stderr, flush=True)

patient = Settings(poll=600, reply=600, write=600, fence_base=600)
printer = ReceiptPrinter(
    lambda: NetworkTransport(host, port), PrintJournal(folder / "print.db"),
    settings=patient, on_status=on_status,
)
bitmap = ReceiptBitmap.from_png((folder / "receipt.png").read_bytes())
printer.print(PrintJob("tx-1", bitmap)).result()
"""


@pytest.mark.parametrize("part", [0.0, 0.25, 0.6, 0.999])
def test_kill_9_in_the_middle_leaves_unknown_and_at_most_one_original(
    virtual, tray, tmp_path, part
):
    receipt = render(complaint("ar"), 576)
    (tmp_path / "receipt.png").write_bytes(receipt.png())
    host, port = virtual.start()
    at = len(escpos.NUL_FLUSH) + 40 + int(len(encode(receipt).data) * part)
    # The printer says "paper low", which is the signal to kill, and hangs at the same byte.
    virtual.set_faults_at(at, paper_low=True)
    virtual.set_faults_at(at, stalled=True)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, host, str(port), str(tmp_path)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert any(line.strip() == "now" for line in child.stderr)
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    journal = PrintJournal(tmp_path / "print.db")
    assert journal.interrupted == 1
    [record] = journal.records()
    assert (record.state, record.reason) == (PrintState.UNKNOWN, "restart")
    assert record.sha256 == receipt.sha256
    again = journal.prepare("tx-1", 0, receipt.sha256)
    with pytest.raises(AlreadyPrinted):
        journal.send_started(again)
    journal.close()
    assert sum(ReceiptBitmap.from_png(png) == receipt for png, _ in tray.receipts) <= 1
