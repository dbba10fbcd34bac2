"""A headless Chromium of the tests' own: Debian's package, no network beyond 127.0.0.1."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def chromium() -> str:
    """The program, or a loud skip."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("NO CHROMIUM: the receipt page is not tested in a real browser")
    return found


def _run(url: str, profile: Path, *more: str) -> str:
    done = subprocess.run(
        [
            chromium(),
            "--headless",
            "--no-sandbox",  # Chromium refuses to run as root with it
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            "--virtual-time-budget=8000",
            *more,
            url,
        ],
        capture_output=True,
        timeout=90,
        check=True,
    )
    return done.stdout.decode()


def dump(url: str, profile: Path | None = None) -> str:
    """The page's HTML once its script has run. The same profile remembers what it saw."""
    if profile is not None:
        return _run(url, profile, "--dump-dom")
    with tempfile.TemporaryDirectory(prefix="chromium-") as fresh:
        return _run(url, Path(fresh), "--dump-dom")


def picture(url: str, path: Path, width: int, height: int) -> None:
    """A PNG of the page."""
    with tempfile.TemporaryDirectory(prefix="chromium-") as fresh:
        _run(url, Path(fresh), f"--screenshot={path}", f"--window-size={width},{height}")
