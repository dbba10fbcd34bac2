"""The outbox beside raw sqlite3 and other queues, on this disk and on one whose fsync takes 2 ms.

The measuring itself is ``tests.offline_queue.bench``; here its figures become rows with floors.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tools.bench.table import Row

_OF_RAW: Final = {"disk_as_it_is": 0.3, "fsync_2_ms": 0.9}
_DISKS: Final = {"disk_as_it_is": "this disk", "fsync_2_ms": "fsync 2 ms"}
_MOST_FSYNCS: Final = 1.05
_MOST_DELAY: Final = 1.5
_LEAST_DRAINED: Final = 5000


def measure(work: Path, waiting: int) -> list[Row]:
    """Durable enqueue, fsyncs, delay by a running sync with ``waiting`` rows, and drain."""
    command = [sys.executable, "-m", "tests.offline_queue.bench"]
    command += ["--waiting", str(waiting), "--folder", str(work)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return [
        row for disk, name in _DISKS.items() for row in rows_of(name, told[disk], _OF_RAW[disk])
    ]


def rows_of(disk: str, told: dict[str, Any], of_raw: float) -> list[Row]:
    """The figures of one disk; the outbox must reach ``of_raw`` of raw sqlite3's rate."""
    rows = []
    raw = told["enqueue"]["raw_sqlite3"]
    for name, found in told["enqueue"].items():
        if name == "raw_sqlite3":
            continue
        floor = of_raw if name == "outbox" else None
        label = f"durable enqueue, {name.replace('_', '-')}, {disk}"
        if found == "not installed":
            rows.append(Row(label, found, "", 0.0))
            continue
        rate = f"{found['per_s']} /s, {found['cpu_us']} µs CPU"
        rows.append(
            Row(
                label, rate, f"{raw['per_s']} /s raw sqlite3", found["of_raw"], floor, at_least=True
            )
        )
    fsyncs = told["enqueue"]["outbox"]["fsyncs_per_item"]
    late, drain = told["latency"], told["drain"]
    return [
        *rows,
        Row(f"fsyncs of an enqueue, {disk}", f"{fsyncs:.2f}", "", fsyncs, _MOST_FSYNCS),
        Row(
            f"p99 of an enqueue, {late['waiting']:,} waiting and a sync running, {disk}",
            f"{late['loaded_p99_ms']:.1f} ms",
            f"{late['empty_p99_ms']:.1f} ms empty",
            late["ratio"],
            _MOST_DELAY,
        ),
        Row(
            f"drained by the store, {disk}",
            f"{drain['per_s']} /s",
            "",
            drain["per_s"],
            _LEAST_DRAINED,
            at_least=True,
        ),
    ]
