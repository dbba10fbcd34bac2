"""Time as the outbox sees it: wall time to tell people, monotonic time to wait by."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Final, Protocol

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Where the time comes from; tests give their own."""

    def now(self) -> dt.datetime:
        """Return the wall time, in UTC. It may jump: nothing is ordered or retried by it."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow while this process lives."""
        ...

    def boot_id(self) -> str:
        """Name the run of the machine within which monotonic times compare."""
        ...


class SystemClock:
    """The machine's own clock."""

    def __init__(self) -> None:
        """Look up the boot id once: it cannot change while this process lives."""
        try:
            self._boot_id = _BOOT_ID.read_text("ascii").strip()
        except OSError:
            self._boot_id = ""

    def now(self) -> dt.datetime:
        """Return the wall time in UTC."""
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()

    def boot_id(self) -> str:
        """Return the kernel's boot id (proc(5)), or nothing where there is none."""
        return self._boot_id
