"""What the payer is told by text message, written in the transaction that causes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend_stub.ground.tables import Notification
from backend_stub.payments.book import Book
from backend_stub.payments.links import Links
from backend_stub.payments.money import shown
from backend_stub.payments.records import Notice, NoticeKind

TEXTS: Final[Mapping[NoticeKind, tuple[str, str]]] = MappingProxyType(
    {
        NoticeKind.PAY_LATER: (
            "وزارة العمل: الطلب {case} بانتظار الدفع، {amount} ر.ع. لا يُخصم شيء تلقائيًا. "
            "للدفع أو لمعرفة الحالة: {link}",
            "Ministry of Labour: {case} waits for payment, OMR {amount}. Nothing is charged by "
            "itself. To pay, or to see what became of it: {link}",
        ),
        NoticeKind.RENEWED: (
            "وزارة العمل: تم الدفع وجُدّدت التراخيص في الطلب {case}. التفاصيل: {link}",
            "Ministry of Labour: {case} is paid and the permits are renewed. Details: {link}",
        ),
        NoticeKind.PARTLY: (
            "وزارة العمل: تم الدفع في الطلب {case}. جُدّد بعض التراخيص، ويعاد مبلغ الباقي إليك. "
            "التفاصيل: {link}",
            "Ministry of Labour: {case} is paid. Some permits are renewed; the money of the "
            "others goes back to you. Details: {link}",
        ),
        NoticeKind.CONFIRMING: (
            "وزارة العمل: وصل دفعك في الطلب {case}. يتم التجديد تلقائيًا عند عودة النظام، "
            "وسنخبرك. لا تدفع مرة أخرى. {link}",
            "Ministry of Labour: your payment for {case} has arrived. The permits are renewed as "
            "soon as the registry is back, and we will tell you. Do not pay again. {link}",
        ),
        NoticeKind.NOT_CONFIRMED: (
            "وزارة العمل: لم يتأكد الدفع في الطلب {case} بعد. لا تدفع مرة أخرى، سنخبرك. {link}",
            "Ministry of Labour: the payment for {case} is not confirmed yet. Do not pay again, "
            "we will tell you. {link}",
        ),
        NoticeKind.NOTHING_TAKEN: (
            "وزارة العمل: لم يكتمل الدفع في الطلب {case} ولم يُخصم شيء. للدفع: {link}",
            "Ministry of Labour: the payment for {case} was not completed and nothing was taken. "
            "To pay: {link}",
        ),
        NoticeKind.COMES_BACK: (
            "وزارة العمل: المبلغ المدفوع في الطلب {case} يُعاد إليك تلقائيًا. التفاصيل: {link}",
            "Ministry of Labour: what was paid for {case} goes back to you by itself. "
            "Details: {link}",
        ),
        NoticeKind.CAME_BACK: (
            "وزارة العمل: أُعيد المبلغ المستحق لك في الطلب {case}. التفاصيل: {link}",
            "Ministry of Labour: the money due back for {case} has been returned. Details: {link}",
        ),
    }
)
"""Arabic and English. They name the case, never a person: others read a telephone's screen too."""


@dataclass(frozen=True, slots=True)
class TextMessages:
    """Puts notices into the outbox that the SMS gateway empties."""

    links: Links

    def __call__(self, session: Session, book: Book, notice: Notice) -> None:
        """Take one notice, in the transaction that causes it."""
        order = book.order
        if not order.mobile:
            return
        values = {
            "case": order.case,
            "amount": shown(order.total),
            "link": self.links.to(order.id),
        }
        arabic, english = TEXTS[notice.kind]
        session.execute(
            insert(Notification).values(
                created_at=notice.at,
                channel="sms",
                recipient=f"+968{order.mobile}",
                language="ar" if order.language == "ar" else "en",
                text_ar=arabic.format_map(values),
                text_en=english.format_map(values),
                about=order.case,
            )
        )
