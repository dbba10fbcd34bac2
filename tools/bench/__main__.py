"""``python -m tools.bench``: measure, print a table, end with 1 when a floor is missed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.bench import card, enqueue, first_picture, queue, receipts, touches, visits
from tools.bench.child import Child
from tools.bench.table import Row, as_json, as_text

PARTS = ("picture", "touches", "visits", "enqueue", "queue", "receipts", "card")


def main() -> int:
    """Run the benchmark; the exit code."""
    arguments = _parse()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="manfadh-bench-") as folder:
        rows = measure(Path(folder), arguments)
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "window": "1080x1920, offscreen, software scene graph",
        "runs": arguments.runs,
        "touch_visits": arguments.touch_visits,
        "visits": arguments.visits,
        "receipts": arguments.receipts,
        "card_rounds": arguments.card_rounds,
        "insertions": arguments.insertions,
    }
    print(f"\n{as_text(rows)}")  # noqa: T201 - the answer of this command
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(rows, about), indent=1), encoding="utf-8")
    return 1 if any(row.ok is False for row in rows) else 0


def measure(work: Path, arguments: argparse.Namespace) -> list[Row]:
    """The parts that were asked for, each with a terminal that never ran before."""
    rows: list[Row] = []
    for part in arguments.only:
        _tell(f"{part} ...")
        if part == "queue":
            rows += queue.measure(work, arguments.waiting)
            continue
        with Child("tools.bench.surroundings", str(work / part), work=work) as surroundings:
            about: dict[str, Any] = surroundings.hear()
            config = about["config"]
            match part:
                case "picture":
                    rows += first_picture.measure(work, config, arguments.runs)
                case "touches":
                    rows += touches.measure(work, about, arguments.touch_visits)
                case "visits":
                    rows += visits.measure(work, about, arguments.visits)
                case "enqueue":
                    rows += enqueue.measure(work, config, arguments.enqueue)
                case "receipts":
                    rows += receipts.measure(work, about, arguments.receipts)
                case "card":
                    rows += card.measure(work, about, arguments.card_rounds, arguments.insertions)
    return rows


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the results there")
    parser.add_argument("--runs", type=int, default=9, help="starts of each window")
    parser.add_argument(
        "--touch-visits", type=int, default=4, help="visits measured touch by touch"
    )
    parser.add_argument("--visits", type=int, default=500, help="visits for the growth of memory")
    parser.add_argument("--enqueue", type=int, default=500, help="transactions to keep")
    parser.add_argument("--waiting", type=int, default=100_000, help="transactions in the queue")
    parser.add_argument("--receipts", type=int, default=9, help="receipts from COMMIT to paper")
    parser.add_argument(
        "--card-rounds", type=int, default=15, help="readings of a card; a fifth of it at 52 ms"
    )
    parser.add_argument("--insertions", type=int, default=9, help="cards put in for their name")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
