"""What is offered on a page only now and then: another sheet, the receipt by telephone."""

from __future__ import annotations

from typing import Literal

from kiosk.devices import SheetState
from kiosk.services import Catalogue
from kiosk.session.form import PAPER_MAX_BYTES, PAPERS_MAX, PAPERS_MAX_BYTES, Form
from kiosk.session.outcome import ReceiptStep
from kiosk.session.state import Visit

_NOT_ON_PAPER = (ReceiptStep.ON_SCREEN, ReceiptStep.UNCERTAIN)


def contact(visit: Visit, catalogue: Catalogue, channel: Literal["mobile", "email"]) -> str:
    """Where notices of a channel go, by the answer that the service says; empty: nowhere."""
    form = visit.form
    question = catalogue.service(form.service_id).contact(channel) if form is not None else None
    answer = form.answers.get(question) if form is not None and question is not None else None
    return str(answer or "")


def can_mail(visit: Visit, catalogue: Catalogue) -> bool:
    """Whether the receipt may go to a telephone instead: one that the citizen gave."""
    submission = visit.submission
    return (
        submission is not None
        and not submission.rejected
        and submission.receipt in _NOT_ON_PAPER
        and bool(contact(visit, catalogue, "mobile"))
    )


def can_add_paper(form: Form) -> bool:
    """Whether another sheet may be scanned: it must fit, however large it turns out to be."""
    size = sum(len(paper.content) for paper in form.papers)
    return (
        form.sheet is not SheetState.SCANNING
        and len(form.papers) < PAPERS_MAX
        and size + PAPER_MAX_BYTES <= PAPERS_MAX_BYTES
    )
