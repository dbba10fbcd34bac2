"""Periodic threads outlive what their turns raise; what ends all the same is started anew."""

from __future__ import annotations

import queue
import threading

import pytest
import structlog

from kiosk.session import events as ev
from kiosk.workers import periodic
from kiosk.workers.periodic import LONGEST_TURN_S, Periodic, Watchdog
from kiosk.workers.visit_tasks import VisitTasks


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, UnicodeDecodeError])
def test_whatever_a_turn_raises_the_next_one_comes(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "AFTER_FAILURE_S", 0.0)
    turns: queue.Queue[int] = queue.Queue()
    left = [2]

    def turn() -> None:
        turns.put(1)
        left[0] -= 1
        if left[0] >= 0:
            raise error(*("utf-8", b"", 0, 1, "") if error is UnicodeDecodeError else ("",))

    thread = Periodic("test", turn)
    with structlog.testing.capture_logs() as events:
        thread.start()
        for _ in range(3):
            turns.get(timeout=10)
            thread.soon()
        thread.stop()
    assert not thread.has_died()
    failed = [event for event in events if event["event"] == "thread.turn_failed"]
    # A failure that stays the same is said once.
    assert [event["error"] for event in failed] == [error.__name__]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_noticed_and_started_anew() -> None:
    turns: queue.Queue[threading.Thread] = queue.Queue()
    dying = threading.Event()
    dying.set()

    def turn() -> None:
        turns.put(threading.current_thread())
        if dying.is_set():
            # Ends a thread and is no error: Python says nothing about it.
            raise SystemExit

    thread = Periodic("test", turn)
    watchdog = Watchdog([thread])
    watchdog.look()
    thread.start()
    turns.get(timeout=10).join(10)
    assert thread.has_died()
    dying.clear()
    with structlog.testing.capture_logs() as events:
        watchdog.look()
    assert [event["event"] for event in events] == ["thread.died"]
    assert not thread.has_died()
    thread.stop()
    assert not thread.has_died()
    with structlog.testing.capture_logs() as events:
        watchdog.look()
    assert events == []


def test_a_thread_that_hangs_is_said_once() -> None:
    clock = [0.0]
    begun, go_on = threading.Event(), threading.Event()

    def turn() -> None:
        begun.set()
        go_on.wait(10)

    thread = Periodic("test", turn, monotonic=lambda: clock[0])
    watchdog = Watchdog([thread])
    thread.start()
    assert begun.wait(10)
    with structlog.testing.capture_logs() as events:
        watchdog.look()
        clock[0] = LONGEST_TURN_S + 1
        watchdog.look()
        watchdog.look()
    go_on.set()
    thread.stop()
    assert [event["event"] for event in events] == ["thread.hangs"]
    assert thread.turn_s() == 0.0


def test_a_task_that_fails_unforeseen_is_answered() -> None:
    answers: queue.Queue[tuple[ev.Event, int | None]] = queue.Queue()
    tasks = VisitTasks("test", lambda event, visit=None: answers.put((event, visit)))

    def fail() -> None:
        raise KeyError("nobody foresaw this")

    unavailable = ev.EmployersFound("name", None)
    tasks.submit(fail, visit=7, otherwise=unavailable)
    assert answers.get(timeout=10) == (unavailable, 7)
    tasks.submit(fail, visit=7, otherwise=None)
    tasks.stop()
    assert answers.empty()
