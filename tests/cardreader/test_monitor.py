"""What the watcher makes of state words; the real PC/SC service is in ``test_pcsc``."""

from __future__ import annotations

from cardreader.events import CardInserted, CardMuteInserted, CardTaken, ReaderEvent
from cardreader.monitor import Seen, observe
from cardreader.readers import ReaderStatus, Slot

READER = "reader"
ATR = b"\x3b\x00"
EMPTY, PRESENT, MUTE = 0x10, 0x20, 0x220
IN_USE, EXCLUSIVE, CHANGED = 0x100, 0x80, 0x02


def story(*states: tuple[int, int, bytes]) -> list[ReaderEvent]:
    """The events that come of (event counter, flags, ATR), one after the other."""
    seen = Seen(ReaderStatus(READER, Slot.EMPTY))
    events: list[ReaderEvent] = []
    for counter, flags, atr in states:
        insertions = sum(isinstance(event, CardInserted) for event in events)
        seen, new = observe(seen, counter << 16 | flags | CHANGED, atr, insertions + 1)
        events += new
    return events


def test_in_and_out() -> None:
    assert story((0, EMPTY, b""), (1, PRESENT, ATR), (2, EMPTY, b"")) == [
        CardInserted(READER, ATR, 1),
        CardTaken(READER),
    ]


def test_being_used_is_no_event() -> None:
    used = PRESENT | IN_USE | EXCLUSIVE
    assert story((1, PRESENT, ATR), (1, used, ATR), (1, PRESENT, ATR)) == [
        CardInserted(READER, ATR, 1)
    ]


def test_a_swap_between_two_looks_is_seen_although_the_atr_is_the_same() -> None:
    assert story((1, PRESENT, ATR), (3, PRESENT, ATR)) == [
        CardInserted(READER, ATR, 1),
        CardTaken(READER),
        CardInserted(READER, ATR, 2),
    ]


def test_a_swap_for_another_atr_is_seen_although_the_counter_is_the_same() -> None:
    other = b"\x3b\x01\x00"
    assert story((0, PRESENT, ATR), (0, PRESENT, other))[1:] == [
        CardTaken(READER),
        CardInserted(READER, other, 2),
    ]


def test_a_mute_card_turned_over() -> None:
    assert story((1, MUTE, b""), (1, MUTE, b""), (2, EMPTY, b""), (3, PRESENT, ATR)) == [
        CardMuteInserted(READER),
        CardTaken(READER),
        CardInserted(READER, ATR, 1),
    ]


def test_a_card_that_is_still_powering_up_is_reported_once() -> None:
    assert story((1, PRESENT, b""), (1, PRESENT, ATR)) == [CardInserted(READER, ATR, 1)]


def test_a_card_that_is_powered_down_stays_inserted() -> None:
    assert story((1, PRESENT, ATR), (1, PRESENT, b""), (1, PRESENT, ATR)) == [
        CardInserted(READER, ATR, 1)
    ]


def test_removal_and_insertion_while_a_new_card_powers_up() -> None:
    assert story((1, PRESENT, ATR), (3, PRESENT, b""), (3, PRESENT, ATR)) == [
        CardInserted(READER, ATR, 1),
        CardTaken(READER),
        CardInserted(READER, ATR, 2),
    ]
