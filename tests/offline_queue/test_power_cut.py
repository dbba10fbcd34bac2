"""The power fails at any moment: what was confirmed is there, and the database is whole."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue import schema
from offline_queue.errors import OutboxUnavailable
from offline_queue.verify import verify_outbox
from tests.offline_queue.power_cut import CrashState, crash_states
from tests.offline_queue.recording_disk import Disk
from tests.offline_queue.world import Central, FakeClock, Terminal, submission

STATES = 1_200
CHECKPOINT_OFTEN = "PRAGMA wal_autocheckpoint = 40"
"""So that the short life below holds several checkpoints and restarts of the log."""


def live(terminal: Terminal, central: Central, disk: Disk) -> list[tuple[int, str]]:
    """A day of a terminal on ``disk``; returns after which operation each one was confirmed."""
    confirmed = []
    with disk.under_the_outbox():
        for _ in range(2):
            with terminal.open() as outbox:
                outbox._connection._db.execute(CHECKPOINT_OFTEN)
                for number in range(9):
                    each = submission(bytes([number]) * 3000)
                    outbox.enqueue(each)
                    confirmed.append((len(disk.operations), each.tx_id))
                    if number % 4 == 3:
                        batch = outbox.take_batch(0.0)
                        assert batch is not None
                        sent = [item.record.tx_id for item in batch.items]
                        central.backed_up_seq += 2
                        outbox.apply_answers(sent, central.post_batch(batch).answer, 0.0, None)
    return confirmed


def damage(
    state: CrashState, terminal: Terminal, central: Central, confirmed: list[tuple[int, str]]
) -> str:
    """Start a terminal on what the cut left; say what is wrong, or nothing."""
    for file in terminal.path.parent.glob("outbox.db*"):
        file.unlink()
    for name, content in state.files:
        suffix = "" if name == "db" else f"-{name}"
        terminal.path.with_name(terminal.path.name + suffix).write_bytes(content)
    try:
        with terminal.open() as outbox:
            integrity = outbox._connection._db.execute("PRAGMA integrity_check").fetchone()[0]
            missing = [
                tx_id for at, tx_id in confirmed if at <= state.at and outbox.result(tx_id) is None
            ]
    except (OutboxUnavailable, sqlite3.Error) as error:
        return f"corrupt: {error}"
    if integrity != "ok":
        return f"corrupt: {integrity}"
    if missing:
        return "lost"
    findings = verify_outbox(
        terminal.path,
        terminal.device_key.public_key(),
        central.signing.public_key().public_bytes_raw(),
    )
    return "corrupt: " + findings[0].sentence if findings else ""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder to put crash states into; in memory where the machine has such a place."""
    shared = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def bench(memory: Path, central: Central, clock: FakeClock) -> Terminal:
    return Terminal.enrolled(memory, central, clock)


def test_a_power_cut_loses_nothing_that_was_confirmed(bench: Terminal, central: Central) -> None:
    disk = Disk()
    confirmed = live(bench, central, disk)
    outcomes = [
        damage(state, bench, central, confirmed)
        for state in crash_states(disk.operations, random.Random(4), STATES)
    ]
    assert len(outcomes) >= 1_000
    assert {outcome for outcome in outcomes if outcome} == set()


def test_the_control_with_weaker_syncing_does_lose(
    bench: Terminal, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(forced={"PRAGMA synchronous = FULL": "PRAGMA synchronous = NORMAL"})
    with monkeypatch.context() as patch:
        weaker = [(n, v, 1 if n == "synchronous" else e) for n, v, e in schema.PRAGMAS]
        patch.setattr(schema, "PRAGMAS", tuple(weaker))
        confirmed = live(bench, central, disk)
    states = list(crash_states(disk.operations, random.Random(4), 200))
    outcomes = [damage(state, bench, central, confirmed) for state in states[::5]]
    assert outcomes.count("lost") > 20
    assert {outcome for outcome in outcomes if outcome} == {"lost"}
