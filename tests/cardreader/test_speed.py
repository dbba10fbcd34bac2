"""The card is read and signs as fast as is wanted: the small version of the bench.

``make card-bench`` shows all of it, with OpenSC's shortest run and without any latency, too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from cardreader import KeyPurpose, Protocol7816
from tests.cardreader.bench import BARE, HALF, KINDS, on_the_bench, reading, signing
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

LATENCY = 0.005
"""Seconds for each command: enough that the commands count, and not the load of this machine."""


def within(bound: float, ratio: Callable[[], float], attempts: int = 3) -> bool:
    """Whether it is held once: a busy machine makes it worse, never better."""
    return any(ratio() <= bound for _ in range(attempts))


@pytest.mark.pcscd
def test_reading_and_signing(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    if shutil.which("pkcs15-tool") is None:
        pytest.skip("NOT COMPARED WITH OPENSC: it is not installed (apt-get install opensc)")
    with on_the_bench(Protocol7816.T0, LATENCY) as (commands, readers):
        one_run, two_runs = reading(readers, commands, 1, warm=False)
        assert one_run.our_commands is not None
        assert one_run.their_commands is not None
        # OpenSC reads the certificates alone; here the identity comes with them.
        assert one_run.our_commands <= 24
        assert one_run.our_commands < one_run.their_commands / 2
        assert two_runs.ratio <= HALF
        for purpose in KeyPurpose:
            assert within(BARE, lambda: signing(readers, purpose, KINDS[purpose], 4).ratio)  # noqa: B023 - at once
