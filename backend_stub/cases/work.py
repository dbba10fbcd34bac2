"""Doing what is due: each task once, in one transaction with its effect.

A task is a row. Whoever finds one that is due locks its case (``SKIP LOCKED`` on PostgreSQL:
another process takes another case; SQLite has one writer), looks whether the task is still wanted,
and commits effect and mark together. A kill in between leaves both undone, and the next one does
it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from backend_stub.cases.house import CaseHouse
from backend_stub.cases.moves import MoveRequest, case_of, make_move, standing_of, subject_of
from backend_stub.cases.notices import rows_of
from backend_stub.cases.recheck import note_differences
from backend_stub.cases.tables import CaseFile, CaseTask
from backend_stub.cases.tasks import reschedule
from backend_stub.cases.timing import TaskKind, Wanted, due, still_ahead, wanted
from backend_stub.ground.database import Database, is_unavailable
from backend_stub.ground.problems import place_of
from backend_stub.ground.tables import Notification
from kiosk.services.case_definition import Actor

_FIRST_RETRY: Final = timedelta(minutes=1)
_LAST_RETRY: Final = timedelta(hours=6)

log = structlog.get_logger()


def do_due(
    database: Database, house: CaseHouse, clock: Callable[[], datetime], at_most: int = 1000
) -> int:
    """Do what is due now, at most so many tasks; how many were looked at."""
    done = 0
    while done < at_most:
        now = clock()
        with database.read() as session:
            # Without the writer's lock: usually nothing is due.
            if session.execute(_due(now)).first() is None:
                break
        if not _do_one(database, house, now):
            break
        done += 1
    return done


def _do_one(database: Database, house: CaseHouse, now: datetime) -> bool:
    """Do the first task whose case nobody else works on; whether there was one."""
    task_id: int | None = None
    try:
        with database.write() as session:
            found = session.execute(
                _due(now).with_for_update(of=CaseFile, skip_locked=True)
            ).first()
            if found is None:
                return False
            task, case = found
            task_id = task.id
            # What was read before the lock may be over.
            session.refresh(task)
            session.refresh(case)
            if task.done_at is None:
                outcome = _do(session, house, task, case, now)
                task.done_at, task.outcome = now, outcome
        return True
    # A rule that fails stops one task, not the work.
    except Exception as error:
        if task_id is None or is_unavailable(error):
            raise
        log.error(
            "central.task_failed", task=task_id, error=type(error).__name__, where=place_of(error)
        )
        _put_off(database, task_id, now)
        return True


def _do(session: Session, house: CaseHouse, task: CaseTask, row: CaseFile, now: datetime) -> str:
    service = house.definitions.of_case(session, row.definition_sha256)
    case = case_of(service)
    if task.kind == TaskKind.CHECK:
        if row.due_at is None:
            row.due_at = due(service, row.opened_at)
        reschedule(session, service, case, row.number, standing_of(session, row), now)
        return "done"
    if task.kind == TaskKind.FACTS:
        note_differences(session, house, service, row, now)
        return "done"
    standing = standing_of(session, row)
    if Wanted(task.at, TaskKind(task.kind), task.ref) not in wanted(service, case, standing):
        return "void"
    if task.kind == TaskKind.MOVE:
        make_move(
            session,
            house,
            MoveRequest(
                number=row.number,
                move=task.ref,
                actor=Actor.SYSTEM,
                client_id=f"task-{task.id}",
            ),
            now,
        )
        return "done"
    if not still_ahead(case, standing, task.ref, now):
        # The system was away for so long: a reminder after the day would only confuse.
        return "void"
    notices = rows_of(subject_of(house, service, row), [task.ref], now)
    if notices:
        session.connection().execute(insert(Notification), notices)
    return "done"


def _due(now: datetime) -> Select[CaseTask, CaseFile]:
    return (
        select(CaseTask, CaseFile)
        .join(CaseFile, CaseFile.number == CaseTask.number)
        .where(CaseTask.done_at.is_(None), CaseTask.try_at <= now)
        .order_by(CaseTask.try_at, CaseTask.id)
        .limit(1)
    )


def _put_off(database: Database, task_id: int, now: datetime) -> None:
    with database.write() as session:
        task = session.get(CaseTask, task_id, with_for_update=True)
        if task is not None and task.done_at is None:
            wait = min(_FIRST_RETRY * 2 ** min(task.attempts, 16), _LAST_RETRY)
            task.attempts += 1
            task.try_at = now + wait
