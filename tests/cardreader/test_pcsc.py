"""Readers and cards through the real pcscd and its virtual reader."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from cardreader.apdu import CommandApdu, Protocol7816
from cardreader.channel import CardChannel
from cardreader.errors import (
    CardBusy,
    CardError,
    CardMute,
    CardReleased,
    CardRemoved,
    CardServiceUnavailable,
    CardTimeout,
    ReaderUnavailable,
)
from cardreader.events import (
    CardInserted,
    CardMuteInserted,
    CardTaken,
    ReaderAttached,
    ReaderDetached,
    ReaderEvent,
    ServiceLost,
    ServiceRestored,
)
from cardreader.pcsc import PcscReaders
from cardreader.readers import Slot
from tests.cardreader.script import T0_ATR
from tests.cardreader.vpcd import MUTE_ATR, VirtualCard
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

pytestmark = pytest.mark.pcscd

READER, SECOND = "Virtual PCD 00 00", "Virtual PCD 00 01"
WITHIN = 2.0
SELECT = bytes.fromhex("00A4040000")


class Watch:
    """The readers under watch, and their events as they come."""

    def __init__(self) -> None:
        self.events: queue.Queue[ReaderEvent] = queue.Queue()
        self.readers = PcscReaders(call_timeout=1.0, busy_for=0.2)
        self.readers.start(self.events.put)

    def expect(self, *events: ReaderEvent, within: float = 5.0) -> float:
        """Wait for exactly these events; returns how long the first took, in seconds."""
        start = time.monotonic()
        took = 0.0
        for index, expected in enumerate(events):
            assert self.events.get(timeout=within) == expected
            if index == 0:
                took = time.monotonic() - start
        return took


@pytest.fixture
def watch(pcscd: Pcscd) -> Iterator[Watch]:  # noqa: F811 - the fixture
    watching = Watch()
    watching.expect(ReaderAttached(READER), ReaderAttached(SECOND))
    yield watching
    watching.readers.stop()
    assert not any(thread.name == "card monitor" for thread in threading.enumerate())


def test_insert_transmit_reset_take(watch: Watch) -> None:
    with VirtualCard(lambda command: b"\xaa\x90\x00") as card:
        watch.expect(CardInserted(READER, T0_ATR, 1))
        status = watch.readers.readers()
        assert [(s.reader, s.slot) for s in status] == [(READER, Slot.CARD), (SECOND, Slot.EMPTY)]
        assert (status[0].atr, status[0].insertion) == (T0_ATR, 1)
        connection = watch.readers.connect(READER)
        assert (connection.atr, connection.protocol) == (T0_ATR, Protocol7816.T0)
        assert connection.transmit(SELECT) == b"\xaa\x90\x00"
        assert card.commands == [SELECT]
        before = card.resets
        connection.disconnect()
        connection.disconnect()
        assert card.resets == before + 1
        with pytest.raises(CardReleased):
            connection.transmit(SELECT)
    watch.expect(CardTaken(READER))
    assert watch.readers.readers()[0].slot is Slot.EMPTY


def test_a_card_put_back_is_another_insertion(watch: Watch) -> None:
    for insertion in (1, 2):
        with VirtualCard():
            watch.expect(CardInserted(READER, T0_ATR, insertion))
        watch.expect(CardTaken(READER))


def test_a_connection_does_not_survive_a_swap_for_a_card_with_the_same_atr(watch: Watch) -> None:
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
    watch.expect(CardTaken(READER))
    with VirtualCard() as other:
        watch.expect(CardInserted(READER, T0_ATR, 2))
        with pytest.raises(CardRemoved):
            connection.transmit(SELECT)
        with pytest.raises(CardReleased):
            connection.transmit(SELECT)
        assert other.commands == []


def test_a_mute_card(watch: Watch) -> None:
    with VirtualCard(atr=MUTE_ATR):
        watch.expect(CardMuteInserted(READER))
        assert watch.readers.readers()[0].slot is Slot.MUTE_CARD
        with pytest.raises(CardMute):
            watch.readers.connect(READER)
    watch.expect(CardTaken(READER))


def test_an_empty_reader_an_unknown_reader_a_busy_card(watch: Watch) -> None:
    with pytest.raises(CardRemoved):
        watch.readers.connect(READER)
    with pytest.raises(ReaderUnavailable):
        watch.readers.connect("no such reader")
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        with pytest.raises(CardBusy):
            PcscReaders(busy_for=0.1).connect(READER)
        connection.disconnect()
        PcscReaders().connect(READER).disconnect()


def test_a_card_pulled_out_in_mid_command(watch: Watch) -> None:
    with VirtualCard(lambda command: None) as card:
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        failures: list[CardError] = []

        def transmit() -> None:
            try:
                connection.transmit(SELECT)
            except CardError as error:
                failures.append(error)

        waiting = threading.Thread(target=transmit)
        waiting.start()
        assert card.got_command.wait(5)
        card.take()
        waiting.join(5)
    assert [type(failure) for failure in failures] == [CardRemoved]
    watch.expect(CardTaken(READER))


def test_a_card_that_never_answers_costs_one_time_out_and_no_more(watch: Watch) -> None:
    with VirtualCard(lambda command: None):
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        start = time.monotonic()
        with pytest.raises(CardTimeout):
            connection.transmit(SELECT)
        assert time.monotonic() - start < 2
        # The reader is still taken by the abandoned call: no second thread waits for it.
        start = time.monotonic()
        with pytest.raises(CardTimeout):
            watch.readers.connect(READER)
        assert time.monotonic() - start < 0.5
    watch.expect(CardTaken(READER))
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 2))
        connection = watch.readers.connect(READER)
        assert connection.transmit(SELECT) == b"\x90\x00"
        connection.disconnect()


def test_a_hung_service_costs_a_time_out(watch: Watch, pcscd: Pcscd) -> None:  # noqa: F811
    pcscd.needs_control()
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        os.kill(pcscd.pid, signal.SIGSTOP)
        try:
            with pytest.raises(CardTimeout):
                connection.transmit(SELECT)
        finally:
            os.kill(pcscd.pid, signal.SIGCONT)


def test_the_service_killed_and_restarted_is_noticed_every_time(
    watch: Watch,
    pcscd: Pcscd,  # noqa: F811
) -> None:
    pcscd.needs_control()
    for _ in range(2):
        pcscd.stop()
        gone = (ReaderDetached(READER), ReaderDetached(SECOND), ServiceLost())
        assert watch.expect(*gone) < WITHIN
        assert watch.readers.readers() == []
        with pytest.raises(CardServiceUnavailable):
            watch.readers.connect(READER)
        pcscd.start()
        back = (ServiceRestored(), ReaderAttached(READER), ReaderAttached(SECOND))
        assert watch.expect(*back) < WITHIN
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 1))


def test_the_service_killed_with_a_card_in_use(watch: Watch, pcscd: Pcscd) -> None:  # noqa: F811
    pcscd.needs_control()
    with VirtualCard():
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        pcscd.stop()
        watch.expect(CardTaken(READER), ReaderDetached(READER))
        with pytest.raises(CardServiceUnavailable):
            connection.transmit(SELECT)
        connection.disconnect()


def test_a_service_that_comes_after_the_terminal(pcscd: Pcscd) -> None:  # noqa: F811
    pcscd.needs_control()
    pcscd.stop()
    watching = Watch()
    try:
        watching.expect(ServiceLost())
        pcscd.start()
        back = (ServiceRestored(), ReaderAttached(READER), ReaderAttached(SECOND))
        assert watching.expect(*back) < WITHIN
    finally:
        watching.readers.stop()


def test_stop_is_prompt_and_silent(watch: Watch) -> None:
    start = time.monotonic()
    watch.readers.stop()
    assert time.monotonic() - start < 0.5
    with VirtualCard(), pytest.raises(queue.Empty):
        watch.events.get(timeout=0.6)


def test_a_listener_that_raises_does_not_end_the_watch(pcscd: Pcscd) -> None:  # noqa: F811
    seen: queue.Queue[ReaderEvent] = queue.Queue()

    def listen(event: ReaderEvent) -> None:
        seen.put(event)
        raise ZeroDivisionError

    readers = PcscReaders()
    readers.start(listen)
    try:
        assert seen.get(timeout=5) == ReaderAttached(READER)
        assert seen.get(timeout=5) == ReaderAttached(SECOND)
        with VirtualCard():
            assert seen.get(timeout=5) == CardInserted(READER, T0_ATR, 1)
    finally:
        readers.stop()


def test_a_channel_over_the_real_stack(watch: Watch) -> None:
    replies = {
        bytes.fromhex("00A4040001AA"): bytes.fromhex("6102"),
        bytes.fromhex("00C0000002"): bytes.fromhex("CAFE9000"),
    }
    with VirtualCard(replies.get):
        watch.expect(CardInserted(READER, T0_ATR, 1))
        connection = watch.readers.connect(READER)
        answer = CardChannel(connection).send(CommandApdu(0, 0xA4, 4, 0, b"\xaa", 256))
        assert answer.data == b"\xca\xfe"
        connection.disconnect()
