"""One thread, one card, one visit."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from cardreader.apdu import CardConnection, Protocol7816
from cardreader.errors import (
    CardBusy,
    CardError,
    CardMute,
    CardReleased,
    CardRemoved,
    CardTimeout,
)
from cardreader.worker import CardWorker
from tests.cardreader.script import T0_ATR

OK = b"\x90\x00"
ANY = b"\x00\x20\x00\x80\x00"
WITHIN = 5.0


class Card:
    """A connection that can fail, wait and count."""

    reader = "reader"
    atr = T0_ATR
    protocol = Protocol7816.T0

    def __init__(self) -> None:
        self.fail: CardError | None = None
        self.entered = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.threads: set[int] = set()
        self.transmitted = 0
        self.disconnected: list[bool] = []

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.transmitted += 1
        self.threads.add(threading.get_ident())
        self.entered.set()
        assert self.may_answer.wait(WITHIN)
        if self.fail is not None:
            raise self.fail
        return OK

    def disconnect(self, *, reset: bool = True) -> None:
        self.disconnected.append(reset)


def ask(connection: CardConnection) -> bytes:
    return connection.transmit(ANY)


def error_of(future: Future[bytes]) -> type[BaseException]:
    error = future.exception(WITHIN)
    assert error is not None
    return type(error)


def test_tasks_run_in_order_on_one_thread_over_one_connection() -> None:
    card = Card()
    connects: list[int] = []

    def connect() -> Card:
        connects.append(threading.get_ident())
        return card

    worker = CardWorker(connect)
    order: list[int] = []
    futures = [worker.submit(lambda c, n=n: (order.append(n), ask(c))[1]) for n in range(20)]
    assert [future.result(WITHIN) for future in futures] == [OK] * 20
    worker.close()
    assert order == list(range(20))
    assert card.threads == set(connects)
    assert len(connects) == 1
    assert threading.get_ident() not in card.threads


def test_close_resets_once_and_later_tasks_are_refused() -> None:
    card = Card()
    worker = CardWorker(lambda: card)
    worker.submit(ask).result(WITHIN)
    worker.close()
    worker.close()
    assert card.disconnected == [True]
    assert error_of(worker.submit(ask)) is CardReleased


def test_close_without_a_task_connects_to_nothing() -> None:
    def connect() -> Card:
        raise AssertionError("connected for nothing")

    CardWorker(connect).close()


def test_close_ends_the_running_task_at_its_next_command_and_fails_waiting_ones() -> None:
    card = Card()
    card.may_answer.clear()
    worker = CardWorker(lambda: card)
    running = worker.submit(lambda c: (ask(c), ask(c))[1])
    waiting = worker.submit(ask)
    assert card.entered.wait(WITHIN)
    closing = threading.Thread(target=worker.close)
    closing.start()
    assert worker._closed.wait(WITHIN)
    card.may_answer.set()
    closing.join(WITHIN)
    assert error_of(running) is CardReleased
    assert error_of(waiting) is CardReleased
    assert card.transmitted == 1
    assert card.disconnected == [True]


def test_a_lost_card_stays_lost() -> None:
    card = Card()
    connects: list[None] = []

    def connect() -> Card:
        connects.append(None)
        return card

    worker = CardWorker(connect)
    card.fail = CardRemoved()
    assert error_of(worker.submit(ask)) is CardRemoved
    card.fail = None
    assert error_of(worker.submit(ask)) is CardRemoved
    assert (len(connects), card.transmitted) == (1, 1)
    worker.close()


def test_a_busy_card_is_tried_again_by_the_next_task_and_a_mute_one_is_not() -> None:
    card = Card()
    outcomes: list[CardError | None] = [CardBusy(), None]

    def connect() -> Card:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return card

    worker = CardWorker(connect)
    assert error_of(worker.submit(ask)) is CardBusy
    assert worker.submit(ask).result(WITHIN) == OK
    worker.close()

    outcomes[:] = [CardMute()]
    mute = CardWorker(connect)
    assert error_of(mute.submit(ask)) is CardMute
    assert error_of(mute.submit(ask)) is CardMute
    mute.close()


def test_a_task_ends_at_its_deadline_and_the_card_stays_usable() -> None:
    card, now = Card(), [0.0]
    worker = CardWorker(lambda: card, clock=lambda: now[0])

    def slow(connection: CardConnection) -> bytes:
        connection.transmit(ANY)
        now[0] += 11
        return connection.transmit(ANY)

    assert error_of(worker.submit(slow, deadline=10)) is CardTimeout
    assert worker.submit(ask, deadline=10).result(WITHIN) == OK
    worker.close()


def test_a_task_that_waited_past_its_deadline_does_not_start() -> None:
    card, now = Card(), [0.0]
    card.may_answer.clear()
    worker = CardWorker(lambda: card, clock=lambda: now[0])
    first = worker.submit(ask)
    late = worker.submit(ask, deadline=10)
    assert card.entered.wait(WITHIN)
    now[0] = 11.0
    card.may_answer.set()
    assert first.result(WITHIN) == OK
    assert error_of(late) is CardTimeout
    assert card.transmitted == 1
    worker.close()


def test_nobody_else_may_touch_the_connection() -> None:
    card = Card()
    worker = CardWorker(lambda: card)
    kept = worker.submit(lambda connection: connection).result(WITHIN)
    with pytest.raises(RuntimeError):
        kept.transmit(ANY)
    assert card.transmitted == 0
    worker.close()


def test_a_mistake_in_a_task_reaches_who_asked_and_the_worker_goes_on() -> None:
    worker = CardWorker(Card)

    def mistake(connection: CardConnection) -> bytes:
        raise ZeroDivisionError

    assert error_of(worker.submit(mistake)) is ZeroDivisionError
    assert worker.submit(ask).result(WITHIN) == OK
    worker.close()
