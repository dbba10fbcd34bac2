"""The timeline of a case in words: what happened, who did it, what was sent and whether it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend_stub.cases.asking import as_question
from backend_stub.cases.desk import TimelineEntry
from backend_stub.cases.events import EventKind
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.moves import case_of
from backend_stub.console.casework import OpenedCase
from backend_stub.ground.tables import Notification
from kiosk.services import formats
from kiosk.services.answers import describe_answer
from kiosk.services.case_definition import Actor
from kiosk.services.fields import Situation
from kiosk.services.languages import Language
from kiosk.services.oman_time import MUSCAT


def timeline_rows(
    opened: OpenedCase, house: CaseHouse, language: Language, t: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The newest first."""
    return [_row(opened, house, entry, language, t) for entry in reversed(tuple(opened.timeline))]


def waiting_rows(
    waiting: Sequence[Notification], language: Language, t: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Notices that no gateway has taken yet, the newest first."""
    return [
        {
            "kind": "notice",
            "at": formats.day_and_time(row.created_at, language),
            "title": t[f"channel-{row.channel}"],
            "who": "",
            "outcome": "waiting",
            "to": row.recipient,
            "said": row.text_ar if row.language == "ar" else row.text_en,
            "said_in": row.language,
            "lines": [],
        }
        for row in reversed(waiting)
    ]


def _row(
    opened: OpenedCase,
    house: CaseHouse,
    entry: TimelineEntry,
    language: Language,
    t: Mapping[str, str],
) -> dict[str, Any]:
    data = entry.data
    row: dict[str, Any] = {
        "kind": entry.kind.value,
        "at": formats.day_and_time(entry.at, language),
        "title": entry.text.in_language(language) if entry.text is not None else "",
        "who": _who(entry, t),
        "outcome": "",
        "to": "",
        "said": "",
        "said_in": language,
        "lines": [],
    }
    if entry.kind in (EventKind.NOTICE, EventKind.DELIVERED):
        row["title"] = t[f"channel-{data['channel']}"]
        row["outcome"] = data["outcome"]
        row["to"] = data.get("recipient", "")
        row["said"] = data.get("text", "")
        row["said_in"] = data.get("language", language)
        row["who"] = ""
    elif entry.kind is EventKind.NOTE:
        row["title"] = t["note"]
        row["said"] = data.get("words", "")
    elif entry.kind is EventKind.DIFFERENCE:
        row["title"] = t["difference"]
        row["lines"] = [
            (f"{each['fact']}.{each['value']}", f"{each['then']} ← {each['now']}")
            for each in data.get("differences", ())
        ]
    else:
        row["lines"] = _lines(opened, house, entry, language, t)
    return row


def _lines(
    opened: OpenedCase,
    house: CaseHouse,
    entry: TimelineEntry,
    language: Language,
    t: Mapping[str, str],
) -> list[tuple[str, str]]:
    """The appointment, the answers of the move's form and the reason."""
    service = opened.view.summary.service
    case = case_of(service)
    lines: list[tuple[str, str]] = []
    if "slot_at" in entry.data:
        label = case.slot.label.in_language(language) if case.slot is not None else ""
        at = entry.data["slot_at"]
        shown = formats.appointment(datetime.fromisoformat(at), language) if at else t["slot-freed"]
        lines.append((label, shown))
    answers = entry.data.get("answers", {})
    situation = Situation(entry.at.astimezone(MUSCAT).date(), house.places, answers)
    for move in case.moves:
        for asked in move.asks:
            if asked.id in answers and (label := asked.label.in_language(language)) not in dict(
                lines
            ):
                lines.append(
                    (
                        label,
                        describe_answer(as_question(asked), answers[asked.id], language, situation),
                    )
                )
    if "why" in entry.data:
        lines.append((t["why"], entry.data["why"]))
    return lines


def _who(entry: TimelineEntry, t: Mapping[str, str]) -> str:
    if entry.actor is Actor.OFFICER:
        return entry.who or t["by-officer"]
    return t[f"by-{entry.actor.value}"]
