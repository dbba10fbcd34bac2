"""How long until the attract page is on screen, and what the terminal weighs when it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tools.bench.child import PATIENCE_S, Child, ChildFailed
from tools.bench.table import Row

BARE = "bare Qt Quick window"
FLOOR = 2.0
_COLOURS = 12
"""A picture with fewer is no attract page."""


class NoPicture(Exception):
    """The window was empty when it said that the attract page is there."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in MB (10^6 bytes)."""

    pss: float
    """Own pages, and of shared ones its share: libraries count only in part while others run."""
    rss: float
    """Everything mapped and in memory, shared or not."""
    own: float
    """Anonymous pages, what it allocated: the same whoever else runs."""
    threads: int
    files: int


@dataclass(frozen=True, slots=True)
class Start:
    """One start: milliseconds to the first frame, and the memory a moment later."""

    from_process: float
    from_main: float
    work: float
    """Of the processor, in all threads: the same on a busy machine."""
    memory: Memory


def memory_of(pid: int) -> Memory:
    """What a process uses now."""
    process = psutil.Process(pid)
    full = process.memory_full_info()
    return Memory(
        full.pss / 1e6,
        full.rss / 1e6,
        _anonymous(pid) / 1e6,
        process.num_threads(),
        process.num_fds(),
    )


def _anonymous(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


def bare(work: Path) -> Start:
    """Start the bare window once."""
    with Child("tools.bench.bare_window", work=work) as child:
        return _start(child, child.hear())


def terminal(work: Path, config: str) -> Start:
    """Start the terminal once; its memory is taken when it is in touch with the central API."""
    log = Path(config).with_name("terminal.log")
    before = log.stat().st_size if log.exists() else 0
    with Child("tools.bench.terminal", "run", "--config", config, work=work) as child:
        start = child.hear()
        if start["colours"] < _COLOURS:
            raise NoPicture(f"{start['colours']} colours")
        _wait_until_online(log, before)
        return _start(child, start)


def measure(work: Path, config: str, runs: int) -> list[Row]:
    """Both in turns; medians. One start of each is thrown away: it compiles Python and QML."""
    bare(work)
    terminal(work, config)
    bares, terminals = [], []
    for _ in range(runs):
        bares.append(bare(work))
        terminals.append(terminal(work, config))
    return rows(bares, terminals)


def rows(bares: list[Start], terminals: list[Start]) -> list[Row]:
    """The figures of both."""

    def row(name: str, unit: str, of: Callable[[Start], float], floor: float | None = FLOOR) -> Row:
        value, base = median(map(of, terminals)), median(map(of, bares))
        baseline = f"{base:.0f} {unit} {BARE}"
        return Row(name, f"{value:.0f} {unit}", baseline, value / base, floor)

    return [
        row("attract page on screen, from process start", "ms", lambda s: s.from_process),
        row("attract page on screen, from main", "ms", lambda s: s.from_main),
        row("  of it, work of the processor", "ms", lambda s: s.work, None),
        row("memory at rest (PSS)", "MB", lambda s: s.memory.pss),
        row("memory at rest (RSS)", "MB", lambda s: s.memory.rss),
    ]


def _wait_until_online(log: Path, before: int) -> None:
    """Everything is loaded then, and has been used once."""
    deadline = time.monotonic() + PATIENCE_S
    while not log.exists() or b'"central": "online"' not in log.read_bytes()[before:]:
        if time.monotonic() > deadline:
            raise ChildFailed("the terminal never reached the central API")
        time.sleep(0.1)
    time.sleep(1)


def _start(child: Child, start: dict[str, Any]) -> Start:
    return Start(
        (start["frame"] - child.started) * 1000,
        (start["frame"] - start["main"]) * 1000,
        start["work"] * 1000,
        memory_of(child.pid),
    )
