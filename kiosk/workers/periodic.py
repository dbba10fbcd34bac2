"""Work that comes again and again on a thread of its own, sooner when there is news."""

from __future__ import annotations

import threading
from collections.abc import Callable

_PATIENCE_S = 10.0
"""How long a stop waits for the turn under way."""


class Repeating(threading.Thread):
    """Takes turns until it is stopped. A daemon: what hangs does not keep the process."""

    def __init__(self, name: str, turn: Callable[[], float | None]) -> None:
        """``turn`` tells in how many seconds the next one is due; ``None``: when there is news."""
        super().__init__(name=name, daemon=True)
        self._turn = turn
        self._news = threading.Event()
        self._stopping = threading.Event()

    def soon(self) -> None:
        """There is news: the next turn now, or as soon as this one ends. Any thread."""
        self._news.set()

    def stop(self) -> None:
        """End; returns when no further turn can come, or after ten seconds."""
        self._stopping.set()
        self._news.set()
        if self.is_alive():
            self.join(timeout=_PATIENCE_S)

    def run(self) -> None:
        """The thread's own."""
        while not self._stopping.is_set():
            # Cleared before the turn, so that news that comes during it is not forgotten; and a
            # stop that came just before is seen.
            self._news.clear()
            if self._stopping.is_set():
                return
            self._news.wait(self._turn())
