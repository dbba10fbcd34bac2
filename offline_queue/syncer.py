"""The syncer: one thread that carries the outbox to the central API, batch after batch.

Waiting times are full jitter (uniform between nothing and an exponentially growing limit), so
that a fleet that lost the network together does not come back together.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import random
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from offline_queue.chain import ChainBroken
from offline_queue.clock import Clock, SystemClock
from offline_queue.delivery import RETRY_AFTER_CAP_S
from offline_queue.errors import AnswerMismatch, OutboxUnavailable
from offline_queue.ingest import (
    AttachmentRefused,
    BatchRefused,
    Busy,
    CentralIngest,
    NoAnswer,
    Refused,
    ServerFault,
    TransportError,
    Unreachable,
)
from offline_queue.store import Outbox
from offline_queue.wire import BATCH_MAX_ITEMS, BatchItem, BatchRequest, ItemAnswer

_log = structlog.get_logger()

BACKOFF_BASE_S: Final = 2.0
BACKOFF_CAP_S: Final = 15 * 60.0

_GIVE_WAY_S: Final = 0.0005
"""After how long a thread that computes lets another one of the process go on, in seconds."""

_IDLE_S: Final = 1.0
"""A wait of at least this is long enough to tidy up in."""

ATTACHMENT_BASE_S: Final = 60.0
"""Limit of the first wait of an attachment that was refused; it doubles up to an hour."""

LOOK_AGAIN_S: Final = 60 * 60.0
"""At most so long a syncer with nothing to do takes for granted that all it sent is still there."""

EPOCH_CLOSED: Final = frozenset({"epoch-revoked", "epoch-frozen"})
"""The central API's words for: the key of this epoch counts no more, a later one may."""

_FAILED: Final = 500
"""What the central API itself says when something in it fails; a proxy says 502 to 504."""

_CHANGED_ON_THE_WAY: Final = frozenset({"bad-encoding"})
"""The central API's words for: this is not what a terminal sends. Not a fault of any item."""


class SyncState(enum.StrEnum):
    """What the syncer is doing, as the terminal shows it."""

    IDLE = "idle"
    """Everything that can be sent was sent."""
    SENDING = "sending"
    WAITING = "waiting"
    """The central API asked for patience or failed; another try is coming."""
    OFFLINE = "offline"
    """The central API cannot be reached; another try is coming."""
    PAUSED = "paused"
    """Somebody has to act: see ``pause_reason``. Tried again at long intervals."""


class Syncer:
    """Empties the outbox. ``step`` does one round; ``start`` runs rounds on a thread of its own.

    ``on_result`` gets the answer that settled a transaction, ``on_state`` each new state; both
    are called on the syncer's thread and must return quickly and raise nothing.
    """

    def __init__(
        self,
        outbox: Outbox,
        ingest: CentralIngest,
        *,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        on_result: Callable[[str, ItemAnswer], None] = lambda _tx_id, _answer: None,
        on_state: Callable[[SyncState], None] = lambda _state: None,
    ) -> None:
        """Prepare; nothing is sent before ``start`` or ``step``."""
        self._outbox = outbox
        self._ingest = ingest
        self._clock = clock or SystemClock()
        self._rng = rng or random.SystemRandom()
        self._on_result = on_result
        self._on_state = on_state
        self._state = SyncState.IDLE
        self._pause_reason: str | None = None
        self._failures = 0
        self._not_before = 0.0
        self._demanded = False
        self._head_checked = False
        self._look_again = False
        self._losses = 0
        self._most = BATCH_MAX_ITEMS
        self._received: dict[str, int] = {}
        self._server_time: tuple[dt.datetime, float] | None = None
        self._condition = threading.Condition()
        self._stopping = False
        self._woken = False
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SyncState:
        """What the syncer is doing now."""
        return self._state

    @property
    def pause_reason(self) -> str | None:
        """Why it is paused: ``tls``, a status code, ``chain``, ``failed``, the outbox's reason."""
        return self._pause_reason

    def start(self) -> None:
        """Start the thread. Raises ``RuntimeError`` when it runs already."""
        if self._thread is not None:
            raise RuntimeError("the syncer runs already")
        # Visits first: an enqueue gives the interpreter away at every statement, and would wait at
        # each of them for as long as the syncer may compute, 5 ms unless told otherwise.
        sys.setswitchinterval(min(sys.getswitchinterval(), _GIVE_WAY_S))
        # A daemon: a request that hangs must not keep the terminal's process from ending, and
        # ending at any instant loses nothing.
        self._thread = threading.Thread(target=self._run, name="outbox-syncer", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the thread to end; tells whether it did within ``timeout_s``."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def wake(self) -> None:
        """Say that something was enqueued: sent at once unless a wait is running."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def network_returned(self) -> None:
        """Say that the network is back or a trouble was mended: try within two seconds.

        A wait that the central API itself asked for still runs to its end.
        """
        with self._condition:
            self._failures = 0
            if not self._demanded:
                soon = self._clock.monotonic() + self._rng.uniform(0, BACKOFF_BASE_S)
                self._not_before = min(self._not_before, soon)
            self._woken = True
            self._condition.notify_all()

    def step(self) -> float | None:
        """Do one round: at most one batch.

        Returns in how many seconds the next round is due; ``None`` when only ``wake`` makes one.
        """
        now = self._clock.monotonic()
        with self._condition:
            wait = self._not_before - now
            if wait > 0:
                return wait
            self._demanded = False
        try:
            return self._round(now)
        except OutboxUnavailable as error:
            return self._pause(error.reason.value)

    def _run(self) -> None:
        prepared = False
        while True:
            with self._condition:
                if self._stopping:
                    return
                self._woken = False
            delay = self._safe_step()
            if not prepared and delay != 0:
                self._outbox.prepare()  # once, and not before what waits already
                prepared = True
            if delay is None or delay >= _IDLE_S:
                self._outbox.merge_log()
            with self._condition:
                if not self._stopping and not self._woken:
                    idle = self._rng.uniform(LOOK_AGAIN_S / 2, LOOK_AGAIN_S)
                    woken = self._condition.wait(idle if delay is None else delay)
                    if delay is None and not woken:
                        self._head_checked = False
                        self._look_again = True

    def _safe_step(self) -> float | None:
        try:
            return self.step()
        # Any failure of ours at all: without this thread nothing would ever be sent again, and
        # nobody would know. Whatever was on its way goes again.
        except Exception as error:  # noqa: BLE001
            _log.error("sync.round_failed", error=type(error).__name__)
            return self._pause("failed")

    def _round(self, now: float) -> float | None:
        if self._server_time is not None:
            told, at = self._server_time
            self._outbox.expire(told + dt.timedelta(seconds=now - at))
        if self._look_again:
            self._outbox.mend_unproven()
            self._look_again = False
        batch = self._outbox.take_batch(now, max_items=self._most)
        if batch is None:
            return 0.0 if self._looked_at_heads() else self._upload(now)
        sent = [item.record.tx_id for item in batch.items]
        self._enter(SyncState.SENDING)
        posted = False
        try:
            if not self._head_checked:
                wait = self._check_head(batch.kiosk)
                if wait > 0:
                    self._outbox.release(sent, 0.0, charged=False)
                    self._wait_until(wait, demanded=True)
                    self._enter(SyncState.WAITING)
                    return wait
            posted = True
            slot = self._deliver(batch)
        except (TransportError, ChainBroken) as error:
            arrived = posted and not isinstance(error, Refused | Unreachable)
            failed = isinstance(error, ServerFault) and error.status == _FAILED
            if arrived and (failed or isinstance(error, NoAnswer)):
                # On a very slow line half as much may come through in time; and when it is one
                # item at which the central API fails, the others need not share its fate.
                self._most = max(1, self._most // 2)
            alone = failed and len(sent) == 1
            next_at = now + self._rng.uniform(BACKOFF_CAP_S / 2, BACKOFF_CAP_S) if alone else 0.0
            self._outbox.release(sent, next_at, charged=arrived)
            match error:
                case Refused() if self._closes_epoch(error, batch.epoch):
                    return 0.0
                case Refused():
                    return self._pause(error.reason)
                case ChainBroken():
                    return self._pause("chain")
                case _:
                    return self._back_off(error)
        self._failures = 0
        self._most = min(BATCH_MAX_ITEMS, self._most * 2)
        self._wait_until(slot, demanded=slot > 0)
        if slot > 0:
            self._enter(SyncState.WAITING if self._outbox.has_ready() else SyncState.IDLE)
        return slot

    def _check_head(self, kiosk: str) -> float:
        """Compare chains before anything is sent; returns the wait asked for."""
        reply = self._ingest.head(kiosk)
        self._outbox.check_head(reply.head)
        own = reply.head.statement.epoch
        for epoch in self._outbox.epochs_at_risk():
            if epoch != own:
                # Of an epoch that the central API does not know any more it tells nothing.
                with contextlib.suppress(Refused):
                    self._outbox.check_head(self._ingest.head(kiosk, epoch).head)
        self._losses = self._outbox.losses
        self._head_checked = True
        return min(reply.wait_s, RETRY_AFTER_CAP_S)

    def _looked_at_heads(self) -> bool:
        """With nothing to send, see whether all is still there; tells whether it was to be seen.

        A central API that comes back from a backup lacks what it took since, and a terminal that
        waited for its next citizen to notice could wait long.
        """
        if self._head_checked or not self._outbox.epochs_at_risk():
            return False
        try:
            self._check_head(self._outbox.kiosk)
        except (TransportError, ChainBroken):
            return False  # nobody waits for it: with the next batch, or at the next look
        return True

    def _closes_epoch(self, refusal: Refused, epoch: int) -> bool:
        """Go on without an earlier epoch of this terminal that the central API has closed."""
        code = refusal.problem.code if refusal.problem is not None else ""
        if code not in EPOCH_CLOSED or not self._outbox.close_epoch(epoch, code):
            return False
        _log.warning("sync.epoch_closed", epoch=epoch)
        return True

    def _deliver(self, batch: BatchRequest) -> float:
        """Send a batch, in halves where it is refused as a whole; returns the wait asked for.

        Once the central API names a time, nothing more is sent before it: what is left of the
        batch goes back in line.
        """
        parts: deque[list[BatchItem]] = deque([list(batch.items)])
        slot = 0.0
        while parts:
            if slot > 0:
                left = [item.record.tx_id for part in parts for item in part]
                self._outbox.release(left, 0.0, charged=False)
                break
            items = parts.popleft()
            try:
                slot = self._send(batch.changed(items=items))
            except BatchRefused as refusal:
                if len(items) > 1:
                    middle = len(items) // 2
                    parts.extendleft((items[middle:], items[:middle]))
                elif refusal.problem and refusal.problem.code not in _CHANGED_ON_THE_WAY:
                    tx_id = items[0].record.tx_id
                    answer = self._outbox.quarantine(tx_id, refusal.problem)
                    _log.error("sync.quarantined", tx_id=tx_id, status=refusal.status)
                    if answer is not None:
                        self._on_result(tx_id, answer)
                else:
                    # Not the central API's word, or not about what was sent: a proxy or a portal
                    # stands in between.
                    raise NoAnswer(f"a stranger refused with {refusal.status}") from refusal
        return slot

    def _send(self, batch: BatchRequest) -> float:
        reply = self._ingest.post_batch(batch)
        now = self._clock.monotonic()
        sent = [item.record.tx_id for item in batch.items]
        try:
            settled = self._outbox.apply_answers(sent, reply.answer, now, reply.server_time)
        except AnswerMismatch as error:
            raise NoAnswer("the answer belongs to another batch") from error
        if self._outbox.losses != self._losses:
            self._head_checked = False  # what of the other epochs?
        if reply.server_time is not None:
            self._server_time = (reply.server_time, now)
        _log.info("sync.batch_answered", items=len(sent), settled=len(settled))
        for answer in settled:
            self._on_result(answer.tx_id, answer)
        return reply.answer.next_sync_in_s or 0.0

    def _upload(self, now: float) -> float | None:
        """Carry the next part of an attachment; only when no transaction can go."""
        found = self._outbox.next_attachment(now)
        if found is None:
            self._enter(SyncState.IDLE)
            due = self._outbox.next_due(now)
            return None if due is None else due - now
        ticket, attempts = found
        name = ticket.ticket.sha256
        self._enter(SyncState.SENDING)
        try:
            first = self._received.get(name)
            if first is None:
                status = self._ingest.attachment_status(ticket)
            else:
                data = self._outbox.attachment_range(name, first)
                status = self._ingest.put_attachment(ticket, first, data)
                if status.received <= first:
                    raise AttachmentRefused(200, None)
        except AttachmentRefused as refusal:
            self._received.pop(name, None)
            limit = min(RETRY_AFTER_CAP_S, ATTACHMENT_BASE_S * 2.0 ** min(attempts, 30))
            delay = self._rng.uniform(limit / 2, limit)
            self._outbox.postpone_attachment(name, now + delay)
            code = refusal.problem.code if refusal.problem else ""
            _log.warning("sync.attachment_postponed", status=refusal.status, code=code)
            return 0.0
        except TransportError as error:
            self._received.pop(name, None)
            return (
                self._pause(error.reason) if isinstance(error, Refused) else self._back_off(error)
            )
        self._failures = 0
        if (status.sha256, status.size) != (name, ticket.ticket.size):
            return self._back_off(NoAnswer("the answer is about another attachment"))
        self._received[name] = min(status.received, status.size)
        if status.complete:
            del self._received[name]
            self._outbox.attachment_uploaded(name)
            _log.info("sync.attachment_uploaded", size=status.size)
        return 0.0

    def _back_off(self, error: TransportError) -> float:
        limit = min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0 ** min(self._failures, 30))
        delay = self._rng.uniform(0, limit)
        self._failures += 1
        demanded = isinstance(error, Busy) and error.retry_after_s is not None
        if isinstance(error, Busy) and error.retry_after_s is not None:
            delay += min(error.retry_after_s, RETRY_AFTER_CAP_S)
        state = SyncState.WAITING if isinstance(error, ServerFault) else SyncState.OFFLINE
        self._wait_until(delay, demanded=demanded)
        _log.warning("sync.postponed", state=state.value, seconds=round(delay, 1))
        self._enter(state)
        return delay

    def _pause(self, reason: str) -> float:
        delay = BACKOFF_CAP_S / 2 + self._rng.uniform(0, BACKOFF_CAP_S / 2)
        self._wait_until(delay, demanded=False)
        if (self._state, self._pause_reason) != (SyncState.PAUSED, reason):
            _log.error("sync.paused", reason=reason)
        self._pause_reason = reason
        self._enter(SyncState.PAUSED)
        return delay

    def _wait_until(self, delay: float, *, demanded: bool) -> None:
        with self._condition:
            self._not_before = self._clock.monotonic() + delay
            self._demanded = demanded

    def _enter(self, state: SyncState) -> None:
        if state is not SyncState.PAUSED and state is not SyncState.SENDING:
            self._pause_reason = None
        if state is not self._state:
            self._state = state
            self._on_state(state)
