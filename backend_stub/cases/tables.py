"""The tables of cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend_stub.ground.tables import Base, row_id, same_commit

NUMBER = String(24)
"""``WXYZ-2026-123456789`` and some room."""
NAME = String(48)
"""The id of a service, a state, a move, a notice, an office or a calendar."""


class CaseFile(Base):
    """A case. What happened to it is in :class:`CaseEvent`; this is where it stands now."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("case_file_by_person", "civil_number", "opened_at"),
        Index("case_file_by_office", "office", "state", "opened_at"),
        Index("case_file_by_slot", "office", "slot_at"),
    )
    number: Mapped[str] = mapped_column(NUMBER, primary_key=True)
    transaction_id: Mapped[str | None] = mapped_column(same_commit("transactions.id"), unique=True)
    """The signed application; ``None``: the office opened the case itself."""
    service: Mapped[str] = mapped_column(NAME)
    version: Mapped[str] = mapped_column(String(64))
    definition_sha256: Mapped[str] = mapped_column(String(64))
    """By this definition the case is led to its end, whatever is published later."""
    civil_number: Mapped[str] = mapped_column(String(9))
    """Who applied."""
    language: Mapped[str] = mapped_column(String(2))
    answers: Mapped[dict[str, Any]]
    papers: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    """What the citizen signed for besides: ``sha256``, ``size`` and ``type`` of each paper."""
    state: Mapped[str] = mapped_column(NAME)
    opened_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    """When it came into its present state."""
    office: Mapped[str] = mapped_column(NAME)
    slot_at: Mapped[datetime | None]
    """When its appointment begins."""
    due_at: Mapped[datetime | None]
    """The moment by which it must be done: the end of a day in Muscat."""


class CaseEvent(Base):
    """Something that happened to a case. Never changed: what was wrong is corrected by another."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("number", "client_id"),)
    id: Mapped[int] = mapped_column(row_id, primary_key=True)
    number: Mapped[str] = mapped_column(same_commit("case_file.number"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    """An :class:`EventKind`."""
    move: Mapped[str | None] = mapped_column(NAME)
    from_state: Mapped[str | None] = mapped_column(NAME)
    to_state: Mapped[str | None] = mapped_column(NAME)
    actor: Mapped[str] = mapped_column(String(8))
    """A :class:`kiosk.services.case_definition.Actor`."""
    who: Mapped[str | None] = mapped_column(String(64))
    """The officer's account, or the civil number of who acted."""
    client_id: Mapped[str | None] = mapped_column(String(36))
    """Given by whoever asked for the move, so that asking again does nothing."""
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Answers of a form, the reason, the appointment, a notice's receipt."""


class CaseTask(Base):
    """What must happen with a case by itself, and when: a move, a reminder, a notice once more."""

    __tablename__ = "case_task"
    id: Mapped[int] = mapped_column(row_id, primary_key=True)
    number: Mapped[str] = mapped_column(same_commit("case_file.number"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    """A :class:`backend_stub.cases.timing.TaskKind`."""
    ref: Mapped[str] = mapped_column(NAME)
    """Id of the move or of the notice."""
    at: Mapped[datetime]
    """The moment that is meant."""
    try_at: Mapped[datetime]
    """Not done before: the same moment, or later once it failed."""
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(8))
    """``done``, ``void`` when it was not wanted any more, ``failed``."""
    attempts: Mapped[int] = mapped_column(default=0)


Index(
    "case_task_open",
    CaseTask.try_at,
    CaseTask.id,
    sqlite_where=CaseTask.done_at.is_(None),
    postgresql_where=CaseTask.done_at.is_(None),
)


class SlotLoad(Base):
    """How many appointments of a calendar begin in one office at one time."""

    __tablename__ = "slot_load"
    calendar: Mapped[str] = mapped_column(NAME, primary_key=True)
    office: Mapped[str] = mapped_column(NAME, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    taken: Mapped[int]


class RequestCodeRow(Base):
    """A one-time code for a request, sent to the applicant's telephone; kept for an hour."""

    __tablename__ = "request_code"
    id: Mapped[int] = mapped_column(row_id, primary_key=True)
    number: Mapped[str] = mapped_column(NUMBER, index=True)
    code_mac: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    tries: Mapped[int]


class RequestSessionRow(Base):
    """Who entered such a code; the token itself is not stored."""

    __tablename__ = "request_session"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(NUMBER)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PublishedDefinition(Base):
    """A service's definition as it was published: kept for ever, never changed."""

    __tablename__ = "published_definition"
    __table_args__ = (UniqueConstraint("service", "version"),)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    service: Mapped[str] = mapped_column(NAME)
    version: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes]
    published_at: Mapped[datetime]
