"""A reader that is exchanged while the terminal runs: whichever is attached serves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cardreader import events as card
from cardreader.readers import ReaderStatus, Slot
from cardreader.simulator import TRUST
from cardreader.trust import TrustStore
from kiosk.devices import DeviceState
from kiosk.loop.pin_buffer import PinBuffer
from kiosk.session import events as ev
from kiosk.workers.card import ReaderWorker


class Bench:
    """Readers that are what the test says they are."""

    def __init__(self) -> None:
        self.present: list[ReaderStatus] = []
        self.states: list[DeviceState] = []
        self.told: list[ev.Event] = []
        self.worker = ReaderWorker(
            self,  # type: ignore[arg-type]  # nothing is connected to
            TrustStore.load(TRUST),
            pad=PinBuffer(lambda _: None),
            wanted="",
            answer=lambda event, visit=None: self.told.append(event),
            reader_state=self.states.append,
            now=lambda: datetime(2026, 6, 1, tzinfo=UTC),
        )
        self.worker.start()

    def start(self, on_event: Any) -> None:
        self.on_event = on_event

    def readers(self) -> list[ReaderStatus]:
        return self.present

    def attach(self, name: str, slot: Slot = Slot.EMPTY) -> None:
        self.present.append(ReaderStatus(name, slot))
        self.on_event(card.ReaderAttached(name))
        if slot is Slot.CARD:
            self.on_event(card.CardInserted(name, b"\x3b", 1))

    def detach(self, name: str) -> None:
        self.present = [one for one in self.present if one.reader != name]
        self.on_event(card.ReaderDetached(name))


def test_the_new_reader_is_attached_before_the_old_one_goes() -> None:
    bench = Bench()
    bench.attach("A")
    bench.attach("B")
    bench.detach("A")
    assert bench.states == [DeviceState.ONLINE]
    assert bench.worker.has_reader()
    bench.on_event(card.CardInserted("B", b"\x3b", 2))
    assert bench.told[-1] == ev.CardInserted()
    bench.detach("B")
    assert bench.states[-1] is DeviceState.NO_DEVICE
    assert not bench.worker.has_reader()
    bench.attach("A")
    assert bench.states[-1] is DeviceState.ONLINE


@pytest.mark.parametrize("slot", list(Slot))
def test_a_card_that_is_in_the_new_reader_already_is_noticed(slot: Slot) -> None:
    bench = Bench()
    bench.attach("A")
    bench.attach("B", slot)
    assert bench.told == []
    bench.detach("A")
    assert bench.told[0] == ev.CardRemoved()
    assert (ev.CardInserted() in bench.told) is (slot is Slot.CARD)
    assert any(isinstance(one, ev.CardRefused) for one in bench.told) is (slot is Slot.MUTE_CARD)
