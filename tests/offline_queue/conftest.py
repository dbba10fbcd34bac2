"""A terminal enrolled with a central API whose keys the tests hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.store import Outbox
from tests.offline_queue.scene import scene
from tests.offline_queue.stepped_line import line, server
from tests.offline_queue.world import Central, FakeClock, Terminal


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until a test moves it."""
    return FakeClock(dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC))


@pytest.fixture
def central() -> Central:
    """The keys and the memory of a central API."""
    return Central()


@pytest.fixture
def terminal(tmp_path: Path, central: Central, clock: FakeClock) -> Terminal:
    """What one terminal keeps: its folder, its device key and secret, its enrolment."""
    return Terminal.enrolled(tmp_path, central, clock)


@pytest.fixture
def outbox(terminal: Terminal) -> Iterator[Outbox]:
    """The terminal's outbox, empty and open."""
    with terminal.open() as opened:
        yield opened


__all__ = ["line", "scene", "server"]
