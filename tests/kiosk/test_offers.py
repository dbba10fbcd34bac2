"""A receipt goes to the telephone that was given, whatever the service calls that question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.services import Catalogue, load_catalogue
from kiosk.session.form import Form
from kiosk.session.offers import can_mail, contact
from kiosk.session.outcome import ReceiptStep, Submission
from kiosk.session.state import Visit
from tests.kiosk.services.definitions import SOUND, read


def catalogue_with(question: str) -> Catalogue:
    published = read(SOUND.replace('id = "mobile"', f'id = "{question}"'))
    return replace(load_catalogue(), published={published.definition.id: published})


def visit_with(**answers: str) -> Visit:
    kept = Submission(
        tx_id="01938f00-0000-7000-8000-00000000abcd",
        service_id="library-card",
        reference="ABCD-EFGH",
        qr_text="",
        confirmed_at=datetime(2026, 11, 28, 8, 0, tzinfo=UTC),
        receipt=ReceiptStep.ON_SCREEN,
    )
    return Visit(form=Form("library-card", "contact", answers), submission=kept)


@pytest.mark.parametrize("question", ["mobile", "telephone"])
def test_the_question_for_notices_is_asked_by_what_it_is_for(question: str) -> None:
    catalogue = catalogue_with(question)
    visit = visit_with(**{question: "92123456"})
    assert can_mail(visit, catalogue)
    assert contact(visit, catalogue, "mobile") == "92123456"
    assert contact(visit, catalogue, "email") == ""


def test_without_a_telephone_nothing_is_offered() -> None:
    catalogue = catalogue_with("telephone")
    assert not can_mail(visit_with(mobile="92123456"), catalogue), "that is another question"
    assert not can_mail(Visit(), catalogue)
    printed = visit_with(telephone="92123456")
    assert printed.submission is not None
    done = replace(printed.submission, receipt=ReceiptStep.PRINTED)
    assert not can_mail(replace(printed, submission=done), catalogue)
