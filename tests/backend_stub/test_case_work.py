"""The work of cases by several processes, some of which are killed: each task once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import func, select

from backend_stub import Settings
from backend_stub.cases import work
from backend_stub.cases.clock_watch import ClockWatch
from backend_stub.cases.delivery import Message, ShownGateway
from backend_stub.cases.tables import CaseEvent, CaseTask
from backend_stub.cases.worker import CaseWorker
from backend_stub.ground.tables import Notification

from .case_world import CaseWorld
from .conftest import SteppedClock

CASES = 40
WORK = """
import sys
from datetime import datetime
from pathlib import Path
from backend_stub import Settings
from backend_stub.cases.work import do_due
from backend_stub.opening import open_central
now = datetime.fromisoformat(sys.argv[1])
settings = Settings(sys.argv[2], Path(sys.argv[3]), key_file=Path(sys.argv[4]), work_every=None)
central = open_central(settings, lambda: now)
while do_due(central.database, central.cases, central.clock, at_most=1):
    print("one", flush=True)
"""


def worker(settings: Settings, world: CaseWorld) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-c", WORK, world.clock().isoformat(), settings.database_url),
            *(str(settings.trust_directory), str(settings.key_file)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_process_leaves_no_deadline_undone_and_none_twice(settings: Settings) -> None:
    world = CaseWorld.open(settings)
    numbers = [world.open_case().number for _ in range(CASES)]
    world.clock.advance(days=31)
    killed = worker(settings, world)
    assert killed.stdout is not None
    # Killed in the middle of it: most is still to be done, by two at once.
    assert killed.stdout.readline() == "one\n"
    killed.kill()
    killed.communicate(timeout=60)
    other = worker(settings, world)
    world.work()
    other.communicate(timeout=100)
    assert other.returncode == 0
    # Whatever the killed one held is free again, and done by who is left.
    world.work()
    with world.central.database.read() as session:
        moves = Counter(session.scalars(select(CaseEvent.number).where(CaseEvent.kind == "moved")))
        told = Counter(
            session.scalars(select(Notification.about).where(Notification.notice == "referred"))
        )
        undone = session.scalar(
            select(func.count()).select_from(CaseTask).where(CaseTask.done_at.is_(None))
        )
    assert moves == told == Counter(numbers)
    assert undone == 0
    world.close()


def test_a_task_that_fails_is_tried_again_and_stops_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = CaseWorld.open(settings)
    bad, good = world.open_case().number, world.open_case().number
    world.clock.advance(days=31)
    real = work.make_move

    def failing(session, house, request, at):  # type: ignore[no-untyped-def]
        if request.number == bad:
            raise ZeroDivisionError
        return real(session, house, request, at)

    monkeypatch.setattr(work, "make_move", failing)
    world.work()
    assert (world.case(bad).state, world.case(good).state) == ("registered", "referred_to_court")
    monkeypatch.setattr(work, "make_move", real)
    assert world.work() == 0, "not at once"
    world.clock.advance(minutes=1)
    world.work()
    assert world.case(bad).state == "referred_to_court"
    world.close()


def test_after_a_jump_of_the_clock_nothing_is_done_for_ten_minutes() -> None:
    clock, passed = SteppedClock(), [1000.0]
    watch = ClockWatch(clock, lambda: passed[0])

    def later(seconds: float, jump: float = 0.0) -> bool:
        passed[0] += seconds
        clock.advance(seconds=seconds + jump)
        return watch.is_steady()

    assert later(2) and later(2) and later(600, jump=30), "a correction is no jump"
    with structlog.testing.capture_logs() as logs:
        assert not later(2, jump=86_400)
    assert [(each["event"], each["seconds"]) for each in logs] == [("central.clock_jumped", 86_400)]
    assert not later(598)
    assert not later(1, jump=-86_400), "set right, which is a jump again"
    assert not later(599)
    assert later(1)


def test_the_thread_of_a_server_does_the_work(settings: Settings) -> None:
    world = CaseWorld.open(settings)
    number = world.open_case().number
    world.clock.advance(days=31)
    both = threading.Semaphore(0)

    class Telling(ShownGateway):
        def send(self, message: Message) -> None:
            both.release()

    thread = CaseWorker(world.central, Telling(), timedelta(milliseconds=1))
    thread.start()
    # Of the registration, and of the end of the time.
    assert both.acquire(timeout=30) and both.acquire(timeout=30)
    thread.stop()
    assert world.case(number).state == "referred_to_court"
    assert [each.kind for each in world.events(number)].count("notice") == 2
    world.close()
