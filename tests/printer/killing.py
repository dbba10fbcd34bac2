"""``kill -9`` of the printing process, at any byte of a receipt.

``python -m tests.printer.killing`` does it at every band of a full receipt, in about a minute.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from itertools import accumulate
from pathlib import Path

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.errors import AlreadyPrinted
from printer.journal import PrintJournal, PrintState
from printer.layout import ensure_application, render
from printer.raster import encode
from printer.virtual import VirtualPrinter
from tests.printer.receipt_samples import complaint

_CHILD = """
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

patient = Settings(width=int(sys.argv[4]), poll=600, reply=600, write=600, fence_base=600)
printer = ReceiptPrinter(
    lambda: NetworkTransport(host, port), PrintJournal(folder / "print.db"),
    settings=patient, on_status=on_status,
)
bitmap = ReceiptBitmap.from_png((folder / "receipt.png").read_bytes())
printer.print(PrintJob("tx-1", bitmap)).result()
"""


def starts(bitmap: ReceiptBitmap) -> list[int]:
    """How many bytes the printer has taken when each band begins, and when the cut does."""
    prologue = escpos.NUL_FLUSH + escpos.INITIALIZE + escpos.MOTION_UNITS + escpos.STATUS_PUSH
    ready = len(prologue + escpos.process_id_request(b"0000"))
    return list(accumulate(map(len, encode(bitmap).bands), initial=ready))


def check(bitmap: ReceiptBitmap, at: int, folder: Path) -> None:
    """Kill when the printer has taken ``at`` bytes; see what the journal knows and what came out.

    The printer says "paper low", which is the signal to kill, and hangs at the same byte. What
    the dead process left in its memory comes out afterwards.
    """
    papers: list[ReceiptBitmap] = []
    virtual = VirtualPrinter(
        bitmap.width, on_receipt=lambda png, _: papers.append(ReceiptBitmap.from_png(png))
    )
    (folder / "receipt.png").write_bytes(bitmap.png())
    try:
        host, port = virtual.start()
        virtual.set_faults_at(at + 1, paper_low=True)
        virtual.set_faults_at(at + 1, stalled=True)
        arguments = [host, str(port), str(folder), str(bitmap.width)]
        with subprocess.Popen(
            [sys.executable, "-c", _CHILD, *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        ) as child:
            assert any(line.strip() == "now" for line in child.stderr)
            os.kill(child.pid, signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        journal = PrintJournal(folder / "print.db")
        assert journal.interrupted == 1
        [record] = journal.records()
        assert (record.state, record.reason) == (PrintState.UNKNOWN, "restart")
        assert record.sha256 == bitmap.sha256
        again = journal.prepare("tx-1", 0, bitmap.sha256)
        try:
            journal.send_started(again)
        except AlreadyPrinted:
            pass
        else:
            raise AssertionError("a second unmarked original was allowed")
        journal.close()
        virtual.set_faults(stalled=False)
    finally:
        virtual.stop()
    assert papers.count(bitmap) <= 1


def main() -> None:
    """Kill at every band of a full receipt."""
    application = ensure_application()
    bitmap = render(complaint("both"), 576)
    places = starts(bitmap)
    for place in places:
        with tempfile.TemporaryDirectory() as folder:
            check(bitmap, place, Path(folder))
    print(f"killed at {len(places)} places: always unknown, never two unmarked originals")
    del application


if __name__ == "__main__":
    main()
