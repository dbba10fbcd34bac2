"""The page on which a payer pays: phone first, Arabic and English, without script."""

from __future__ import annotations

import base64
import hashlib
import math
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend_stub.peers.gateway.ledger import Session

_FOLDER: Final = Path(__file__).parent / "templates"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
)
_STYLE: Final = (_FOLDER / "session.css").read_text("utf-8")

TEXTS: Final[dict[str, dict[str, str]]] = {
    "ar": {
        "title": "الدفع الإلكتروني",
        "gateway": "بوابة الدفع (محاكاة)",
        "merchant": "وزارة العمل",
        "amount": "المبلغ",
        "currency": "ر.ع.",
        "reference": "المرجع",
        "minutes": "الدقائق المتبقية",
        "pay": "ادفع",
        "decline": "جرّب بطاقة مرفوضة",
        "cancel": "إلغاء",
        "paid": "تم الدفع",
        "paid-more": "يمكنك إغلاق هذه الصفحة.",
        "declined": "رفض المصرف البطاقة. لم يُخصم شيء، ويمكنك المحاولة ببطاقة أخرى.",
        "cancelled": "أُلغي هذا الدفع. لم يُخصم شيء.",
        "expired": "انتهت مدة هذه الصفحة. لم يُخصم شيء. اطلب رمزًا جديدًا.",
        "closed": "الدفع متوقف الآن. حاول لاحقًا.",
        "other": "English",
    },
    "en": {
        "title": "Electronic payment",
        "gateway": "Payment gateway (simulated)",
        "merchant": "Ministry of Labour",
        "amount": "Amount",
        "currency": "OMR",
        "reference": "Reference",
        "minutes": "Minutes left",
        "pay": "Pay",
        "decline": "Try a card that is declined",
        "cancel": "Cancel",
        "paid": "Paid",
        "paid-more": "You can close this page.",
        "declined": "The bank declined the card. Nothing was taken; try another card.",
        "cancelled": "This payment was cancelled. Nothing was taken.",
        "expired": "The time for this page is over. Nothing was taken. Ask for a new code.",
        "closed": "Payment is closed at the moment. Try again later.",
        "other": "العربية",
    },
}


def money(baisa: int) -> str:
    """``1500`` is ``1.500``."""
    return f"{baisa // 1000:,}.{baisa % 1000:03d}"


def session_page(
    session: Session,
    *,
    language: str,
    now: datetime,
    message: str = "",
    payable: bool,
    status_code: int = 200,
) -> HTMLResponse:
    """A session as its payer sees it; ``message`` is a key of :data:`TEXTS`."""
    left = max(0, math.ceil((session.expires_at - now).total_seconds() / 60))
    values: dict[str, Any] = {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "other": "en" if language == "ar" else "ar",
        "t": TEXTS[language],
        "style": _STYLE,
        "session": session,
        "amount": money(session.amount),
        "left": left,
        "message": message,
        "payable": payable,
    }
    html = _ENVIRONMENT.get_template("session.html").render(values)
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
    return HTMLResponse(
        html,
        status_code,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
