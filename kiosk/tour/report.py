"""Runs journeys and writes ``report.json``, screenshots and receipts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kiosk.papers.receipt_keys import RING_FILE, add_key, public_keys, read_ring
from kiosk.services import Language
from kiosk.tour.harness import Stage
from kiosk.tour.journeys import JOURNEYS
from kiosk.tour.touch_driver import NotSeen

REPORT = "report.json"


def run_tour(
    out: Path,
    *,
    languages: Sequence[Language],
    sizes: Sequence[tuple[int, int]],
    journeys: Sequence[str],
    key_ring: Path,
    progress: Callable[[str], None] = lambda _line: None,
) -> list[dict[str, Any]]:
    """Every journey in every language and size; returns what ``report.json`` says.

    Each journey gets a terminal that never ran before and is gone afterwards; what it prints and
    logs stays in ``out``. The public keys of its receipts are kept there, too, and added to
    ``key_ring``, so that they can be verified later.
    """
    out.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    for size in sizes:
        for language in languages:
            for name in journeys:
                result = _run_one(out, key_ring, name, language, size)
                results.append(result)
                progress(
                    f"{result['result']:7} {result['seconds']:6.1f} s  {name} {language} "
                    f"{result['size']}  {result.get('reason', '')}".rstrip()
                )
                (out / REPORT).write_text(
                    json.dumps({"journeys": results}, ensure_ascii=False, indent=1), "utf-8"
                )
    return results


def _run_one(
    out: Path, key_ring: Path, name: str, language: Language, size: tuple[int, int]
) -> dict[str, Any]:
    started = time.monotonic()
    reason = None
    with TemporaryDirectory(prefix="kiosk-tour-") as folder:
        state = Path(folder)
        stage = Stage(out, state, name, language, size)
        try:
            with stage:
                JOURNEYS[name](stage)
                if stage.kiosk.window.warnings:
                    reason = f"QML warned: {stage.kiosk.window.warnings[0]}"
        except NotSeen as error:
            reason = f"not seen: {error}"
        for key in read_ring(state / RING_FILE):
            for ring in (out / RING_FILE, key_ring):
                add_key(ring, public_keys((key,))[key.key_id].public_key, key.kiosk)
    result: dict[str, Any] = {
        "name": name,
        "language": language,
        "size": f"{size[0]}x{size[1]}",
        "result": "failed" if reason else "passed",
        "seconds": round(time.monotonic() - started, 2),
        "steps": stage.story.steps,
        "tx_id": stage.story.tx_id,
        "screenshots": stage.story.screenshots,
        "receipts": stage.story.receipts,
    }
    if reason:
        result["reason"] = reason
    return result
