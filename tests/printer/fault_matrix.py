"""Every fault in every phase of a print, over the network and over a serial line.

``python -m tests.printer.fault_matrix`` prints the table; the test-suite asserts its cells.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path

import structlog

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.jobs import PrintJob, PrintOutcome, Result, Settings
from printer.journal import PrintJournal, PrintState
from printer.printer import ReceiptPrinter
from printer.raster import encode
from printer.transport import DeviceTransport, NetworkTransport, Transport
from printer.virtual import VirtualPrinter

SETTINGS = Settings(width=384, poll=30, reply=1.2, write=1.2, fence_base=1.5, paper_speed=5000)
"""Long enough for a busy machine to answer, short enough to wait for a printer that does not."""
LINES = ("network", "pty")
WAYS = ("at once", "made ready")
"""A print alone, and one whose printer was asked to get ready while the receipt was drawn."""
PHASES = ("before", "flush", "band 1", "band 2", "band 3", "last feed", "fence", "cut", "cut fence")

Harm = Callable[[VirtualPrinter], None]
FAULTS: dict[str, dict[str, object] | Harm] = {
    "paper low": {"paper_low": True},
    "paper out": {"paper_out": True},
    "cover open": {"cover_open": True},
    "cutter jam": {"cutter_jam": True},
    "offline": {"offline": True},
    "silent": {"silent": True},
    "late reply": {"hold_replies": True},
    "stalled": {"stalled": True},
    "power cycle": VirtualPrinter.power_cycle,
    "cable pulled": VirtualPrinter.unplug,
}


def receipt(mark: int) -> ReceiptBitmap:
    """A short paper of three bands with ink and a blank end, different for every ``mark``."""
    ink = (bytes([0x55, mark]) * 24 + bytes([mark, 0x33]) * 24) * 30 + bytes(48) * 8
    return ReceiptBitmap(384, 68 * 3, ink * 3)


def offsets(line: str) -> dict[str, int]:
    """How many bytes the mechanism has taken when a phase begins."""
    ready = len(
        escpos.NUL_FLUSH + escpos.INITIALIZE + escpos.MOTION_UNITS + escpos.STATUS_PUSH
    ) + len(escpos.process_id_request(b"0000"))
    bands = encode(receipt(1)).bands
    mark = len(escpos.process_id_request(b"0000")) if line == "pty" else 0
    starts = list(accumulate((len(band) + mark for band in bands), initial=ready))
    assert len(bands) == 6, "three bands of ink and three feeds"
    printed = starts[-1]
    fence = len(escpos.process_id_request(b"0000"))
    return {
        "before": 0,
        "flush": 1,
        "band 1": starts[0] + 1,
        "band 2": starts[2] + 1,
        "band 3": starts[4] + 1,
        "last feed": starts[5] + 1,
        "fence": printed + 1,
        "cut": printed + fence + 1,
        "cut fence": printed + fence + len(escpos.CUT) + 1,
    }


@dataclass(frozen=True, slots=True)
class Cell:
    """What one fault in one phase led to."""

    state: PrintState
    reason: str | None
    citizen: str
    """What the screen says."""
    papers: int
    """Whole receipts of this visit, at the end of everything."""
    later: int
    """Those of them that came out after the printer was well again."""
    again: PrintOutcome
    """What a second try for an unmarked original got."""
    next_printed: bool
    """The next citizen's receipt came out, whole; false only where the line is gone for good."""


def run(fault: str, phase: str, line: str, way: str) -> Cell:
    """Break a new virtual printer and print to it."""
    papers: list[ReceiptBitmap] = []
    lock = threading.Lock()

    def take(png: bytes, _raw: bytes) -> None:
        with lock:
            papers.append(ReceiptBitmap.from_png(png))

    def whole(bitmap: ReceiptBitmap) -> int:
        with lock:
            return papers.count(bitmap)

    mine, others = receipt(0x81), receipt(0x18)
    virtual = VirtualPrinter(384, on_receipt=take)
    connect: Callable[[], Transport]
    if line == "network":
        address = virtual.start()
        connect = lambda: NetworkTransport(*address, timeout=0.5)  # noqa: E731 - as the other
    else:
        device = virtual.start_pty()
        connect = lambda: DeviceTransport(device)  # noqa: E731 - one of two
    with tempfile.TemporaryDirectory() as folder:
        journal = PrintJournal(Path(folder) / "print.db")
        looked = threading.Event()
        printer = ReceiptPrinter(
            connect, journal, settings=SETTINGS, on_status=lambda _status: looked.set()
        )

        def send(job_id: str, bitmap: ReceiptBitmap) -> PrintOutcome:
            return printer.print(PrintJob(job_id, bitmap)).result(60)

        try:
            assert looked.wait(30)
            harm = FAULTS[fault]
            changes = harm if isinstance(harm, dict) else {}
            if phase == "before":
                virtual.set_faults(**changes) if changes else harm(virtual)
            elif changes:
                virtual.set_faults_at(offsets(line)[phase], **changes)
            else:
                virtual.call_at(offsets(line)[phase], lambda: harm(virtual))
            if way == "made ready":
                printer.get_ready()
            outcome = send("mine", mine)
            record = journal.records("mine")[-1]
            before = whole(mine)
            virtual.set_faults(**dict.fromkeys(changes, False))
            again = send("mine", mine) if outcome.result is Result.UNKNOWN else outcome
            # Late answers may cost refusals, never a receipt and never a wrong one.
            next_printed = any(
                send("others", others) == PrintOutcome(Result.PRINTED) for _ in range(3)
            )
            assert whole(others) == next_printed
            total = whole(mine)
            return Cell(
                record.state,
                record.reason,
                _citizen(outcome),
                total,
                total - before,
                again,
                next_printed,
            )
        finally:
            printer.close()
            journal.close()
            virtual.stop()


def _citizen(outcome: PrintOutcome) -> str:
    if outcome.result is Result.PRINTED:
        return "take the paper"
    if outcome.result is Result.REFUSED:
        return "receipt on screen"
    return "did it come out?"


def check(fault: str, phase: str, line: str, way: str, cell: Cell) -> None:
    """The rules that hold in every cell."""
    where = f"{fault} / {phase} / {line} / {way}: {cell}"
    assert cell.papers <= 1, where
    assert cell.state in (PrintState.DONE, PrintState.FAILED, PrintState.UNKNOWN), where
    if cell.state is PrintState.DONE:
        assert cell.papers == 1, where
    if cell.state is PrintState.FAILED:
        assert cell.papers == 0, where
    if cell.state is PrintState.UNKNOWN:
        assert cell.again.result is Result.REFUSED, where
    empties = ("paper out", "cover open", "offline", *(["power cycle"] if line != "pty" else []))
    if phase.startswith("band") and fault in empties:
        # What waited in the printer never comes out for the next citizen. (In other cells all of
        # it may be on the paper already, hanging out of the printer, and only cut off later; a
        # power cycle behind a serial line may find the buffer empty and lose nothing.)
        assert cell.later == 0, where
    assert cell.next_printed or (line, fault) == ("pty", "cable pulled"), where
    assert cell.state in expected(fault, phase, line, way), where


def expected(fault: str, phase: str, line: str, way: str) -> set[PrintState]:
    """What the journal has to say."""
    if fault == "paper low":
        return {PrintState.DONE}
    if fault == "power cycle" and line == "pty":
        if phase in ("before", "flush"):
            # Failed where the question or the fence was lost that comes before the receipt.
            return {PrintState.DONE, PrintState.FAILED}
        # Done where nothing was lost: its buffer was empty.
        return {PrintState.DONE, PrintState.UNKNOWN}
    if phase in ("before", "flush"):
        if fault == "cutter jam":
            return {PrintState.UNKNOWN}
        if phase == "before" and fault in ("power cycle", "cable pulled") and line == "network":
            # Either the loss was noticed and a new connection made before, or not yet.
            return {PrintState.DONE, PrintState.FAILED}
        if phase == "flush" and way == "made ready" and fault in _PASSING:
            # It was lost while it got ready; the print finds it well again, or not yet.
            return {PrintState.DONE, PrintState.FAILED}
        return {PrintState.FAILED}
    if phase in ("cut", "cut fence") and fault not in ("silent", "late reply"):
        # The paper is out; what is missing may be a sentence of the printer only.
        return {PrintState.DONE, PrintState.UNKNOWN}
    return {PrintState.UNKNOWN}


_PASSING = ("power cycle", "cable pulled")


def cells() -> list[tuple[str, str, str, str]]:
    """All of them. Once SEND_STARTED is written, both ways are the same."""
    return [
        (fault, phase, line, way)
        for line in LINES
        for way in WAYS
        for fault in FAULTS
        for phase in PHASES
        if way == "at once" or phase in ("before", "flush", "band 1")
    ]


def run_all() -> dict[tuple[str, str, str, str], Cell]:
    """Run them, eight at a time: they mostly wait for a printer that does not answer."""
    jobs = cells()
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(jobs, pool.map(lambda job: run(*job), jobs), strict=True))


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    results = run_all()
    short = {PrintState.DONE: "done", PrintState.FAILED: "failed", PrintState.UNKNOWN: "unknown"}
    for line, way in product(LINES, WAYS):
        phases = [phase for phase in PHASES if ("silent", phase, line, way) in results]
        print(f"\n{line}, {way}: journal state, number of whole receipts, reason\n")
        print("".ljust(13) + "".join(phase.ljust(20) for phase in phases))
        for fault in FAULTS:
            row = [results[fault, phase, line, way] for phase in phases]
            texts = [f"{short[cell.state]} {cell.papers} {cell.reason or ''}" for cell in row]
            print(fault.ljust(13) + "".join(text.ljust(20) for text in texts))
    print("\ndone: take the paper · failed: receipt on screen · unknown: did it come out?")
    for job, cell in results.items():
        check(*job, cell)
    print(f"{len(results)} cells, every rule holds")


if __name__ == "__main__":
    main()
