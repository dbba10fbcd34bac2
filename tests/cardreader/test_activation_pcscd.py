"""Activation through the real pcscd, and two readers at once."""

from __future__ import annotations

import pytest

from cardreader import KeyPurpose, PinInfo, Protocol7816, activate, open_card
from cardreader.errors import CardError
from cardreader.simulator import Faults, FaultyCard, issue, persona
from cardreader.simulator.authority import SimulatedAuthority
from tests.cardreader.opening import STORE, clock
from tests.cardreader.opensc import by_opensc
from tests.cardreader.virtual_reader import connected, in_virtual_reader, seated, watched
from tests.pcscd import VPCD_PORTS, Pcscd, pcscd  # noqa: F401 - a fixture

PIN = b"482913"


@pytest.mark.pcscd
def test_activation_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    """The power fails once in between; then other people's software reads what was written."""
    office = SimulatedAuthority()
    office.register(persona("citizen-new"))
    card = FaultyCard(issue("citizen-new", protocol=Protocol7816.T0))
    with watched() as readers, in_virtual_reader(card):
        connection = connected(readers)
        opened = open_card(connection, STORE, clock)
        opened.identity()
        # Somewhere behind the first certificate.
        card.set_faults(Faults(power_lost_at=30))
        with pytest.raises(CardError):
            activate(opened, office, bytearray(PIN))
        connection.disconnect()
        card.set_faults(Faults())
        connection = connected(readers)
        opened = open_card(connection, STORE, clock)
        activate(opened, office, bytearray(PIN))
        for purpose in KeyPurpose:
            opened.sign(purpose, b"message", bytearray(PIN))
        written = opened.certificate(KeyPurpose.SIGNATURE)
        connection.disconnect()
        assert office.issued == 2
        assert by_opensc("02") == written


@pytest.mark.pcscd
def test_two_readers_at_once(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    """The citizen's and the operator's card, interleaved command by command."""
    citizen, operator = (issue(who, protocol=Protocol7816.T0) for who in ("last-try", "operator"))
    with (
        watched() as readers,
        in_virtual_reader(citizen, VPCD_PORTS[0]),
        in_virtual_reader(operator, VPCD_PORTS[1]),
    ):
        connections = [readers.connect(name) for name in seated(readers, 2)]
        first, second = (open_card(connection, STORE, clock) for connection in connections)
        assert first.identity().civil_number == persona("last-try").civil_number
        assert second.identity().civil_number == persona("operator").civil_number
        assert first.pin_info() == PinInfo(1, blocked=False)
        assert second.pin_info() == PinInfo(3, blocked=False)
        for card, who in ((first, "last-try"), (second, "operator")):
            card.verify_pin(bytearray(str(persona(who).pin).encode()))
        for card in (second, first):
            card.sign(KeyPurpose.AUTHENTICATION, b"message")
        for connection in connections:
            connection.disconnect()
