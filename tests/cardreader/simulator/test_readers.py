"""Simulated readers: events in order, connections that end when the card does."""

from __future__ import annotations

import threading

import pytest

from cardreader.apdu import CardConnection, CommandApdu, Protocol7816
from cardreader.channel import CardChannel
from cardreader.errors import CardBusy, CardMute, CardRemoved, ReaderUnavailable
from cardreader.events import (
    CardInserted,
    CardMuteInserted,
    CardTaken,
    ReaderAttached,
    ReaderDetached,
)
from cardreader.readers import CardReaders, ReaderStatus, Slot
from cardreader.simulator import READER, SimulatedReaders, UnknownPersona
from cardreader.simulator.card import answer_to_reset
from tests.cardreader.simulator.cards import PIV_AID

ATR = answer_to_reset(Protocol7816.T1)
SELECT_PIV = bytes.fromhex(f"00A4040009{PIV_AID}")
ASK_TRIES = bytes.fromhex("00200080")


@pytest.fixture
def readers():
    readers = SimulatedReaders()
    yield readers
    readers.stop()


def watched(readers: SimulatedReaders) -> list:
    events: list = []
    readers.start(events.append)
    assert readers.drain()
    return events


def test_it_is_what_the_terminal_expects(readers):
    seam: CardReaders = readers
    readers.insert("citizen-active")
    connection: CardConnection = seam.connect(READER)
    assert (connection.reader, connection.atr, connection.protocol) == (
        READER,
        ATR,
        Protocol7816.T1,
    )


def test_the_driver_reads_it(readers):
    readers.insert("citizen-active")
    channel = CardChannel(readers.connect(READER))
    channel.send(CommandApdu(0, 0xA4, 4, 0, bytes.fromhex(PIV_AID), le=256))
    reply = channel.send(CommandApdu(0, 0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC105"), le=4096))
    assert len(reply.data) > 900


def test_what_is_there_at_the_start_is_reported(readers):
    readers.insert("citizen-active")
    assert watched(readers) == [ReaderAttached(READER), CardInserted(READER, ATR, 1)]


def test_an_empty_reader_is_only_attached(readers):
    assert watched(readers) == [ReaderAttached(READER)]
    assert readers.readers() == [ReaderStatus(READER, Slot.EMPTY)]


def test_in_and_out_and_in_again_are_different_insertions(readers):
    events = watched(readers)
    readers.insert("citizen-active")
    readers.remove()
    readers.insert("citizen-active")
    assert readers.drain()
    assert events[1:] == [
        CardInserted(READER, ATR, 1),
        CardTaken(READER),
        CardInserted(READER, ATR, 2),
    ]
    assert readers.readers() == [ReaderStatus(READER, Slot.CARD, ATR, 2)]


def test_swapping_cards_reports_the_first_as_taken(readers):
    events = watched(readers)
    readers.insert("citizen-active")
    readers.insert("operator")
    assert readers.drain()
    assert events[2:] == [CardTaken(READER), CardInserted(READER, ATR, 2)]


def test_removing_nothing_is_nothing(readers):
    events = watched(readers)
    readers.remove()
    assert readers.drain()
    assert events == [ReaderAttached(READER)]


def test_a_mute_card_is_reported_and_cannot_be_connected(readers):
    events = watched(readers)
    readers.insert("mute")
    assert readers.drain()
    assert events[1:] == [CardMuteInserted(READER)]
    assert readers.readers() == [ReaderStatus(READER, Slot.MUTE_CARD)]
    with pytest.raises(CardMute):
        readers.connect(READER)
    readers.remove()
    assert readers.drain()
    assert events[2:] == [CardTaken(READER)]


def test_unplugging_takes_the_card_first_and_plugging_in_finds_it_again(readers):
    events = watched(readers)
    readers.insert("citizen-active")
    readers.detach()
    assert readers.readers() == []
    with pytest.raises(ReaderUnavailable):
        readers.connect(READER)
    with pytest.raises(ReaderUnavailable):
        readers.insert("operator")
    readers.detach()
    readers.attach()
    readers.attach()
    assert readers.drain()
    assert events[1:] == [
        CardInserted(READER, ATR, 1),
        CardTaken(READER),
        ReaderDetached(READER),
        ReaderAttached(READER),
        CardInserted(READER, ATR, 2),
    ]


def test_the_card_taken_while_unplugged_is_gone_after(readers):
    events = watched(readers)
    readers.insert("citizen-active")
    readers.detach()
    readers.remove()
    readers.attach()
    assert readers.drain()
    assert events.count(CardTaken(READER)) == 1
    assert readers.readers() == [ReaderStatus(READER, Slot.EMPTY)]


def test_several_readers_do_not_disturb_each_other():
    readers = SimulatedReaders(2)
    second = "Simulated Reader 01 00"
    events = watched(readers)
    readers.insert("operator", second)
    first_empty, second_full = readers.readers()
    assert (first_empty.slot, second_full.slot) == (Slot.EMPTY, Slot.CARD)
    readers.insert("citizen-active")
    connection = readers.connect(second)
    readers.remove()
    assert connection.transmit(SELECT_PIV)[-2:] == b"\x90\x00"
    readers.stop()
    assert events == [
        ReaderAttached(READER),
        ReaderAttached(second),
        CardInserted(second, ATR, 1),
        CardInserted(READER, ATR, 2),
        CardTaken(READER),
    ]


def test_connecting_to_nothing(readers):
    with pytest.raises(CardRemoved):
        readers.connect(READER)
    with pytest.raises(ReaderUnavailable):
        readers.connect("No Such Reader")
    with pytest.raises(UnknownPersona):
        readers.insert("nobody")


def test_a_connection_is_exclusive_until_closed(readers):
    readers.insert("citizen-active")
    first = readers.connect(READER)
    with pytest.raises(CardBusy):
        readers.connect(READER)
    first.disconnect()
    first.disconnect()
    readers.connect(READER)
    with pytest.raises(CardRemoved):
        first.transmit(SELECT_PIV)


@pytest.mark.parametrize(("reset", "after"), [(True, b"\x69\x85"), (False, b"\x90\x00")])
def test_only_a_reset_takes_the_pin_back(readers, reset, after):
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    connection.transmit(SELECT_PIV)
    assert connection.transmit(bytes.fromhex("0020008008") + b"246813\xff\xff") == b"\x90\x00"
    connection.disconnect(reset=reset)
    assert readers.connect(READER).transmit(ASK_TRIES) == after


def test_pulling_the_card_ends_the_connection_even_if_it_comes_back(readers):
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    connection.transmit(SELECT_PIV)
    readers.remove()
    with pytest.raises(CardRemoved):
        connection.transmit(ASK_TRIES)
    readers.insert("citizen-active")
    with pytest.raises(CardRemoved):
        connection.transmit(ASK_TRIES)
    connection.disconnect()
    assert readers.connect(READER).transmit(SELECT_PIV)[-2:] == b"\x90\x00"


def test_unplugging_the_reader_ends_the_connection(readers):
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    readers.detach()
    with pytest.raises(ReaderUnavailable):
        connection.transmit(SELECT_PIV)
    readers.attach()
    with pytest.raises(CardRemoved):
        connection.transmit(SELECT_PIV)


@pytest.mark.parametrize(
    ("hand", "error"),
    [
        (SimulatedReaders.remove, CardRemoved),
        (SimulatedReaders.detach, ReaderUnavailable),
        (lambda readers: readers.insert("operator"), CardRemoved),
    ],
)
def test_pulled_in_the_middle_of_a_command(hand, error):
    in_command, pulled = threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        in_command.set()
        assert pulled.wait(5)

    readers = SimulatedReaders(latency=0.052, sleep=sleep)
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    caught: list[BaseException] = []

    def use() -> None:
        try:
            connection.transmit(SELECT_PIV)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is checked below
            caught.append(failure)

    user = threading.Thread(target=use)
    user.start()
    assert in_command.wait(5)
    hand(readers)
    pulled.set()
    user.join(5)
    assert [type(failure) for failure in caught] == [error]


def test_no_event_comes_after_stop(readers):
    events = watched(readers)
    readers.stop()
    readers.stop()
    readers.insert("citizen-active")
    assert events == [ReaderAttached(READER)]
    again = watched(readers)
    assert again == [ReaderAttached(READER), CardInserted(READER, ATR, 1)]


def test_two_watchers_are_one_too_many(readers):
    watched(readers)
    with pytest.raises(RuntimeError):
        readers.start(lambda event: None)


def test_events_come_from_one_thread_that_is_not_the_callers(readers):
    threads: set[str] = set()
    readers.start(lambda event: threads.add(threading.current_thread().name))
    readers.insert("citizen-active")
    assert readers.drain()
    assert threads == {"simulated-readers"}


def test_a_listener_may_use_the_readers(readers):
    seen: list[Slot] = []

    def on_event(event) -> None:
        if isinstance(event, CardInserted):
            seen.extend(status.slot for status in readers.readers())

    readers.start(on_event)
    readers.insert("citizen-active")
    assert readers.drain()
    assert seen == [Slot.CARD]


def test_many_hands_at_once_leave_a_consistent_story(readers):
    events = watched(readers)

    def hands(persona_id: str) -> None:
        for _ in range(20):
            readers.insert(persona_id)
            readers.remove()

    names = ("citizen-active", "operator", "mute")
    crowd = [threading.Thread(target=hands, args=(name,)) for name in names]
    for hand in crowd:
        hand.start()
    for hand in crowd:
        hand.join(30)
    assert readers.drain()
    occupied = False
    for event in events[1:]:
        if isinstance(event, CardTaken):
            assert occupied
            occupied = False
        else:
            assert not occupied, "a card was reported before the last one was taken"
            occupied = True
    assert not occupied
    assert sum(isinstance(event, CardTaken) for event in events) == 60
