"""How quick receipts are: ``python -m tests.printer.bench [--json]``; exit code 1 beyond a limit.

- *render + encode* and *bytes* as ratios to ``plain_way`` (Pillow with raqm, python-escpos), run in
  turns in the same process, medians of processor time (which other programs do not disturb),
  with warm caches on both sides.
- *first byte*: from a committed transaction to the first byte of the job at the printer, offline,
  through the terminal's own worker: sign the code, ask the printer, flush. (``make bench``
  measures it in the whole terminal, with its window.) With a connection to the central API a visit
  waits up to three seconds for its answer before that, by design; that wait is not in it.
- *frame*: 99th percentile between two frames of a moving 1080 x 1920 scene while receipts are
  drawn and printed, one every half second, which is faster than any printer; and, to compare,
  while nothing is. Both, like the first byte, mean something on an idle machine only.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter, thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView

from kiosk.contract.application import reference_of
from kiosk.services import load_catalogue
from kiosk.session import events as ev
from kiosk.session.effects import PrintReceipt
from kiosk.session.outcome import Submission
from kiosk.session.state import Cardholder
from kiosk.workers.keeping import ReceiptSigner
from kiosk.workers.printing import Printing
from printer.escpos import NUL_FLUSH
from printer.layout import ensure_application, render
from printer.raster import encode
from printer.receipt import Receipt, ReceiptState
from printer.transport import NetworkTransport
from tests.printer import plain_way
from tests.printer.receipt_samples import complaint

LIMITS = {
    "time_ratio": 0.5,
    "bytes_ratio": 0.45,
    "first_byte_ms": 60.0,
    "frame_p99_ms": 33.0,
}
_ROUNDS = 15
_RECEIPTS = 12
_PRINTER = """
import sys
from printer.virtual import VirtualPrinter
printer = VirtualPrinter(576)
print(printer.start()[1], flush=True)
sys.stdin.read()
printer.stop()
"""
_SCENE = b"""
import QtQuick
Rectangle { width: 1080; height: 1920; color: "#f6f1e7"
    Repeater { model: 24
        Rectangle { y: index * 80; width: 320; height: 64; radius: 12; color: "#0f4c4a"
            Text { anchors.centerIn: parent; color: "white"; font.pixelSize: 30; text: "9123 4567" }
            NumberAnimation on x { from: 0; to: 760; duration: 900 + index * 40
                loops: Animation.Infinite } } } }
"""


class _Timed(NetworkTransport):
    """Notes when the first byte of each job was handed to the network."""

    def __init__(self, address: tuple[str, int], noted: list[float]) -> None:
        super().__init__(*address)
        self._noted = noted

    def write(self, data: bytes, timeout: float) -> None:
        if data.startswith(NUL_FLUSH):
            self._noted.append(perf_counter())
        super().write(data, timeout)


class Terminal:
    """The terminal's printing as ``kiosk.app`` composes it, on a virtual printer."""

    def __init__(self, folder: Path) -> None:
        # A process of its own, as a printer is: its work must not slow down ours.
        self._virtual = subprocess.Popen(
            [sys.executable, "-c", _PRINTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        address = "127.0.0.1", int(self._virtual.stdout.readline())
        self.first_bytes: list[float] = []
        self.answers: list[ev.Event] = []
        self._answered = threading.Semaphore(0)
        self._ready = threading.Event()
        catalogue = load_catalogue()
        self._signer = ReceiptSigner(
            "BENCH-01", ec.generate_private_key(ec.SECP256R1()), "verify.example.om", catalogue
        )
        self.printing = Printing(
            lambda: _Timed(address, self.first_bytes),
            catalogue,
            "BENCH-01",
            width=576,
            journal=folder / "prints.db",
            answer=self._take,
            changed=lambda *_: self._ready.set(),
            show_receipt=lambda _png, _visit: None,
        )
        self.printing.start()
        assert self._ready.wait(10)
        # The worker draws everything once; what it is given now waits for the end of that.
        self.print(0)

    def _take(self, event: ev.Event, _visit: int | None = None) -> None:
        self.answers.append(event)
        self._answered.release()

    def print(self, number: int) -> float:
        """One receipt; seconds from here to the first byte of its job."""
        tx_id = f"0192f5b0-1c2d-7abc-8def-{number:012d}"
        now = datetime.now(UTC)
        started = perf_counter()
        text = self._signer.text(tx_id, "complaint", now, "ab" * 32, ReceiptState.QUEUED)
        submission = Submission(tx_id, "complaint", now, reference_of(tx_id), text)
        holder = Cardholder(
            f"6218{number:04d}", "", "", now.date(), now.date(), "citizen", "OMN", b""
        )
        answers = {
            "governorate": "muscat",
            "wilayat": "seeb",
            "complaint_types": ["wages", "overtime"],
            "amount_baisa": 1450500 + number,
            "period": {"from": "2026-02-01", "to": None},
            "evidence": ["contract", "messages"],
        }
        self.printing.print(PrintReceipt(submission, "ar", holder, answers), 1)
        assert self._answered.acquire(timeout=30)
        assert isinstance(self.answers[-1], ev.ReceiptPrinted), self.answers[-1]
        return self.first_bytes[-1] - started

    def close(self) -> None:
        self.printing.stop()
        self._virtual.communicate()


def _in_turns(ways: dict[str, Callable[[], int]]) -> dict[str, tuple[float, int]]:
    """Median milliseconds and the bytes of each way, the ways in turns."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    size = {}
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            started = thread_time()
            size[name] = way()
            seconds[name].append(thread_time() - started)
    return {name: (statistics.median(times) * 1000, size[name]) for name, times in seconds.items()}


def _compare(receipt: Receipt) -> dict[str, tuple[float, int]]:
    return _in_turns(
        {
            "ours": lambda: encode(render(receipt, 576)).statistics.sent,
            "plain": lambda: len(plain_way.encode(plain_way.lay_out(receipt, 576))),
        }
    )


def _frames(application: QGuiApplication, work: Callable[[], object], folder: Path) -> list[float]:
    """Milliseconds from frame to frame while another thread works."""
    scene = folder / "Scene.qml"
    scene.write_bytes(_SCENE)
    view = QQuickView()
    times: list[float] = []
    view.frameSwapped.connect(lambda: times.append(perf_counter()))
    view.setSource(QUrl.fromLocalFile(str(scene)))
    view.show()
    done = threading.Event()

    def whole() -> None:
        work()
        done.set()

    def start() -> None:
        times.clear()
        threading.Thread(target=whole, daemon=True).start()

    watch = QTimer()
    watch.setInterval(50)
    watch.timeout.connect(lambda: application.quit() if done.is_set() else None)
    QTimer.singleShot(500, start)
    watch.start()
    application.exec()
    view.close()
    return [(b - a) * 1000 for a, b in pairwise(times)]


def _paced(terminal: Terminal, number: int) -> None:
    terminal.print(number)
    threading.Event().wait(0.5)


def _p99(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.99)], 1)


def main() -> None:
    """Measure, print, judge."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.WARNING)
    application = ensure_application()
    receipt = complaint("both")
    # python-escpos says on standard output that it knows no width for this profile.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        ways = _compare(receipt)
    with tempfile.TemporaryDirectory() as name:
        terminal = Terminal(Path(name))
        try:
            first = [terminal.print(number) * 1000 for number in range(1, _RECEIPTS)]
            idle = _frames(application, lambda: threading.Event().wait(2), Path(name))
            busy = _frames(
                application,
                lambda: [_paced(terminal, 100 + number) for number in range(_RECEIPTS)],
                Path(name),
            )
        finally:
            terminal.close()
    (ours_ms, ours_bytes), (plain_ms, plain_bytes) = ways["ours"], ways["plain"]
    figures = {
        "time_ratio": round(ours_ms / plain_ms, 3),
        "bytes_ratio": round(ours_bytes / plain_bytes, 3),
        "first_byte_ms": round(statistics.median(first), 1),
        "frame_p99_ms": _p99(busy),
        "ours_ms": round(ours_ms, 1),
        "plain_ms": round(plain_ms, 1),
        "ours_bytes": ours_bytes,
        "plain_bytes": plain_bytes,
        "first_byte_worst_ms": round(max(first), 1),
        "frames": len(busy),
        "frame_p99_without_printing_ms": _p99(idle),
        "millimetres": round(render(receipt, 576).millimetres),
        "seconds_at_115200_baud": round(ours_bytes * 10 / 115200, 1),
    }
    if "--json" in sys.argv:
        print(json.dumps(figures | {"limits": LIMITS}))
    else:
        for figure, value in figures.items():
            limit = f"   limit {LIMITS[figure]}" if figure in LIMITS else ""
            print(f"{figure:30} {value:>10}{limit}")
    late = [figure for figure, limit in LIMITS.items() if figures[figure] > limit]
    sys.exit(f"over the limit: {', '.join(late)}" if late else 0)


if __name__ == "__main__":
    main()
