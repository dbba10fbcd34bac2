"""Handing notices to the gateway that sends them, and what becomes of each: proof of service.

A notice is a row of the outbox, written with the move that causes it. Handing it over is a case
event with channel, time, recipient and the text as sent; whether it was delivered is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from backend_stub.cases.events import EventKind
from backend_stub.cases.tables import CaseEvent, CaseFile
from backend_stub.ground.database import Database
from backend_stub.ground.problems import place_of
from backend_stub.ground.tables import Notification
from kiosk.services.case_definition import Actor

_AT_ONCE: Final = 50
_PAGE: Final = 100
_MOST_TRIES: Final = 8
_FIRST_RETRY: Final = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """What a gateway sends."""

    id: int
    """The same id again is the same message: it is sent once."""
    channel: str
    recipient: str = field(repr=False)
    subject: str | None = field(repr=False)
    text: str = field(repr=False)


class GatewayRefused(Exception):
    """The gateway will never send this: no such number, no such address."""


class Gateway(Protocol):
    """An SMS and e-mail gateway."""

    delivers_at_once: bool
    """Whether what it takes is delivered; otherwise it says later (:func:`note_delivery`)."""

    def send(self, message: Message) -> None:
        """Take a message. Raises :class:`GatewayRefused`; any other exception: later again."""
        ...


class ShownGateway:
    """For development: the outbox can be read over HTTP, and that is all that happens to it."""

    delivers_at_once = True

    def send(self, message: Message) -> None:
        """Nothing leaves this machine."""


def hand_over(database: Database, gateway: Gateway, clock: Callable[[], datetime]) -> int:
    """Hand over what waits, oldest first, at most 50; how many were handed over or given up."""
    now = clock()
    with database.read() as session:
        if session.scalars(_waiting(now).limit(1)).first() is None:
            return 0
    settled = 0
    with database.write() as session:
        rows = session.scalars(
            _waiting(now).limit(_AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            settled += _hand_over(session, gateway, row, now)
    return settled


def outbox(session: Session, since: int) -> list[Notification]:
    """Notices with an id above ``since``, oldest first, at most 100."""
    return list(
        session.scalars(
            select(Notification)
            .where(Notification.id > since)
            .order_by(Notification.id)
            .limit(_PAGE)
        )
    )


def waiting_about(session: Session, number: str) -> list[Notification]:
    """Notices about a case that no gateway has taken yet, oldest first."""
    return list(
        session.scalars(
            select(Notification)
            .where(Notification.about == number, Notification.handed_at.is_(None))
            .order_by(Notification.id)
        )
    )


def note_delivery(session: Session, notification: int, at: datetime, *, delivered: bool) -> None:
    """The gateway's word about a notice, once; ``LookupError`` for one that it was not given."""
    row = session.get(Notification, notification, with_for_update=True)
    if row is None or row.outcome is None:
        raise LookupError(notification)
    if row.outcome != "handed":
        return
    row.outcome = "delivered" if delivered else "failed"
    data = {"notification": row.id, "channel": row.channel, "outcome": row.outcome}
    _event(session, row, EventKind.DELIVERED, at, data)


def _hand_over(session: Session, gateway: Gateway, row: Notification, now: datetime) -> int:
    arabic = row.language == "ar"
    message = Message(
        row.id,
        row.channel,
        row.recipient,
        row.subject_ar if arabic else row.subject_en,
        row.text_ar if arabic else row.text_en,
    )
    try:
        gateway.send(message)
    except GatewayRefused:
        row.outcome = "failed"
    # A gateway that fails in whatever way is asked again.
    except Exception as error:  # noqa: BLE001
        row.attempts = (row.attempts or 0) + 1
        log.warning(
            "central.notice_not_taken",
            notification=row.id,
            error=type(error).__name__,
            where=place_of(error),
        )
        if row.attempts < _MOST_TRIES:
            row.try_at = now + _FIRST_RETRY * 2**row.attempts
            return 0
        row.outcome = "failed"
    else:
        row.outcome = "delivered" if gateway.delivers_at_once else "handed"
    row.handed_at = now
    data = {
        "notification": row.id,
        "notice": row.notice,
        "channel": row.channel,
        "recipient": row.recipient,
        "language": row.language,
        "subject": message.subject,
        "text": message.text,
        "outcome": row.outcome,
    }
    _event(session, row, EventKind.NOTICE, now, data)
    return 1


def _event(
    session: Session, row: Notification, kind: EventKind, at: datetime, data: dict[str, Any]
) -> None:
    if session.get(CaseFile, row.about) is None:
        # A notice about a card, not a case.
        return
    session.add(
        CaseEvent(number=row.about, at=at, kind=kind.value, actor=Actor.SYSTEM.value, data=data)
    )


def _waiting(now: datetime) -> Select[Notification]:
    return (
        select(Notification)
        .where(
            Notification.handed_at.is_(None),
            or_(Notification.try_at.is_(None), Notification.try_at <= now),
        )
        .order_by(Notification.id)
    )
