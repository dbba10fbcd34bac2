"""Cards put in and taken out: the small version of ``make cycles``."""

from __future__ import annotations

import pytest

from tests.cardreader.cycles import Held, grown, simulated, slots, through_pcscd
from tests.pcscd import VPCD_PORTS, Pcscd, pcscd  # noqa: F401 - a fixture


def test_nothing_grows_in_the_same_process() -> None:
    simulated(20)
    before = Held.now()
    simulated(150)
    assert grown(before, Held.now()) == ""


@pytest.mark.pcscd
def test_nothing_grows_through_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with slots(list(VPCD_PORTS)) as (readers, events, where):
        before = Held.now()
        through_pcscd(readers, events, where, 4)
        assert grown(before, Held.now()) == ""


def test_what_grew_is_named() -> None:
    before = Held.now()
    more = Held(before.memory * 2, before.threads + 1, before.handles + 1)
    assert grown(before, more) == "threads, handles, memory"
    assert grown(before, before) == ""
