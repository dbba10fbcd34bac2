"""The process dies (SIGKILL) at the worst moments; what it confirmed is registered exactly once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from kiosk.config import Screen, Settings
from kiosk.simulation import Rig
from tests.e2e.commands import ROOT, surroundings
from tests.e2e.terminal import Terminal


def die_in_a_process_of_its_own(rig: Rig, moment: str, *, online: bool) -> str:
    """Walk a visit in another process until it kills itself; gives the transaction's id."""
    settings = rig.settings(Settings(screen=Screen(width=1080, height=1920)))
    rig.identity(settings)
    process = subprocess.run(
        [sys.executable, "-m", "tests.e2e.doomed", moment, "online" if online else "offline"],
        cwd=ROOT,
        env=surroundings() | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
        input=json.dumps(
            {
                "state": str(settings.state_directory),
                "cards": str(rig.directory / "cards"),
                "central": settings.central.url,
                "printer": rig.printer_address,
            }
        ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stdout + process.stderr
    said = [line for line in process.stdout.splitlines() if line.startswith("DYING ")]
    assert len(said) == 1, process.stdout + process.stderr
    return said[0].removeprefix("DYING ")


@pytest.mark.parametrize(
    ("moment", "online"),
    [
        ("confirmation", False),
        ("commit", True),
        ("answer", True),
        ("signature", True),
    ],
)
def test_killed_and_started_again_everything_kept_is_registered_exactly_once(
    qapp, tmp_path, moment, online
):
    """``confirmation``: the page is shown. ``commit``: just before. ``answer``: the central API
    has it, the terminal does not know. ``signature``: nothing was kept yet.
    """
    with Rig(tmp_path) as before:
        if not online:
            before.link.cut()
        tx_id = die_in_a_process_of_its_own(before, moment, online=online)

    with Terminal(tmp_path) as terminal:
        terminal.wait(lambda: terminal.waiting() == 0, "what was kept to be sent")
        kept = terminal.kiosk.outbox.status().last_seq
        received = terminal.received()
        if moment == "signature":
            assert (kept, received) == (0, [])
        else:
            assert kept == 1
            assert [(t["tx_id"], t["state"]) for t in received] == [(tx_id, "registered")]
        assert terminal.findings() == []

        # And the terminal serves the next one.
        for _ in terminal.walk("resident-worker"):
            pass
        terminal.finish()
        terminal.wait(lambda: terminal.waiting() == 0, "the next complaint")
        assert len(terminal.received()) == kept + 1
        assert len({t["number"] for t in terminal.received()}) == kept + 1
        assert terminal.findings() == []
