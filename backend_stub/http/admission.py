"""Admission under load: few batches are decided at once, some wait, the others get a time to come.

After an outage a whole fleet comes at once. Deciding everything at the same time would only make
everything slow, so batches pass one gate: what finds no place to wait is refused with 503 and a
``Retry-After`` of its own, and a terminal that has more to send is told when (``next_sync_in_s``).
The times come from one timetable at the pace that the central API really keeps, so that nobody
comes twice for nothing. Without load nobody is told anything: a terminal obeys to the letter, and
its next citizen's transaction should not wait.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from backend_stub.ground.limits import Room
from backend_stub.ground.problems import problem, problem_response
from offline_queue.wire import BATCH_MAX_ITEMS

_SMOOTHING: Final = 0.02
"""The pace is that of fifty batches or so. None of them moves it by more than this share of itself:
in the first moments a whole fleet knocks, each batch takes many times as long beside it, and the
times that are given just then are the ones that cannot be taken back."""
_CLOSEST: Final = 0.9
_WIDEST: Final = 1.25
"""How far apart the timetable's times are, in paces. With few who wait they are close, so that the
gate never stands idle even when the pace was thought slower than it is; with many they are wide.
"""
_FIRST_PACE_S: Final = 0.05
"""Of full batches on two cores, rather too quick: who comes too early finds a place to wait or gets
another time, but who was told to come late leaves the gate idle, and cannot be called back."""
_LATEST_S: Final = 900.0


class NoRoom(Exception):
    """No place to wait; ``retry_after_s`` is when there will be one."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class Admission:
    """The gate in front of ingest. ``enter`` belongs to the event loop, the rest to any thread."""

    def __init__(
        self,
        room: Room,
        on_put_off: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._on_put_off = on_put_off
        self._monotonic = monotonic
        self._gate = asyncio.Semaphore(room.at_once)
        self._lock = threading.Lock()
        self._waiting = 0
        self._inside = 0
        self._pace_s = _FIRST_PACE_S
        self._busy_since = 0.0
        self._timetable = 0.0

    @property
    def waiting(self) -> int:
        """How many batches wait at the gate now."""
        return self._waiting

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Wait for a place and hold it. Raises :class:`NoRoom`."""
        if self._gate.locked() and not self._may_wait():
            raise self._put_off()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._room.patience_s):
                await self._gate.acquire()
        except TimeoutError:
            raise self._put_off() from None
        finally:
            self._waiting -= 1
        self._began()
        try:
            yield
        finally:
            self._gate.release()
            self._ended()

    def first_sync_in_s(self) -> float | None:
        """When a terminal that asks before its first batch should send it; ``None``: as it likes.

        It is told only while others wait, and spared a batch that would find no room.
        """
        return None if self._waiting == 0 else self._next_time()

    def next_sync_in_s(self, items: int) -> float | None:
        """When the terminal of a batch with ``items`` should come again; ``None``: as it likes.

        Only a terminal that has more to send is told, and only while others wait.
        """
        if items < BATCH_MAX_ITEMS or self._waiting == 0:
            return None
        return round(self._next_time(), 1)

    def _may_wait(self) -> bool:
        # Who would lose patience before the turn comes is told at once.
        return self._waiting + 1 <= self._places()

    def _places(self) -> float:
        """How many may wait."""
        return min(self._room.waiting, self._room.patience_s / self._pace_s)

    def _put_off(self) -> NoRoom:
        self._on_put_off()
        return NoRoom(self._next_time())

    def _next_time(self) -> float:
        with self._lock:
            now = self._monotonic()
            # Who waits already comes before.
            first = now + self._waiting * self._pace_s
            crowd = min(1.0, self._waiting / max(1.0, self._places()))
            distance = self._pace_s * (_CLOSEST + (_WIDEST - _CLOSEST) * crowd)
            self._timetable = max(self._timetable, first) + distance
            # Past the horizon the terminals' own jitter spreads them.
            self._timetable = min(self._timetable, now + _LATEST_S)
            return self._timetable - now

    def _began(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._busy_since = self._monotonic()
            self._inside += 1

    def _ended(self) -> None:
        with self._lock:
            # Without the time in which there was nothing to do: that is no pace.
            now = self._monotonic()
            error = now - self._busy_since - self._pace_s
            self._pace_s += _SMOOTHING * min(error, self._pace_s)
            self._busy_since = now
            self._inside -= 1


@dataclass(frozen=True, slots=True)
class AdmissionMiddleware:
    """Lets batches through the gate; the body was read before (:mod:`backend_stub.http.body`)."""

    app: ASGIApp
    admission: Admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] != "http" or scope["path"] != "/v1/batches":
            await self.app(scope, receive, send)
            return
        try:
            async with self.admission.enter():
                await self.app(scope, receive, send)
        except NoRoom as refusal:
            response = problem_response(
                problem("busy"), {"Retry-After": str(math.ceil(refusal.retry_after_s))}
            )
            await response(scope, receive, send)
