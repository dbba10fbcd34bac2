"""What a person can do on a page besides what it is for: cancel, go back, have the receipt sent."""

from __future__ import annotations

from kiosk.devices import SheetState
from kiosk.session.state import (
    PAPER_MAX_BYTES,
    PAPERS_MAX,
    PAPERS_MAX_BYTES,
    Form,
    Page,
    ReceiptStep,
    Visit,
)

CANCELLABLE = frozenset(
    {
        Page.LANGUAGE,
        Page.INSERT_CARD,
        Page.READING_CARD,
        Page.CARD_PROBLEM,
        Page.PIN,
        Page.IDENTITY,
        Page.SERVICES,
        Page.QUESTION,
        Page.PAPERS,
        Page.CHECK,
        Page.SIGN,
        Page.ACTIVATION,
        Page.ACTIVATION_STOPPED,
        Page.CARD_STATE,
        Page.CODE,
        Page.OLD_PIN,
        Page.PUK,
        Page.FINGER,
        Page.NEW_PIN,
        Page.REPEAT_PIN,
    }
)

"""The visit can be cancelled from here."""

GOING_BACK = frozenset(
    {
        Page.QUESTION,
        Page.PAPERS,
        Page.CHECK,
        Page.SIGN,
        Page.CODE,
        Page.OLD_PIN,
        Page.REPEAT_PIN,
        Page.CARD_STATE,
    }
)
"""There is a page before this one to go back to."""

_NOT_ON_PAPER = (ReceiptStep.ON_SCREEN, ReceiptStep.UNCERTAIN)


def can_mail(visit: Visit) -> bool:
    """Whether the receipt may go to a telephone instead: one that the citizen gave."""
    submission = visit.submission
    return (
        submission is not None
        and not submission.rejected
        and submission.receipt in _NOT_ON_PAPER
        and visit.form is not None
        and bool(visit.form.answers.get("mobile"))
    )


def can_add_paper(form: Form) -> bool:
    """Whether another sheet may be scanned: it must fit, however large it turns out to be."""
    size = sum(len(paper.content) for paper in form.papers)
    return (
        form.sheet is not SheetState.SCANNING
        and len(form.papers) < PAPERS_MAX
        and size + PAPER_MAX_BYTES <= PAPERS_MAX_BYTES
    )
