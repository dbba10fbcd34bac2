"""How answers read, and what a receipt says: enough for the citizen, nothing for a stranger."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from kiosk.papers.receipts import check_code_fits, compose_receipt
from kiosk.services import load_catalogue
from kiosk.services.answers import describe_answer
from kiosk.services.wording import (
    format_mobile,
    format_money,
    mask_civil_number,
)
from kiosk.session.state import HearingProposal, Submission
from printer.errors import QrTooLarge
from printer.receipt import BadgeKind, Receipt
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
    return repr(receipt)


# --- wording


@pytest.mark.parametrize(
    ("number", "masked"),
    [("99014521", "•••••521"), ("9907245", "••••245"), ("12", "12"), ("", "")],
)
def test_a_civil_number_shows_its_last_three_digits(number, masked):
    assert mask_civil_number(number) == masked


@pytest.mark.parametrize(
    ("baisa", "text"),
    [
        (0, "0.000 OMR"),
        (1, "0.001 OMR"),
        (450_500, "450.500 OMR"),
        (1_234_567_890, "1,234,567.890 OMR"),
    ],
)
def test_money_has_three_decimals(baisa, text):
    assert format_money(baisa, "en") == text
    assert text.removesuffix(" OMR") in format_money(baisa, "ar")


def test_a_mobile_number_is_written_with_its_country():
    assert format_mobile("92123456") == "+968 9212 3456"


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("field", [field.id for field in SERVICE.fields])
def test_every_answer_reads_as_words(field, language):
    said = describe_answer(SERVICE.field(field), ANSWERS[field], language, SITUATION)
    assert said
    assert not set("{}[]_") & set(said), "words, no data"
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in said)
    if field in ("governorate", "wilayat", "complaint_types", "hearing_language", "evidence"):
        assert arabic is (language == "ar")


def test_numbers_between_arabic_words_keep_their_order():
    said = describe_answer(SERVICE.field("period"), ANSWERS["period"], "ar", SITUATION)
    assert "\u206801/08/2026\u2069" in said


# --- receipts


@pytest.mark.parametrize("submission", [KEPT, REGISTERED], ids=["queued", "registered"])
def test_a_receipt_names_nobody(submission):
    said = words(composed(submission))
    for secret in (
        HOLDER.name_ar,
        HOLDER.name_en,
        HOLDER.civil_number,
        "شركة البحر",
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
    assert "22/11/2026 02:30" in said, "the time in Muscat"
    assert "DEMO-01" in said
    assert SERVICE.authority.phone in said
    assert "22/12/2026" in said, "thirty days from the day in Muscat"


def test_saved_is_not_said_to_be_registered():
    queued, registered = composed(KEPT), composed(REGISTERED)
    assert queued.badge.kind is BadgeKind.WAITING
    assert registered.badge.kind is BadgeKind.DONE
    assert "Saved, will be sent" in words(queued)
    assert "Saved, will be sent" not in words(registered)
    assert "C-2026-000007" in words(registered)
    assert "06/12/2026 09:00" in words(registered)
    assert len(queued.next_steps) == len(registered.next_steps) + 1


def test_refused_is_neither_saved_nor_registered():
    refused = composed(dataclasses.replace(KEPT, rejected=True))
    assert refused.badge.kind is BadgeKind.WARNING
    said = words(refused)
    assert "Saved" not in said and "Registered" not in said and "is sent by itself" not in said
    assert "text message" not in said, "no hearing will be announced"
    assert KEPT.reference in said and SERVICE.authority.phone in said


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
    assert "Evidence" not in labels
    assert "Governorate" in labels


def test_a_long_name_and_a_long_host_are_too_much_for_narrow_paper():
    check_code_fits(CATALOGUE, "MCT-0042", "v" * 58, 384)
    check_code_fits(CATALOGUE, "M" * 32, "v" * 58, 576)
    with pytest.raises(QrTooLarge):
        check_code_fits(CATALOGUE, "M" * 32, "v" * 58, 384)
