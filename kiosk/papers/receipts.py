"""What a receipt of this terminal says: composed from the transaction, drawn by :mod:`printer`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from kiosk.services import Catalogue, ServiceDefinition, Text, formats
from kiosk.services.answers import Answer, describe_answer
from kiosk.services.definition import Authority
from kiosk.services.facts import Fact
from kiosk.services.languages import Language
from kiosk.services.oman_time import MUSCAT
from kiosk.services.wording import (
    isolate,
    mask_civil_number,
)
from kiosk.session.outcome import Submission
from kiosk.session.state import Cardholder
from printer import qr
from printer.proof import longest_text
from printer.receipt import Badge, BadgeKind, Bilingual, Emphasis, Languages, Receipt, Row

# The letterhead is three lines: U+2028 parts them.
_LETTERHEAD = Bilingual("سلطنة عُمان\u2028{}\u2028{}", "Sultanate of Oman\u2028{}\u2028{}")
_REFERENCE = Bilingual("رقم المعاملة", "Transaction number")
_REGISTERED = Bilingual("رقم القيد لدى الجهة", "Office number")
_TIME = Bilingual("التاريخ والوقت", "Date and time")
_CIVIL_NUMBER = Bilingual("الرقم المدني", "Civil number")
_PAPERS = Bilingual("الأوراق المرفقة", "Papers attached")
_FEE = Bilingual("الرسوم", "Fee")
_HEARING = Bilingual("موعد الجلسة المقترح", "Proposed hearing")
_PLACE = Bilingual("مكان الجلسة", "Place")
_PHONE = Bilingual("هاتف الجهة", "Office telephone")
_KIOSK = Bilingual("رقم الجهاز", "Terminal")

_CONFIRMED = Bilingual("سُجلت لدى الجهة", "Registered at the office")
_DONE = Bilingual("تم", "Done")
_QUEUED = Bilingual("حُفظت وستُرسل", "Saved, will be sent")
_QUEUED_STEP = Bilingual(
    "حُفظت معاملتك في الجهاز وستُرسل تلقائيًا عند عودة الشبكة. لا حاجة إلى إعادة التقديم.",
    "Your transaction is saved in this terminal and is sent by itself when the network is back. "
    "There is no need to apply again.",
)

_REFUSED = Bilingual("تعذّر قبول الطلب", "Not taken by the office")
_REFUSED_STEP = Bilingual(
    "تعذّر على الجهة قبول طلبك. يُرجى الاتصال بالجهة وذكر رقم المعاملة أعلاه.",
    "The office could not take your request. Please call the office and quote the transaction "
    "number above.",
)

SAMPLE_CODE = "HTTPS://VERIFY/R#" + "A" * 270
"""As long as the text of a usual receipt's QR code."""
_DASH = " – "
_NO_BREAK = "\u00a0"
_DAY = re.compile(r"\b\d{1,2} \w+ \d{4}\b")
_CLOCK = re.compile(r"\b\d{1,2}:\d\d \w+")


def compose_receipt(
    submission: Submission,
    cardholder: Cardholder,
    answers: Mapping[str, Answer],
    catalogue: Catalogue,
    kiosk: str,
    *,
    copy: int = 0,
    languages: Languages = "both",
    large: bool = False,
    facts: Mapping[str, Fact] = MappingProxyType({}),
) -> Receipt:
    """The receipt of one transaction: no name, no full civil number, all else that matters."""
    service = catalogue.service(submission.service_id)
    confirmed = submission.final or submission.registered_as is not None
    number = reference = Row(_REFERENCE, submission.reference)
    fine_print = [
        Row(_KIOSK, kiosk),
        Row(_CIVIL_NUMBER, mask_civil_number(cardholder.civil_number)),
    ]
    if submission.registered_as is not None:
        # What the office calls it is what the citizen will be asked for.
        case = service.case
        called = _REGISTERED if case is None else case.number_label
        number = Row(Bilingual(called.ar, called.en), submission.registered_as)
        fine_print.insert(0, reference)
    rows = [replace(number, emphasis=Emphasis.HERO)]
    situation = catalogue.situation(answers, date.min, facts)
    for field in service.fields:
        answer = answers.get(field.id)
        if field.on_receipt and not field.personal and answer:
            rows.append(
                Row(
                    Bilingual(field.label.ar, field.label.en),
                    _unbroken(describe_answer(field, answer, "ar", situation)),
                    _unbroken(describe_answer(field, answer, "en", situation)),
                )
            )
    if submission.papers:
        rows.append(Row(_PAPERS, str(submission.papers)))
    rows.append(_fee_row(service, submission))
    rows.append(_time_row(submission))
    authority = service.authority
    rows.append(Row(_PHONE, formats.telephone(authority.phone)))
    if submission.rejected:
        # Nothing of what usually follows will happen, and nothing will be sent again.
        steps: tuple[Bilingual, ...] = (_REFUSED_STEP,)
    else:
        steps = next_steps(service, submission)
        if not confirmed:
            steps = (_QUEUED_STEP, *steps)
    return Receipt(
        title=Bilingual(service.title.ar, service.title.en),
        authority=_letterhead(authority),
        badge=_badge(submission, confirmed=confirmed),
        rows=tuple(rows),
        framed=_framed(submission),
        next_steps=steps,
        qr_text=submission.qr_text,
        fine_print=tuple(fine_print),
        copy=copy,
        languages=languages,
        large=large,
    )


def sample_receipts(catalogue: Catalogue, kiosk: str) -> Iterator[Receipt]:
    """A receipt of every service without anybody's data: what a terminal draws to get warm."""
    digits = "0123456789 /:-+•ABCDEFGHJKMNPQRSTVWXYZ"
    for service in catalogue.services:
        words = [
            Row(Bilingual(field.label.ar, field.label.en), option.text.ar, option.text.en)
            for field in service.fields
            for option in field.options
        ]
        submission = Submission(
            "00000000-0000-7000-8000-000000000000",
            service.id,
            datetime.now(UTC),
            digits,
            SAMPLE_CODE,
            "C-0123456789",
        )
        holder = Cardholder("00000000", "", "", date.min, date.max, "", "", b"")
        receipt = compose_receipt(submission, holder, {}, catalogue, kiosk)
        numbers = [Row(_TIME, digits), Row(_HEARING, digits, emphasis=Emphasis.STRONG)]
        yield replace(receipt, rows=(*receipt.rows, *words, *numbers))


def check_code_fits(catalogue: Catalogue, kiosk: str, verifier: str, width: int) -> None:
    """Refuse a terminal whose QR codes would not fit its paper of ``width`` dots, before a visit.

    Raises :class:`printer.errors.QrTooLarge`.
    """
    services = [service.id for service in catalogue.services]
    qr.modules_across(longest_text(kiosk, services, verifier), width)


def _unbroken(value: str) -> str:
    """No line ends within a day or a time, nor before what follows a dash."""
    begin, dash, end = value.partition(_DASH)
    value = begin + dash + end.replace(" ", _NO_BREAK)
    for pattern in (_DAY, _CLOCK):
        value = pattern.sub(lambda found: found[0].replace(" ", _NO_BREAK), value)
    return value


def _badge(submission: Submission, *, confirmed: bool) -> Badge:
    if submission.rejected:
        return Badge(_REFUSED, BadgeKind.WARNING)
    if confirmed:
        return Badge(_DONE if submission.final else _CONFIRMED, BadgeKind.DONE)
    return Badge(_QUEUED, BadgeKind.WAITING)


def _letterhead(authority: Authority) -> Bilingual:
    name, department = authority.name, authority.department
    return Bilingual(
        _LETTERHEAD.ar.format(name.ar, department.ar), _LETTERHEAD.en.format(name.en, department.en)
    )


def next_steps(service: ServiceDefinition, submission: Submission) -> tuple[Bilingual, ...]:
    """What happens next, with the dates that the law sets counted from the confirmation."""
    day = submission.confirmed_at.astimezone(MUSCAT).date()
    dates = {
        deadline.id: day + timedelta(service.deadline_days(deadline.id, day))
        for deadline in service.deadlines
    }

    def said(step: Text, language: Language) -> str:
        days = {name: isolate(formats.day(last, language)) for name, last in dates.items()}
        return _unbroken(step.in_language(language).format(**days))

    return tuple(
        Bilingual(said(step.text, "ar"), said(step.text, "en"))
        for step in service.next_steps
        if not (step.until_appointment and submission.hearing)
    )


def _framed(submission: Submission) -> tuple[Row, ...]:
    """Where the citizen is expected, and when."""
    if (hearing := submission.hearing) is None:
        return ()
    arabic = _unbroken(formats.appointment(hearing.starts_at, "ar"))
    english = _unbroken(formats.appointment(hearing.starts_at, "en"))
    return (
        Row(_HEARING, arabic, english, emphasis=Emphasis.STRONG),
        Row(_PLACE, hearing.place_ar, hearing.place_en),
    )


def _time_row(submission: Submission) -> Row:
    at = submission.confirmed_at
    arabic = _unbroken(formats.day_and_time(at, "ar"))
    english = _unbroken(formats.day_and_time(at, "en"))
    if hijri := formats.hijri_day(at, "ar"):
        arabic += f"\u2028{hijri}"
        english += f"\u2028{formats.hijri_day(at, 'en')}"
    return Row(_TIME, arabic, english)


def _fee_row(service: ServiceDefinition, submission: Submission) -> Row:
    fee = service.fee_on(submission.confirmed_at.astimezone(MUSCAT).date())
    return Row(_FEE, formats.fee(fee, "ar"), formats.fee(fee, "en"))
