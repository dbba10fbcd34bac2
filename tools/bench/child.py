"""Measured processes: started in the same way, heard through lines of JSON on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60.0


class ChildFailed(Exception):
    """A measured process ended or kept silent; the message ends with what it complained about."""


class Child:
    """One process. A context manager: it has ended when the block ends."""

    def __init__(self, module: str, *arguments: str, work: Path) -> None:
        """``work`` holds compiled Python, QML caches and complaints of all processes of a run."""
        self._module = module
        self._arguments = arguments
        self._work = work

    def __enter__(self) -> Child:
        """Start it."""
        self._complaints = (self._work / f"{self._module}.err").open("w+", encoding="utf-8")
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=ROOT,
            env=environment(self._work),
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Ask it to end, then make it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def hear(self) -> dict[str, Any]:
        """The next line it says. Raises :class:`ChildFailed`."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._complaints.seek(0)
            raise ChildFailed(f"{self._module} ended: {self._complaints.read()[-2000:]}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def tell(self, value: Mapping[str, Any]) -> None:
        """Send it a line."""
        if self._process.stdin is None:
            raise ChildFailed(f"{self._module} does not listen")
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()


def say(**value: object) -> None:
    """In a child: one line to the parent."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def environment(work: Path) -> dict[str, str]:
    """As on an installed terminal: Python and QML compiled once and kept; no screen, no GPU."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("QT_", "QML"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {
        "PYTHONPYCACHEPREFIX": str(work / "bytecode"),
        "XDG_CACHE_HOME": str(work / "cache"),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_QUICK_BACKEND": "software",
    }
