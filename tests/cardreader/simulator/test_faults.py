"""Faults on switches."""

from __future__ import annotations

import pytest

from cardreader.errors import CardRemoved
from cardreader.simulator import READER, Faults, FaultyCard, Garble, SimulatedReaders, issue

SELECT = bytes.fromhex("00A4040007A000000247100100")


def card(faults: Faults) -> FaultyCard:
    faulty = FaultyCard(issue("citizen-active"), faults, sleep=NAPS.append)
    faulty.power_on()
    return faulty


NAPS: list[float] = []


def test_power_lost_before_and_after_a_command() -> None:
    for faults in (Faults(power_lost_at=2), Faults(reply_lost_at=2)):
        faulty = card(faults)
        assert faulty.transmit(SELECT).endswith(b"\x90\x00")
        with pytest.raises(CardRemoved):
            faulty.transmit(SELECT)
        assert not faulty.is_powered
        faulty.power_on()
        assert faulty.transmit(SELECT).endswith(b"\x90\x00")


def test_a_try_is_counted_when_the_reply_is_lost_and_not_when_power_fails_before() -> None:
    readers = SimulatedReaders()
    verify = bytes.fromhex("0020008008303030303030FFFF")
    select = bytes.fromhex("00A4040009A0000003080000100000")
    for faults, left in ((Faults(power_lost_at=2), 3), (Faults(reply_lost_at=2), 2)):
        faulty = FaultyCard(issue("citizen-active"), faults)
        readers.insert_card(faulty)
        connection = readers.connect(READER)
        connection.transmit(select)
        with pytest.raises(CardRemoved):
            connection.transmit(verify)
        connection.disconnect()
        connection = readers.connect(READER)
        connection.transmit(select)
        assert connection.transmit(bytes.fromhex("00200080")) == bytes((0x63, 0xC0 | left))


@pytest.mark.parametrize(
    ("garble", "length"), [(Garble.EMPTY, 0), (Garble.CUT, 10), (Garble.FLIPPED, 13 + 2)]
)
def test_garbled(garble: Garble, length: int) -> None:
    plain = card(Faults()).transmit(SELECT)
    damaged = card(Faults(garbled_at=1, garble=garble)).transmit(SELECT)
    assert damaged != plain
    assert len(damaged) <= max(length, len(plain))
    too_long = card(Faults(garbled_at=1, garble=Garble.TOO_LONG)).transmit(SELECT)
    assert len(too_long) > len(plain)


def test_refused_and_slow() -> None:
    NAPS.clear()
    faulty = card(Faults(refused_at=2, status=0x6581, slow_from=2, delay=0.5))
    assert faulty.transmit(SELECT).endswith(b"\x90\x00")
    assert faulty.transmit(SELECT) == b"\x65\x81"
    assert faulty.transmit(SELECT).endswith(b"\x90\x00")
    assert NAPS == [0.5, 0.5]
    faulty.set_faults(Faults())
    assert faulty.count == 0
