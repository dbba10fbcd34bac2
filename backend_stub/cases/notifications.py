"""Notices to citizens: written in the transaction that causes them, sent by a gateway later."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.cases.hearings import Office
from backend_stub.ground.tables import Notification
from kiosk.services.oman_time import MUSCAT

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
    common = {"created_at": at, "language": language, "about": number}
    texts = {
        "text_ar": _text_ar(number, office, hearing_at),
        "text_en": _text_en(number, office, hearing_at),
    }
    recipients = [("sms", f"+968{mobile}")]
    if email is not None:
        recipients.append(("email", email))
    return [
        {"channel": channel, "recipient": recipient, **texts, **common}
        for channel, recipient in recipients
    ]


def receipt_notices(
    *,
    number: str,
    office: Office,
    link: str,
    language: str,
    mobile: str,
    email: str | None,
    at: datetime,
) -> list[dict[str, Any]]:
    """The receipt: its link for the telephone; for the address the same, and the PDF goes along.

    Rows of :class:`Notification`. What follows the ``#`` of the link never reaches a server.
    """
    common = {"created_at": at, "language": language, "about": number}
    notices = [
        {
            "channel": "sms",
            "recipient": f"+968{mobile}",
            "text_ar": f"وزارة العمل: إيصال شكواك {number}: {link}",
            "text_en": f"Ministry of Labour: the receipt of your complaint {number}: {link}",
            **common,
        }
    ]
    if email is not None:
        notices.append(
            {
                "channel": "email",
                "recipient": email,
                "text_ar": f"وزارة العمل: إيصال شكواك {number} مرفق. للتحقق منه: {link} "
                f"للاستفسار: {office.phone}",
                "text_en": f"Ministry of Labour: the receipt of your complaint {number} is "
                f"attached. To check it: {link} Questions: {office.phone}",
                **common,
            }
        )
    return notices


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
