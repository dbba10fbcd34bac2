"""The receipt: composed, drawn once, shown on the screen and printed once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kiosk.devices import DeviceState, PaperState
from kiosk.loop.memory import return_unused
from kiosk.papers.receipts import SAMPLE_CODE, compose_receipt, sample_receipts
from kiosk.services import Catalogue
from kiosk.session import events as ev
from kiosk.session.effects import PrerenderReceipt, PrintReceipt
from kiosk.session.outcome import Submission
from kiosk.workers.answering import Answer
from kiosk.workers.worker import Handlers, Worker
from printer import status as device
from printer.bitmap import ReceiptBitmap
from printer.jobs import PrintJob, PrintOutcome, Result, Settings as PrinterSettings
from printer.journal import PrintJournal
from printer.layout import Drawn, draw_ahead, render
from printer.printer import ReceiptPrinter
from printer.receipt import Receipt
from printer.transport import Transport

_log = structlog.get_logger()

_DEVICE = {
    device.Device.ONLINE: DeviceState.ONLINE,
    device.Device.OFFLINE: DeviceState.OFFLINE,
    device.Device.HARDWARE_ERROR: DeviceState.HARDWARE_ERROR,
    device.Device.NO_DEVICE: DeviceState.NO_DEVICE,
    device.Device.UNKNOWN: DeviceState.UNKNOWN,
}

_LEAD_S = 0.1
"""A printer that is ready has its first bytes long before."""

Connect = Callable[[], Transport]


class Printing(Worker):
    """Owns the receipt printer of the terminal; without one every receipt stays on the screen."""

    def __init__(
        self,
        connect: Connect | None,
        catalogue: Catalogue,
        kiosk: str,
        *,
        width: int,
        journal: Path,
        answer: Answer,
        changed: Callable[[DeviceState, PaperState, bool], None],
        show_receipt: Callable[[bytes, int], None],
    ) -> None:
        """``changed`` is told device, paper and whether the cover is open; any thread.

        ``show_receipt`` gets the picture (PNG) and the visit it belongs to.
        Raises :class:`printer.errors.PrintJournalError`.
        """
        self._connect = connect
        self._catalogue = catalogue
        self._kiosk = kiosk
        self._width = width
        self._answer = answer
        self._changed = changed
        self._show_receipt = show_receipt
        self._journal = PrintJournal(journal)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="receipts")
        self._lock = threading.Lock()
        self._waiting: Future[PrintOutcome] | None = None
        self._drawn = Drawn()
        self._asked = 0
        """Grows whenever a receipt is waited for and when a visit ends: drawing ahead gives way."""
        self._printer: ReceiptPrinter | None = None

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {
            PrerenderReceipt: lambda effect, _: self.prerender(effect),
            PrintReceipt: lambda effect, visit: (
                self.reprint(effect, visit) if effect.again else self.print(effect, visit)
            ),
        }

    def start(self) -> None:
        """Look for the printer; its states come through ``changed`` from now on."""
        self._worker.submit(self._warm_up)
        if self._connect is None:
            self._changed(DeviceState.NO_DEVICE, PaperState.UNKNOWN, False)
            return
        self._printer = ReceiptPrinter(
            self._connect,
            self._journal,
            settings=PrinterSettings(width=self._width),
            on_status=self._on_status,
        )

    def stop(self) -> None:
        """Finish the print under way, let go of the printer."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        if self._printer is not None:
            self._printer.close()
        self._journal.close()

    def prerender(self, effect: PrerenderReceipt) -> None:
        """Draw now what the receipt will say, as far as it is known; nothing is printed."""
        self._worker.submit(self._prerender, effect, self._drawn, self._asked)

    def print(self, effect: PrintReceipt, visit: int) -> None:
        """Draw and print; answers ReceiptPrinted or ReceiptNotPrinted.

        In both languages; in large print, which would be too long for that, in the visit's own.
        """
        self._begin()
        self._worker.submit(self._print, effect, visit, self._drawn)

    def draw(self, effect: PrintReceipt) -> Future[ReceiptBitmap]:
        """The receipt as it would be printed; its future fails where it cannot be drawn."""
        drawn = self._drawn
        self._asked += 1

        def work() -> ReceiptBitmap:
            return render(self._compose(effect.submission, effect), self._width, drawn)

        return self._worker.submit(work)

    def reprint(self, effect: PrintReceipt, visit: int) -> None:
        """Print what the citizen says did not come out; answers as :meth:`print`.

        Whatever was sent before may be on paper, so this one is marked as the next copy. Only a
        person may ask for it. When nothing was ever sent it is the original.
        """
        self._begin()
        self._worker.submit(self._print, effect, visit, self._drawn, again=True)

    def _begin(self) -> None:
        self._asked += 1
        if self._printer is not None:
            self._printer.get_ready()

    def forget(self) -> None:
        """The visit is over: a print that has not started must not come out in the next."""
        self._asked += 1
        with self._lock:
            self._drawn = Drawn()
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()
        self._worker.submit(return_unused)

    def _prerender(self, effect: PrerenderReceipt, drawn: Drawn, asked: int) -> None:
        # Its code is as large as the real one: what stands beside it is laid out alike.
        unknown = Submission(
            "", effect.service_id, datetime.now(UTC), "0", SAMPLE_CODE, papers=effect.papers
        )
        try:
            # Saved for the office, and registered there: one of the two it will be.
            for submission in (unknown, replace(unknown, registered_as="0")):
                receipt = self._compose(submission, effect)
                for _ in draw_ahead(receipt, self._width, drawn):
                    if self._asked != asked:
                        return
        except Exception as error:  # noqa: BLE001 -- when it is printed, it is drawn from the start
            _log.error("receipt.not_drawn", error=type(error).__name__)

    def _print(
        self, effect: PrintReceipt, visit: int, drawn: Drawn, *, again: bool = False
    ) -> None:
        tx_id = effect.submission.tx_id
        try:
            copy = self._journal.next_copy(tx_id) if again else 0
            receipt = self._compose(effect.submission, effect, copy)
            bitmap = render(receipt, self._width, drawn)
        except Exception as error:  # noqa: BLE001 -- the transaction stands; only its paper fails
            _log.error("receipt.not_drawn", error=type(error).__name__)
            self._answer(ev.ReceiptNotPrinted(tx_id, "hardwareError"), visit)
            return
        if self._printer is None:
            self._show_receipt(bitmap.png(), visit)
            self._answer(ev.ReceiptNotPrinted(tx_id, DeviceState.NO_DEVICE.value), visit)
            return
        with self._lock:
            if drawn is not self._drawn:
                # The person left while it was being drawn.
                return
            job = self._waiting = self._printer.print(PrintJob(tx_id, bitmap, copy))

        def done(future: Future[PrintOutcome]) -> None:
            if future.cancelled():
                return
            outcome = future.result()
            if outcome.result is Result.PRINTED:
                self._answer(ev.ReceiptPrinted(tx_id), visit)
            else:
                reason = outcome.reason.value if outcome.reason else "unknown"
                uncertain = outcome.result is Result.UNKNOWN
                self._answer(ev.ReceiptNotPrinted(tx_id, reason, uncertain), visit)

        job.add_done_callback(done)
        # The printer goes first: the picture for the screen costs as much time as drawing it did.
        wait([job], timeout=_LEAD_S)
        self._show_receipt(bitmap.png(), visit)

    def _compose(
        self, submission: Submission, effect: PrintReceipt | PrerenderReceipt, copy: int = 0
    ) -> Receipt:
        return compose_receipt(
            submission,
            effect.cardholder,
            effect.answers,
            self._catalogue,
            self._kiosk,
            copy=copy,
            languages=effect.language if effect.large else "both",
            large=effect.large,
            facts=effect.facts,
        )

    def _warm_up(self) -> None:
        """Load the fonts and draw every service's words once: the first receipt is no slower."""
        try:
            for receipt in sample_receipts(self._catalogue, self._kiosk):
                render(receipt, self._width)
        except Exception as error:  # noqa: BLE001 -- a receipt that cannot be drawn will say so
            _log.error("receipt.not_drawn", error=type(error).__name__)
        return_unused()

    def _on_status(self, status: device.PrinterStatus) -> None:
        state = _DEVICE[status.device]
        if state is DeviceState.ONLINE and status.cutter is device.Cutter.FAULT:
            state = DeviceState.HARDWARE_ERROR
        # Not knowing is no open cover: a printer that is gone must not be told to be closed.
        cover_open = status.cover is device.Cover.OPEN
        self._changed(state, PaperState(status.paper.value), cover_open)
