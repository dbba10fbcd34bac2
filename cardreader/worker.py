"""One thread that owns one card for one visit; everything else asks it.

A card takes one command at a time and remembers what was done before, so all that concerns it runs
here, in order. A worker lives for one insertion: what it opened is never silently another card.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from cardreader.apdu import CardConnection, Protocol7816
from cardreader.errors import CardBusy, CardError, CardReleased, CardTimeout

TASK_DEADLINE = 30.0
"""Longest task, in seconds: the identity with a large portrait on a slow card is about six."""

_T = TypeVar("_T")


class _OwnedConnection:
    """The worker's connection as its tasks see it: only on its thread, only until the deadline."""

    def __init__(self, inner: CardConnection, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._clock = clock
        self._owner = threading.get_ident()
        self.deadline = 0.0
        self.released = threading.Event()
        self.failure: CardError | None = None

    @property
    def reader(self) -> str:
        return self._inner.reader

    @property
    def atr(self) -> bytes:
        return self._inner.atr

    @property
    def protocol(self) -> Protocol7816:
        return self._inner.protocol

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        if threading.get_ident() != self._owner:
            raise RuntimeError("a card may be used by its worker's thread only")
        if self.released.is_set():
            raise CardReleased("the visit is over")
        if self.failure is not None:
            raise self.failure
        if self._clock() > self.deadline:
            raise CardTimeout("the task took too long")
        try:
            return self._inner.transmit(apdu)
        except CardError as error:
            # What the card did is unknown; a card that is put back is another insertion.
            self.failure = error
            raise

    def disconnect(self, *, reset: bool = True) -> None:
        self.released.set()
        self._inner.disconnect(reset=reset)


@dataclass(frozen=True, slots=True)
class _Task(Generic[_T]):
    function: Callable[[CardConnection], _T]
    future: Future[_T]
    deadline: float


class CardWorker:
    """Runs tasks on one card, one after the other.

    The card is connected to when the first task runs; while another program holds it each task
    fails with :class:`~cardreader.errors.CardBusy` and the next one tries again. Any other failure
    of the connection is final: every later task fails with the same error.
    """

    def __init__(
        self,
        connect: Callable[[], CardConnection],
        *,
        name: str = "card worker",
        task_deadline: float = TASK_DEADLINE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``connect`` is called on the worker's thread; ``clock`` counts seconds."""
        self._connect = connect
        self._task_deadline = task_deadline
        self._clock = clock
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._connection: _OwnedConnection | None = None
        self._failure: CardError | None = None
        # A daemon: a task that computes for ever must not keep the terminal from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(
        self, function: Callable[[CardConnection], _T], *, deadline: float | None = None
    ) -> Future[_T]:
        """Run ``function`` with the card's connection; the future holds its result or its error.

        ``deadline`` (seconds from now, waiting included) ends the task with
        :class:`~cardreader.errors.CardTimeout` at its next command: each command is bounded
        itself. A task that never ran has wiped nothing: a PIN meant for it is the caller's to wipe.
        Callbacks of the future run on the worker's thread and must return quickly. After
        :meth:`close` the future holds :class:`~cardreader.errors.CardReleased`.
        """
        future: Future[_T] = Future()
        seconds = self._task_deadline if deadline is None else deadline
        task = _Task(function, future, self._clock() + seconds)
        with self._lock:
            if not self._closed.is_set():
                self._tasks.put(lambda: self._perform(task))
                return future
        future.set_exception(CardReleased("the visit is over"))
        return future

    def close(self, timeout: float = 5.0) -> None:
        """End the visit: the running task stops at its next command, waiting ones fail, the card
        is reset and given back. Returns when that is done, or after ``timeout`` seconds. Safe to
        call twice.
        """
        with self._lock:
            if not self._closed.is_set():
                self._closed.set()
                if self._connection is not None:
                    self._connection.released.set()
                self._tasks.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def _run(self) -> None:
        while (perform := self._tasks.get()) is not None:
            perform()
        if self._connection is not None:
            self._connection.disconnect(reset=True)

    def _perform(self, task: _Task[_T]) -> None:
        if not task.future.set_running_or_notify_cancel():
            return
        try:
            if self._closed.is_set():
                raise CardReleased("the visit is over")
            if self._clock() > task.deadline:
                raise CardTimeout("the task waited too long")
            connection = self._connected()
            connection.deadline = task.deadline
            result = task.function(connection)
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            task.future.set_exception(error)
        else:
            task.future.set_result(result)

    def _connected(self) -> _OwnedConnection:
        if self._failure is not None:
            raise self._failure
        if self._connection is None:
            try:
                connection = _OwnedConnection(self._connect(), self._clock)
            except CardBusy:
                raise
            except CardError as error:
                self._failure = error
                raise
            with self._lock:
                self._connection = connection
                if self._closed.is_set():
                    connection.released.set()
        return self._connection
