"""The print journal: states, one original only, crashes."""

import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from printer.errors import AlreadyPrinted, PrintJournalError, PrintJournalFull
from printer.journal import PrintJournal
from printer.layout import render
from tests.printer import killing
from tests.printer.fault_matrix import PHASES, offsets, receipt
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
    with pytest.raises(PrintJournalError):
        getattr(journal, step)(*(number, "x") if step == "failed" else (number,))
    journal.close()


def test_a_broken_a_foreign_and_a_busy_file(path, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(PrintJournalError):
        opened(broken)
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(PrintJournalError, match="another version"):
        opened(newer)
    with pytest.raises(PrintJournalError):
        opened(tmp_path / "no" / "such" / "folder.db")
    first = opened(path)
    with pytest.raises(PrintJournalError):
        opened(path)
    first.close()
    opened(path).close()


def test_only_the_terminal_may_read_it(path):
    opened(path).close()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase not in ("before", "flush")])
def test_kill_9_in_every_phase_leaves_unknown_and_at_most_one_original(phase, tmp_path):
    killing.check(receipt(0x81), offsets("network")[phase], tmp_path)


def test_kill_9_in_the_middle_of_a_full_receipt(tmp_path):
    """``python -m tests.printer.killing`` does it at every band."""
    bitmap = render(complaint("ar"), 576)
    [*_, middle] = killing.starts(bitmap)[:30]
    killing.check(bitmap, middle, tmp_path)


def test_a_disk_full_at_any_byte_keeps_whole_records_only(tmp_path):
    """Whatever was refused did not happen; it goes on, and starts, as soon as there is room."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.printer.full_disk", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=110,
        cwd=Path(__file__).parents[2],
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    figures = json.loads(ran.stdout)
    assert figures["tried"] > 300
    # Every step was cut off by some of the sizes, and none by others.
    assert figures["reached"] == ["None", "done", "prepared", "send_started"]
    assert figures["started"] == [False, True]


def test_a_full_disk_is_called_by_its_name(tmp_path):
    journal = PrintJournal(tmp_path / "print.db")
    journal._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(PrintJournalFull, match="disk is full") as caught:
        for number in range(500):
            journal.prepare(f"job-{number}", 0, "00" * 32)
    assert "room" in caught.value.advice
    journal.close()
