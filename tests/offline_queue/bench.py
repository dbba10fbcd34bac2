"""How quick the outbox is beside what else there is, in one run and on one disk.

``python -m tests.offline_queue.bench`` prints ratios as one JSON object (``--items``, ``--waiting``
and ``--folder`` change the size and the disk). Payloads are of 2 KiB. Everything runs twice: on the
disk as it is, and with each fsync 2 ms longer, for all queues alike (``slow_disk``; needs a C
compiler).

The other queues (``persist-queue``, ``litequeue``) are in the extra ``bench``; where they are not
installed their rows say so.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from offline_queue import schema
from offline_queue.clock import SystemClock
from offline_queue.http import HttpIngest
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer
from offline_queue.wire import BATCH_MAX_ITEMS
from tests.offline_queue.slow_disk import SLOW_FSYNC_S, counted_fsyncs, slow_library
from tests.offline_queue.world import Central, FakeClock, Terminal, submission

PAYLOAD = os.urandom(2048)
ROUND = 25
WARM_UP = 340
"""So many that every log has come once to its checkpoint but the outbox's own, which is made whole
ahead: all of them write over what is there."""
Enqueue = Callable[[bytes], object]


@contextlib.contextmanager
def raw_sqlite(folder: Path) -> Iterator[Enqueue]:
    """The yardstick: one table, WAL, FULL, one INSERT for each transaction, by hand."""
    with contextlib.closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE queue (id INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT")

        def enqueue(payload: bytes) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO queue (payload) VALUES (?)", (payload,))
            db.execute("COMMIT")

        yield enqueue


@contextlib.contextmanager
def persist_queue(folder: Path) -> Iterator[Enqueue]:
    """persist-queue's SQLiteAckQueue with synchronous = FULL."""
    import persistqueue

    queue = persistqueue.SQLiteAckQueue(str(folder / "persist"), auto_commit=True)
    queue._putter.execute("PRAGMA synchronous = FULL")
    yield queue.put
    queue.close()


@contextlib.contextmanager
def litequeue(folder: Path) -> Iterator[Enqueue]:
    """litequeue with synchronous = FULL; it takes text."""
    import litequeue as module

    queue = module.LiteQueue(str(folder / "lite.db"))
    queue.conn.execute("PRAGMA synchronous = FULL")
    yield lambda payload: queue.put(payload.hex()[: len(payload)])
    queue.close()


@contextlib.contextmanager
def outbox(folder: Path) -> Iterator[Enqueue]:
    """Ours: sealed, signed, chained, with an event row."""
    with opened(folder) as (held, _):
        yield lambda payload: held.enqueue(submission(payload))


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[tuple[Outbox, Central]]:
    """An empty outbox on the machine's own clock, and its central API in memory."""
    central = Central()
    terminal = Terminal.enrolled(folder, central, FakeClock(SystemClock().now()))
    terminal.clock = SystemClock()  # type: ignore[assignment] - the machine's own
    with terminal.open() as held:
        held.prepare()  # as the syncer does when a terminal starts
        yield held, central


@dataclass
class Measured:
    """What rounds of one queue took, in seconds for each item."""

    enqueue: Enqueue
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Of all threads of this process, the kernel's work for it included."""
    fsyncs: int = 0

    def round(self, items: int) -> None:
        syncs, wall, cpu = counted_fsyncs(), time.perf_counter(), time.process_time()
        for _ in range(items):
            self.enqueue(PAYLOAD)
        self.wall.append((time.perf_counter() - wall) / items)
        self.cpu.append((time.process_time() - cpu) / items)
        self.fsyncs += counted_fsyncs() - syncs


def enqueue_rates(items: int, folder: Path) -> dict[str, object]:
    """Durable enqueue of each queue, in turns and in short rounds, beside raw sqlite3.

    The ratio is the median of those of the rounds, each to raw sqlite3's of the same moment: what
    else the machine does meets all of them alike.
    """
    makers = {
        "raw_sqlite3": raw_sqlite,
        "outbox": outbox,
        "persist_queue": persist_queue,
        "litequeue": litequeue,
    }
    told: dict[str, object] = {}
    running: dict[str, Measured] = {}
    with contextlib.ExitStack() as stack:
        for name, make in makers.items():
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
            try:
                running[name] = Measured(stack.enter_context(make(place)))
            except ModuleNotFoundError:
                told[name] = "not installed"
        for each in running.values():
            # The first logs grow; a queue that runs writes over them.
            each.round(WARM_UP)
            each.wall.clear()
            each.cpu.clear()
            each.fsyncs = 0
        rounds = max(10, items // ROUND)
        for _ in range(rounds):
            for each in running.values():
                each.round(ROUND)
    yardstick = running["raw_sqlite3"].wall
    for name, each in running.items():
        ratio = statistics.median(a / b for a, b in zip(yardstick, each.wall, strict=True))
        told[name] = {
            "per_s": round(1 / statistics.median(each.wall)),
            "of_raw": round(ratio, 3),
            "cpu_us": round(statistics.median(each.cpu) * 1e6),
            "fsyncs_per_item": round(each.fsyncs / (rounds * ROUND), 3),
        }
    return told


def drain_rate(items: int, folder: Path) -> dict[str, object]:
    """How many items a second the store gives out and settles, the central API left out."""
    with tempfile.TemporaryDirectory(dir=folder) as name, opened(Path(name)) as (held, central):
        central.device_keys.clear()
        fill(held, items)
        seconds = 0.0
        while True:
            begin = time.perf_counter()
            batch = held.take_batch(0.0)
            seconds += time.perf_counter() - begin
            if batch is None:
                break
            answer = central.post_batch(batch).answer
            sent = [item.record.tx_id for item in batch.items]
            begin = time.perf_counter()
            held.apply_answers(sent, answer, 0.0, None)
            seconds += time.perf_counter() - begin
        return {"per_s": round(items / seconds), "items": items, "batch": BATCH_MAX_ITEMS}


def fill(held: Outbox, items: int) -> None:
    """Enqueue without waiting for the disk each time."""
    db = held._connection._db
    for _ in range(items):
        schema.set_durable(db, False)
        held.enqueue(submission(PAYLOAD))
    schema.set_durable(db, True)


def latencies(held: Outbox, items: int, pause_s: float) -> list[float]:
    """Enqueue at the pace of visits; returns how long each took, in milliseconds."""
    found = []
    for _ in range(items):
        each = submission(PAYLOAD)
        begin = time.perf_counter()
        held.enqueue(each)
        found.append((time.perf_counter() - begin) * 1000)
        time.sleep(pause_s)
    return found


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def latency_under_load(waiting: int, items: int, folder: Path) -> dict[str, object]:
    """p99 of an enqueue on an empty outbox, and with rows waiting and a sync running."""
    with tempfile.TemporaryDirectory(dir=folder) as name, opened(Path(name)) as (held, _):
        gc.collect()
        empty = latencies(held, items, 0.003)
    with tempfile.TemporaryDirectory(dir=folder) as name, opened(Path(name)) as (held, central):
        fill(held, waiting)
        signing = central.signing.private_bytes_raw()
        reading, writing = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(
            target=serve_central, args=(writing, signing)
        )
        server.start()
        url = reading.recv()
        syncer = Syncer(held, HttpIngest(url))
        syncer.start()
        gc.collect()
        loaded = latencies(held, items, 0.003)
        left = held.status()
        syncer.stop()
        server.kill()
        server.join()
    return {
        "empty_p50_ms": round(statistics.median(empty), 3),
        "empty_p99_ms": round(p99(empty), 3),
        "loaded_p50_ms": round(statistics.median(loaded), 3),
        "loaded_p99_ms": round(p99(loaded), 3),
        "ratio": round(p99(loaded) / p99(empty), 2),
        "waiting": waiting,
        "sent_meanwhile": waiting + items - left.waiting,
    }


def serve_central(ready: object, signing: bytes) -> None:
    """A central API that believes everything, in a process of its own."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tests.offline_queue.http_central import Server

    class Believing(Central):
        def _decide(self, item: object) -> object:
            from offline_queue.wire import ItemAnswer, Outcome, TransactionResult

            return ItemAnswer(
                tx_id=item.record.tx_id,  # type: ignore[attr-defined] - an item
                outcome=Outcome.ACCEPTED,
                result=TransactionResult(state="registered", number="C-1"),
            )

    central = Believing(signing=Ed25519PrivateKey.from_private_bytes(signing))
    central.requests = Forgetting()  # type: ignore[assignment] - a list that stays empty
    server = Server(central)
    server.bodies = Forgetting()  # type: ignore[assignment] - a list that stays empty
    ready.send(server.url)  # type: ignore[attr-defined] - a connection
    threading.Event().wait()


class Forgetting(list):  # type: ignore[type-arg] - of anything
    """A list that keeps nothing."""

    def append(self, _: object) -> None:
        pass


def run(items: int, waiting: int, folder: Path) -> dict[str, object]:
    """All rows on the disk as it is."""
    return {
        "enqueue": enqueue_rates(items, folder),
        "drain": drain_rate(min(items * 5, 10_000), folder),
        "latency": latency_under_load(waiting, items, folder),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=1500)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--part", choices=["bare", "slow"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(50),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    if given.part is not None:
        print(json.dumps(run(given.items, given.waiting, given.folder)))
        return
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        library = slow_library(Path(name))
        for part, delay in (("bare", 0.0), ("slow", SLOW_FSYNC_S)):
            items = given.items if part == "bare" else max(300, given.items // 5)
            command = [sys.executable, "-m", "tests.offline_queue.bench", "--part", part]
            command += ["--items", str(items), "--waiting", str(given.waiting)]
            command += ["--folder", str(given.folder)]
            done = subprocess.run(
                command,
                check=True,
                stdout=subprocess.PIPE,
                env=os.environ
                | {"LD_PRELOAD": str(library), "FSYNC_DELAY_US": str(int(delay * 1e6))},
            )
            told["disk_as_it_is" if part == "bare" else "fsync_2_ms"] = json.loads(done.stdout)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
