"""Lists of the console: cases, the calendar of an office, the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from backend_stub.cases import desk
from backend_stub.console import audit, casework
from backend_stub.console.casework import Wanted
from backend_stub.console.officers import Officer
from backend_stub.ground.central import Central
from backend_stub.http.console.access import ConsoleRefused, LanguageDependency, VisitDependency
from backend_stub.http.console.pages import office_name, page, words
from backend_stub.http.console.views import case_row, day_columns, service_choices
from backend_stub.http.routes import CentralDependency
from kiosk.services import formats
from kiosk.services.languages import Language
from kiosk.services.oman_time import MUSCAT

router = APIRouter()

_DAYS: Final = 7
_LAST_PAGE: Final = 10_000
_LONGEST: Final = 120


@router.get("")
def get_cases(
    request: Request,
    central: CentralDependency,
    visit: VisitDependency,
    language: LanguageDependency,
) -> Response:
    """The cases of an office; those that must be done first come first."""
    asked = request.query_params
    # One choice for both: "complaint" or "complaint:registered".
    service, _, state = asked.get("where", "")[:_LONGEST].partition(":")
    words_sought = asked.get("q", "").strip()[:_LONGEST]
    wanted = Wanted(
        office=asked.get("office") or ("*" if words_sought else ""),
        service=service,
        state=state,
        words=words_sought,
        soon=asked.get("soon") == "1",
        closed=asked.get("closed") == "1",
        page=_page_number(asked.get("page", "")),
    )
    now = central.clock()
    with central.database.write() as session:
        rows, more = casework.find(session, central.cases, visit.officer, wanted, now)
        central.cases.definitions.refresh(session)
    t = words(language)
    values = {
        "here": "cases",
        "rows": [case_row(each, now, language, t) for each in rows],
        "more": _turned(asked, wanted.page + 1) if more else "",
        "earlier": _turned(asked, wanted.page - 1) if wanted.page > 1 else "",
        "choices": service_choices(central.cases.definitions, language, t),
        "offices": _offices(central, visit.officer, language),
        "where": asked.get("where", ""),
        "wanted": wanted,
        "chosen_office": asked.get("office") or visit.officer.office,
        "every_office": wanted.office == "*" and visit.officer.supervises,
    }
    return page(request, "cases.html", values, visit=visit)


@router.get("/calendar")
def get_calendar(
    request: Request,
    central: CentralDependency,
    visit: VisitDependency,
    language: LanguageDependency,
) -> Response:
    """A week of an office's appointments: how full each time is, and whose they are."""
    house = central.cases
    asked = request.query_params
    office = visit.officer.office
    if visit.officer.supervises and asked.get("office") in house.offices.by_id:
        office = asked["office"]
    known = casework.calendars_of(house, office)
    if not known:
        raise ConsoleRefused(404, "no-calendar")
    calendar = asked.get("calendar", "")
    calendar = calendar if calendar in known else known[0]
    first = _day(asked.get("from", ""), central.clock().astimezone(MUSCAT).date())
    begins = datetime.combine(first, time(), MUSCAT).astimezone(UTC)
    with central.database.read() as session:
        used = desk.hearings_between(session, house, calendar, office, begins, _DAYS)
        labels = _calendar_labels(session, central, known, language)

    def link(**changed: str) -> str:
        kept = {"calendar": calendar, "office": office, "from": first.isoformat()}
        return "?" + urlencode(kept | changed)

    values = {
        "here": "calendar",
        "calendars": [(each, labels[each], link(calendar=each)) for each in known],
        "calendar": calendar,
        "office_shown": office_name(central, office, language),
        "offices": _offices(central, visit.officer, language),
        "chosen_office": office,
        "first": first.isoformat(),
        "span": formats.period(first, first + timedelta(days=_DAYS - 1), language),
        "days": day_columns(
            house.calendars.calendar(calendar), office, first, _DAYS, used, language
        ),
        "before": link(**{"from": (first - timedelta(days=_DAYS)).isoformat()}),
        "after": link(**{"from": (first + timedelta(days=_DAYS)).isoformat()}),
        "cases_open": office == visit.officer.office or visit.officer.supervises,
    }
    return page(request, "calendar.html", values, visit=visit)


@router.get("/audit")
def get_audit(
    request: Request,
    central: CentralDependency,
    visit: VisitDependency,
    language: LanguageDependency,
) -> Response:
    """Who looked at what, for supervisors."""
    if not visit.officer.supervises:
        raise ConsoleRefused(403, "supervisors-only")
    asked = request.query_params
    number = asked.get("number", "").strip().upper()[:_LONGEST]
    account = asked.get("account", "").strip().lower()[:_LONGEST]
    number_of_page = _page_number(asked.get("page", ""))
    with central.database.read() as session:
        found = audit.entries(
            session,
            number=number,
            account=account,
            offset=(number_of_page - 1) * casework.PAGE,
            limit=casework.PAGE + 1,
        )
    values = {
        "here": "audit",
        "number": number,
        "account": account,
        "rows": [
            {
                "at": formats.day_and_time(each.at, language),
                "entry": each,
                "office": office_name(central, each.office, language),
            }
            for each in found[: casework.PAGE]
        ],
        "more": _turned(asked, number_of_page + 1) if len(found) > casework.PAGE else "",
        "earlier": _turned(asked, number_of_page - 1) if number_of_page > 1 else "",
    }
    return page(request, "audit.html", values, visit=visit)


def _offices(central: Central, officer: Officer, language: Language) -> list[tuple[str, str]]:
    """The offices that an officer may choose from; none when there is no choice."""
    if not officer.supervises:
        return []
    offices = central.cases.offices.by_id
    return [(each, office_name(central, each, language)) for each in offices]


def _calendar_labels(
    session: Session, central: Central, known: list[str], language: Language
) -> dict[str, str]:
    """What the services that use a calendar call its appointments."""
    central.cases.definitions.refresh(session)
    labels = {each: each for each in known}
    for versions in central.cases.definitions.services().values():
        case = versions[-1].definition.case
        if case is not None and case.slot is not None and case.slot.calendar in labels:
            labels[case.slot.calendar] = case.slot.label.in_language(language)
    return labels


def _page_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 5 else 1
    return min(max(number, 1), _LAST_PAGE)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    # Near enough that a week before and after it are days too.
    return day if abs((day - today).days) <= 3660 else today


def _turned(asked: Mapping[str, Any], number: int) -> str:
    kept = {name: value for name, value in asked.items() if name not in ("page", "lang")}
    return "?" + urlencode(kept | {"page": str(number)})
