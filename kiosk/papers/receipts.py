"""What a receipt of this terminal says: composed from the transaction, drawn by :mod:`printer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hijridate import Gregorian

from kiosk.services import Catalogue, ServiceDefinition, Text
from kiosk.services.answers import Answer, describe_answer
from kiosk.services.oman_time import MUSCAT
from kiosk.services.wording import (
    format_day,
    format_money,
    isolate,
    mask_civil_number,
)
from kiosk.session.state import Cardholder, Submission
from printer import qr
from printer.proof import longest_text
from printer.receipt import Badge, BadgeKind, Bilingual, Emphasis, Languages, Receipt, Row

# The letterhead is two lines: U+2028 parts them.
_LETTERHEAD = Bilingual("سلطنة عُمان\u2028{}", "Sultanate of Oman\u2028{}")
_REFERENCE = Bilingual("رقم المعاملة", "Transaction number")
_REGISTERED = Bilingual("رقم الشكوى", "Complaint number")
_TIME = Bilingual("التاريخ والوقت", "Date and time")
_HIJRI = Bilingual("التاريخ الهجري", "Hijri date")
_CIVIL_NUMBER = Bilingual("الرقم المدني", "Civil number")
_PAPERS = Bilingual("الأوراق المرفقة", "Papers attached")
_FEE = Bilingual("الرسوم", "Fee")
_HEARING = Bilingual("موعد الجلسة", "Hearing")
_PLACE = Bilingual("مكان الجلسة", "Place")
_OFFICE = Bilingual("الجهة المسؤولة", "Responsible office")
_PHONE = Bilingual("هاتف الجهة", "Office telephone")
_KIOSK = Bilingual("رقم الجهاز", "Terminal")
_FREE = Text(ar="بدون رسوم", en="Free of charge")

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

_DASH = " – "
_NO_BREAK = "\u00a0"


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
) -> Receipt:
    """The receipt of one transaction: no name, no full civil number, all else that matters."""
    service = catalogue.service(submission.service_id)
    confirmed = submission.final or submission.registered_as is not None
    rows = [Row(_REFERENCE, submission.reference, emphasis=Emphasis.HERO)]
    if submission.registered_as is not None:
        rows.append(Row(_REGISTERED, submission.registered_as, emphasis=Emphasis.STRONG))
    rows += _time_rows(submission)
    rows.append(Row(_CIVIL_NUMBER, mask_civil_number(cardholder.civil_number)))
    situation = catalogue.situation(answers, date.min)
    for field in service.fields:
        answer = answers.get(field.id)
        if field.on_receipt and answer:
            rows.append(
                Row(
                    Bilingual(field.label.ar, field.label.en),
                    _whole(describe_answer(field, answer, "ar", situation)),
                    _whole(describe_answer(field, answer, "en", situation)),
                )
            )
    if submission.papers:
        rows.append(Row(_PAPERS, str(submission.papers)))
    rows.append(_fee_row(service, submission))
    if submission.hearing is not None:
        when = submission.hearing.starts_at.astimezone(MUSCAT).strftime("%d/%m/%Y %H:%M")
        rows.append(Row(_HEARING, when, emphasis=Emphasis.STRONG))
        rows.append(Row(_PLACE, submission.hearing.place_ar, submission.hearing.place_en))
    authority = service.authority
    rows.append(Row(_OFFICE, authority.department.ar, authority.department.en))
    rows.append(Row(_PHONE, authority.phone))
    rows.append(Row(_KIOSK, kiosk))
    if submission.rejected:
        # Nothing of what usually follows will happen, and nothing will be sent again.
        steps: tuple[Bilingual, ...] = (_REFUSED_STEP,)
    else:
        steps = next_steps(service, submission)
        if not confirmed:
            steps = (_QUEUED_STEP, *steps)
    return Receipt(
        title=Bilingual(service.title.ar, service.title.en),
        authority=_letterhead(authority.name),
        badge=_badge(submission, confirmed=confirmed),
        rows=tuple(rows),
        next_steps=steps,
        qr_text=submission.qr_text,
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
            "HTTPS://VERIFY/R#" + "A" * 270,
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
    qr.check_fits(longest_text(kiosk, services, verifier), width)


def _whole(value: str) -> str:
    """From a day to another, or to words: a line may end at the dash and nowhere else."""
    begin, dash, end = value.partition(_DASH)
    return begin + dash + end.replace(" ", _NO_BREAK)


def _badge(submission: Submission, *, confirmed: bool) -> Badge:
    if submission.rejected:
        return Badge(_REFUSED, BadgeKind.WARNING)
    if confirmed:
        return Badge(_DONE if submission.final else _CONFIRMED, BadgeKind.DONE)
    return Badge(_QUEUED, BadgeKind.WAITING)


def _letterhead(name: Text) -> Bilingual:
    return Bilingual(_LETTERHEAD.ar.format(name.ar), _LETTERHEAD.en.format(name.en))


def next_steps(service: ServiceDefinition, submission: Submission) -> tuple[Bilingual, ...]:
    """What happens next, with the dates that the law sets counted from the confirmation."""
    day = submission.confirmed_at.astimezone(MUSCAT).date()
    dates = {
        deadline.id: isolate(format_day(day + timedelta(service.deadline_days(deadline.id, day))))
        for deadline in service.deadlines
    }
    return tuple(
        Bilingual(step.text.ar.format(**dates), step.text.en.format(**dates))
        for step in service.next_steps
    )


def _time_rows(submission: Submission) -> list[Row]:
    local = submission.confirmed_at.astimezone(MUSCAT)
    hijri = Gregorian(local.year, local.month, local.day).to_hijri()
    return [
        Row(_TIME, local.strftime("%d/%m/%Y %H:%M")),
        Row(_HIJRI, f"{hijri.day:02d}/{hijri.month:02d}/{hijri.year}"),
    ]


def _fee_row(service: ServiceDefinition, submission: Submission) -> Row:
    fee = service.fee_on(submission.confirmed_at.astimezone(MUSCAT).date())
    if fee == 0:
        return Row(_FEE, _FREE.ar, _FREE.en)
    return Row(_FEE, format_money(fee, "ar"), format_money(fee, "en"))
