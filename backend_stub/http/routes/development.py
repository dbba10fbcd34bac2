"""For development only: what arrived, and what would be sent to citizens.

These routes exist when the setting ``development`` is on; a live installation has none of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime
from sqlalchemy import select

from backend_stub.cases.delivery import outbox
from backend_stub.cases.receipt_mail import receipt_pdf
from backend_stub.cases.tables import CaseFile
from backend_stub.ground.problems import ProblemError, documented
from backend_stub.ground.tables import Transaction
from backend_stub.ground.types import ServerModel
from backend_stub.http.routes import CentralDependency
from backend_stub.ingest.attachment_check import count_here
from offline_queue.wire import Outcome

_PAGE = 100
_LINK = "HTTPS://"
"""Notices of receipts have one."""

router = APIRouter(tags=["development"])


class Notice(ServerModel):
    """A notice in the SMS and e-mail outbox."""

    id: int
    created_at: AwareDatetime
    channel: Literal["sms", "email"]
    recipient: str
    language: Literal["ar", "en"]
    """Which of the two texts is sent."""
    text_ar: str
    text_en: str
    about: str
    """Number of the case, or of the card."""

    attachment: str | None = None
    """Path of the PDF that goes along."""


class NoticeList(ServerModel):
    """``GET /v1/notifications``."""

    notifications: list[Notice]


class ReceivedTransaction(ServerModel):
    """A transaction as the workbench shows it: nothing of the person or the matter."""

    tx_id: str
    kiosk: str
    outcome: Outcome
    service: str | None
    number: str | None
    state: str
    received_at: AwareDatetime
    papers: int = 0
    """How many scanned papers the citizen signed for."""
    papers_here: int = 0
    """How many of them arrived and are what was signed for."""


class ReceivedTransactions(ServerModel):
    """``GET /v1/development/transactions``: the newest 100, newest first."""

    transactions: list[ReceivedTransaction]


@router.get("/notifications", responses=documented(["invalid", "busy"]))
def get_notifications(
    central: CentralDependency, since: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0
) -> NoticeList:
    """Notices with an id above `since`, oldest first, at most 100."""
    with central.database.read() as session:
        notices = [
            Notice.model_validate(row, from_attributes=True) for row in outbox(session, since)
        ]
        attached = {notice.about for notice in notices if receipt_pdf(session, notice.about)}
    return NoticeList(
        notifications=[
            notice.model_copy(
                update={"attachment": f"/v1/notifications/receipts/{notice.about}.pdf"}
            )
            if notice.channel == "email" and notice.about in attached and _LINK in notice.text_en
            else notice
            for notice in notices
        ]
    )


@router.get(
    "/notifications/receipts/{number}.pdf",
    response_class=Response,
    responses=documented(["receipt-of-nothing", "invalid", "busy"])
    | {200: {"content": {"application/pdf": {}}, "description": "The receipt"}},
)
def get_receipt(
    central: CentralDependency,
    number: Annotated[str, Path(pattern=r"^[A-Z]{1,4}-\d{4}-\d{6,9}$")],
) -> Response:
    """The PDF that goes along with the e-mail about a case's receipt."""
    with central.database.read() as session:
        pdf = receipt_pdf(session, number)
    if pdf is None:
        raise ProblemError("receipt-of-nothing")
    return Response(pdf, media_type="application/pdf")


@router.get("/development/transactions", responses=documented(["busy"]))
def get_received(central: CentralDependency) -> ReceivedTransactions:
    """What the central API received, newest first."""
    with central.database.read() as session:
        rows = session.execute(
            select(Transaction, CaseFile)
            .outerjoin(CaseFile, CaseFile.transaction_id == Transaction.id)
            .order_by(Transaction.received_at.desc(), Transaction.id.desc())
            .limit(_PAGE)
        ).all()
        here = count_here(session, [row.id for row, _ in rows])
        return ReceivedTransactions(
            transactions=[
                ReceivedTransaction(
                    tx_id=row.tx_id,
                    kiosk=row.kiosk,
                    outcome=Outcome(row.outcome),
                    service=row.service,
                    number=case.number if case else None,
                    state=case.state if case else row.outcome,
                    received_at=row.received_at,
                    papers=len(case.papers or ()) if case else 0,
                    papers_here=here.get(row.id, 0),
                )
                for row, case in rows
            ]
        )
