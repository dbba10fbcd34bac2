"""Simulated cards in the virtual reader of the real pcscd, for the tests of several modules."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cardreader import CardConnection, CardError
from cardreader.pcsc import PcscReaders
from cardreader.simulator.card import InsertableCard
from cardreader.simulator.vpcd import serve
from tests.pcscd import VPCD_PORTS

_TRIES, _PAUSE = 400, 0.05


@contextmanager
def in_virtual_reader(card: InsertableCard, port: int = VPCD_PORTS[0]) -> Iterator[None]:
    """The card is in the reader for as long as this lasts."""
    stop = threading.Event()
    serving = threading.Thread(target=serve, args=(card, "127.0.0.1", port, stop))
    serving.start()
    try:
        yield
    finally:
        stop.set()
        serving.join(10)


@contextmanager
def watched(call_timeout: float = 10.0) -> Iterator[PcscReaders]:
    """The readers of this machine, watched."""
    readers = PcscReaders(call_timeout=call_timeout)
    readers.start(lambda _event: None)
    try:
        yield readers
    finally:
        readers.stop()


def seated(readers: PcscReaders, count: int = 1) -> list[str]:
    """The readers with a card in them, as soon as there are ``count``."""
    pause = threading.Event()
    for _ in range(_TRIES):
        found = [status.reader for status in readers.readers() if status.atr]
        if len(found) >= count:
            return sorted(found)
        pause.wait(_PAUSE)
    pytest.fail("the cards did not show up in pcscd")


def emptied(readers: PcscReaders) -> None:
    """Return when no reader has a card any more: pcscd takes a moment to notice."""
    pause = threading.Event()
    for _ in range(_TRIES):
        if not any(status.atr for status in readers.readers()):
            return
        pause.wait(_PAUSE)
    pytest.fail("the card is still there for pcscd")


def connected(readers: PcscReaders, reader: str = "Virtual PCD 00 00") -> CardConnection:
    """A connection to the card, also when it, or pcscd, is only just coming back."""
    pause = threading.Event()
    for _ in range(_TRIES):
        try:
            return readers.connect(reader)
        except CardError:
            pause.wait(_PAUSE)
    pytest.fail("the card did not come back")
