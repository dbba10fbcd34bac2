"""A small run with real processes, and what the terminal loads before its first picture."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from cardreader.simulator import CONTACT_LATENCY
from kiosk.cli.errors import EXPECTED
from tools.bench import card, enqueue, first_picture, receipts, touches, visits
from tools.bench.child import ROOT, Child, ChildFailed, environment

LATE = (
    "pydantic",
    "typer",
    "structlog",
    "requests",
    "cryptography",
    "sqlalchemy",
    "fastapi",
    "PIL",
    "phonenumbers",
)
"""Not needed for the first picture; each takes a tenth of a second or so."""


@pytest.mark.window
@pytest.mark.timeout(300)
def test_a_small_run_gives_every_figure(tmp_path: Path) -> None:
    with Child("tools.bench.surroundings", str(tmp_path / "world"), work=tmp_path) as world:
        about = world.hear()
        window = first_picture.bare(tmp_path)
        terminal = first_picture.terminal(tmp_path, about["config"])
        touched = touches.measure(tmp_path, about, 1)
        grown = visits.measure(tmp_path, about, 2)
        [(first, picture)] = receipts.from_commit(tmp_path, about, 1)
        [name] = card.names(tmp_path, about, 1)
        kept = enqueue.measure(tmp_path, about["config"], 3)
    assert 0 < window.from_main < window.from_process < terminal.from_process
    assert terminal.memory.own > window.memory.own
    assert touched[0].baseline.startswith("6"), "some sixty touches in a visit"
    assert grown[0].judged > 1
    assert kept[0].judged > 0
    assert 0 < first < picture, "seconds after COMMIT"
    assert name > 10 * 1000 * CONTACT_LATENCY, "some fifteen commands come before the name"


def test_a_process_that_fails_is_no_figure(tmp_path: Path) -> None:
    with (
        Child("tools.bench.counter", "{}", "touches", "1", work=tmp_path) as child,
        pytest.raises(ChildFailed, match="KeyError"),
    ):
        child.hear()


def test_the_first_picture_waits_for_nothing_it_does_not_show(tmp_path: Path) -> None:
    code = (
        "import linecache, sys; from kiosk.loop.lean_imports import use_plain_imports;"
        "use_plain_imports(); from kiosk.cli import run; assert len(linecache.cache) < 20;"
        "from kiosk.config import Settings; from kiosk.front import Front;"
        "from ui.app import make_application; application = make_application();"
        "front = Front(Settings()); front.window.wait_until_seen(); front.window.close();"
        "print(*sys.modules)"
    )
    loaded = _loaded(code, tmp_path)
    assert "kiosk.front" in loaded
    assert [module for module in LATE if module in loaded] == []


def test_a_terminal_never_loads_what_only_the_central_api_needs(tmp_path: Path) -> None:
    code = (
        "import sys, kiosk.app, kiosk.enrolment.terminal_identity, cardreader.pcsc;"
        "import cardreader.trust;"
        "print(*sys.modules)"
    )
    loaded = _loaded(code, tmp_path)
    assert "kiosk.app" in loaded
    assert [module for module in ("pydantic", "fastapi", "sqlalchemy") if module in loaded] == []


def _loaded(code: str, work: Path) -> list[str]:
    """The modules that a new process has after running ``code``, which prints them."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(work),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_expected_error_is_found_by_its_name(name: str) -> None:
    module, _, kind = name.rpartition(".")
    found = getattr(importlib.import_module(module), kind)
    assert issubclass(found, Exception)
    assert f"{found.__module__}.{found.__qualname__}" == name
