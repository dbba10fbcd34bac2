"""Readers and cards through PC/SC (pcsc-lite), on pyscard's raw calls.

**Time-outs.** pcsc-lite has none: ``SCardCancel`` ends a wait for an event, not a transmit, and a
hung reader or pcscd keeps a call for ever. So every connection has one thread of its own that makes
all of its calls; whoever uses the connection waits for that thread, and only so long. When time is
up the thread is abandoned: it still resets and frees the card if its call ever returns. Until then
the reader answers :class:`~cardreader.errors.CardTimeout` at once instead of piling up threads.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from smartcard import scard

from cardreader.apdu import Protocol7816
from cardreader.errors import CardReleased, CardTimeout
from cardreader.events import ReaderEvent
from cardreader.monitor import ReaderMonitor
from cardreader.pcsc_codes import error_for, require_success
from cardreader.readers import ReaderStatus

CALL_TIMEOUT = 10.0
"""Longest single PC/SC call, in seconds; a key operation on a slow card takes about two."""

KEY_GENERATION_TIMEOUT = 60.0
"""The same for GENERATE ASYMMETRIC KEY PAIR: an RSA key takes a chip half a minute at times."""

BUSY_FOR = 2.0
"""How long a card that another program holds is asked for again, in seconds."""

_BUSY_PAUSE = 0.1
_GENERATE_KEY_PAIR = 0x47
_GET_FEATURE_REQUEST = scard.SCARD_CTL_CODE(3400)
"""CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10, 2.2)."""

_T = TypeVar("_T")
_log = structlog.get_logger()


class _CallThread:
    """Runs calls one after the other; whoever asks waits for a bounded time."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon: a call that never returns must not keep the terminal from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._abandoned = False
        self._thread.start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def call(self, function: Callable[[], _T], timeout: float) -> _T:
        """The result of ``function``, run on the thread; :class:`CardTimeout` after ``timeout``."""
        # A queue and not a Future, which takes twice as long: three of these are in a signature.
        answers: queue.SimpleQueue[tuple[_T] | BaseException] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put((function(),))
            except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
                answers.put(error)

        self._calls.put(run)
        try:
            answer = answers.get(timeout=timeout)
        except queue.Empty:
            self._abandoned = True
            _log.warning("card.call_abandoned")
            raise CardTimeout("PC/SC did not answer in time") from None
        if isinstance(answer, BaseException):
            try:
                raise answer
            finally:
                # The exception knows this frame: without this the two would keep each other.
                del answer
        return answer[0]

    def end_with(self, function: Callable[[], object]) -> None:
        """Run one last call as soon as the present one returns, then end. Does not wait."""
        self._calls.put(lambda: _ignore_card_errors(function))
        self._calls.put(None)

    def end(self) -> None:
        """End when the present call returns. Does not wait."""
        self._calls.put(None)

    @property
    def is_stuck(self) -> bool:
        """Whether a call was given up on and has still not returned."""
        return self._abandoned and self._thread.is_alive()


def _ignore_card_errors(function: Callable[[], object]) -> None:
    """Nobody waits for the last call of an abandoned thread, so nobody could be told."""
    try:
        function()
    except Exception as error:  # noqa: BLE001 - see above; the thread must reach its end
        _log.warning("card.cleanup_failed", error=type(error).__name__)


class _Handles:
    """The context and the card handle; touched only by the connection's own thread."""

    def __init__(self) -> None:
        self._context: int | None = None
        self._card: int | None = None
        self._pci = scard.SCARD_PCI_T0

    def open(self, reader: str, busy_for: float) -> tuple[bytes, Protocol7816]:
        code, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if code != scard.SCARD_S_SUCCESS:
            self._context = None
            raise error_for(code)
        give_up = time.monotonic() + busy_for
        pause = threading.Event()
        while True:
            code, card, protocol = scard.SCardConnect(
                self._context,
                reader,
                scard.SCARD_SHARE_EXCLUSIVE,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            )
            # Desktop programs look at every new card for a moment; they are waited for.
            if code != scard.SCARD_E_SHARING_VIOLATION or time.monotonic() >= give_up:
                break
            pause.wait(_BUSY_PAUSE)
        require_success(code)
        self._card = card
        is_t0 = protocol == scard.SCARD_PROTOCOL_T0
        self._pci = scard.SCARD_PCI_T0 if is_t0 else scard.SCARD_PCI_T1
        code, _name, _state, _protocol, atr = scard.SCardStatus(card)
        require_success(code)
        return bytes(atr), Protocol7816.T0 if is_t0 else Protocol7816.T1

    def transmit(self, message: list[int]) -> bytes:
        try:
            code, reply = scard.SCardTransmit(self._card, self._pci, message)
        finally:
            message.clear()
        require_success(code)
        if not reply:
            # Some drivers call an exchange with a card that was pulled out a success.
            raise error_for(scard.SCARD_E_NOT_TRANSACTED)
        return bytes(reply)

    def features(self) -> bytes:
        code, answer = scard.SCardControl(self._card, _GET_FEATURE_REQUEST, [])
        # Most readers have none to tell of, and drivers refuse in several ways; a card that was
        # taken meanwhile shows at the next command.
        return bytes(answer) if code == scard.SCARD_S_SUCCESS else b""

    def control(self, control_code: int, data: bytes) -> bytes:
        code, answer = scard.SCardControl(self._card, control_code, list(data))
        require_success(code)
        return bytes(answer)

    def close(self, reset: bool) -> None:
        card, self._card = self._card, None
        context, self._context = self._context, None
        if card is not None:
            scard.SCardDisconnect(card, scard.SCARD_RESET_CARD if reset else scard.SCARD_LEAVE_CARD)
        if context is not None:
            scard.SCardReleaseContext(context)


class PcscConnection:
    """An exclusive connection. See :class:`cardreader.apdu.CardConnection`."""

    def __init__(
        self, reader: str, thread: _CallThread, call_timeout: float, busy_for: float
    ) -> None:
        """Connect; raises what :meth:`cardreader.readers.CardReaders.connect` names."""
        self.reader = reader
        self._call_timeout = call_timeout
        self._handles = _Handles()
        self._thread = thread
        self._released = False
        self.atr, self.protocol = self._call(
            lambda: self._handles.open(reader, busy_for), call_timeout + busy_for
        )

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        """One exchange. Any failure ends the connection: what the card did is unknown."""
        # Copied here: the caller wipes its buffer even when this call times out.
        message = list(apdu)
        timeout = self._call_timeout
        if apdu[1] == _GENERATE_KEY_PAIR:
            timeout = max(timeout, KEY_GENERATION_TIMEOUT)
        return self._call(lambda: self._handles.transmit(message), timeout)

    def features(self) -> bytes:
        """See :meth:`cardreader.pinpad.PadConnection.features`."""
        return self._call(self._handles.features, self._call_timeout)

    def control(self, code: int, data: bytes, timeout: float) -> bytes:
        """SCardControl. Any failure ends the connection, as in :meth:`transmit`."""
        return self._call(lambda: self._handles.control(code, data), timeout)

    def disconnect(self, *, reset: bool = True) -> None:
        """Give the card back, reset unless told otherwise; safe to call twice. Never raises."""
        if self._released:
            return
        self._released = True
        with contextlib.suppress(CardTimeout):
            self._thread.call(lambda: self._handles.close(reset), self._call_timeout)
        self._thread.end()

    def _call(self, function: Callable[[], _T], timeout: float) -> _T:
        if self._released:
            raise CardReleased("the connection to the card was closed")
        try:
            return self._thread.call(function, timeout)
        except BaseException:
            self._released = True
            self._thread.end_with(lambda: self._handles.close(True))
            raise


class PcscReaders:
    """All PC/SC readers of this machine. See :class:`cardreader.readers.CardReaders`."""

    def __init__(self, *, call_timeout: float = CALL_TIMEOUT, busy_for: float = BUSY_FOR) -> None:
        self._call_timeout = call_timeout
        self._busy_for = busy_for
        self._monitor: ReaderMonitor | None = None
        self._threads: dict[str, _CallThread] = {}
        self._lock = threading.Lock()

    def start(self, on_event: Callable[[ReaderEvent], None]) -> None:
        """Begin to watch; calling it again first ends the watch before."""
        self.stop()
        self._monitor = ReaderMonitor(on_event)
        self._monitor.start()

    def stop(self) -> None:
        """End watching; safe to call twice."""
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None

    def readers(self) -> list[ReaderStatus]:
        """The readers as last seen by the watcher; none before :meth:`start`."""
        return [] if self._monitor is None else self._monitor.readers()

    def connect(self, reader: str) -> PcscConnection:
        """Open an exclusive connection; see :meth:`cardreader.readers.CardReaders.connect`."""
        with self._lock:
            last = self._threads.get(reader)
            if last is not None and last.is_stuck:
                raise CardTimeout("an earlier call to this reader has still not returned")
            thread = self._threads[reader] = _CallThread(f"card {reader}")
        return PcscConnection(reader, thread, self._call_timeout, self._busy_for)
