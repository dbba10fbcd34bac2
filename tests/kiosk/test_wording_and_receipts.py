"""How answers read, and what a receipt says: enough for the citizen, nothing for a stranger."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from kiosk.papers.receipts import check_code_fits, compose_receipt
from kiosk.services import formats, load_catalogue
from kiosk.services.answers import describe_answer
from kiosk.services.wording import mask_civil_number
from kiosk.session.outcome import HearingProposal, Submission
from printer.errors import QrTooLarge
from printer.receipt import BadgeKind, Emphasis, Receipt
from tests.kiosk.desk import HOLDER

CATALOGUE = load_catalogue()
SITUATION = CATALOGUE.situation({}, date(2026, 11, 22))
SERVICE = CATALOGUE.service("complaint")
ANSWERS: dict[str, Any] = {
    "employer": {"cr_number": "1234567", "name": "شركة البحر"},
    "governorate": "muscat",
    "wilayat": "seeb",
    "complaint_types": ["wages", "overtime"],
    "amount_baisa": 450_500,
    "period": {"from": "2026-08-01", "to": None},
    "description": "لم أستلم أجري",
    "evidence": [],
    "hearing_language": "ar",
    "mobile": "92123456",
    "email": "salim@example.om",
}
KEPT = Submission(
    tx_id="01938f00-0000-7000-8000-00000000abcd",
    service_id="complaint",
    # 22:30 UTC is the next day in Muscat.
    confirmed_at=datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
    reference="7K3Q-9FZ2",
    qr_text="HTTPS://X/R#AB",
)
REGISTERED = dataclasses.replace(
    KEPT,
    registered_as="C-2026-000007",
    hearing=HearingProposal(
        datetime(2026, 12, 6, 9, 0, tzinfo=timezone(timedelta(hours=4))), "مسقط", "Muscat"
    ),
)


def composed(submission: Submission, **options: Any) -> Receipt:
    return compose_receipt(submission, HOLDER, ANSWERS, CATALOGUE, "DEMO-01", **options)


def words(receipt: Receipt) -> str:
    return repr(receipt).replace("\\xa0", " ")


# --- wording


@pytest.mark.parametrize(
    ("number", "masked"),
    [("99014521", "•••••521"), ("9907245", "••••245"), ("12", "12"), ("", "")],
)
def test_a_civil_number_shows_its_last_three_digits(number, masked):
    assert mask_civil_number(number) == masked


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("field", [field.id for field in SERVICE.fields])
def test_every_answer_reads_as_words(field, language):
    said = describe_answer(SERVICE.field(field), ANSWERS[field], language, SITUATION)
    assert said
    assert not set("{}[]_") & set(said), "words, no data"
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in said)
    if field in ("governorate", "wilayat", "complaint_types", "hearing_language", "evidence"):
        assert arabic is (language == "ar")


@pytest.mark.parametrize(
    ("last", "arabic", "english"),
    [
        (None, "منذ 1 أغسطس 2026", "since 1 August 2026"),
        (
            "2026-10-31",
            "\u20681 أغسطس 2026\u2069 – \u206831 أكتوبر 2026\u2069",
            "\u20681 August 2026\u2069 – \u206831 October 2026\u2069",
        ),
    ],
)
def test_a_period_has_no_dash_to_nowhere(last, arabic, english):
    answer = {"from": "2026-08-01", "to": last}
    field = SERVICE.field("period")
    assert describe_answer(field, answer, "ar", SITUATION) == arabic
    assert describe_answer(field, answer, "en", SITUATION) == english


# --- receipts


@pytest.mark.parametrize("submission", [KEPT, REGISTERED], ids=["queued", "registered"])
def test_a_receipt_names_nobody(submission):
    said = words(composed(submission))
    for secret in (
        HOLDER.name_ar,
        HOLDER.name_en,
        HOLDER.civil_number,
        "لم أستلم",
        "92123456",
        "salim@example.om",
    ):
        assert secret not in said
    assert mask_civil_number(HOLDER.civil_number) in said


@pytest.mark.parametrize("submission", [KEPT, REGISTERED], ids=["queued", "registered"])
def test_a_receipt_says_what_matters(submission):
    said = words(composed(submission))
    assert submission.reference in said
    assert submission.qr_text in said
    assert "22 November 2026, 2:30 am" in said, "the time in Muscat"
    assert "22 نوفمبر 2026، 2:30 صباحًا" in said
    assert "12 Jumada II 1448 AH" in said
    assert "DEMO-01" in said
    assert "شركة البحر" in said, "the employer"
    assert formats.telephone(SERVICE.authority.phone) in said
    assert "22 December 2026" in said, "thirty days from the day in Muscat"


def test_saved_is_not_said_to_be_registered():
    queued, registered = composed(KEPT), composed(REGISTERED)
    assert queued.badge.kind is BadgeKind.WAITING
    assert registered.badge.kind is BadgeKind.DONE
    assert "Saved, will be sent" in words(queued)
    assert "Saved, will be sent" not in words(registered)
    assert "C-2026-000007" in words(registered)
    # That it is saved, and that a message will tell what the box says already.
    assert len(queued.next_steps) == len(registered.next_steps) + 2


def test_the_number_to_quote_is_the_large_one_and_the_appointment_follows():
    queued, registered = composed(KEPT), composed(REGISTERED)
    large = [row.value_ar for row in queued.rows if row.emphasis is Emphasis.HERO]
    assert (large, queued.framed) == ([KEPT.reference], ())
    large = [row.value_ar for row in registered.rows if row.emphasis is Emphasis.HERO]
    assert large == ["C-2026-000007"]
    assert KEPT.reference in {row.value_ar for row in registered.fine_print}
    when, place = registered.framed
    assert when.label.en == "Proposed hearing" and "المقترح" in when.label.ar
    # A line may end after the weekday and after the comma, nowhere within the day or the time.
    assert (when.value_ar, when.value_en) == (
        "الأحد 6\u00a0ديسمبر\u00a02026، 9:00\u00a0صباحًا",
        "Sunday 6\u00a0December\u00a02026, 9:00\u00a0am",
    )
    assert (place.value_ar, place.value_en) == ("مسقط", "Muscat")


@pytest.mark.parametrize("service", [each for each in CATALOGUE.services if each.case])
def test_the_number_is_called_as_its_service_calls_it(service):
    submission = dataclasses.replace(REGISTERED, service_id=service.id, hearing=None)
    receipt = compose_receipt(submission, HOLDER, {}, CATALOGUE, "DEMO-01")
    [large] = [row for row in receipt.rows if row.emphasis is Emphasis.HERO]
    assert service.case is not None
    assert (large.label.ar, large.label.en) == (
        service.case.number_label.ar,
        service.case.number_label.en,
    )


def test_refused_is_neither_saved_nor_registered():
    refused = composed(dataclasses.replace(KEPT, rejected=True))
    assert refused.badge.kind is BadgeKind.WARNING
    said = words(refused)
    assert "Saved" not in said and "Registered" not in said and "is sent by itself" not in said
    assert "text message" not in said, "no hearing will be announced"
    assert KEPT.reference in said and formats.telephone(SERVICE.authority.phone) in said


def test_a_copy_is_a_copy():
    assert composed(KEPT).copy == 0
    assert composed(KEPT, copy=2).copy == 2


def test_a_fee_is_the_one_in_force_on_the_day():
    assert "Free of charge" in words(composed(KEPT))
    assert SERVICE.fee_on(date(2026, 11, 22)) == 0
    # A terminal whose clock is years behind still prints its receipts.
    assert SERVICE.fee_on(date(1999, 1, 1)) == 0


def test_answers_left_empty_have_no_row():
    answers = {**ANSWERS, "amount_baisa": None, "evidence": []}
    receipt = compose_receipt(KEPT, HOLDER, answers, CATALOGUE, "DEMO-01")
    labels = [row.label.en for row in receipt.rows]
    assert "Amount claimed" not in labels
    assert "Employer" in labels


def test_a_long_name_and_a_long_host_are_too_much_for_narrow_paper():
    check_code_fits(CATALOGUE, "MCT-0042", "v" * 58, 384)
    check_code_fits(CATALOGUE, "M" * 32, "v" * 58, 576)
    with pytest.raises(QrTooLarge):
        check_code_fits(CATALOGUE, "M" * 32, "v" * 58, 384)
