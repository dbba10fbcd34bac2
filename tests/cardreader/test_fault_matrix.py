"""The fault matrix for the card that is in most pockets, and pcscd killed in the middle of it all.

The whole matrix: ``python -m tests.cardreader.fault_matrix``.
"""

from __future__ import annotations

import threading
import time

import pytest

from cardreader import CardError, KeyPurpose, PinInfo, Protocol7816, open_card
from cardreader.simulator import issue
from tests.cardreader.fault_matrix import Fault, commands, length, strike
from tests.cardreader.operations import KINDS, OPERATIONS, PIN, STORE, clock
from tests.cardreader.virtual_reader import connected, in_virtual_reader, watched
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


class Killing:
    """A card in the virtual reader that has pcscd killed at its ``at``-th command."""

    def __init__(self, daemon: Pcscd, at: int) -> None:
        self._card = issue("citizen-active", protocol=Protocol7816.T0)
        self._daemon, self._at = daemon, at
        self.count = 0
        self.killed = threading.Event()
        self.atr, self.protocol, self.is_mute = self._card.atr, self._card.protocol, False
        self.power_on, self.power_off = self._card.power_on, self._card.power_off

    @property
    def is_powered(self) -> bool:
        return self._card.is_powered

    def transmit(self, raw: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count == self._at:
            self._daemon.stop()
            self.killed.set()
        return self._card.transmit(raw)


@pytest.mark.pcscd
@pytest.mark.parametrize("at", [3, 18, 33, 36])
def test_pcscd_is_killed(pcscd: Pcscd, at: int) -> None:  # noqa: F811 - the fixture
    """At SELECT, in the identity, at VERIFY and in the signature."""
    pcscd.needs_control()
    card = Killing(pcscd, at)
    with watched(call_timeout=3.0) as readers, in_virtual_reader(card):
        connection = connected(readers)
        pin = bytearray(PIN)
        with pytest.raises(CardError):
            while True:
                opened = open_card(connection, STORE, clock)
                opened.sign(KeyPurpose.SIGNATURE, b"message", pin)
        # Untouched when the card was not even opened, wiped in every other case.
        assert pin == (PIN if at == 3 else bytes(6))
        connection.disconnect()
        # The error comes before the daemon has been waited for: two at once would lose one.
        assert card.killed.wait(10)
        pcscd.start()
        began = time.monotonic()
        connection = connected(readers)
        opened = open_card(connection, STORE, clock)
        assert opened.pin_info() == PinInfo(3, blocked=False)
        # Two seconds, and as long as vpcd takes to notice the card that comes back.
        assert time.monotonic() - began < 2.0 + 2.0
        opened.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
        connection.disconnect()
