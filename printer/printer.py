"""One printer, one owner thread: prints with proof, and knows the printer's state meanwhile.

A receipt goes ``PREPARED → DLE EOT 1–4 → 8 KiB NUL, ESC @, automatic status → fence →
SEND_STARTED on disk → bands → fence → cut → fence → DLE EOT 3 → DONE``. A fence is a request that
the printer answers in order, after what came before it is on paper. The first one proves, before
anything of the receipt is sent, that the printer takes commands and that no late answer to an older
question is mistaken for a new one. No answer means *unknown*, and nothing unknown is ever printed
again by machine.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import string
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from printer import escpos
from printer.jobs import (
    DEFAULTS,
    Fence,
    PrintJob,
    PrintOutcome,
    Reason,
    Result,
    Settings,
    hindrance,
    reason_of,
)
from printer.journal import AlreadyPrinted, JournalError, PrintJournal
from printer.line import Line, Lost, Received
from printer.raster import encode
from printer.status import (
    Automatic,
    BuffersCleared,
    Device,
    PaperSensor,
    PrinterStatus,
    ProcessId,
    Realtime,
    Reply,
    from_automatic,
    from_realtime,
    with_paper,
)
from printer.transport import PrinterError, PrinterGone, PrinterSilent, Transport

_log = structlog.get_logger()
_PROLOGUE: Final = escpos.NUL_FLUSH + escpos.INITIALIZE + escpos.MOTION_UNITS + escpos.STATUS_PUSH
_ERROR_BITS: Final = 0x6C
_TOKEN_ALPHABET: Final = string.ascii_uppercase + string.digits


class _Stop:
    pass


@dataclass(frozen=True, slots=True)
class _Order:
    job: PrintJob
    future: Future[PrintOutcome]


class _NotReady(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class ReceiptPrinter:
    """Owns the printer. ``print``, ``status`` and ``close`` from any thread.

    ``connect`` opens the transport, again whenever the printer was lost; it raises
    :exc:`printer.transport.PrinterGone`. ``on_status`` is called in the owner thread on every
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
        self._connect = connect
        self._journal = journal
        self._settings = settings
        self._on_status = on_status
        self._events: queue.SimpleQueue[_Order | _Stop | Received | Lost] = queue.SimpleQueue()
        self._orders: deque[_Order] = deque()
        self._line: Line | None = None
        self._status = PrinterStatus()
        self._stopping = False
        self._out_of_step = False
        self._closing = False
        self._lock = threading.Lock()
        # What a crash or a failed print left in the printer must not end up on the next receipt.
        self._remains = journal.interrupted > 0
        self._owner = threading.Thread(target=self._run, name="printer-owner", daemon=True)
        self._owner.start()

    # Any thread

    def status(self) -> PrinterStatus:
        """Return the last known state at once; all ``unknown`` before the first answer."""
        return self._status

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
                self._events.put(order)
        return order.future

    def close(self) -> None:
        """Finish the print under way, refuse the others, hang up. Twice does nothing."""
        with self._lock:
            if not self._closing:
                self._closing = True
                self._events.put(_Stop())
        self._owner.join()

    # Owner thread

    def _run(self) -> None:
        try:
            self._loop()
        finally:
            with self._lock:
                self._closing = True
            self._hang_up()
            while not self._events.empty():
                self._next(0)
            for order in self._orders:
                if order.future.set_running_or_notify_cancel():
                    order.future.set_result(PrintOutcome(Result.REFUSED, Reason.CLOSED))
            self._publish(PrinterStatus())

    def _loop(self) -> None:
        next_poll = monotonic()
        while not self._stopping:
            if self._orders:
                self._take(self._orders.popleft())
                next_poll = monotonic()
                continue
            if monotonic() >= next_poll:
                self._poll()
                next_poll = monotonic() + self._settings.poll
                # While it waited for answers, orders or the end may have come.
                continue
            event = self._next(next_poll - monotonic())
            if isinstance(event, Lost):
                next_poll = monotonic()
            elif isinstance(event, Realtime):
                self._out_of_step = True

    def _next(self, timeout: float) -> Reply | Lost | None:
        """Take one event; orders wait their turn, events of former connections are dropped."""
        try:
            event = self._events.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None
        match event:
            case _Order():
                self._orders.append(event)
            case _Stop():
                self._stopping = True
            case Received(line=line, reply=reply) if line is self._line:
                if isinstance(reply, Automatic):
                    self._publish(from_automatic(reply))
                return reply
            case Lost(line=line) if line is self._line:
                self._hang_up()
                self._publish(PrinterStatus(device=Device.NO_DEVICE))
                return event
        return None

    def _await(self, wanted: Callable[[Reply], bool], timeout: float) -> Reply:
        """Wait for one reply. Raises :exc:`PrinterGone`, :exc:`PrinterSilent`."""
        deadline = monotonic() + timeout
        while (left := deadline - monotonic()) > 0:
            event = self._next(left)
            if isinstance(event, Lost):
                raise PrinterGone("the printer hung up")
            if event is not None and wanted(event):
                return event
            if isinstance(event, Realtime):
                self._out_of_step = True
        raise PrinterSilent("no answer")

    def _publish(self, status: PrinterStatus) -> None:
        if status == self._status:
            return
        self._status = status
        _log.info(
            "printer.status",
            device=status.device.value,
            paper=status.paper.value,
            cover=status.cover.value,
            cutter=status.cutter.value,
        )
        try:
            self._on_status(status)
        except Exception:  # noqa: BLE001 - a listener's mistake must not stop the printer
            _log.exception("printer.listener_failed")

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _poll(self) -> None:
        try:
            self._ask()
            self._check_in_step()
            if self._remains and self._status.ready:
                self._clear_remains()
        except PrinterError as error:
            self._lose(error)
        except _NotReady:
            # The printer stopped meanwhile, and said so; what is left in it waits.
            return

    def _check_in_step(self) -> None:
        """An answer that nobody waited for: some answer was taken for another question's."""
        if self._out_of_step:
            self._out_of_step = False
            raise PrinterSilent("answers are out of step")

    def _lose(self, error: PrinterError) -> None:
        """Start over with a new connection: on this one, late answers could follow."""
        self._hang_up()
        gone = isinstance(error, PrinterGone)
        self._publish(PrinterStatus(device=Device.NO_DEVICE if gone else Device.UNKNOWN))

    def _open(self) -> Line:
        if self._line is None:
            self._line = Line(self._connect(), self._events.put)
        return self._line

    def _ask(self) -> None:
        """Ask for the whole state. Raises :exc:`PrinterGone`, :exc:`PrinterSilent`."""
        answers = [self._realtime(n) for n in (1, 2, 3, 4)]
        self._publish(from_realtime(*answers))

    def _realtime(self, n: int) -> int:
        # One question at a time, and none while an older answer may be on its way: a late one
        # would be taken for this. (After a time-out the connection is given up.)
        self._open().send(escpos.realtime_request(n), self._settings.write)
        reply = self._await(lambda reply: isinstance(reply, Realtime), self._settings.reply)
        return reply.byte if isinstance(reply, Realtime) else 0

    def _fence(self, timeout: float) -> None:
        """Return when the printer did everything sent before. Raises :exc:`PrinterError`."""
        line = self._open()
        if self._settings.fence is Fence.PROCESS_ID:
            token = "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(4)).encode("ascii")
            line.send(escpos.process_id_request(token), self._settings.write)
            self._await_working(lambda reply: reply == ProcessId(token), timeout)
        else:
            line.send(escpos.PAPER_REQUEST, self._settings.write)
            reply = self._await_working(lambda reply: isinstance(reply, PaperSensor), timeout)
            if isinstance(reply, PaperSensor):
                self._publish(with_paper(self._status, reply))

    def _await_working(self, wanted: Callable[[Reply], bool], timeout: float) -> Reply:
        """Wait for a reply, but no longer once the printer says that it stopped."""

        def stopped(reply: Reply) -> bool:
            return isinstance(reply, Automatic) and hindrance(self._status) is not None

        reply = self._await(lambda reply: wanted(reply) or stopped(reply), timeout)
        if not wanted(reply):
            self._require_working()
        return reply

    def _require_working(self) -> None:
        reason = hindrance(self._status)
        if reason is not None:
            raise _NotReady(reason)

    # Printing

    def _take(self, order: _Order) -> None:
        if not order.future.set_running_or_notify_cancel():
            return
        try:
            outcome = self._print(order.job)
        except BaseException as error:
            order.future.set_exception(error)
            raise
        log = _log.info if outcome.result is Result.PRINTED else _log.warning
        reason = None if outcome.reason is None else outcome.reason.value
        log(f"receipt.{outcome.result.value}", copy=order.job.copy, reason=reason)
        order.future.set_result(outcome)

    def _print(self, job: PrintJob) -> PrintOutcome:
        if job.bitmap.width != self._settings.width:
            return PrintOutcome(Result.REFUSED, Reason.WRONG_WIDTH)
        try:
            number = self._journal.prepare(job.job_id, job.copy, job.bitmap.sha256)
            try:
                self._ready()
                self._journal.send_started(number)
            except _NotReady as error:
                self._journal.failed(number, error.reason)
                return PrintOutcome(Result.REFUSED, error.reason)
            except AlreadyPrinted:
                self._journal.failed(number, Reason.ALREADY_PRINTED)
                return PrintOutcome(Result.REFUSED, Reason.ALREADY_PRINTED)
        except JournalError:
            _log.exception("printer.journal_failed")
            return PrintOutcome(Result.REFUSED, Reason.JOURNAL)
        reason = self._send(job)
        try:
            if reason is None:
                self._journal.done(number)
            else:
                self._journal.unknown(number, reason)
        except JournalError:
            # The paper is as it is; at the next start the journal will say unknown.
            _log.exception("printer.journal_failed")
        if reason is None:
            return PrintOutcome(Result.PRINTED)
        return PrintOutcome(Result.UNKNOWN, reason)

    def _ready(self) -> None:
        """Raise :exc:`_NotReady` unless the printer said just now that it would print."""
        try:
            self._ask()
            self._require_working()
            if self._remains:
                self._clear_remains()
            else:
                self._open().send(_PROLOGUE, self._settings.write)
                self._fence(self._settings.fence_base)
            self._check_in_step()
        except PrinterError as error:
            self._lose(error)
            raise _NotReady(reason_of(error)) from error

    def _send(self, job: PrintJob) -> Reason | None:
        """Send the receipt; ``None`` when the printer confirmed it, else why it did not."""
        encoded = encode(job.bitmap)
        patience = self._settings.fence_base + job.bitmap.millimetres / self._settings.paper_speed
        self._remains = True
        try:
            line = self._open()
            for band in encoded.bands:
                line.send(band, self._settings.write)
                self._look()
            self._fence(patience)
            line.send(encoded.cut, self._settings.write)
            self._fence(patience)
            if self._realtime(3) & _ERROR_BITS:
                raise _NotReady(Reason.CUTTER)
        except _NotReady as error:
            self._abandon()
            return error.reason
        except PrinterError as error:
            self._abandon()
            self._lose(error)
            return reason_of(error)
        # Dots can happen to spell a status request, and are answered like one: no harm, all over.
        self._out_of_step = False
        self._remains = False
        return None

    def _look(self) -> None:
        """Between bands: read what has come, and stop when the printer did."""
        while not self._events.empty():
            if isinstance(self._next(0), Lost):
                raise PrinterGone("the printer hung up")
        self._require_working()

    def _abandon(self) -> None:
        """Empty the printer: a receipt must not come out when the paper is back, for another."""
        if self._line is not None:
            try:
                self._line.send(escpos.CLEAR_BUFFERS, self._settings.reply)
            except PrinterError:
                _log.warning("printer.not_cleared")

    def _clear_remains(self) -> None:
        """Push out what an unfinished print left. Raises :exc:`PrinterError`, `_NotReady`."""
        line = self._open()
        line.send(escpos.CLEAR_BUFFERS, self._settings.write)
        with contextlib.suppress(PrinterSilent):
            # Models without this command say nothing; the NULs flush those.
            self._await(lambda reply: isinstance(reply, BuffersCleared), self._settings.reply)
        line.send(_PROLOGUE + escpos.CUT, self._settings.write)
        self._fence(self._settings.fence_base)
        self._remains = False
