"""From the touch event to the frame that shows what it did, on every kind of page."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.child import Child
from tools.bench.table import Row

FLOOR_MS = 33.0


def measure(work: Path, about: dict[str, Any], visits: int) -> list[Row]:
    """Whole visits in which every touch is measured."""
    task = "tools.bench.counter", json.dumps(about), "touches", str(visits)
    with Child("tools.bench.prepared", *task, work=work) as child:
        return rows(child.hear()["touches"])


def rows(touches: list[dict[str, Any]]) -> list[Row]:
    """All touches together, then each kind."""
    shown = [touch["shown"] for touch in touches]
    first = [touch["shown"] if touch["press"] is None else touch["press"] for touch in touches]
    result = [
        _row("tap to frame that shows its effect, p99", shown, FLOOR_MS),
        _row("  of it, work of the window's thread, p99", [touch["work"] for touch in touches]),
        _row("finger down to first reaction, p99", first, FLOOR_MS),
    ]
    for kind in dict.fromkeys(touch["kind"] for touch in touches):
        result.append(_row(f"  {kind}, p99", [t["shown"] for t in touches if t["kind"] == kind]))
    slowest = max(touches, key=lambda touch: float(touch["shown"]))
    result.append(_row(f"  slowest: {slowest['where']}", [slowest["shown"]]))
    return result


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least ``share`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def _row(name: str, values: list[float], floor: float | None = None) -> Row:
    p99 = percentile(values, 0.99)
    about = f"{len(values)} touches, median {median(values):.1f} ms, max {max(values):.1f} ms"
    return Row(name, f"{p99:.1f} ms", about, p99, floor)
