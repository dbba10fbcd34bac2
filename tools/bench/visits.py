"""Whether the terminal grows: memory, threads and open files over many whole visits."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.child import Child
from tools.bench.first_picture import FLOOR, Memory, bare, memory_of
from tools.bench.table import Row

GROWTH_FLOOR = 1.05


def measure(work: Path, about: dict[str, Any], visits: int) -> list[Row]:
    """Whole visits by touch in the real window, one after another."""
    looks: dict[int, Memory] = {}
    task = "tools.bench.counter", json.dumps(about), "visits", str(visits)
    with Child("tools.bench.prepared", *task, work=work) as child:
        while visits not in looks:
            number = child.hear()["visit"]
            looks[number] = memory_of(child.pid)
            child.tell({})
    return rows(looks, bare(work).memory)


def rows(looks: dict[int, Memory], window: Memory) -> list[Row]:
    """Growth from a fifth of the visits on (of 500: from visit 100), and the weight at the end."""
    last = max(looks)
    start = max(min(looks), last // 5)
    early, late = _around(looks, start), _around(looks, last)
    result = [
        Row(
            f"memory after {last} visits (PSS)",
            f"{late['pss']:.0f} MB",
            f"{window.pss:.0f} MB bare Qt Quick window",
            late["pss"] / window.pss,
            FLOOR,
        )
    ]
    for name, key, floor in (
        ("own memory", "own", GROWTH_FLOOR),
        ("threads", "threads", 1.0),
        ("open files", "files", 1.0),
    ):
        unit = " MB" if key == "own" else ""
        result.append(
            Row(
                f"{name}, visit {start} to {last}",
                f"{late[key]:.4g}{unit}",
                f"{early[key]:.4g}{unit} at visit {start}",
                late[key] / early[key],
                floor,
            )
        )
    return result


def _around(looks: dict[int, Memory], visit: int) -> dict[str, float]:
    """The median of the three looks up to this visit; of memory, one look is noise."""
    near = [looks[number] for number in sorted(looks) if number <= visit][-3:]
    return {key: median(getattr(look, key) for look in near) for key in Memory.__slots__}
