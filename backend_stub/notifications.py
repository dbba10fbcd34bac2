"""Notices to citizens: written in the transaction that causes them, sent by a gateway later."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.hearings import MUSCAT, Office
from backend_stub.tables import Notification

_WEEKDAYS_AR: Final = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_WEEKDAYS_EN: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_PAGE: Final = 100


def complaint_notices(
    *,
    number: str,
    office: Office,
    hearing_at: datetime | None,
    language: str,
    mobile: str,
    email: str | None,
    at: datetime,
) -> list[dict[str, Any]]:
    """What tells the applicant that the complaint is registered, and when and where the hearing is.

    Rows of :class:`Notification`. A notice names the complaint's number and the office with its
    phone, nothing of the person or the matter: a telephone's screen is read by others too.
    """
    recipients = [("sms", f"+968{mobile}")]
    if email is not None:
        recipients.append(("email", email))
    text_ar = _text_ar(number, office, hearing_at)
    text_en = _text_en(number, office, hearing_at)
    return [
        {
            "created_at": at,
            "channel": channel,
            "recipient": recipient,
            "language": language,
            "text_ar": text_ar,
            "text_en": text_en,
            "about": number,
        }
        for channel, recipient in recipients
    ]


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


def _text_ar(number: str, office: Office, hearing_at: datetime | None) -> str:
    if hearing_at is None:
        return (
            f"وزارة العمل: سُجّلت شكواك برقم {number}. تتصل بك {office.name.ar} لتحديد موعد الجلسة. "
            f"للاستفسار: {office.phone}"
        )
    local = hearing_at.astimezone(MUSCAT)
    return (
        f"وزارة العمل: سُجّلت شكواك برقم {number}. موعد الجلسة المقترح: "
        f"{_WEEKDAYS_AR[local.weekday()]} {local:%d/%m/%Y} الساعة {local:%H:%M}، {office.name.ar}، "
        f"{office.address.ar}. للاستفسار: {office.phone}"
    )


def _text_en(number: str, office: Office, hearing_at: datetime | None) -> str:
    if hearing_at is None:
        return (
            f"Ministry of Labour: your complaint {number} is registered. The "
            f"{office.name.en} will call you to set a hearing. Questions: {office.phone}"
        )
    local = hearing_at.astimezone(MUSCAT)
    return (
        f"Ministry of Labour: your complaint {number} is registered. Proposed hearing: "
        f"{_WEEKDAYS_EN[local.weekday()]} {local:%d/%m/%Y} at {local:%H:%M}, {office.name.en}, "
        f"{office.address.en}. Questions: {office.phone}"
    )
