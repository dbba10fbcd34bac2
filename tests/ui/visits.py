"""Plausible states of a visit, one for every page and every way it can look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from kiosk.devices import DeviceState, PaperState, SheetState, Terminal
from kiosk.services import FieldProblem, Text, load_catalogue
from kiosk.services.facts import Chip, Fact, Row, Tone
from kiosk.session.card_task import CardTask, CardTaskKind, PinEntry
from kiosk.session.form import EmployerFound, EmployerSearch, Form, Paper, SearchState
from kiosk.session.outcome import HearingProposal, ReceiptMail, ReceiptStep, Submission, VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.state import Cardholder, CardProblem, State, Visit

CATALOGUE = load_catalogue()
ONLINE = Terminal(
    reader=DeviceState.ONLINE,
    printer=DeviceState.ONLINE,
    paper=PaperState.FULL,
    outbox=DeviceState.ONLINE,
    central=DeviceState.ONLINE,
)
OFFLINE = replace(ONLINE, central=DeviceState.OFFLINE)
BROKEN = replace(ONLINE, reader=DeviceState.NO_DEVICE, printer=DeviceState.OFFLINE)


@cache
def picture(width: int = 60, height: int = 80) -> bytes:
    """A small JPEG."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#5f7f78").save(out, "JPEG")
    return out.getvalue()


HOLDER = Cardholder(
    civil_number="62184907",
    name_ar="سالم بن حمد بن سعيد الحبسي",
    name_en="SALIM HAMAD SAID AL HABSI",
    birth_date=date(1988, 3, 4),
    expiry_date=date(2031, 5, 6),
    kind="citizen",
    nationality="OMN",
    photo=picture(),
)
EMPLOYERS = (
    EmployerFound("1234567", "شركة النخيل للمقاولات ش.م.م", "Al Nakheel Contracting LLC", "seeb"),
    EmployerFound(
        "7654321",
        "مؤسسة الباطنة الحديثة للتجارة والخدمات",
        "Al Batinah Modern Trading and Services Est.",
        "sohar",
    ),
)
ANSWERS: dict[str, Any] = {
    "employer": {"cr_number": "1234567", "name": "شركة النخيل للمقاولات ش.م.م"},
    "governorate": "muscat",
    "wilayat": "seeb",
    "complaint_types": ["wages", "overtime", "passport"],
    "amount_baisa": 1450500,
    "period": {"from": "2026-02-01", "to": None},
    "description": "لم أستلم راتبي منذ ثلاثة أشهر، ويحتفظ صاحب العمل بجواز سفري ويرفض إعادته.",
    "evidence": ["contract", "messages"],
    "hearing_language": "ar",
    "mobile": "91234567",
    "email": None,
}
SERVICE = CATALOGUE.service("complaint")
FIELDS = [field.id for field in SERVICE.fields]
FORM = Form("complaint", "contact", ANSWERS)
PAPERS = tuple(Paper(b"", "image/png", f"{number:064x}") for number in range(3))
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SUBMISSION = Submission(
    tx_id="018f",
    service_id="complaint",
    confirmed_at=NOW,
    reference="7QK4-M2XD",
    qr_text="HTTPS://VERIFY.MANFADH.OM/R#" + "GEZDGNBVGY3TQOJQ" * 18,
)
HEARING = HearingProposal(
    datetime(2026, 12, 3, 5, 0, tzinfo=UTC),
    "دائرة الرعاية العمالية، صحار، القاعة 2",
    "Labour Welfare Department, Sohar, room 2",
)
REGISTERED = replace(
    SUBMISSION, registered_as="C-2026-000123", hearing=HEARING, receipt=ReceiptStep.PRINTED
)


NOT_SEARCHED = EmployerSearch()


def question(
    field_id: str,
    raw: Any,
    *problems: str,
    terminal: Terminal = ONLINE,
    search: EmployerSearch = NOT_SEARCHED,
    employers: tuple[EmployerFound, ...] = (),
) -> State:
    """The question ``field_id`` with ``raw`` typed and these problem codes."""
    form = Form(
        "complaint",
        SERVICE.field(field_id).page or field_id,
        ANSWERS,
        {field_id: raw},
        tuple(FieldProblem(field_id, code) for code in problems),
        apart=frozenset({"work"}),
        search=search,
    )
    if SERVICE.field(field_id).page == "work":
        form = replace(form, page=field_id)
    visit = Visit(
        page=Page.QUESTION,
        form=form,
        cardholder=HOLDER,
        signed_in=terminal is ONLINE,
        employers=employers,
    )
    return State(terminal, visit)


def known_workplace() -> State:
    """The registry knows employer and workplace: they are confirmed at once."""
    form = Form("complaint", "work", {})
    visit = Visit(
        page=Page.QUESTION, form=form, cardholder=HOLDER, signed_in=True, employers=EMPLOYERS[:1]
    )
    return State(ONLINE, visit)


def times(count: int, *, waiting: bool = False, gone: bool = False, chosen: str = "") -> State:
    """The list of free times of an appointment, with so many rows."""
    rows = tuple(
        Row(
            id=f"t-{number:04d}",
            title=Text(
                ar=f"الأحد {number % 28 + 1} ديسمبر 2026، 8:00 صباحًا",
                en=f"Sunday {number % 28 + 1} December 2026, 8:00 am",
            ),
            lines=(Text(ar="فرع السيب، شارع الاختبار 1", en="Seeb branch, Test Street 1"),),
            chips=(Chip(text=Text(ar="غير مزدحم", en="Quiet"), tone=Tone.GOOD),),
            blocked=Text(ar="حُجز قبل قليل", en="Taken a moment ago") if number == 2 else None,
        )
        for number in range(count)
    )
    fact = Fact(id="free_times", as_of=NOW, rows=rows)
    form = Form(
        "appointment",
        "time",
        {"topic": "permit", "governorate": "muscat"},
        {"time": chosen} if chosen else {},
        asked_for=frozenset({"free_times"} if waiting else ()),
        unavailable=frozenset({"free_times"} if gone else ()),
    )
    facts = {} if waiting or gone else {"free_times": fact}
    visit = Visit(page=Page.QUESTION, form=form, cardholder=HOLDER, signed_in=True, facts=facts)
    return State(ONLINE, visit)


def papers(count: int, sheet: SheetState = SheetState.READY, problem: str = "") -> State:
    """The page of scanned papers, with this many of them."""
    scanned = tuple(
        Paper(picture(60 + number, 85), "image/jpeg", f"{number:064x}") for number in range(count)
    )
    form = Form(
        "complaint", "evidence", ANSWERS, papers=scanned, sheet=sheet, sheet_problem=problem
    )
    return State(ONLINE, Visit(page=Page.PAPERS, form=form, cardholder=HOLDER, signed_in=True))


def page(name: Page, terminal: Terminal = ONLINE, **visit: Any) -> State:
    """A page of a visit."""
    return State(terminal, Visit(page=name, **visit))


ACTIVATE = CardTaskKind.ACTIVATE
_OF_THE_TASK = ("problem", "busy", "code_sent_to", "step", "steps", "transport")


def task(name: Page, kind: CardTaskKind, terminal: Terminal = ONLINE, **state: Any) -> State:
    """A page of work on the card itself."""
    of_task = {key: state.pop(key) for key in _OF_THE_TASK if key in state}
    return page(name, terminal, card_task=CardTask(kind, **of_task), card_present=True, **state)


STATES: dict[str, State] = {
    "out-of-service": page(Page.OUT_OF_SERVICE, BROKEN),
    "attract": page(Page.ATTRACT),
    "attract-offline": page(Page.ATTRACT, OFFLINE),
    "language": page(Page.LANGUAGE),
    "insert-card": page(Page.INSERT_CARD),
    "known-workplace": known_workplace(),
    "times": times(15, chosen="t-0001"),
    "times-few": times(3),
    "times-none": times(0),
    "times-waiting": times(0, waiting=True),
    "times-unavailable": times(0, gone=True),
    "reading-card": page(Page.READING_CARD, card_present=True),
    "reading-card-of-somebody": page(Page.READING_CARD, card_present=True, cardholder=HOLDER),
    **{
        f"problem-{problem}": page(Page.CARD_PROBLEM, card_problem=problem, card_present=True)
        for problem in CardProblem
    },
    "problem-pin-blocked-finger": page(
        Page.CARD_PROBLEM,
        replace(ONLINE, finger=DeviceState.ONLINE),
        card_problem=CardProblem.PIN_BLOCKED,
        finger_offered=True,
        card_present=True,
    ),
    "pin": page(Page.PIN, pin=PinEntry(0, 3)),
    "pin-wrong": page(Page.PIN, pin=PinEntry(0, 2, wrong=True)),
    "pin-last-try": page(Page.PIN, OFFLINE, pin=PinEntry(0, 1)),
    "pin-last-try-wrong": page(Page.PIN, pin=PinEntry(0, 1, wrong=True)),
    "pin-incomplete": page(Page.PIN, pin=PinEntry(4, 3, incomplete=True)),
    "pin-checking": page(Page.PIN, pin=PinEntry(6, 3, checking=True)),
    "identity": page(Page.IDENTITY, cardholder=HOLDER),
    "identity-resident": page(Page.IDENTITY, cardholder=replace(HOLDER, kind="resident")),
    "services": page(Page.SERVICES, cardholder=HOLDER),
    "services-offline": page(Page.SERVICES, OFFLINE, cardholder=HOLDER),
    "employer": question("employer", None, employers=EMPLOYERS[:1]),
    "employer-found": question(
        "employer", None, search=EmployerSearch("النخيل", SearchState.DONE, EMPLOYERS)
    ),
    "employer-searching": question(
        "employer", None, search=EmployerSearch("النخيل", SearchState.SEARCHING)
    ),
    "employer-not-found": question(
        "employer", None, search=EmployerSearch("ورشة الأمل", SearchState.DONE)
    ),
    "employer-offline": question(
        "employer", {"cr_number": None, "name": "ورشة الأمل"}, terminal=OFFLINE
    ),
    "employer-required": question("employer", None, "required", terminal=OFFLINE),
    "governorate": question("governorate", "muscat"),
    "wilayat": question("wilayat", None, "required"),
    "types": question("complaint_types", ["wages", "passport"]),
    "amount": question("amount_baisa", "450.500"),
    "amount-wrong": question("amount_baisa", "0", "amount-zero"),
    "period": question("period", {"from": "2026-02-01", "to": "2026-1-"}),
    "period-wrong": question("period", {"from": "2026-02-31", "to": ""}, "bad-date"),
    "description": question("description", ANSWERS["description"]),
    "description-required": question("description", None, "required"),
    "evidence": question("evidence", ["contract"]),
    "hearing-language": question("hearing_language", "ar"),
    "mobile": question("mobile", "91234567"),
    "email": question("email", "salim@example.om"),
    "email-wrong": question("email", "salim@", "bad-email"),
    "papers-none": papers(0),
    "papers": papers(2, SheetState.ACCEPTED),
    "papers-full": papers(8, SheetState.ACCEPTED),
    "papers-scanning": papers(0, SheetState.SCANNING),
    "papers-scanning-third": papers(2, SheetState.SCANNING),
    **{
        f"papers-{problem}": papers(1, sheet, problem)
        for sheet, problem in (
            (SheetState.NO_SHEET, "noSheet"),
            (SheetState.JAM, "jam"),
            (SheetState.REJECTED, "empty"),
            (SheetState.REJECTED, "tooLarge"),
            (SheetState.READY, "coverOpen"),
            (SheetState.READY, "deviceBusy"),
            (SheetState.READY, "offline"),
            (SheetState.READY, "hardwareError"),
        )
    },
    "check-papers": page(Page.CHECK, form=replace(FORM, papers=PAPERS), cardholder=HOLDER),
    "check": page(Page.CHECK, form=FORM, cardholder=HOLDER),
    "sign": page(Page.SIGN, form=FORM, cardholder=HOLDER, pin=PinEntry(3, 3)),
    "working": page(Page.WORKING, form=FORM, cardholder=HOLDER),
    "registered": page(Page.CONFIRMATION, form=FORM, submission=REGISTERED),
    "sending": page(
        Page.CONFIRMATION, form=FORM, submission=replace(SUBMISSION, waiting_for_answer=True)
    ),
    "rejected": page(Page.CONFIRMATION, form=FORM, submission=replace(SUBMISSION, rejected=True)),
    "saved-no-paper": page(
        Page.CONFIRMATION,
        OFFLINE,
        form=FORM,
        submission=replace(SUBMISSION, receipt=ReceiptStep.ON_SCREEN, receipt_problem="paper.out"),
    ),
    **{
        f"saved-{name}": page(
            Page.CONFIRMATION,
            OFFLINE,
            form=replace(FORM, answers=ANSWERS | {"email": email}),
            submission=replace(
                SUBMISSION, receipt=ReceiptStep.ON_SCREEN, receipt_problem="paper.out", mail=mail
            ),
        )
        for name, email, mail in (
            ("mailed", None, ReceiptMail.KEPT),
            ("mailed-to-both", "salim@example.om", ReceiptMail.KEPT),
            ("mail-failed", None, ReceiptMail.FAILED),
        )
    },
    "printer-silent": page(
        Page.CONFIRMATION,
        form=FORM,
        submission=replace(SUBMISSION, receipt=ReceiptStep.UNCERTAIN),
    ),
    **{
        f"activation-{problem}": task(
            Page.ACTIVATION_STOPPED, ACTIVATE, cardholder=HOLDER, problem=problem
        )
        for problem in (
            "network",
            "no-mobile",
            "code-used-up",
            "too-many-codes",
            "not-approved",
            "terminal",
            "conflict",
            "unknown-card",
        )
    },
    "activation-letter": task(Page.ACTIVATION, ACTIVATE, cardholder=HOLDER, transport=True),
    "card-state": page(Page.CARD_STATE, cardholder=HOLDER, pin=PinEntry(tries_left=3)),
    "card-state-untold": page(Page.CARD_STATE, cardholder=HOLDER),
    "letter-pin": task(Page.OLD_PIN, ACTIVATE, transport=True),
    "card-working-letter": task(Page.CARD_WORKING, ACTIVATE, transport=True),
    "activation": task(Page.ACTIVATION, ACTIVATE, cardholder=HOLDER),
    "activation-offline": task(Page.ACTIVATION, ACTIVATE, OFFLINE, cardholder=HOLDER),
    "code-sending": task(Page.CODE, ACTIVATE, busy=True),
    "code": task(Page.CODE, ACTIVATE, code_sent_to="•••••217"),
    "code-wrong": task(
        Page.CODE, ACTIVATE, code_sent_to="•••••217", pin=PinEntry(0, 2, wrong=True)
    ),
    "old-pin": task(Page.OLD_PIN, CardTaskKind.CHANGE_PIN, pin=PinEntry(2)),
    "old-pin-wrong": task(Page.OLD_PIN, CardTaskKind.CHANGE_PIN, pin=PinEntry(0, 1, wrong=True)),
    "puk": task(Page.PUK, CardTaskKind.UNBLOCK_PIN, pin=PinEntry(5, length=8)),
    "puk-incomplete": task(
        Page.PUK, CardTaskKind.UNBLOCK_PIN, pin=PinEntry(5, incomplete=True, length=8)
    ),
    "puk-wrong": task(Page.PUK, CardTaskKind.UNBLOCK_PIN, pin=PinEntry(0, 2, wrong=True, length=8)),
    "finger": task(Page.FINGER, CardTaskKind.UNBLOCK_PIN, busy=True),
    **{
        f"finger-wrong-{left}": task(
            Page.FINGER, CardTaskKind.UNBLOCK_PIN, pin=PinEntry(tries_left=left, wrong=True)
        )
        for left in (2, 1, None)
    },
    **{
        f"finger-{problem}": task(Page.FINGER, CardTaskKind.UNBLOCK_PIN, problem=problem)
        for problem in ("noFinger", "offline", "hardwareError")
    },
    "new-pin": task(Page.NEW_PIN, ACTIVATE),
    **{
        f"new-pin-{problem}": task(Page.NEW_PIN, ACTIVATE, problem=problem)
        for problem in ("repeated", "sequence", "birth-date", "civil-number", "pins-differ")
    },
    "repeat-pin": task(Page.REPEAT_PIN, ACTIVATE, pin=PinEntry(3)),
    **{
        f"card-working-{step}": task(Page.CARD_WORKING, ACTIVATE, step=step, steps=5)
        for step in range(6)
    },
    "card-working-pin": task(Page.CARD_WORKING, CardTaskKind.CHANGE_PIN),
    **{
        f"card-done-{kind}": task(
            Page.CARD_DONE,
            kind,
            submission=replace(
                SUBMISSION, service_id=kind.value, final=True, receipt=ReceiptStep.ON_SCREEN
            ),
        )
        for kind in CardTaskKind
    },
    "take-card": page(Page.TAKE_CARD, end=VisitEnd.FINISHED, card_present=True),
    "take-card-cancelled": page(Page.TAKE_CARD, end=VisitEnd.CANCELLED, card_present=True),
    **{f"ended-{end}": page(Page.ENDED, end=end) for end in VisitEnd},
}
"""Name to state."""
