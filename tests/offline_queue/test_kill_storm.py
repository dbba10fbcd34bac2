"""SIGKILL at random moments of keeping and sending, on a line full of faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.offline_queue.kill_storm import LEAST_CONFIRMED

KILLS = 25
"""A thousand: ``python -m tests.offline_queue.kill_storm --kills 1000``."""


def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.offline_queue.kill_storm", "--kills", str(KILLS)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        check=True,
        timeout=110,
    )
    told = json.loads(done.stdout)
    assert told["kills"] == KILLS
    # Every other life was let live until it had confirmed some, however busy the machine is.
    assert told["confirmed"] >= LEAST_CONFIRMED * (KILLS // 2) > KILLS
    assert 0 < told["effects_during_the_storm"] <= told["effects"] == told["kept"]
    assert told["lost"] == told["doubled"] == told["kept_without_effect"] == told["of_nobody"] == 0
