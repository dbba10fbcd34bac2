"""Cards put in and taken out, for ever: memory, threads and handles must not grow.

``python -m tests.cardreader.cycles`` does it 10,000 times in the same process and 10,000 times
through the real pcscd, in both slots of its virtual reader at once: more than an hour, for pcscd
takes most of a second to notice a card come and go. Each time is a whole visit: the event, a
worker, the verified identity, the PIN's state, the card given back and taken. In the suite a few
of each run.
"""

from __future__ import annotations

import argparse
import gc
import logging
import queue
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil
import structlog

from cardreader import (
    CardConnection,
    CardInserted,
    CardTaken,
    CardWorker,
    ReaderEvent,
    TrustStore,
    open_card,
)
from cardreader.pcsc import PcscReaders
from cardreader.readers import CardReaders
from cardreader.simulator import READER, TRUST, SimulatedReaders, issue
from tests.cardreader.virtual_reader import in_virtual_reader
from tests.pcscd import VPCD_PORTS, running

STORE = TrustStore.load(TRUST)
NOTICED_WITHIN = 30.0
"""Seconds; the machine may be busy. Not noticed by then is lost."""
MOST_GROWTH = 8 * 1024 * 1024
"""Bytes that the allocator may have kept; a kilobyte lost in each of 10,000 cycles is more."""


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Held:
    """What this process holds."""

    memory: int
    threads: int
    handles: int

    @classmethod
    def now(cls) -> Held:
        gc.collect()
        process = psutil.Process()
        return cls(process.memory_info().rss, process.num_threads(), process.num_fds())

    def __str__(self) -> str:
        return f"{self.memory / 2**20:.1f} MiB, {self.threads} threads, {self.handles} handles"


def visit(readers: CardReaders, reader: str) -> None:
    """What a terminal does with a card, but for the citizen."""

    def use(connection: CardConnection) -> None:
        card = open_card(connection, STORE, clock)
        card.identity()
        card.pin_info()

    worker = CardWorker(lambda: readers.connect(reader))
    try:
        worker.submit(use).result(NOTICED_WITHIN)
    finally:
        worker.close()


class Events:
    """The events of each reader, as they come."""

    def __init__(self) -> None:
        self._queues: dict[str, queue.SimpleQueue[ReaderEvent]] = defaultdict(queue.SimpleQueue)
        self.inserted: queue.SimpleQueue[str] = queue.SimpleQueue()

    def put(self, event: ReaderEvent) -> None:
        if isinstance(event, CardInserted):
            self.inserted.put(event.reader)
        if isinstance(event, CardInserted | CardTaken):
            self._queues[event.reader].put(event)

    def wait(self, reader: str, kind: type[ReaderEvent]) -> None:
        event = self._queues[reader].get(timeout=NOTICED_WITHIN)
        assert isinstance(event, kind), f"{event} came, not {kind.__name__}"


def simulated(cycles: int) -> None:
    """In the same process, without PC/SC."""
    readers, events = SimulatedReaders(), Events()
    card = issue("citizen-active")
    readers.start(events.put)
    for _ in range(cycles):
        readers.insert_card(card)
        events.wait(READER, CardInserted)
        visit(readers, READER)
        readers.remove()
        events.wait(READER, CardTaken)
    readers.stop()


def in_slot(readers: PcscReaders, events: Events, reader: str, port: int, cycles: int) -> None:
    """In one slot of the real pcscd."""
    card = issue("citizen-active")
    for _ in range(cycles):
        with in_virtual_reader(card, port):
            events.wait(reader, CardInserted)
            visit(readers, reader)
        events.wait(reader, CardTaken)


@contextmanager
def slots(ports: list[int]) -> Iterator[tuple[PcscReaders, Events, dict[str, int]]]:
    """The readers under watch, and at which port the card of each is put in."""
    events = Events()
    readers = PcscReaders()
    readers.start(events.put)
    try:
        found: dict[str, int] = {}
        for port in ports:
            with in_virtual_reader(issue("citizen-active"), port):
                reader = events.inserted.get(timeout=NOTICED_WITHIN)
                events.wait(reader, CardInserted)
            events.wait(reader, CardTaken)
            found[reader] = port
        assert len(found) == len(ports)
        yield readers, events, found
    finally:
        readers.stop()


def through_pcscd(readers: PcscReaders, events: Events, where: dict[str, int], cycles: int) -> None:
    """So many cycles, shared among the slots, all at once."""
    failures: list[BaseException] = []

    def run(reader: str, port: int) -> None:
        try:
            in_slot(readers, events, reader, port, cycles // len(where))
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    threads = [threading.Thread(target=run, args=slot) for slot in where.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def grown(before: Held, after: Held) -> str:
    """What is more than it may be; empty when nothing is."""
    found = []
    if after.threads > before.threads:
        found.append("threads")
    if after.handles > before.handles:
        found.append("handles")
    if after.memory > before.memory + MOST_GROWTH:
        found.append("memory")
    return ", ".join(found)


def main() -> int:
    """The command line; 1 when something grew."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--pcscd-cycles", type=int, default=10_000)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    leaked = ""

    def told(what: str, done: int, began: float, held: Held) -> None:
        print(f"{what}: {done:6} cycles, {time.monotonic() - began:6.0f} s, {held}", flush=True)

    began = time.monotonic()
    tenth = arguments.cycles // 10
    simulated(tenth)
    first = Held.now()
    told("same process", tenth, began, first)
    for done in range(2, 11):
        simulated(tenth)
        told("same process", done * tenth, began, Held.now())
    leaked += grown(first, Held.now())

    began = time.monotonic()
    tenth = arguments.pcscd_cycles // 10
    with running(), slots(list(VPCD_PORTS)) as (readers, events, where):
        through_pcscd(readers, events, where, tenth)
        first = Held.now()
        told("real pcscd", tenth, began, first)
        for done in range(2, 11):
            through_pcscd(readers, events, where, tenth)
            told("real pcscd", done * tenth, began, Held.now())
        leaked += grown(first, Held.now())
    print(f"grown: {leaked or 'nothing'}")
    return 1 if leaked else 0


if __name__ == "__main__":
    sys.exit(main())
