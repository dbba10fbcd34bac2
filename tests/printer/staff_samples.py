"""The staff's papers, with invented findings."""

from datetime import UTC, date, datetime

from kiosk.devices import Remedy
from kiosk.diagnostics import Finding
from kiosk.diagnostics.staff_papers import day_totals, printer_test_page, readiness_report
from printer.journal import PrintTotals

NOW = datetime(2026, 11, 21, 18, 17, tzinfo=UTC)
FINDINGS = (
    Finding("catalogue", True, True, "1 services"),
    Finding("identity", True, True, "enrolled, epoch 3"),
    Finding("trust", True, True, "1 CSCA, 2 issuers"),
    Finding("reader", False, True, "noDevice", Remedy.RESET, "Check pcscd and the reader's cable."),
    Finding("outbox", True, True, "2 waiting, 118 acknowledged"),
    Finding("journal", True, True, "sound"),
    Finding("disk", True, True, "8123 MiB free"),
    Finding("central", True, False, "online, clock +0.2 s"),
    Finding(
        "printer",
        False,
        False,
        "offline, paper out, cover closed",
        Remedy.CLEAR,
        "Paper, cover or cutter want a look; receipts stay on the screen until then.",
    ),
)


def papers(width: int):
    """Name and receipt of each."""
    return {
        "test-page": printer_test_page("MCT-0042", NOW, "192.0.2.7:9100", width),
        "readiness": readiness_report(FINDINGS, "MCT-0042", NOW),
        "fit": readiness_report([f for f in FINDINGS if f.ok], "MCT-0042", NOW),
        "totals": day_totals(
            date(2026, 11, 21), PrintTotals(118, 2, 1, 3, 31_250.0), 2, 118, "MCT-0042", NOW
        ),
    }
