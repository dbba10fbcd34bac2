"""Pages about payment: the payer's, by link; the comparison of all three sides, for the office."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse

from backend_stub.http.pages.environment import ENVIRONMENT
from backend_stub.http.pages.payment_texts import (
    ORDER,
    RECONCILIATION,
    REFUSALS,
    STATES,
    in_language,
)
from backend_stub.payments.book import AttemptView, Book
from backend_stub.payments.money import shown
from backend_stub.payments.reconciliation import Difference, DifferenceKind
from backend_stub.payments.states import LIVING, OPEN, State
from kiosk.services.oman_time import MUSCAT

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_TEMPLATES / "payment.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
_LOOK_AGAIN_S: Final = 15


def order_page(
    book: Book, *, language: str, now: datetime, token: str, refusal: str = "", status: int = 200
) -> HTMLResponse:
    """What a payer sees of an order: pay, or what became of it. Works without script."""
    parts = [_part(book, part, language, now) for part in range(book.order.parts)]
    pages = {urlsplit(part["page"]) for part in parts if part["page"]}
    origins = sorted(f"{page.scheme}://{page.netloc}" for page in pages)
    refused = {effect.worker for effect in book.decided if effect.refused is not None}
    values = {
        "t": in_language(ORDER, language),
        "book": book,
        "token": token,
        "total": shown(book.order.total),
        "until": _time(book.order.valid_until),
        "closing": book.closing.reason if book.closing else "",
        "parts": parts,
        "refusal": in_language(REFUSALS, language).get(refusal, ""),
        "workers": [
            (line.worker, shown(line.amount), _outcome(book, line.worker, refused))
            for line in book.order.lines
        ],
        "look_again_s": _LOOK_AGAIN_S if any(part["confirming"] for part in parts) else 0,
    }
    return _page(
        "order.html", language, values, form_action=" ".join(["'self'", *origins]), status=status
    )


def reconciliation_page(
    differences: Sequence[Difference], *, language: str, now: datetime, complete: bool
) -> HTMLResponse:
    """Every difference, the oldest first."""
    t = in_language(RECONCILIATION, language)
    rows = [
        {
            "kind": t[_KIND_TEXTS.get(each.kind, each.kind)],
            "subject": each.subject,
            "order": each.order,
            "amount": shown(each.amount),
            "owner": t[f"owner-{each.owner}"],
            "age": _age(now - each.since, t),
        }
        for each in differences
    ]
    return _page("reconciliation.html", language, {"t": t, "rows": rows, "complete": complete})


def book_page(book: Book, *, language: str) -> HTMLResponse:
    """Everything needed to decide about one order, on one page."""
    values = {
        "t": in_language(RECONCILIATION, language),
        "book": book,
        "total": shown(book.order.total),
        "records": [(type(record).__name__, _plain(asdict(record))) for record in book.records],
        "tasks": [(task.kind, task.subject, _time(task.at), task.said) for task in book.tasks],
    }
    return _page("book.html", language, values)


_KIND_TEXTS: Final = {DifferenceKind.AMOUNT: "amount-differs"}


def _part(book: Book, part: int, language: str, now: datetime) -> dict[str, Any]:
    views = [view for view in book.attempts.values() if view.attempt.part == part]
    living = next((view for view in views if view.state in LIVING), None)
    view = living or (views[-1] if views else None)
    settled = book.settled(part)
    ready = view is not None and _ready(view, now)
    blocked = living is not None and not ready
    return {
        "number": part + 1,
        "amount": shown(sum(line.amount for line in book.order.part(part))),
        "said": in_language(STATES, language)[view.state] if view else "",
        "state": str(view.state) if view else "",
        "reference": view.attempt.id if view else "",
        "page": view.page if view is not None and ready else "",
        "can_begin": book.open() and not settled and not blocked and not ready,
        "confirming": view is not None and view.state in OPEN,
    }


def _ready(view: AttemptView, now: datetime) -> bool:
    payable = view.state is State.AWAITING and not view.wished and not view.expired(now)
    return payable and view.page is not None


def _outcome(book: Book, worker: str, refused: set[str]) -> str:
    if worker in book.effects:
        return "renewed"
    return "refused" if worker in refused else "waiting"


def _plain(record: dict[str, Any]) -> str:
    """A record in one line; amounts as people read them."""
    parts = []
    for name, value in record.items():
        if value in (None, ""):
            continue
        if isinstance(value, datetime):
            value = _time(value)
        elif name == "amount":
            value = f"{shown(value)} OMR"
        parts.append(f"{name} {value}")
    return " · ".join(parts)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(MUSCAT):%Y-%m-%d %H:%M}"


def _age(age: timedelta, t: dict[str, str]) -> str:
    minutes = int(age.total_seconds()) // 60
    for size, unit in ((1440, "days"), (60, "hours")):
        if minutes >= size:
            return f"{minutes // size} {t[unit]}"
    return f"{minutes} {t['minutes']}"


def _page(
    template: str,
    language: str,
    values: dict[str, Any],
    *,
    form_action: str = "'none'",
    status: int = 200,
) -> HTMLResponse:
    common = {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "other": "en" if language == "ar" else "ar",
        "style": _STYLE,
    }
    html = ENVIRONMENT.get_template(template).render(common | values)
    return HTMLResponse(
        html,
        status,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
            f"base-uri 'none'; form-action {form_action}; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
