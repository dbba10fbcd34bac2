"""Which of a device's tasks somebody still waits for: the newest, until it is given up."""

from __future__ import annotations

import threading


class LatestRequest:
    """Numbers what a device is asked to do. Any thread."""

    def __init__(self) -> None:
        """Nobody waits for anything yet."""
        self._lock = threading.Lock()
        self._number = 0

    def ask(self) -> int:
        """A new task's number; nobody waits for the one before it any more."""
        with self._lock:
            self._number += 1
            return self._number

    def give_up(self) -> None:
        """Nobody waits any more."""
        self.ask()

    def is_wanted(self, number: int) -> bool:
        """Whether somebody still waits for that task."""
        with self._lock:
            return number == self._number
