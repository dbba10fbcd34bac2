"""Notices about a case, in the words of its definition.

A notice names the case and the office, and what the definition says; a telephone's screen is read
by others too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend_stub.cases.offices import Office
from backend_stub.cases.timing import last_moment
from kiosk.services import formats
from kiosk.services.case_definition import Notice
from kiosk.services.definition import ServiceDefinition
from kiosk.services.languages import LANGUAGES, Language

_NONE: Final = "—"
_OTHERS_LANGUAGE: Final[Language] = "ar"
"""Somebody else's language is not known: the state's own."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The case that a notice is about, as far as its words depend on it."""

    service: ServiceDefinition
    number: str
    state: str
    office: Office
    slot_at: datetime | None
    due_at: datetime | None
    language: str
    answers: Mapping[str, Any]
    link: str


def rows_of(subject: Subject, notice_ids: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """Rows of :class:`Notification`: each notice by each of its channels."""
    case = subject.service.case
    if case is None or not notice_ids:
        return []
    rows: list[dict[str, Any]] = []
    words = {language: _words(subject, language) for language in LANGUAGES}
    for notice_id in notice_ids:
        notice = case.notice(notice_id)
        rows += _rows(subject, notice, words, at)
    return rows


def _rows(
    subject: Subject, notice: Notice, words: Mapping[Language, Mapping[str, str]], at: datetime
) -> list[dict[str, Any]]:
    mobile, email, language = _recipient(subject, notice)
    common = {"created_at": at, "language": language, "about": subject.number, "notice": notice.id}
    sms = notice.sms
    if subject.slot_at is None and notice.without_slot is not None:
        sms = notice.without_slot
    found: list[dict[str, Any]] = []
    if mobile is not None:
        texts = {f"text_{each}": _filled(sms.in_language(each), words[each]) for each in LANGUAGES}
        found.append(
            {
                "channel": "sms",
                "recipient": f"+968{mobile}",
                **texts,
                "subject_ar": None,
                "subject_en": None,
                **common,
            }
        )
    if email is not None:
        letter, subjects = sms, None
        if notice.email is not None:
            subjects = notice.email.subject
            if letter is notice.sms:
                letter = notice.email.text
        found.append(
            {
                "channel": "email",
                "recipient": email,
                **{
                    f"text_{each}": _filled(letter.in_language(each), words[each])
                    for each in LANGUAGES
                },
                **{
                    f"subject_{each}": _filled(
                        subjects.in_language(each) if subjects else "{service} {number}",
                        words[each],
                    )
                    for each in LANGUAGES
                },
                **common,
            }
        )
    return found


def _recipient(subject: Subject, notice: Notice) -> tuple[str | None, str | None, str]:
    """Mobile, e-mail address, language."""
    if notice.to != "applicant":
        return subject.answers.get(notice.to), None, _OTHERS_LANGUAGE
    mobile, email = contacts(subject.service, subject.answers)
    return mobile, email, subject.language


def contacts(
    service: ServiceDefinition, answers: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """The applicant's mobile number and e-mail address, as far as the application has them."""
    mobile, email = service.contact("mobile"), service.contact("email")
    return (
        answers.get(mobile) if mobile is not None else None,
        answers.get(email) if email is not None else None,
    )


def _words(subject: Subject, language: Language) -> dict[str, str]:
    case = subject.service.case
    assert case is not None  # noqa: S101 - rows_of saw to it
    office = subject.office
    words = {
        "number": subject.number,
        "service": subject.service.title.in_language(language),
        "state": case.state(subject.state).text.in_language(language),
        "office": office.name.ar if language == "ar" else office.name.en,
        "place": office.place().in_language(language),
        "phone": formats.telephone(office.phone),
        "date": _NONE,
        "time": _NONE,
        "deadline": (
            _NONE if subject.due_at is None else formats.day(last_moment(subject.due_at), language)
        ),
        "link": subject.link,
    }
    if subject.slot_at is not None:
        words["date"] = formats.weekday_and_day(subject.slot_at, language)
        words["time"] = formats.time_of_day(subject.slot_at, language)
    return words


def _filled(sentence: str, words: Mapping[str, str]) -> str:
    return sentence.format_map(words)
