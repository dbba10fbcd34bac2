"""The fault matrix for the card that is in most pockets, and pcscd killed in the middle of it all.

The whole matrix: ``make faults``.
"""

from __future__ import annotations

import pytest

from tests.cardreader.fault_matrix import Fault, commands, length, strike
from tests.cardreader.fault_matrix_pcscd import (
    CALL_TIMEOUT,
    Fault as PcscdFault,
    strike as through_pcscd,
)
from tests.cardreader.operations import KINDS, OPERATIONS
from tests.cardreader.virtual_reader import watched
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

VENDOR = KINDS[-1]


@pytest.mark.parametrize("operation", ["verify", "change", "unblock", "sign", "activate"])
@pytest.mark.parametrize("fault", list(Fault))
def test_every_command_of_what_changes_a_card(operation: str, fault: Fault) -> None:
    """The kind of card without identity data: the commands that matter and few others."""
    for at in commands(operation, length(VENDOR, operation)):
        cell = strike(VENDOR, operation, fault, at)
        assert cell.outcome != "result" or fault is Fault.GARBLED


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_one_fault_of_each_in_a_national_card(operation: str) -> None:
    kind = KINDS[0]
    last = length(kind, operation)
    for fault in Fault:
        for at in {1, last // 2, last}:
            strike(kind, operation, fault, at)


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("fault", "from_the_end"),
    [
        (PcscdFault.KILLED, 0),
        (PcscdFault.KILLED, 1),
        (PcscdFault.GONE, 0),
        (PcscdFault.SWAPPED, 0),
        (PcscdFault.TIMED_OUT, 1),
    ],
)
def test_a_fault_through_pcscd_at_verify_and_in_the_signature(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    fault: PcscdFault,
    from_the_end: int,
) -> None:
    """The whole of it: ``make faults``."""
    pcscd.needs_control()
    at = length(VENDOR, "sign") - from_the_end
    with watched(call_timeout=CALL_TIMEOUT) as readers:
        cell = through_pcscd(readers, pcscd, VENDOR, "sign", fault, at)
    assert cell.outcome in ("CardRemoved", "CardServiceUnavailable", "CardTimeout")
