"""Who looked at what: written in the transaction that shows it, so that nothing is seen without."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.console.officers import Officer
from backend_stub.console.tables import AuditRow, OfficerRow


class Act(enum.StrEnum):
    """What an officer did."""

    SIGN_IN = "sign-in"
    CASE = "case"
    PAPER = "paper"
    MOVE = "move"
    NOTE = "note"
    SEARCH = "search"
    """By a civil number; which one is not written down, the cases that were opened are."""
    REFUSED = "refused"
    """Asked for a case that is not the officer's to see."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the audit."""

    at: datetime
    account: str
    name: str = field(repr=False)
    office: str
    act: Act
    number: str | None
    detail: str | None


def note(
    session: Session,
    officer: Officer,
    act: Act,
    at: datetime,
    number: str | None = None,
    detail: str | None = None,
) -> None:
    """Write down what an officer does."""
    session.add(AuditRow(at=at, officer=officer.id, act=act.value, number=number, detail=detail))


def entries(
    session: Session, *, number: str = "", account: str = "", offset: int = 0, limit: int = 50
) -> list[AuditEntry]:
    """The audit, the newest first; of one case or one officer when asked."""
    query = select(AuditRow, OfficerRow).join(OfficerRow, OfficerRow.id == AuditRow.officer)
    if number:
        query = query.where(AuditRow.number == number)
    if account:
        query = query.where(AuditRow.officer == account)
    rows = session.execute(query.order_by(AuditRow.id.desc()).offset(offset).limit(limit))
    return [
        AuditEntry(
            row.at, officer.id, officer.name, officer.office, Act(row.act), row.number, row.detail
        )
        for row, officer in rows
    ]
