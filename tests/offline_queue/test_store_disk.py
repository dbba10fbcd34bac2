"""The outbox on a disk that is full, read-only, failing or lying."""

from __future__ import annotations

import sqlite3

import pytest

from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.records import State
from offline_queue.store import Outbox
from tests.offline_queue.stepped_outbox import deliver, raw
from tests.offline_queue.world import Central, FakeClock, Terminal, submission


def test_fault_09_a_full_disk_refuses_and_keeps(outbox: Outbox) -> None:
    kept = submission()
    outbox.enqueue(kept)
    pages = raw(outbox).execute("PRAGMA page_count").fetchone()[0]
    raw(outbox).execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxUnavailable) as caught:
        for _ in range(20):
            outbox.enqueue(submission(b"x" * 4000))
    assert caught.value.reason is Reason.DISK_FULL
    # One more line would fit where no envelope does: that must not count as room.
    assert outbox.status().unavailable is Reason.DISK_FULL
    assert outbox.result(kept.tx_id) is not None
    waiting = outbox.status().waiting
    raw(outbox).execute("PRAGMA max_page_count = 1000000")
    assert outbox.status().unavailable is None
    outbox.enqueue(submission())
    assert outbox.status().waiting == waiting + 1


def test_fault_10_a_read_only_disk_refuses_and_keeps(outbox: Outbox) -> None:
    """Simulated on the connection: the tests may run as root, whom no file mode stops."""
    kept = submission()
    outbox.enqueue(kept)
    raw(outbox).execute("PRAGMA query_only = ON")
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(submission())
    assert caught.value.reason is Reason.READ_ONLY
    assert outbox.status().unavailable is Reason.READ_ONLY
    assert outbox.result(kept.tx_id) is not None
    raw(outbox).execute("PRAGMA query_only = OFF")
    assert outbox.status().unavailable is None


class FailingSync:
    """A connection whose disk reports an I/O error when a transaction is to be made durable."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __getattr__(self, name: str) -> object:
        return getattr(self.db, name)

    def execute(self, sql: str, *args: object) -> object:
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error
        return self.db.execute(sql, *args)


def test_fault_11_after_an_io_error_nothing_is_taken_until_reopened(
    terminal: Terminal, outbox: Outbox
) -> None:
    """Simulated on the connection."""
    kept = submission()
    outbox.enqueue(kept)
    db = raw(outbox)
    outbox._connection._db = FailingSync(db)  # type: ignore[assignment] - stands in for the disk
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(submission())
    assert caught.value.reason is Reason.IO_ERROR
    outbox._connection._db = db
    with pytest.raises(OutboxUnavailable):
        outbox.enqueue(submission())
    assert outbox.status().unavailable is Reason.IO_ERROR
    outbox.close()
    with terminal.open() as again:
        assert again.result(kept.tx_id) is not None
        assert again.enqueue(submission()).seq == 2


def test_fault_12_a_flipped_bit_is_set_aside_and_the_rest_goes(
    outbox: Outbox, central: Central, clock: FakeClock
) -> None:
    damaged, whole = submission(), submission()
    outbox.enqueue(damaged)
    outbox.enqueue(whole)
    raw(outbox).execute(
        "UPDATE outbox SET envelope = zeroblob(length(envelope)) WHERE tx_id = ?",
        (damaged.tx_id,),
    )
    assert deliver(outbox, central, clock) == [whole.tx_id]
    recorded = outbox.result(damaged.tx_id)
    assert recorded is not None
    assert recorded.state is State.QUARANTINED
