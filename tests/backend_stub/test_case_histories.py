"""Random histories of cases: legal moves only, the notices that are asked for, nothing missed."""

from __future__ import annotations

import pytest

from backend_stub import Settings

from .case_histories import run


@pytest.mark.parametrize("seed", range(6))
def test_random_histories(settings: Settings, seed: int) -> None:
    # The long run takes more steps; here it is a test among many.
    tally = run(settings, 1_000_000 + seed, steps=120)
    assert tally["moves"] and tally["by themselves"] and tally["notices"] and tally["kills"]
