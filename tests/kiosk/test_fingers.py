"""The sensor's worker with a simulated sensor and a whole simulated card."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from queue import Empty, Queue

import pytest

from cardreader import NationalIdCard, TrustStore, open_card
from cardreader.simulator import READER, TRUST, SimulatedReaders, persona
from cardreader.simulator.fingerprints import Finger, seen, template
from kiosk.devices import DeviceState
from kiosk.equipment.finger_sensor import FingerFailed, FingerProblem, FingerStopped
from kiosk.session import events as ev
from kiosk.session.state import CardProblem
from kiosk.simulation.finger import Laid, SimulatedFingerSensor
from kiosk.workers.fingers import FingerWorker

STORE = TrustStore.load(TRUST)
PATIENCE = 20.0
VISIT = 7


def clock() -> datetime:
    return datetime(2026, 11, 1, 9, tzinfo=UTC)


class Slot:
    """The card in the slot, opened once; stands in for the card desk."""

    def __init__(self, persona_id: str) -> None:
        self.readers = SimulatedReaders()
        self.readers.insert(persona_id)
        self.card = open_card(self.readers.connect(READER), STORE, clock)

    def with_card(self, act: Callable[[NationalIdCard], object], _deadline: float) -> Future:
        future: Future = Future()
        try:
            future.set_result(act(self.card))
        except Exception as error:  # noqa: BLE001 -- a future carries whatever was raised
            future.set_exception(error)
        return future


class Scripted:
    """A sensor whose every finger is known beforehand, and kept to be looked at."""

    def __init__(self, *fingers: bytes | Exception) -> None:
        self.coming = list(fingers)
        self.given: list[bytearray] = []

    def look(self) -> None:
        pass

    def take(self) -> bytearray:
        finger = self.coming.pop(0)
        if isinstance(finger, Exception):
            raise finger
        self.given.append(bytearray(finger))
        return self.given[-1]

    def stop(self) -> None:
        pass


class Bench:
    """A worker, its answers and what it said of the sensor."""

    def __init__(self, sensor, persona_id: str = "pin-blocked") -> None:
        self.slot = Slot(persona_id)
        self.answers: Queue[tuple[ev.Event, int | None]] = Queue()
        self.states: Queue[DeviceState] = Queue()
        self.desk = FingerWorker(
            sensor,
            self.slot,  # type: ignore[arg-type] # all that is used of the card desk
            answer=lambda event, visit=None: self.answers.put((event, visit)),
            state=self.states.put,
        )

    def take(self) -> ev.Event:
        self.desk.take(VISIT)
        return self.answer()

    def answer(self) -> ev.Event:
        event, visit = self.answers.get(timeout=PATIENCE)
        assert visit == VISIT
        return event

    def quiet(self) -> None:
        """Everything asked for is done and nothing was answered."""
        self.desk.stop()
        with pytest.raises(Empty):
            self.answers.get_nowait()


RIGHT = bytes(seen(template(persona("pin-blocked"))))
WRONG = bytes(seen(template(persona("pin-blocked"), Finger.OTHER)))


@pytest.fixture
def bench_of() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*fingers: bytes | Exception, persona_id: str = "pin-blocked") -> Bench:
        made.append(Bench(Scripted(*fingers), persona_id))
        return made[-1]

    yield make
    for bench in made:
        bench.desk.stop()


def test_wrong_then_right_and_no_finger_is_left_anywhere(bench_of) -> None:
    bench = bench_of(WRONG, RIGHT)
    assert bench.take() == ev.FingerRefused(2)
    assert bench.take() == ev.FingerMatched()
    bench.desk.stop()
    sensor = bench.desk._sensor
    assert [bytes(finger) for finger in sensor.given] == [b"", b""]
    bench.slot.card.unblock_pin_by_finger(bytearray(b"975310"))
    assert bench.slot.card.pin_info().tries_left == 3


def test_three_wrong_ones_and_the_card_takes_none(bench_of) -> None:
    bench = bench_of(WRONG, WRONG, WRONG, RIGHT)
    assert [bench.take() for _ in range(2)] == [ev.FingerRefused(2), ev.FingerRefused(1)]
    refused = ev.CardRefused(CardProblem.FINGER_REFUSED)
    assert [bench.take(), bench.take()] == [refused, refused]
    bench.desk.ask(VISIT)
    assert bench.answer() == ev.FingerKnown(0)


@pytest.mark.parametrize(("persona_id", "tries"), [("pin-blocked", 3), ("resident-worker", 0)])
def test_what_the_card_says_of_itself(bench_of, persona_id: str, tries: int) -> None:
    bench = bench_of(persona_id=persona_id)
    bench.desk.ask(VISIT)
    assert bench.answer() == ev.FingerKnown(tries)


def test_a_card_that_was_pulled_takes_no_finger(bench_of) -> None:
    bench = bench_of(RIGHT)
    bench.slot.readers.remove()
    assert bench.take() == ev.CardRemoved()
    bench.desk.ask(VISIT)
    assert bench.answer() == ev.FingerKnown(0)
    assert [bytes(finger) for finger in bench.desk._sensor.given] == [b""]


@pytest.mark.parametrize(
    ("failure", "problem", "state"),
    [
        (FingerFailed(FingerProblem.NO_FINGER), "noFinger", DeviceState.ONLINE),
        (FingerFailed(FingerProblem.OFFLINE), "offline", DeviceState.OFFLINE),
        (RuntimeError("a driver's surprise"), "hardwareError", DeviceState.HARDWARE_ERROR),
    ],
)
def test_a_sensor_that_sees_nothing_says_why(bench_of, failure, problem, state) -> None:
    bench = bench_of(failure)
    assert bench.take() == ev.FingerNotSeen(problem)
    assert bench.states.get_nowait() is state


def test_what_is_no_finger_is_not_presented(bench_of) -> None:
    bench = bench_of(b"\x01\x02")
    assert bench.take() == ev.FingerNotSeen("hardwareError")
    assert bench.slot.card.finger_info().tries_left == 3


def test_what_was_given_up_is_neither_presented_nor_answered() -> None:
    class Slow(Scripted):
        """Holds its finger back until it is told."""

        def __init__(self) -> None:
            super().__init__(WRONG)
            self.waits, self.goes_on = threading.Event(), threading.Event()

        def take(self) -> bytearray:
            self.waits.set()
            assert self.goes_on.wait(PATIENCE)
            return super().take()

    sensor = Slow()
    bench = Bench(sensor)
    bench.desk.take(VISIT)
    assert sensor.waits.wait(PATIENCE)
    bench.desk.give_up()
    sensor.goes_on.set()
    bench.quiet()
    assert bench.slot.card.finger_info().tries_left == 3
    assert [bytes(finger) for finger in sensor.given] == [b""]


def test_a_stopped_sensor_answers_nothing(bench_of) -> None:
    bench = bench_of(FingerStopped())
    bench.desk.take(VISIT)
    bench.quiet()


def test_a_terminal_without_a_sensor() -> None:
    bench = Bench(None)
    bench.desk.look_again()
    bench.desk.take(VISIT)
    bench.quiet()
    assert bench.states.empty()


def test_the_simulated_sensor_and_its_switch() -> None:
    sensor = SimulatedFingerSensor(seconds=0, patience=0)
    sensor.holder = "pin-blocked"
    bench = Bench(sensor)
    assert bench.take() == ev.FingerMatched()
    sensor.laid = Laid.WRONG
    assert bench.take() == ev.FingerRefused(2)
    sensor.laid = Laid.NONE
    assert bench.take() == ev.FingerNotSeen("noFinger")
    sensor.laid = Laid.UNPLUGGED
    assert bench.take() == ev.FingerNotSeen("offline")
    while not bench.states.empty():
        bench.states.get_nowait()
    bench.desk.look_again()
    assert bench.states.get(timeout=PATIENCE) is DeviceState.OFFLINE
    bench.desk.stop()


def test_the_simulated_sensor_is_stopped_while_it_waits() -> None:
    sensor = SimulatedFingerSensor(seconds=PATIENCE)
    sensor.holder = "pin-blocked"
    stopped: Queue[type] = Queue()

    def take() -> None:
        try:
            sensor.take()
        except FingerStopped as end:
            stopped.put(type(end))

    thread = threading.Thread(target=take)
    thread.start()
    while thread.is_alive():
        sensor.stop()
        thread.join(0.01)
    assert stopped.get_nowait() is FingerStopped
