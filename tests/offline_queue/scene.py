"""A terminal and a central API on one stage, and the one thing that must hold whatever happens."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offline_queue.errors import OutboxUnavailable
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import CentralIngest
from offline_queue.records import State, Submission
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer, SyncState
from offline_queue.verify import Finding, verify_outbox
from tests.offline_queue.fault_proxy import Fault, FaultProxy, planned
from tests.offline_queue.http_central import Server
from tests.offline_queue.world import KIOSK, SECRET, Central, FakeClock, Terminal, submission

WAITING = (State.READY, State.INFLIGHT)


class Scene:
    """What was confirmed so far, and where it must be found."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC))
        self.central = Central()
        self.terminal = Terminal.enrolled(folder, self.central, self.clock)
        self.confirmed: list[Submission] = []
        self.outbox = self.terminal.open()

    def close(self) -> None:
        self.outbox.close()

    def reopen(self) -> None:
        """Start the terminal anew."""
        self.outbox.close()
        self.outbox = self.terminal.open()

    def keep(self, count: int = 1, size: int = 0, **more: object) -> list[Submission]:
        """Enqueue and confirm transactions."""
        padding = b"x" * size
        fresh = [submission(b"complaint %d" % n + padding, **more) for n in range(count)]  # type: ignore[arg-type] - the test's own keywords
        for each in fresh:
            self.outbox.enqueue(each)
            self.confirmed.append(each)
        return fresh

    def syncer(self, ingest: CentralIngest | None = None) -> Syncer:
        return Syncer(self.outbox, ingest or self.central, clock=self.clock, rng=random.Random(7))

    def drain(self, syncer: Syncer | None = None, rounds: int = 200) -> SyncState:
        """Let rounds and waits follow one another until nothing is due or somebody must act."""
        syncer = syncer or self.syncer()
        for _ in range(rounds):
            delay = syncer.step()
            if delay is None or syncer.state is SyncState.PAUSED:
                return syncer.state
            self.clock.advance(delay)
        raise AssertionError("the syncer never came to rest")

    def assert_nothing_lost(self) -> None:
        """Confirmed is within local and central, and nothing took effect twice or unasked."""
        effects = Counter(self.central.effects)
        assert set(effects.values()) <= {1}
        known = {each.tx_id: each for each in self.confirmed}
        assert set(effects) <= set(known)
        for tx_id, each in known.items():
            recorded = self.outbox.result(tx_id)
            if tx_id in effects:
                assert self.central.payloads[tx_id] == each.payload
            else:
                assert recorded is not None
                assert recorded.state in WAITING

    def assert_exactly_once(self) -> None:
        """All that was confirmed took effect once, and the terminal knows it."""
        self.assert_nothing_lost()
        assert Counter(self.central.effects) == Counter(each.tx_id for each in self.confirmed)
        for each in self.confirmed:
            recorded = self.outbox.result(each.tx_id)
            assert recorded is not None
            assert recorded.state is State.ACCEPTED

    def findings(self, online: bool = False) -> list[Finding]:
        return verify_outbox(
            self.terminal.path,
            self.terminal.device_key.public_key(),
            self.central.signing.public_key().public_bytes_raw(),
            self.central.signed_head(KIOSK) if online else None,
            self.central.device_keys,
            SECRET,
        )

    @contextlib.contextmanager
    def line(self, *faults: Fault, pause_s: float = 0.01) -> Iterator[tuple[Syncer, FaultProxy]]:
        """A syncer on real sockets, through a line on which the first requests meet ``faults``."""
        server = Server(self.central)
        timeouts = Timeouts(connect_s=2, silence_s=2, whole_s=3)
        try:
            with FaultProxy(server.url, planned(*faults), pause_s) as proxy:
                ingest = HttpIngest(proxy.url, timeouts=timeouts)
                yield self.syncer(ingest), proxy
                ingest.close()
        finally:
            server.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A terminal that is open and a central API that holds nothing yet."""
    made = Scene(tmp_path)
    yield made
    made.close()


def in_a_child(act: Callable[[], None]) -> int:
    """Run ``act`` in a forked process; returns the signal that ended it."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            act()
        os._exit(1)  # nothing of the parent's runs in the child
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child was to be killed"
    return os.WTERMSIG(status)


def die(*_: object, **__: object) -> None:
    """End this process as the kernel does: no destructor, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def refused(outbox: Outbox, each: Submission) -> OutboxUnavailable:
    """Enqueue what cannot be kept; returns the reason."""
    with pytest.raises(OutboxUnavailable) as caught:
        outbox.enqueue(each)
    return caught.value
