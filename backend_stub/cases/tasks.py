"""What must happen with a case by itself, as rows: written with the move that makes it so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend_stub.cases.tables import CaseTask
from backend_stub.cases.timing import Standing, TaskKind, Wanted, wanted
from kiosk.services.case_definition import CaseDefinition
from kiosk.services.definition import ServiceDefinition


def rows_for(number: str, found: set[Wanted], at: datetime) -> list[dict[str, Any]]:
    """Rows of what is wanted. A reminder whose time is over before it was known is not sent."""
    return [
        {
            "number": number,
            "kind": each.kind.value,
            "ref": each.ref,
            "at": each.at,
            "try_at": each.at,
            "attempts": 0,
        }
        for each in sorted(found)
        if each.kind is not TaskKind.REMIND or each.at > at
    ]


def reschedule(
    session: Session,
    service: ServiceDefinition,
    case: CaseDefinition,
    number: str,
    standing: Standing,
    at: datetime,
) -> None:
    """After a move: keep the tasks that are still wanted, end the others, write the new ones."""
    found = wanted(service, case, standing)
    pending = session.scalars(
        select(CaseTask).where(
            CaseTask.number == number,
            CaseTask.done_at.is_(None),
            CaseTask.kind.in_((TaskKind.MOVE.value, TaskKind.REMIND.value)),
        )
    ).all()
    for row in pending:
        same = Wanted(row.at, TaskKind(row.kind), row.ref)
        if same in found:
            found.discard(same)
        else:
            row.done_at, row.outcome = at, "void"
    rows = rows_for(number, found, at)
    if rows:
        session.execute(insert(CaseTask), rows)
