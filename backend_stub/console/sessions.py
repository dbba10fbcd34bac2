"""Sessions of officers: a random token in the browser, only its hash here."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from backend_stub.console.officers import Officer, officer_of
from backend_stub.console.tables import OfficerRow, OfficerSessionRow
from offline_queue.chain import b64url

LONGEST: Final = timedelta(hours=8)
"""A working day."""
IDLE: Final = timedelta(minutes=20)
_NOTED_EVERY: Final = timedelta(minutes=1)
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that was just opened."""

    token: str = field(repr=False)
    officer: Officer


def open_session(
    session: Session, random_bytes: Callable[[int], bytes], account: str, now: datetime
) -> NewSession:
    """Open a session; those that have ended are cleared away."""
    session.execute(
        delete(OfficerSessionRow).where(
            or_(OfficerSessionRow.expires_at <= now, OfficerSessionRow.seen_at <= now - IDLE)
        )
    )
    token = b64url(random_bytes(_TOKEN_BYTES))
    session.add(
        OfficerSessionRow(
            token_sha256=_digest(token), officer=account, seen_at=now, expires_at=now + LONGEST
        )
    )
    return NewSession(token, officer_of(session.get_one(OfficerRow, account)))


def officer_with(session: Session, token: str, now: datetime) -> Officer | None:
    """Whose session it is; ``None`` once it has ended, or the officer was removed."""
    row = session.get(OfficerSessionRow, _digest(token))
    if row is None or row.expires_at <= now or row.seen_at <= now - IDLE:
        return None
    officer = session.get_one(OfficerRow, row.officer)
    if officer.removed_at is not None:
        return None
    return officer_of(officer)


def note_seen(session: Session, token: str, now: datetime) -> None:
    """The officer is still there; written at most once a minute."""
    row = session.get(OfficerSessionRow, _digest(token))
    if row is not None and row.seen_at <= now - _NOTED_EVERY:
        row.seen_at = now


def needs_noting(session: Session, token: str, now: datetime) -> bool:
    """Whether :func:`note_seen` would write anything."""
    row = session.get(OfficerSessionRow, _digest(token))
    return row is not None and row.seen_at <= now - _NOTED_EVERY


def close_session(session: Session, token: str) -> None:
    """End a session."""
    session.execute(
        delete(OfficerSessionRow).where(OfficerSessionRow.token_sha256 == _digest(token))
    )


def form_token(token: str) -> str:
    """What every form of a session carries, so that no other site can send one."""
    return b64url(hmac.digest(token.encode(), b"console form", "sha256"))


def is_form_token(token: str, given: str) -> bool:
    """Whether a form is one of this session's."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
