"""Receipts as the terminal composes them, from its own catalogue and one citizen's answers."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

from kiosk.papers.receipts import compose_receipt
from kiosk.services import load_catalogue
from kiosk.session.outcome import HearingProposal, Submission
from kiosk.session.state import Cardholder
from printer.receipt import Languages, Receipt
from tests.printer.receipt_samples import QR_TEXT

HOLDER = Cardholder(
    "62184907", "سالم الحبسي", "SALIM AL HABSI", date(1988, 3, 4), date(2031, 5, 6), "", "", b""
)
ANSWERS = {
    "employer": {"cr_number": "1234567", "name": "شركة البحر للتجارة والمقاولات"},
    "governorate": "muscat",
    "wilayat": "seeb",
    "complaint_types": ["wages", "overtime", "passport"],
    "amount_baisa": 1450500,
    "period": {"from": "2026-02-01", "to": None},
    "description": "لم أستلم أجري",
    "evidence": ["contract", "messages"],
}
WHEN = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
REGISTERED = Submission(
    "0192f5b0-1c2d-7abc-8def-0123456789ab",
    "complaint",
    WHEN,
    "7QK4-M2XD",
    QR_TEXT,
    "C-2026-000123",
    HearingProposal(
        datetime(2026, 12, 3, 5, tzinfo=UTC),
        "دائرة الرعاية العمالية، السيب، القاعة 2",
        "Labour Welfare Department, Seeb, room 2",
    ),
)
QUEUED = Submission("0192f5b0-1c2d-7abc-8def-0123456789ab", "complaint", WHEN, "7QK4-M2XD", QR_TEXT)


def real_complaint(
    languages: Languages, submission: Submission = REGISTERED, *, large: bool = False
) -> Receipt:
    """A complaint about wages from Seeb."""
    return compose_receipt(
        submission,
        HOLDER,
        ANSWERS,
        load_catalogue(),
        "MCT-0042",
        languages=languages,
        large=large,
    )


def card_service(service: str, languages: Languages = "both") -> Receipt:
    """What is done at once, on the card itself."""
    done = Submission(REGISTERED.tx_id, service, WHEN, "7QK4-M2XD", QR_TEXT, final=True)
    return compose_receipt(done, HOLDER, {}, load_catalogue(), "MCT-0042", languages=languages)


CARD_SERVICES = ("activate-card", "change-pin", "unblock-pin")
REFUSED = dataclasses.replace(QUEUED, rejected=True)
"""The office did not take it."""
REAL = {
    "real-both": real_complaint("both"),
    "real-queued": real_complaint("both", QUEUED),
    "real-ar-large": real_complaint("ar", large=True),
    "real-en": real_complaint("en"),
    "real-refused": real_complaint("both", REFUSED),
    **{f"real-{service}": card_service(service) for service in CARD_SERVICES},
}
