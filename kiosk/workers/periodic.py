"""Work that comes again and again on a thread of its own, sooner when there is news."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import structlog

_PATIENCE_S: Final = 10.0
"""How long a stop waits for the turn under way."""
AFTER_FAILURE_S: Final = 4.0
"""To the next turn, after one that failed in a way that nobody foresaw."""
LONGEST_TURN_S: Final = 300.0
"""A turn that takes longer hangs."""

_log = structlog.get_logger()


class Periodic:
    """Takes turns until it is stopped, whatever a turn raises."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``turn`` tells in how many seconds the next one is due; ``None``: when there is news."""
        self.name = name
        self._turn = turn
        self._monotonic = monotonic
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._turn_began: float | None = None
        self._last_failure = ""

    def start(self) -> None:
        """Begin to take turns."""
        # A daemon: what hangs does not keep the process.
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def soon(self) -> None:
        """There is news: the next turn now, or as soon as this one ends. Any thread."""
        self._news.set()

    def stop(self) -> None:
        """End; returns when no further turn can come, or after ten seconds."""
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(timeout=_PATIENCE_S)

    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def has_died(self) -> bool:
        """Whether the thread ended though nobody asked it to."""
        started = self._thread is not None and not self._stopping.is_set()
        return started and not self.is_alive()

    def turn_s(self) -> float:
        """For how many seconds the turn under way has lasted; 0 between turns."""
        began = self._turn_began
        return 0.0 if began is None else self._monotonic() - began

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Cleared before the turn, so that news that comes during it is not forgotten; and a
            # stop that came just before is seen.
            self._news.clear()
            if self._stopping.is_set():
                return
            self._turn_began = self._monotonic()
            wait = self._take_turn()
            self._turn_began = None
            self._news.wait(wait)

    def _take_turn(self) -> float | None:
        try:
            wait = self._turn()
        except Exception as error:  # noqa: BLE001 -- the next turn may be well again
            failure = type(error).__name__
            if failure != self._last_failure:
                _log.error("thread.turn_failed", thread_name=self.name, error=failure)
            self._last_failure = failure
            return AFTER_FAILURE_S
        self._last_failure = ""
        return wait


class Watched(Protocol):
    """A thread that the watchdog looks after; :class:`Periodic` is one."""

    name: str

    def start(self) -> None:
        """Begin, or begin anew after the thread died."""

    def has_died(self) -> bool:
        """Whether the thread ended though nobody asked it to."""

    def turn_s(self) -> float:
        """For how many seconds the turn under way has lasted; 0 between turns."""


class Watchdog:
    """Starts threads anew that died, and says which one hangs. Used by one thread."""

    def __init__(self, threads: Iterable[Watched]) -> None:
        """``threads`` are started by whoever owns them."""
        self._threads = tuple(threads)
        self._hanging: set[str] = set()

    def look(self) -> None:
        """Look at every thread once."""
        for thread in self._threads:
            if thread.has_died():
                _log.error("thread.died", thread_name=thread.name)
                thread.start()
            hangs = thread.turn_s() > LONGEST_TURN_S
            if hangs and thread.name not in self._hanging:
                _log.error("thread.hangs", thread_name=thread.name)
            if hangs:
                self._hanging.add(thread.name)
            else:
                self._hanging.discard(thread.name)
