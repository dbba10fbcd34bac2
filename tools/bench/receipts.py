"""From COMMIT to paper: the first byte at the printer, and what drawing and encoding cost.

*First byte*: in the whole terminal without a network, from the moment the outbox has committed to
the first byte of the receipt's job: sign the code, tell the visit, ask the printer. The first byte
of the picture comes after what is done meanwhile and since: compose, draw, write SEND_STARTED. The
person types the PIN no quicker than people can. *Cost*: :mod:`tests.printer.bench`, in a process of
its own, against Pillow with raqm and python-escpos.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.child import Child
from tools.bench.table import Row

FIRST_BYTE_FLOOR_MS = 60.0


def measure(work: Path, about: dict[str, Any], visits: int) -> list[Row]:
    """``visits`` receipts of the whole terminal, then the cost of one."""
    found = from_commit(work, about, visits)
    with Child("tests.printer.bench", "--json", work=work) as child:
        return rows(found, child.hear())


def from_commit(work: Path, about: dict[str, Any], visits: int) -> list[list[float]]:
    """Seconds from COMMIT to the first byte, and to the first byte of the picture."""
    task = json.dumps(about), "receipts", str(visits)
    with Child("tools.bench.counter", *task, work=work) as child:
        found: list[list[float]] = child.hear()["receipts"]
    return found


def rows(receipts: list[list[float]], cost: dict[str, Any]) -> list[Row]:
    """``receipts`` as :func:`from_commit` gives them, ``cost`` as the printer's benchmark does."""
    first = [each[0] * 1000 for each in receipts]
    picture = [each[1] * 1000 for each in receipts]
    limits = cost["limits"]
    return [
        Row(
            "first byte to the printer after COMMIT",
            f"{median(first):.0f} ms",
            f"{len(first)} receipts, slowest {max(first):.0f} ms",
            median(first),
            FIRST_BYTE_FLOOR_MS,
        ),
        Row(
            "  first byte of its picture",
            f"{median(picture):.0f} ms",
            f"{len(picture)} receipts, slowest {max(picture):.0f} ms",
            median(picture),
        ),
        Row(
            "draw and encode a receipt, processor time",
            f"{cost['ours_ms']} ms",
            f"{cost['plain_ms']} ms Pillow and python-escpos",
            cost["time_ratio"],
            limits["time_ratio"],
        ),
        Row(
            "bytes of a receipt",
            f"{cost['ours_bytes']}",
            f"{cost['plain_bytes']} python-escpos image()",
            cost["bytes_ratio"],
            limits["bytes_ratio"],
        ),
        Row(
            "frame to frame while printing, p99",
            f"{cost['frame_p99_ms']} ms",
            f"{cost['frame_p99_without_printing_ms']} ms not printing",
            cost["frame_p99_ms"],
            limits["frame_p99_ms"],
        ),
    ]
