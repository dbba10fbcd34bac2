"""The results: one row for each figure, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``floor`` limits ``judged``; without a floor the row only informs."""

    name: str
    value: str
    baseline: str
    judged: float
    """A ratio to the baseline, or the value itself where there is none."""
    floor: float | None = None
    at_least: bool = False
    """The floor is a lower limit."""

    @property
    def ok(self) -> bool | None:
        """Whether the floor is kept; ``None`` without one."""
        if self.floor is None:
            return None
        return self.judged >= self.floor if self.at_least else self.judged <= self.floor


_HEADINGS = ("name", "value", "baseline", "ratio", "floor", "ok")


def as_text(rows: Sequence[Row]) -> str:
    """A table for people."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    printed = [
        " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines
    ]
    printed.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in printed)


def as_json(rows: Sequence[Row], about: dict[str, Any]) -> dict[str, Any]:
    """The same for machines; ``about`` says under which conditions it was measured."""
    return {"about": about, "rows": [asdict(row) | {"ok": row.ok} for row in rows]}


def _cells(row: Row) -> tuple[str, ...]:
    limit = "≥" if row.at_least else "≤"
    floor = "" if row.floor is None else f"{limit} {row.floor:g}"
    ok = {True: "ok", False: "MISSED", None: "-"}[row.ok]
    return row.name, row.value, row.baseline, f"{row.judged:.2f}", floor, ok
