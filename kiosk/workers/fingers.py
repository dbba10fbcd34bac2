"""The fingerprint sensor during a visit: a finger goes from it to the card and is wiped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from cardreader.errors import CardError, FingerBlocked, FingerNotAvailable, FingerNotMatched
from cardreader.national_id import NationalIdCard
from kiosk.devices import DeviceState
from kiosk.equipment.finger_sensor import FingerFailed, FingerProblem, FingerSensor, FingerStopped
from kiosk.loop.pin_buffer import wipe
from kiosk.session import effects as ef, events as ev
from kiosk.session.state import CardProblem
from kiosk.workers.answering import GONE, Answer, event_of
from kiosk.workers.card import ReaderWorker
from kiosk.workers.latest_request import LatestRequest
from kiosk.workers.visit_tasks import VisitTasks
from kiosk.workers.worker import Handlers, Worker

_log = structlog.get_logger()

_CARD_DEADLINE = 20.0


class FingerWorker(Worker):
    """Takes a finger for the visit at the screen and lets the card compare it."""

    def __init__(
        self,
        sensor: FingerSensor | None,
        desk: ReaderWorker,
        *,
        answer: Answer,
        state: Callable[[DeviceState], None],
    ) -> None:
        """``state`` is told, in any thread, how the sensor is."""
        self._sensor = sensor
        self._desk = desk
        self._answer = answer
        self._state = state
        self._tasks = VisitTasks("finger", answer)
        self._fingers = LatestRequest()
        self._lock = threading.Lock()
        self._busy = False

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {
            ef.AskFinger: lambda _, visit: self.ask(visit),
            ef.TakeFinger: lambda _, visit: self.take(visit),
            ef.StopFinger: lambda _effect, _visit: self.give_up(),
        }

    def start(self) -> None:
        """Look whether the sensor is there."""
        self.look_again()

    def forget(self) -> None:
        """The visit is over: nobody waits for a finger."""
        self.give_up()

    def look_again(self) -> None:
        """Look whether the sensor is there, unless it is at work. Any thread."""
        sensor = self._sensor
        if sensor is None:
            return
        with self._lock:
            if self._busy:
                return
            self._busy = True
        self._tasks.submit(lambda: self._look(sensor), visit=None, otherwise=None)

    def ask(self, visit: int) -> None:
        """Does the card in the slot compare a finger, and how often yet? Answers FingerKnown."""
        self._tasks.submit(lambda: self._ask(visit), visit=visit, otherwise=ev.FingerKnown(0))

    def take(self, visit: int) -> None:
        """Wait for a finger and let the card compare it.

        Answers FingerMatched, FingerRefused, FingerNotSeen or CardRefused; nothing once it is given
        up.
        """
        number = self._fingers.ask()
        sensor = self._sensor
        if sensor is not None:
            self._tasks.submit(
                lambda: self._take(sensor, number, visit),
                visit=visit,
                otherwise=ev.FingerNotSeen(FingerProblem.BROKEN.value),
            )

    def give_up(self) -> None:
        """Wait for no finger any more."""
        self._fingers.give_up()
        if self._sensor is not None:
            self._sensor.stop()

    def stop(self) -> None:
        """Let go of the sensor."""
        self.give_up()
        self._tasks.stop()

    # --- the worker's thread

    def _look(self, sensor: FingerSensor) -> None:
        try:
            sensor.look()
        except FingerFailed as failed:
            self._state(failed.problem.device)
        else:
            self._state(DeviceState.ONLINE)
        finally:
            with self._lock:
                self._busy = False

    def _ask(self, visit: int) -> None:
        def ask(card: NationalIdCard) -> int:
            info = card.finger_info()
            if info is None or info.blocked:
                return 0
            # Where the card does not tell, there is one try at least.
            return 1 if info.tries_left is None else info.tries_left

        try:
            tries_left = self._desk.with_card(ask, _CARD_DEADLINE).result()
        except CardError:
            # The card is refused already; that a finger cannot be asked about adds nothing.
            tries_left = 0
        self._answer(ev.FingerKnown(tries_left), visit)

    def _take(self, sensor: FingerSensor, number: int, visit: int) -> None:
        if not self._fingers.is_wanted(number):
            return
        try:
            finger = sensor.take()
        except FingerStopped:
            return
        except FingerFailed as failed:
            self._state(failed.problem.device)
            answer: ev.Event = self._not_seen(failed.problem)
        except Exception as error:  # noqa: BLE001 -- a driver's surprise must not end the visit
            _log.error("finger.failed", problem=type(error).__name__)
            self._state(DeviceState.HARDWARE_ERROR)
            answer = ev.FingerNotSeen(FingerProblem.BROKEN.value)
        else:
            if not self._fingers.is_wanted(number):
                wipe(finger)
                return
            answer = self._compare(finger)
        if self._fingers.is_wanted(number):
            self._answer(answer, visit)

    @staticmethod
    def _not_seen(problem: FingerProblem) -> ev.Event:
        _log.warning("finger.not_seen", problem=problem.value)
        return ev.FingerNotSeen(problem.value)

    def _compare(self, finger: bytearray) -> ev.Event:
        try:
            self._desk.with_card(lambda card: card.verify_finger(finger), _CARD_DEADLINE).result()
        except FingerNotMatched as wrong:
            return ev.FingerRefused(wrong.tries_left)
        except (FingerBlocked, FingerNotAvailable):
            return ev.CardRefused(CardProblem.FINGER_REFUSED)
        except CardError as error:
            _log.warning("card.failed", error=type(error).__name__)
            return ev.CardRemoved() if isinstance(error, GONE) else event_of(error)
        except ValueError:
            # No minutiae, or more than a card takes: nothing was sent.
            return self._not_seen(FingerProblem.BROKEN)
        finally:
            wipe(finger)
        return ev.FingerMatched()
