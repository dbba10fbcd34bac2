"""The card: what the terminal asks of it, and how long a citizen waits for the own name.

*Driver*: :mod:`tests.cardreader.bench`, in a process of its own, on one simulated card in the
virtual reader of the real pcscd: identity and both certificates against OpenSC, a signature against
the bare exchange. *Name*: in the whole terminal, from the card being in the slot to the frame with
the cardholder's name, with a card that takes 52 ms for every command.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.child import Child
from tools.bench.table import Row

NAME_FLOOR_MS = 1500.0
_FEWER = 1.0
_READING = "identity and both certificates"


def measure(work: Path, about: dict[str, Any], rounds: int, insertions: int) -> list[Row]:
    """``rounds`` of the driver without latency and a fifth with it; ``insertions`` of a card."""
    found = names(work, about, insertions)
    with Child("tests.cardreader.bench", "--json", "--rounds", str(rounds), work=work) as child:
        return [*name_rows(found), *driver_rows(child.hear())]


def names(work: Path, about: dict[str, Any], insertions: int) -> list[float]:
    """Milliseconds from the card being in to the first frame with the name."""
    task = "tools.bench.counter", json.dumps(about), "names", str(insertions)
    with Child("tools.bench.prepared", *task, work=work) as child:
        found: list[float] = child.hear()["names"]
    return found


def name_rows(found: list[float]) -> list[Row]:
    """``found`` as :func:`names` gives them."""
    return [
        Row(
            "card in to name on screen, 52 ms a command",
            f"{median(found):.0f} ms",
            f"{len(found)} cards, slowest {max(found):.0f} ms",
            max(found),
            NAME_FLOOR_MS,
        )
    ]


def driver_rows(told: dict[str, Any]) -> list[Row]:
    """``told`` as the card's benchmark says it; one row that says so where nothing was measured."""
    if told["missing"] is not None:
        return [Row("the driver beside OpenSC", "NOT MEASURED", told["missing"], 0.0)]
    rows: list[Row] = []
    for found in told["results"]:
        reading = not found["name"].startswith("sign")
        name = _READING if reading else found["name"]
        other = found["name"] if reading else "bare exchange"
        if reading and found["latency_ms"] == 0:  # as many commands with latency
            rows.append(_commands(other, found["our_commands"], found["their_commands"]))
        rows.append(
            Row(
                f"{name}, {found['latency_ms']} ms a command",
                f"{found['ours_ms']} ms",
                f"{found['theirs_ms']} ms {other}",
                found["ratio"],
                found["bound"],
            )
        )
    return rows


def _commands(other: str, ours: int, theirs: int) -> Row:
    return Row(f"{_READING}, commands", f"{ours}", f"{theirs} {other}", ours / theirs, _FEWER)
