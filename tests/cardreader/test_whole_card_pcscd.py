"""A whole visit, and cards that are refused, through the real pcscd."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from cardreader import (
    CardConnection,
    CardInserted,
    CardMute,
    CardMuteInserted,
    CardNotGenuine,
    CardNotSupported,
    CardTaken,
    CardWorker,
    KeyPurpose,
    PinInfo,
    PinWrong,
    Protocol7816,
    ReaderEvent,
    open_card,
)
from cardreader.pcsc import PcscReaders
from cardreader.simulator import issue, persona
from tests.cardreader.opening import STORE, clock, pin_of
from tests.cardreader.signature import verify
from tests.cardreader.virtual_reader import in_virtual_reader
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

VIRTUAL_READER = "Virtual PCD 00 00"


def inserted_card(persona_id: str) -> AbstractContextManager[None]:
    return in_virtual_reader(issue(persona(persona_id), protocol=Protocol7816.T0))


@contextmanager
def watched() -> Iterator[tuple[PcscReaders, Callable[[type[ReaderEvent]], ReaderEvent]]]:
    events: queue.Queue[ReaderEvent] = queue.Queue()
    readers = PcscReaders()
    readers.start(events.put)

    def expect(kind: type[ReaderEvent]) -> ReaderEvent:
        give_up = time.monotonic() + 10
        while True:
            event = events.get(timeout=max(0.01, give_up - time.monotonic()))
            if isinstance(event, kind):
                return event

    try:
        yield readers, expect
    finally:
        readers.stop()


@pytest.mark.pcscd
def test_a_visit_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with watched() as (readers, expect):
        with inserted_card("citizen-active"):
            inserted = expect(CardInserted)
            assert isinstance(inserted, CardInserted)
            worker = CardWorker(lambda: readers.connect(inserted.reader))

            def visit(connection: CardConnection) -> None:
                assert connection.atr == inserted.atr
                card = open_card(connection, STORE, clock)
                holder = persona("citizen-active")
                assert card.serial == holder.card_serial
                assert card.identity().name_ar == holder.name_ar
                assert card.photo() == holder.face
                assert card.pin_info() == PinInfo(3, blocked=False)
                with pytest.raises(PinWrong):
                    card.verify_pin(bytearray(b"000000"))
                card.verify_pin(pin_of("citizen-active"))
                for purpose in KeyPurpose:
                    signature = card.sign(purpose, b"message", pin_of("citizen-active"))
                    certificate = card.certificate(purpose)
                    verify(certificate, signature.algorithm, signature.value, b"message")

            worker.submit(visit).result(30)
            worker.close()
        expect(CardTaken)


@pytest.mark.pcscd
def test_bad_cards_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with watched() as (readers, expect):
        with inserted_card("forged"):
            expect(CardInserted)
            connection = readers.connect(VIRTUAL_READER)
            with pytest.raises(CardNotGenuine):
                open_card(connection, STORE, clock).identity()
            connection.disconnect()
        expect(CardTaken)
        with inserted_card("mute"):
            expect(CardMuteInserted)
            with pytest.raises(CardMute):
                readers.connect(VIRTUAL_READER)
        expect(CardTaken)
        with inserted_card("foreign"):
            expect(CardInserted)
            connection = readers.connect(VIRTUAL_READER)
            with pytest.raises(CardNotSupported):
                open_card(connection, STORE, clock)
            connection.disconnect()
