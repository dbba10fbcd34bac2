"""A receipt sent to its owner: the link of its QR code by SMS, the paper as a PDF by e-mail.

Both go only to the telephone and the address in the signed transaction, once for each transaction,
however often a terminal asks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend_stub.cases.notices import contacts
from backend_stub.cases.offices import Office
from backend_stub.cases.tables import CaseFile
from backend_stub.fleet.signer import Signer
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Base, Notification
from backend_stub.ground.transactions import find_transaction
from kiosk.contract.receipts import SEPARATOR, ReceiptMail, receipt_place
from kiosk.services.definition import ServiceDefinition
from offline_queue.chain import b64url_decode
from offline_queue.sealing import SealBroken, open_sealed

_LINK: Final = b"HTTPS://"
_PDF: Final = b"%PDF-"


class SentReceipt(Base):
    """A receipt that was given to the outbox of notices, and its PDF for whom has an address."""

    __tablename__ = "sent_receipt"
    transaction_id: Mapped[str] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(24), index=True)
    sent_at: Mapped[datetime]
    pdf: Mapped[bytes | None]


def send_receipt(central: Central, signer: Signer, mail: ReceiptMail) -> None:
    """Put the receipt into the outbox of notices; a second time does nothing.

    Raises :class:`ProblemError`: ``receipt-of-nothing`` while this terminal's application is not
    here, ``receipt-unreadable``.
    """
    link, pdf = _open(central, signer.kiosk, mail)
    now = central.clock()
    with central.database.write() as session:
        # The lock lets one request for this transaction in at a time.
        transaction = find_transaction(session, signer.kiosk, mail.tx_id, lock=True)
        if transaction is None:
            raise ProblemError("receipt-of-nothing")
        case = session.scalar(select(CaseFile).where(CaseFile.transaction_id == transaction.id))
        if case is None:
            raise ProblemError("receipt-of-nothing")
        if session.get(SentReceipt, transaction.id) is not None:
            return
        service = central.cases.definitions.of_case(session, case.definition_sha256)
        mobile, email = contacts(service, case.answers)
        notices = _notices(service, central.cases.offices.office(case.office), case.number, link)
        session.add_all(
            Notification(
                channel=channel,
                recipient=recipient,
                created_at=now,
                language=case.language,
                about=case.number,
                notice="receipt",
                **notices[channel],
            )
            for channel, recipient in (("sms", mobile and f"+968{mobile}"), ("email", email))
            if recipient is not None
        )
        session.add(
            SentReceipt(
                transaction_id=transaction.id,
                number=case.number,
                sent_at=now,
                pdf=None if email is None else pdf,
            )
        )


def receipt_pdf(session: Session, number: str) -> bytes | None:
    """What the e-mail about a case's receipt carries."""
    return session.scalar(select(SentReceipt.pdf).where(SentReceipt.number == number))


def _notices(
    service: ServiceDefinition, office: Office, number: str, link: str
) -> dict[str, dict[str, str]]:
    """By channel, the texts: the link; by e-mail the same, and the PDF goes along.

    What follows the ``#`` of the link never reaches a server.
    """
    title, authority = service.title, service.authority.name
    return {
        "sms": {
            "text_ar": f"{authority.in_language('ar')}: إيصال {title.in_language('ar')} {number}: "
            f"{link}",
            "text_en": f"{authority.in_language('en')}: receipt, {title.in_language('en')} "
            f"{number}: {link}",
        },
        "email": {
            "subject_ar": f"{title.in_language('ar')} {number}",
            "subject_en": f"{title.in_language('en')} {number}",
            "text_ar": f"{authority.in_language('ar')}: إيصال {title.in_language('ar')} {number} "
            f"مرفق. للتحقق منه: {link} للاستفسار: {office.phone}",
            "text_en": f"{authority.in_language('en')}: the receipt of {number} "
            f"({title.in_language('en')}) is attached. To check it: {link} "
            f"Questions: {office.phone}",
        },
    }


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
