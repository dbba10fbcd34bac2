"""A central API from an older backup: no complaint number is given to two people."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend_stub import Settings
from backend_stub.console.fleet_office import restored

from .cards import Card
from .conftest import Start
from .terminal import Terminal


def numbers(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["result"]["number"] for answer in answers]


def test_what_was_told_before_the_restore_is_never_told_to_somebody_else(
    settings: Settings, start_central: Start, card: Card, tmp_path: Path
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("a copy of the file is the backup; the counters are tried on both below")
    central = start_central(settings)
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    kept = [terminal.complaint(card) for _ in range(4)]
    first = numbers(terminal.send(*kept[:2]))
    path, copy = tmp_path / "central.sqlite3", tmp_path / "backup.sqlite3"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    forgotten = numbers(terminal.send(*kept[2:]))
    central.stop()
    for leftover in tmp_path.glob("central.sqlite3*"):
        leftover.unlink()
    copy.rename(path)
    done = restored(settings, clock=central.clock)
    assert (done.newest_at, done.skipped) == (central.clock(), 1_000_000)
    central.start()

    def again(each: Terminal) -> Terminal:
        return dataclasses.replace(each, url=central.url, http=central.http)

    # Somebody else files before the first terminal sends again.
    theirs = numbers(again(other).send(other.complaint(card)))
    ours = numbers(again(terminal).send(*kept))
    assert ours[:2] == first
    told = [*first, *forgotten]
    assert not set(theirs) & set(told)
    assert not set(ours[2:]) & set(told)
    assert len({*theirs, *ours}) == 5
    assert theirs == ["C-2026-1000003"]


def test_as_many_are_left_out_as_a_fleet_can_file_since_the_newest(
    settings: Settings, start_central: Start, card: Card
) -> None:
    central = start_central(settings)
    terminal = central.terminal()
    terminal.send(terminal.complaint(card))
    # Until the next year: in both of them numbers may have been given.
    central.clock.advance(days=220)
    assert restored(settings, clock=central.clock).skipped == 221_000_000
    terminal.confirmed_at = "2027-01-07T06:30:00Z"
    assert numbers(terminal.send(terminal.complaint(card))) == ["C-2027-221000001"]
    central.clock.now = central.clock.now.replace(year=2026, month=6, day=1)
    terminal.confirmed_at = "2026-06-01T06:30:00Z"
    assert numbers(terminal.send(terminal.complaint(card))) == ["C-2026-221000002"]
    assert restored(settings, skip=5, clock=central.clock).skipped == 5
    assert numbers(terminal.send(terminal.complaint(card))) == ["C-2026-221000008"]


def test_a_database_with_nothing_in_it_can_be_restored_too(
    settings: Settings, start_central: Start
) -> None:
    start_central(settings).stop()
    assert restored(settings).newest_at is None
