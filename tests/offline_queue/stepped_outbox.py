"""An outbox delivered by hand, one batch after another, and looked at from below."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from offline_queue.store import Outbox
from offline_queue.wire import BatchRequest
from tests.offline_queue.world import Central, FakeClock

ROOT = Path(__file__).parents[2]
"""Where another Python process finds the packages."""


def raw(outbox: Outbox) -> sqlite3.Connection:
    """Reach under the outbox, to break things."""
    return outbox._connection._db


def take(outbox: Outbox, clock: FakeClock) -> BatchRequest:
    batch = outbox.take_batch(clock.monotonic())
    assert batch is not None
    return batch


def deliver(outbox: Outbox, central: Central, clock: FakeClock) -> list[str]:
    batch = take(outbox, clock)
    reply = central.post_batch(batch)
    sent = [item.record.tx_id for item in batch.items]
    settled = outbox.apply_answers(sent, reply.answer, clock.monotonic(), None)
    return [answer.tx_id for answer in settled]
