"""The tables of the officers' console."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend_stub.cases.tables import NAME, NUMBER
from backend_stub.ground.tables import Base, row_id

ACCOUNT = String(48)


class OfficerRow(Base):
    """An officer. One who left stays here, without a way in: the audit speaks of them."""

    __tablename__ = "officer"
    id: Mapped[str] = mapped_column(ACCOUNT, primary_key=True)
    """The account's name."""
    name: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(String(12))
    """A :class:`backend_stub.console.officers.Role`."""
    password_hash: Mapped[str] = mapped_column(String(255))
    """Argon2id (RFC 9106) with its parameters and salt."""
    totp_sealed: Mapped[bytes]
    """The TOTP secret (RFC 6238), sealed for this account."""
    totp_key_id: Mapped[str] = mapped_column(String(16))
    """Which of the API's sealing keys opens it."""
    totp_used: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that opened a session: it and those before are spent."""
    failed_tries: Mapped[int]
    locked_until: Mapped[datetime | None]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class OfficerSessionRow(Base):
    """An officer who is signed in; the token itself is not stored."""

    __tablename__ = "officer_session"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """Who looked at what. Never changed, never deleted."""

    __tablename__ = "officer_audit"
    __table_args__ = (Index("officer_audit_by_case", "number", "id"),)
    id: Mapped[int] = mapped_column(row_id, primary_key=True)
    at: Mapped[datetime]
    officer: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    """An :class:`backend_stub.console.audit.Act`."""
    number: Mapped[str | None] = mapped_column(NUMBER)
    """The case that it was about."""
    detail: Mapped[str | None] = mapped_column(String(64))
    """Which paper or which move; never anything of a person."""
