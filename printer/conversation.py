"""The dialogue with a printer: one question at a time, fences, and the state that follows.

Everything here runs in the owner's thread, except :meth:`Conversation.post`.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import string
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final, Generic, TypeVar

import structlog

from printer import escpos
from printer.connection import Connection, Lost, Received
from printer.errors import PrinterError, PrinterGone, PrinterSilent
from printer.jobs import Fence, Reason, Settings, hindrance
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
from printer.transport import Transport

_log = structlog.get_logger()
_PROLOGUE: Final = escpos.NUL_FLUSH + escpos.INITIALIZE + escpos.MOTION_UNITS + escpos.STATUS_PUSH
_TOKEN_ALPHABET: Final = string.ascii_uppercase + string.digits
_T = TypeVar("_T")


class NotReady(Exception):
    """The printer is there and says that it cannot print; ``reason`` is what it says."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Conversation(Generic[_T]):
    """Asks and listens. What the owner itself is asked meanwhile waits in ``waiting``.

    ``connect`` opens the transport and raises :exc:`PrinterGone`; ``on_status`` is called on
    every change of ``status``.
    """

    def __init__(
        self,
        connect: Callable[[], Transport],
        settings: Settings,
        on_status: Callable[[PrinterStatus], None],
    ) -> None:
        self._connect = connect
        self._settings = settings
        self._on_status = on_status
        self._events: queue.SimpleQueue[_T | Received | Lost] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._out_of_step = False
        # Fences not answered yet, in order: the token of GS ( H, nothing for GS r.
        self._marks: deque[bytes] = deque()
        self._mark_lost = False
        self.waiting: deque[_T] = deque()
        self.status = PrinterStatus()

    def post(self, request: _T) -> None:
        """Hand a request to the owner, from any thread; it wakes a waiting :meth:`listen`."""
        self._events.put(request)

    def listen(self, timeout: float) -> bool:
        """Take what comes next, at most for ``timeout`` seconds; false when the printer was lost.

        A stray answer means that an earlier one was matched to the wrong question.
        """
        event = self._next(timeout)
        if isinstance(event, Realtime):
            self._out_of_step = True
        return not isinstance(event, Lost)

    def look(self) -> None:
        """While sending: read what has come. Raises :exc:`PrinterGone`, :exc:`NotReady`."""
        while not self._events.empty():
            if isinstance(self._next(0), Lost):
                raise PrinterGone("the printer hung up")
        self.require_working()

    def send(self, data: bytes) -> None:
        """Send commands on the connection that :meth:`ask` made, never on a new one.

        Raises :exc:`PrinterGone`, :exc:`PrinterSilent`.
        """
        if self._connection is None:
            raise PrinterGone("not connected")
        self._connection.send(data, self._settings.write)

    def ask(self) -> None:
        """Connect if need be and ask for the whole state.

        Raises :exc:`PrinterGone`, :exc:`PrinterSilent`.
        """
        if self._connection is None:
            self._connection = Connection(self._connect(), self._events.put)
        answers = [self.realtime(n) for n in (1, 2, 3, 4)]
        self._publish(from_realtime(*answers))

    def realtime(self, n: int) -> int:
        """Ask ``DLE EOT n``. Raises :exc:`PrinterGone`, :exc:`PrinterSilent`.

        One question at a time, and none while an older answer may be on its way: a late one would
        be taken for this. After a time-out the owner gives the connection up with :meth:`lose`.
        """
        self.send(escpos.realtime_request(n))
        reply = self._await(lambda reply: isinstance(reply, Realtime), self._settings.reply)
        return reply.byte if isinstance(reply, Realtime) else 0

    def prepare(self) -> None:
        """Flush an unfinished raster, set the printer up, prove that it takes commands.

        Raises :exc:`PrinterError`, :exc:`NotReady`.
        """
        self._forget_marks()
        self.send(_PROLOGUE)
        self.fence(self._settings.fence_base)

    def clear_remains(self) -> None:
        """Push out what an unfinished print left. Raises :exc:`PrinterError`, :exc:`NotReady`."""
        self._forget_marks()
        self.send(escpos.CLEAR_BUFFERS)
        with contextlib.suppress(PrinterSilent):
            # Models without this command say nothing; the NULs flush those.
            self._await(lambda reply: isinstance(reply, BuffersCleared), self._settings.reply)
        self.send(_PROLOGUE + escpos.CUT)
        self.fence(self._settings.fence_base)

    def abandon(self, *, answers: bool) -> None:
        """Empty the printer: a receipt must not come out when the paper is back, for another.

        Whoever is told what became of the receipt may close the cover the next moment: of a
        printer that ``answers``, its word that everything is thrown away is waited for.
        """
        if self._connection is None:
            return
        try:
            self._connection.send(escpos.CLEAR_BUFFERS, self._settings.reply)
            if answers:
                # Models without this command say nothing.
                with contextlib.suppress(PrinterSilent):
                    self._await(
                        lambda reply: isinstance(reply, BuffersCleared), self._settings.reply
                    )
        except PrinterError:
            _log.warning("printer.not_cleared")

    def _forget_marks(self) -> None:
        self._marks.clear()
        self._mark_lost = False

    def mark(self) -> None:
        """Send a fence that :meth:`fence` will wait for, where power may go unnoticed.

        A serial printer that was off for a moment goes on as if nothing had been; only the
        answers to what it had in its buffer are missing.
        """
        if self._connection is not None and not self._connection.tells_power_loss:
            self._request()

    def _request(self) -> None:
        if self._settings.fence is Fence.PROCESS_ID:
            token = "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(4)).encode("ascii")
            self._marks.append(token)
            self.send(escpos.process_id_request(token))
        else:
            self._marks.append(b"")
            self.send(escpos.PAPER_REQUEST)

    def fence(self, timeout: float) -> None:
        """Return when the printer did everything sent before, all marks among it.

        Raises :exc:`PrinterError` and, as soon as the printer says that it stopped or an answer
        is missing before another one, :exc:`NotReady`.
        """
        self._request()
        self._await_working(lambda _: not self._marks or self._mark_lost, timeout)
        if self._mark_lost:
            raise NotReady(Reason.RESET)

    def _passed(self, reply: ProcessId | PaperSensor) -> None:
        """Strike out the fence that this answers."""
        if isinstance(reply, PaperSensor):
            if self._marks and not self._marks[0]:
                self._marks.popleft()
                self._publish(with_paper(self.status, reply))
        elif reply.token in self._marks:
            while self._marks.popleft() != reply.token:
                self._mark_lost = True

    def _await_working(self, wanted: Callable[[Reply], bool], timeout: float) -> None:
        """Wait for a reply, but no longer once the printer says that it stopped."""

        def stopped(reply: Reply) -> bool:
            return isinstance(reply, Automatic) and hindrance(self.status) is not None

        reply = self._await(lambda reply: wanted(reply) or stopped(reply), timeout)
        if not wanted(reply):
            self.require_working()

    def require_working(self) -> None:
        """Raise :exc:`NotReady` unless the last known state allows to print."""
        reason = hindrance(self.status)
        if reason is not None:
            raise NotReady(reason)

    def check_in_step(self) -> None:
        """Raise :exc:`PrinterSilent` if answers and questions may not belong together."""
        if self._out_of_step:
            self._out_of_step = False
            raise PrinterSilent("answers are out of step")

    def in_step(self) -> None:
        """Forget stray answers: the dots of a receipt can happen to spell a status request."""
        self._out_of_step = False

    def lose(self, error: PrinterError) -> None:
        """Start over with a new connection: on this one, late answers could follow."""
        self.hang_up()
        gone = isinstance(error, PrinterGone)
        self._publish(PrinterStatus(device=Device.NO_DEVICE if gone else Device.UNKNOWN))

    def hang_up(self) -> None:
        """Close the connection; the next :meth:`ask` makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def end(self) -> None:
        """Hang up for good: nothing is known any more."""
        self.hang_up()
        while not self._events.empty():
            self._next(0)
        self._publish(PrinterStatus())

    def _next(self, timeout: float) -> Reply | Lost | None:
        """Take one event; requests wait their turn, events of former connections are dropped."""
        try:
            event = self._events.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None
        if isinstance(event, Received):
            if event.connection is not self._connection:
                return None
            if isinstance(event.reply, Automatic):
                self._publish(from_automatic(event.reply))
            elif isinstance(event.reply, ProcessId | PaperSensor):
                self._passed(event.reply)
            return event.reply
        if isinstance(event, Lost):
            if event.connection is not self._connection:
                return None
            self.hang_up()
            self._publish(PrinterStatus(device=Device.NO_DEVICE))
            return event
        self.waiting.append(event)
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
        if status == self.status:
            return
        self.status = status
        _log.info(
            "printer.status",
            device=status.device,
            paper=status.paper,
            cover=status.cover,
            cutter=status.cutter,
        )
        try:
            self._on_status(status)
        except Exception as error:  # noqa: BLE001 - a listener's mistake must not stop the printer
            _log.error("printer.listener_failed", error=type(error).__name__)
