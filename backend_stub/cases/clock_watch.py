"""Whether the clock can be believed: it must run as fast as time passes.

A deadline that is over moves a case, and nobody moves it back. So after a jump of the clock nothing
is done for a while: whoever set it wrong, or the time service, has time to set it right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

JUMP_S: Final = 3600.0
"""More than clocks drift or are corrected by in passing."""
GRACE_S: Final = 600.0

log = structlog.get_logger()


class ClockWatch:
    """Compares a clock with the time that passed since the last look."""

    def __init__(
        self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._offset: float | None = None
        self._jumped_at: float | None = None

    def is_steady(self) -> bool:
        """Whether the clock did not jump in the last ten minutes."""
        passed = self._monotonic()
        offset = self._clock().timestamp() - passed
        if self._offset is not None and abs(offset - self._offset) > JUMP_S:
            self._jumped_at = passed
            log.error("central.clock_jumped", seconds=round(offset - self._offset))
        self._offset = offset
        return self._jumped_at is None or passed - self._jumped_at >= GRACE_S
