"""A receipt sent to its owner: the link of its QR code by SMS, the paper as a PDF by e-mail.

Both go only to the telephone and the address in the signed transaction, once for each transaction,
however often a terminal asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend_stub.cases.hearings import Office
from backend_stub.cases.notifications import receipt_notices
from backend_stub.fleet.signer import Signer
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Base, Complaint, Notification, Transaction
from kiosk.contract.receipts import SEPARATOR, ReceiptMail, receipt_place
from offline_queue.chain import b64url_decode
from offline_queue.sealing import SealBroken, open_sealed

_LINK: Final = b"HTTPS://"
_PDF: Final = b"%PDF-"


class SentReceipt(Base):
    """A receipt that was given to the outbox of notices, and its PDF for whom has an address."""

    __tablename__ = "sent_receipt"
    tx_id: Mapped[str] = mapped_column(ForeignKey("transactions.tx_id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(16), index=True)
    sent_at: Mapped[datetime]
    pdf: Mapped[bytes | None]


def send_receipt(central: Central, signer: Signer, mail: ReceiptMail) -> None:
    """Put the receipt into the outbox of notices; a second time does nothing.

    Raises :class:`ProblemError`: ``receipt-of-nothing`` while this terminal's complaint is not
    here, ``receipt-unreadable``.
    """
    link, pdf = _open(central, signer.kiosk, mail)
    now = central.clock()
    with central.database.write() as session:
        # The lock lets one request for this transaction in at a time.
        transaction = session.get(Transaction, mail.tx_id, with_for_update=True)
        complaint = session.scalar(select(Complaint).where(Complaint.tx_id == mail.tx_id))
        if transaction is None or complaint is None or transaction.kiosk != signer.kiosk:
            raise ProblemError("receipt-of-nothing")
        if session.get(SentReceipt, mail.tx_id) is not None:
            return
        _put(
            session,
            central.offices.office_of(complaint.answers["governorate"]),
            complaint,
            link,
            pdf,
            now,
        )


def receipt_pdf(session: Session, number: str) -> bytes | None:
    """What the e-mail about a complaint's receipt carries."""
    return session.scalar(select(SentReceipt.pdf).where(SentReceipt.number == number))


def _put(
    session: Session, office: Office, complaint: Complaint, link: str, pdf: bytes, now: datetime
) -> None:
    email = complaint.answers["email"]
    notices = receipt_notices(
        number=complaint.number,
        office=office,
        link=link,
        language=complaint.language,
        mobile=complaint.answers["mobile"],
        email=email,
        at=now,
    )
    session.add_all(Notification(**notice) for notice in notices)
    session.add(
        SentReceipt(
            tx_id=complaint.tx_id,
            number=complaint.number,
            sent_at=now,
            pdf=None if email is None else pdf,
        )
    )


def _open(central: Central, kiosk: str, mail: ReceiptMail) -> tuple[str, bytes]:
    key = central.keys.sealing_private_key(mail.key_id)
    if key is None:
        raise ProblemError("receipt-unreadable")
    try:
        opened = open_sealed(key, b64url_decode(mail.sealed), receipt_place(kiosk, mail.tx_id))
    except (SealBroken, ValueError) as error:
        raise ProblemError("receipt-unreadable") from error
    link, _, pdf = opened.partition(SEPARATOR)
    if not (link.startswith(_LINK) and link.isascii() and pdf.startswith(_PDF)):
        raise ProblemError("receipt-unreadable")
    return link.decode("ascii"), pdf
