"""A printer that nobody here wrote reads our bytes to exactly our bitmap."""

import socket
import warnings
from dataclasses import replace

import pytest

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.jobs import Fence, PrintJob, PrintOutcome, Reason, Result, Settings
from printer.journal import PrintJournal, PrintState
from printer.layout import render
from printer.printer import ReceiptPrinter
from printer.raster import encode
from printer.transport import NetworkTransport
from tests.printer import emupos
from tests.printer.real_receipts import REAL
from tests.printer.receipt_samples import TEMPLATES, complaint
from tests.printer.staff_samples import papers

PATIENT = Settings(poll=30, reply=5, write=10, fence_base=20, fence=Fence.PAPER_SENSOR)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    try:
        with emupos.running(tmp_path_factory.mktemp("emupos")) as printers:
            yield printers
    except emupos.Unavailable as reason:
        warnings.warn(f"no independent decoder: {reason}", stacklevel=1)
        pytest.skip(str(reason))  # another Python may be missing here; the warning is the noise


def without_last_blank_rows(bitmap: ReceiptBitmap) -> ReceiptBitmap:
    height = max(y for y in range(bitmap.height) if any(bitmap.row(y))) + 1
    return ReceiptBitmap(bitmap.width, height, bitmap.rows[: height * bitmap.stride])


@pytest.mark.timeout(240)  # the first run installs emupos
@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("template", [*TEMPLATES, *REAL, *papers(576)])
def test_it_reads_our_dots(template, width, foreign):
    bitmap = render((TEMPLATES | REAL | papers(width))[template], width)
    before = foreign.receipts(width)
    with socket.create_connection(foreign.address(width), timeout=10) as line:
        line.sendall(escpos.INITIALIZE + escpos.MOTION_UNITS + encode(bitmap).data)
        line.sendall(escpos.PAPER_REQUEST)
        assert line.recv(1) == b"\0"
    assert foreign.receipts(width) == before + 1
    assert foreign.last_receipt(width) == without_last_blank_rows(bitmap)


@pytest.mark.parametrize("width", [576, 384])
def test_it_holds_our_dialogue(width, foreign, tmp_path):
    """Status, flush, fences, cut: also with a printer that does not know ``GS ( H``."""
    bitmap = render(complaint(), width)
    journal = PrintJournal(tmp_path / "print.db")
    printer = ReceiptPrinter(
        lambda: NetworkTransport(*foreign.address(width)),
        journal,
        settings=replace(PATIENT, width=width),
    )
    try:
        foreign.fault(width, "paper-out", on=True)
        refused = printer.print(PrintJob("tx-1", bitmap)).result(30)
        assert refused == PrintOutcome(Result.REFUSED, Reason.PAPER_OUT)
        foreign.fault(width, "paper-out", on=False)
        foreign.fault(width, "paper-near-end", on=True)
        before = foreign.receipts(width)
        printed = printer.print(PrintJob("tx-1", bitmap)).result(30)
        assert printed == PrintOutcome(Result.PRINTED)
        foreign.fault(width, "paper-near-end", on=False)
        assert foreign.receipts(width) == before + 1
        assert foreign.last_receipt(width) == without_last_blank_rows(bitmap)
        states = [record.state for record in journal.records()]
        assert states == [PrintState.FAILED, PrintState.DONE]
    finally:
        printer.close()
        journal.close()
