"""How much paper is left: the journal's sum and the sensor's word."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from printer.errors import PrintJournalBusy
from printer.journal import PrintJournal, PrintState, RollUse
from printer.layout import render
from printer.roll import CUT_MILLIMETRES, Roll, forecast
from printer.status import PaperState
from tests.printer.receipt_samples import complaint
from tests.printer.test_printing import PRINTED, QUICK, Station

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROLL = Roll(length=10_000, near_end=1_000, receipt=237)


def test_nobody_saw_a_new_roll():
    assert forecast(RollUse(False, 500, 2, None), ROLL).receipts is None


def test_the_sum_counts_down_with_the_cuts():
    fresh = forecast(RollUse(True, 0, 0, None), ROLL)
    assert fresh.receipts == 10_000 // (237 + CUT_MILLIMETRES)
    used = forecast(RollUse(True, 10 * 187, 10, None), ROLL)
    assert (used.used, used.receipts) == (2_000, 40)


def test_the_sensor_counts_more_than_the_sum():
    assert forecast(RollUse(True, 100, 1, 0), ROLL).receipts == 4
    assert forecast(RollUse(False, 100, 1, 600), ROLL).receipts == 1
    assert forecast(RollUse(True, 100, 1, 5_000), ROLL).receipts == 0


def test_low_then_full_is_a_new_roll(virtual, tray, tmp_path):
    station = Station(virtual, tray, tmp_path, settings=replace(QUICK, poll=0.02, roll=ROLL))
    receipt = render(complaint("ar"), 576)
    try:
        station.wait_for(lambda status: status.ready)
        assert station.print(receipt) == PRINTED
        assert station.printer.paper_left().receipts is None
        virtual.set_faults(paper_low=True)
        station.wait_for(lambda status: status.paper is PaperState.LOW)
        assert station.printer.paper_left().receipts == 4
        assert station.print(receipt, "tx-2") == PRINTED
        assert station.printer.paper_left().receipts == 3
        virtual.set_faults(paper_low=False)
        station.wait_for(lambda status: status.paper is PaperState.FULL)
        assert station.printer.paper_left().receipts == 40
        assert station.journal.roll() == RollUse(True, 0.0, 0, None)
    finally:
        station.close()


def test_a_roll_changed_while_nobody_looked(virtual, tray, tmp_path):
    journal = PrintJournal(tmp_path / "print.db")
    journal.note_roll("low")
    journal.close()
    station = Station(virtual, tray, tmp_path)
    try:
        station.wait_for(lambda status: status.ready)
        assert station.journal.roll().known
    finally:
        station.close()


def test_a_journal_of_the_first_version_is_taken_over(tmp_path):
    path = tmp_path / "print.db"
    with sqlite3.connect(path) as old:
        old.executescript(
            """
            CREATE TABLE print (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL,
                copy INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
                prepared_at TEXT NOT NULL, changed_at TEXT NOT NULL) STRICT;
            CREATE UNIQUE INDEX one_paper_each ON print (job_id, copy)
                WHERE state IN ('send_started', 'done', 'unknown');
            INSERT INTO print VALUES (1, 'tx-1', 0, 'ab', 'send_started', NULL,
                '2026-11-20T12:00:00+00:00', '2026-11-20T12:00:00+00:00');
            PRAGMA user_version = 1;
            """
        )
    old.close()
    journal = PrintJournal(path)
    assert journal.last("tx-1").state is PrintState.UNKNOWN
    assert journal.roll() == RollUse(False, 0.0, 1, None)
    with pytest.raises(PrintJournalBusy):
        PrintJournal(path)
    journal.close()


def test_the_totals_of_a_day(tmp_path):
    moments = iter([NOON - timedelta(days=1)] * 3 + [NOON] * 30)
    journal = PrintJournal(tmp_path / "print.db", clock=lambda: next(moments))

    def enter(job, copy, end, *reason):
        number = journal.prepare(job, copy, "ab", 200.0)
        if end != "failed":
            journal.send_started(number)
        getattr(journal, end)(number, *reason)

    enter("tx-0", 0, "failed", "paper_out")  # at the opening and twice here: yesterday
    enter("tx-1", 0, "done")
    enter("tx-2", 0, "unknown", "silent")
    enter("tx-2", journal.next_copy("tx-2"), "done")
    enter("tx-3", 0, "failed", "gone")
    begin = NOON.replace(hour=0)
    totals = journal.totals(begin, begin + timedelta(days=1))
    assert (totals.originals, totals.copies, totals.unknown, totals.refused) == (1, 1, 1, 1)
    assert totals.millimetres == 600
    assert journal.last("tx-9") is None
    journal.close()
