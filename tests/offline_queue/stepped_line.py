"""A syncer on a line to a server, stepped by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from offline_queue.http import HttpIngest, Timeouts
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer, SyncState
from offline_queue.wire import ItemAnswer
from tests.offline_queue.http_central import Server
from tests.offline_queue.world import Central, FakeClock


@pytest.fixture
def server(central: Central) -> Iterator[Server]:
    running = Server(central)
    yield running
    running.close()


@dataclass
class Line:
    """A syncer on a line to the server, stepped by hand."""

    outbox: Outbox
    syncer: Syncer
    clock: FakeClock
    states: list[SyncState]
    results: list[tuple[str, ItemAnswer]]

    def drain(self) -> None:
        """Let rounds and waits follow one another until nothing is due."""
        for _ in range(60):
            delay = self.syncer.step()
            if delay is None:
                return
            self.clock.advance(delay)
        raise AssertionError("the syncer never came to rest")


@pytest.fixture
def line(outbox: Outbox, server: Server, clock: FakeClock) -> Iterator[Line]:
    ingest = HttpIngest(server.url, timeouts=Timeouts(connect_s=2, silence_s=2))
    states: list[SyncState] = []
    results: list[tuple[str, ItemAnswer]] = []
    syncer = Syncer(
        outbox,
        ingest,
        clock=clock,
        rng=random.Random(7),
        on_state=states.append,
        on_result=lambda tx_id, answer: results.append((tx_id, answer)),
    )
    yield Line(outbox, syncer, clock, states, results)
    ingest.close()
