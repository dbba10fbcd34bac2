"""Cases, choices and calendars as the console's templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from backend_stub.cases.calendars import Calendar
from backend_stub.cases.definitions import Definitions
from backend_stub.cases.desk import CaseSummary, SlotUseOfDay
from backend_stub.cases.moves import case_of
from backend_stub.console.casework import OpenedCase, Row
from kiosk.services import formats
from kiosk.services.languages import Language
from kiosk.services.oman_time import MUSCAT
from kiosk.services.wording import mask_civil_number


@dataclass(frozen=True, slots=True)
class Due:
    """By when a case must be done, in words, and how near that is: ``late``, ``soon``, ``far``."""

    day: str
    left: str
    near: str


def case_row(row: Row, now: datetime, language: Language, t: Mapping[str, str]) -> dict[str, Any]:
    """A line of the list; of the person no more than lets a colleague recognise the case."""
    return _summary(row.case, now, language, t) | {
        "person": mask_civil_number(row.civil_number) if row.civil_number else "",
    }


def case_head(
    opened: OpenedCase, now: datetime, language: Language, t: Mapping[str, str]
) -> dict[str, Any]:
    """What stands above a case."""
    case = opened.view.summary
    definition = case_of(case.service)
    to_do = case.state.to_do
    return _summary(case, now, language, t) | {
        "number_label": definition.number_label.in_language(language),
        "person": case.civil_number if opened.whole else "",
        "to_do": to_do.in_language(language) if to_do is not None else "",
        "opened": formats.day_and_time(case.opened_at, language),
        "slot_label": definition.slot.label.in_language(language) if definition.slot else "",
        "proposed": case.state.proposes,
        "speaks": t[f"speaks-{opened.view.language}"],
        "confidential": definition.confidential,
        "final": case.state.final,
    }


def service_choices(
    definitions: Definitions, language: Language, t: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Services that have cases, each with its states, of whatever version."""
    groups = []
    for service, versions in definitions.services().items():
        cases = [named.definition for named in versions if named.definition.case is not None]
        if not cases:
            continue
        title = cases[-1].title.in_language(language)
        states: dict[str, str] = {}
        for definition in cases:
            for state in case_of(definition).states:
                states[state.id] = state.text.in_language(language)
        options = [(service, f"{title}: {t['every-state']}")]
        options += [(f"{service}:{state}", text) for state, text in states.items()]
        groups.append((title, options))
    return groups


def day_columns(
    calendar: Calendar,
    office: str,
    first: date,
    days: int,
    used: Sequence[SlotUseOfDay],
    language: Language,
) -> list[dict[str, Any]]:
    """A calendar's days with their times: free ones too, so that the load is seen at a glance."""
    by_start = {each.starts_at: each for each in used}
    capacity = calendar.capacity.get(office, 0)
    columns = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        begins = datetime.combine(day, time(), MUSCAT).astimezone(UTC)
        # What was booked before the hours were changed is shown as well.
        starts = {*calendar.starts_on(day)} | {
            start for start in by_start if begins <= start < begins + timedelta(days=1)
        }
        times: list[dict[str, Any]] = []
        for start in sorted(starts):
            use = by_start.get(start)
            taken = use.taken if use is not None else 0
            times.append(
                {
                    "time": formats.time_of_day(start, language),
                    "taken": taken,
                    "capacity": capacity,
                    "load": "full" if taken >= capacity else "part" if taken else "free",
                    "numbers": use.numbers if use is not None else (),
                }
            )
        columns.append(
            {
                "day": formats.weekday_and_day(day, language),
                "times": times,
                "taken": sum(each["taken"] for each in times),
                "places": capacity * len(times),
            }
        )
    return columns


def _summary(
    case: CaseSummary, now: datetime, language: Language, t: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "number": case.number,
        "service": case.service.title.in_language(language),
        "state": case.state.text.in_language(language),
        "tone": case.state.tone.value,
        "office": case.office.name.ar if language == "ar" else case.office.name.en,
        "slot": formats.appointment(case.slot_at, language) if case.slot_at else "",
        "due": None if case.due_at is None or case.state.final else _due(case, now, language, t),
    }


def _due(case: CaseSummary, now: datetime, language: Language, t: Mapping[str, str]) -> Due:
    assert case.due_at is not None  # noqa: S101 - the caller saw to it
    # The end of a day is the first moment of the next.
    last = (case.due_at - timedelta(seconds=1)).astimezone(MUSCAT).date()
    left = (last - now.astimezone(MUSCAT).date()).days
    if left < 0:
        return Due(formats.day(last, language), t["overdue"], "late")
    if left <= 1:
        return Due(formats.day(last, language), t["today"] if left == 0 else t["tomorrow"], "soon")
    words = t["days-few"] if left <= 10 else t["days-many"]
    if left == 2:
        words = t["days-two"]
    return Due(formats.day(last, language), words.format(n=left), "soon" if left <= 7 else "far")
