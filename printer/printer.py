"""One printer, one owner thread: prints with proof, and knows the printer's state meanwhile.

A receipt goes ``PREPARED → DLE EOT 1–4 → 8 KiB NUL, ESC @, automatic status → fence →
SEND_STARTED on disk → bands → fence → cut → fence → DLE EOT 3 → DONE``. A fence is a request that
the printer answers in order, after what came before it is on paper. The first one proves, before
anything of the receipt is sent, that the printer takes commands and that no late answer to an older
question is mistaken for a new one; all up to it may be done while the receipt is still being drawn.
On a serial line every band is followed by one, waited for at the end: a printer that was off for a
moment owes some of the answers. No answer means *unknown*, and nothing unknown is ever printed
again by machine.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from printer import escpos
from printer.conversation import Conversation, NotReady
from printer.errors import AlreadyPrinted, PrinterError, PrintJournalError
from printer.jobs import (
    DEFAULTS,
    PrintJob,
    PrintOutcome,
    Reason,
    Result,
    Settings,
    reason_of,
)
from printer.journal import PrintJournal
from printer.raster import encode_bands
from printer.roll import Forecast, forecast
from printer.status import PaperState, PrinterStatus
from printer.transport import Transport

_log = structlog.get_logger()
_FRESH_S: Final = 0.5
"""How long a printer counts as ready once it proved it: for as long as a receipt takes to draw.

What changes meanwhile it tells of itself.
"""
_ERROR_BITS: Final = 0x6C
"""Of the answer to ``DLE EOT 3``: recoverable, cutter, unrecoverable, recovers by itself."""


class _Stop:
    """Wakes the owner to see that it is closing."""


class _GetReady:
    """A print will follow."""


@dataclass(frozen=True, slots=True)
class _Order:
    job: PrintJob
    future: Future[PrintOutcome]


class ReceiptPrinter:
    """Owns the printer. ``print``, ``status`` and ``close`` from any thread.

    ``connect`` opens the transport, again whenever the printer was lost; it raises
    :exc:`printer.errors.PrinterGone`. ``on_status`` is called in the owner thread on every
    change: it must only hand over. The journal stays the caller's to close, after this.
    """

    def __init__(
        self,
        connect: Callable[[], Transport],
        journal: PrintJournal,
        *,
        settings: Settings = DEFAULTS,
        on_status: Callable[[PrinterStatus], None] = lambda _status: None,
    ) -> None:
        self._journal = journal
        self._settings = settings
        self._listener = on_status
        self._paper = PaperState.UNKNOWN
        self._talk: Conversation[_Order | _GetReady | _Stop] = Conversation(
            connect, settings, self._changed
        )
        self._closing = False
        self._lock = threading.Lock()
        # What a crash or a failed print left in the printer must not end up on the next receipt.
        self._remains = journal.interrupted > 0
        self._ready_until = monotonic()
        self._sent = 0
        self._owner = threading.Thread(target=self._run, name="printer-owner", daemon=True)
        self._owner.start()

    # Any thread

    def status(self) -> PrinterStatus:
        """Return the last known state at once; all ``unknown`` before the first answer."""
        return self._talk.status

    def print(self, job: PrintJob) -> Future[PrintOutcome]:
        """Print one paper. The future has the outcome; while not started it can be cancelled.

        A printer that is not ready refuses at once: nothing waits that could come out later, in
        somebody else's visit.
        """
        order = _Order(job, Future())
        with self._lock:
            if self._closing:
                order.future.set_result(PrintOutcome(Result.REFUSED, Reason.CLOSED))
            else:
                self._talk.post(order)
        return order.future

    def get_ready(self) -> None:
        """Ask the printer now what a print asks first, while its receipt is still being drawn.

        Nothing is printed, and without this a print asks just the same.
        """
        with self._lock:
            if not self._closing:
                self._talk.post(_GetReady())

    def close(self) -> None:
        """Finish the print under way, refuse the others, hang up. Twice does nothing."""
        with self._lock:
            if not self._closing:
                self._closing = True
                self._talk.post(_Stop())
        self._owner.join()

    def paper_left(self) -> Forecast:
        """How many receipts the paper will do for. Raises :exc:`PrintJournalError`."""
        return forecast(self._journal.roll(), self._settings.roll)

    # Owner thread

    def _changed(self, status: PrinterStatus) -> None:
        """Watch the roll: full after low, after out, or after a pause, is a new one."""
        before, now = self._paper, status.paper
        if now is not PaperState.UNKNOWN and now is not before:
            self._paper = now
            try:
                self._note(before, now)
            except PrintJournalError:
                _log.error("printer.journal_failed", started=False)
        self._listener(status)

    def _note(self, before: PaperState, now: PaperState) -> None:
        low_noted = self._journal.roll().used_since_low is not None
        replaced = before in (PaperState.LOW, PaperState.OUT) or low_noted
        if now is PaperState.FULL and replaced:
            self._journal.note_roll("new")
            _log.info("printer.paper_changed")
        elif now is PaperState.LOW and not low_noted:
            self._journal.note_roll("low")
            _log.warning("printer.paper_low", receipts_left=self.paper_left().receipts)

    def _run(self) -> None:
        try:
            self._loop()
        finally:
            with self._lock:
                self._closing = True
            self._talk.end()
            for order in self._talk.waiting:
                if isinstance(order, _Order) and order.future.set_running_or_notify_cancel():
                    order.future.set_result(PrintOutcome(Result.REFUSED, Reason.CLOSED))

    def _loop(self) -> None:
        next_poll = monotonic()
        while not self._closing:
            if self._talk.waiting:
                order = self._talk.waiting.popleft()
                if isinstance(order, _Order):
                    self._take(order)
                    next_poll = monotonic()
                elif isinstance(order, _GetReady):
                    self._prepare()
            elif monotonic() >= next_poll:
                self._poll()
                next_poll = monotonic() + self._settings.poll
            elif not self._talk.listen(next_poll - monotonic()):
                next_poll = monotonic()

    def _poll(self) -> None:
        try:
            self._talk.ask()
            self._talk.check_in_step()
            if self._remains and self._talk.status.ready:
                self._clear_remains()
        except PrinterError as error:
            self._talk.lose(error)
        except NotReady:
            # The printer stopped meanwhile, and said so; what is left in it waits.
            return

    def _take(self, order: _Order) -> None:
        if not order.future.set_running_or_notify_cancel():
            return
        began = monotonic()
        try:
            outcome = self._print(order.job)
        except BaseException as error:
            order.future.set_exception(error)
            raise
        copy, reason = order.job.copy, outcome.reason
        match outcome.result:
            case Result.PRINTED:
                _log.info(
                    "receipt.printed",
                    copy=copy,
                    bytes=self._sent,
                    seconds=round(monotonic() - began, 2),
                )
            case Result.REFUSED:
                _log.warning("receipt.refused", copy=copy, reason=reason)
            case Result.UNKNOWN:
                _log.warning("receipt.unknown", copy=copy, reason=reason)
        order.future.set_result(outcome)

    def _print(self, job: PrintJob) -> PrintOutcome:
        if job.bitmap.width != self._settings.width:
            return PrintOutcome(Result.REFUSED, Reason.WRONG_WIDTH)
        try:
            number = self._journal.prepare(
                job.job_id, job.copy, job.bitmap.sha256, job.bitmap.millimetres
            )
            try:
                if not self._still_ready():
                    self._ready()
                self._journal.send_started(number)
            except NotReady as error:
                self._journal.failed(number, error.reason)
                return PrintOutcome(Result.REFUSED, error.reason)
            except AlreadyPrinted:
                self._journal.failed(number, Reason.ALREADY_PRINTED)
                return PrintOutcome(Result.REFUSED, Reason.ALREADY_PRINTED)
        except PrintJournalError:
            _log.error("printer.journal_failed", started=False)
            return PrintOutcome(Result.REFUSED, Reason.JOURNAL)
        reason = self._send(job)
        try:
            if reason is None:
                self._journal.done(number)
            else:
                self._journal.unknown(number, reason)
        except PrintJournalError:
            # The paper is as it is; at the next start the journal will say unknown.
            _log.error("printer.journal_failed", started=True)
        if reason is None:
            return PrintOutcome(Result.PRINTED)
        return PrintOutcome(Result.UNKNOWN, reason)

    def _ready(self) -> None:
        """Raise :exc:`NotReady` unless the printer said just now that it would print."""
        try:
            self._talk.ask()
            self._talk.require_working()
            if self._remains:
                self._clear_remains()
            else:
                self._talk.prepare()
            self._talk.check_in_step()
        except PrinterError as error:
            self._talk.lose(error)
            raise NotReady(reason_of(error)) from error

    def _prepare(self) -> None:
        # If it is not ready, the print will find that out, and say why.
        with contextlib.suppress(NotReady):
            self._ready()
            self._ready_until = monotonic() + _FRESH_S

    def _still_ready(self) -> bool:
        """Whether it proved a moment ago that it would print, and has said nothing since."""
        fresh = monotonic() < self._ready_until
        self._ready_until = monotonic()  # the next print needs a proof of its own
        if fresh:
            try:
                self._talk.look()
                self._talk.check_in_step()
            except NotReady:
                return False
            except PrinterError as error:
                self._talk.lose(error)
                return False
        return fresh

    def _clear_remains(self) -> None:
        self._talk.clear_remains()
        self._remains = False

    def _send(self, job: PrintJob) -> Reason | None:
        """Send the receipt; ``None`` when the printer confirmed it, else why it did not."""
        patience = self._settings.fence_base + job.bitmap.millimetres / self._settings.paper_speed
        self._remains = True
        self._sent = len(escpos.CUT)
        try:
            for band in encode_bands(job.bitmap):
                self._talk.send(band)
                self._sent += len(band)
                self._talk.mark()
                self._talk.look()
            self._talk.fence(patience)
            self._talk.send(escpos.CUT)
            self._talk.fence(patience)
            if self._talk.realtime(3) & _ERROR_BITS:
                raise NotReady(Reason.CUTTER)
        except NotReady as error:
            self._talk.abandon(answers=True)
            return error.reason
        except PrinterError as error:
            self._talk.abandon(answers=False)
            self._talk.lose(error)
            return reason_of(error)
        self._talk.in_step()
        self._remains = False
        return None
