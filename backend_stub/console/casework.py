"""What an officer may see and do of a case. The console shows nothing that this does not give.

An officer works on the cases of the own office; a supervisor also reads those of the others. Of a
confidential service nothing of the applicant leaves the office that has the case, for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend_stub.cases import desk
from backend_stub.cases.desk import CaseSummary, CaseView, TimelineEntry
from backend_stub.cases.events import EventKind
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.moves import Moved, MoveRequest, case_of, make_move
from backend_stub.cases.slots import Slot
from backend_stub.console.audit import Act, note
from backend_stub.console.officers import Officer
from kiosk.services.case_definition import Actor, Move

PAGE: Final = 50
SOON: Final = timedelta(days=7)
MOST_WORDS: Final = 2000
"""Of an officer's remark or reason, in characters."""
_CIVIL_NUMBER: Final = re.compile(r"[0-9]{4,9}")


class NotYours(Exception):
    """There is no such case, or it is not this officer's to see: the same to who asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases an officer looks for."""

    office: str = ""
    """Empty: the own one; ``*``: every one, for supervisors."""
    service: str = ""
    state: str = ""
    words: str = field(default="", repr=False)
    soon: bool = False
    """Only those that must be done within a week, or should have been."""
    closed: bool = False
    """Those that are done as well."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    case: CaseSummary
    civil_number: str | None = field(repr=False)
    """``None``: not for this officer."""


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A move that may be made now, with the times to choose from."""

    move: Move
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case as one officer sees it."""

    view: CaseView
    timeline: Sequence[TimelineEntry]
    moves: Sequence[OpenMove]
    whole: bool
    """Whether the applicant, answers, papers and messages are shown."""
    own: bool
    """Whether the officer may move it."""


def find(
    session: Session, house: CaseHouse, officer: Officer, wanted: Wanted, at: datetime
) -> tuple[list[Row], bool]:
    """A page of cases, and whether there are more."""
    every = officer.supervises and wanted.office == "*"
    office = officer.office
    if officer.supervises and wanted.office in house.offices.by_id:
        office = wanted.office
    words = wanted.words.strip()
    by_person = _CIVIL_NUMBER.fullmatch(words) is not None
    if by_person:
        note(session, officer, Act.SEARCH, at)
    found = desk.search(
        session,
        house,
        office=None if every else office,
        service=wanted.service or None,
        state=wanted.state or None,
        words=words,
        open_only=not wanted.closed and not words,
        due_before=at + SOON if wanted.soon else None,
        offset=(wanted.page - 1) * PAGE,
        limit=PAGE + 1,
    )
    rows = [
        Row(each, each.civil_number if _whole(officer, each) else None)
        for each in found[:PAGE]
        # That somebody's number finds a confidential case is already too much.
        if _whole(officer, each) or not by_person
    ]
    return rows, len(found) > PAGE


def open_case(
    session: Session, house: CaseHouse, officer: Officer, number: str, at: datetime
) -> OpenedCase:
    """A case, and the line in the audit that says so. Raises :class:`NotYours`."""
    view = _view(session, house, officer, number)
    whole = _whole(officer, view.summary)
    own = view.summary.office.id == officer.office
    note(session, officer, Act.CASE, at, number)
    entries = desk.timeline(session, house, number)
    moves = desk.moves_for(session, house, number, at) if own else []
    return OpenedCase(
        view if whole else CaseView(view.summary, (), (), None, view.language),
        entries if whole else [_without_person(entry) for entry in entries],
        [OpenMove(move, desk.slots_for(session, house, number, move, at)) for move in moves],
        whole,
        own,
    )


def move_case(
    session: Session,
    house: CaseHouse,
    officer: Officer,
    request: MoveRequest,
    at: datetime,
) -> Moved:
    """Move a case of the own office.

    Raises :class:`NotYours` and :class:`backend_stub.cases.moves.MoveRefused`.
    """
    _own(session, house, officer, request.number)
    moved = make_move(session, house, request, at)
    if not moved.again:
        note(session, officer, Act.MOVE, at, request.number, request.move)
    return moved


def request_of(
    officer: Officer,
    number: str,
    move: str,
    *,
    client_id: str,
    answers: Mapping[str, Any],
    slot: str,
    why: str,
) -> MoveRequest:
    """A move as this officer asks for it."""
    return MoveRequest(
        number=number,
        move=move,
        actor=Actor.OFFICER,
        who=officer.id,
        client_id=client_id,
        answers=answers,
        slot=slot or None,
        why=why.strip()[:MOST_WORDS] or None,
    )


def add_note(
    session: Session, house: CaseHouse, officer: Officer, number: str, words: str, at: datetime
) -> None:
    """A remark on a case of the own office. Raises :class:`NotYours`."""
    _own(session, house, officer, number)
    desk.add_note(session, number, officer.id, words.strip()[:MOST_WORDS], at)
    note(session, officer, Act.NOTE, at, number)


def paper_of(
    session: Session, house: CaseHouse, officer: Officer, number: str, place: int, at: datetime
) -> tuple[str, str]:
    """The transaction and media type of a case's paper; noted in the audit.

    Raises :class:`NotYours`, also when there is no such paper.
    """
    view = _view(session, house, officer, number)
    if not _whole(officer, view.summary) or view.transaction_id is None:
        raise NotYours
    if not 1 <= place <= len(view.papers):
        raise NotYours
    note(session, officer, Act.PAPER, at, number, str(place))
    return view.transaction_id, str(view.papers[place - 1]["type"])


def calendars_of(house: CaseHouse, office: str) -> list[str]:
    """The calendars in which an office has places."""
    return [
        calendar.id for calendar in house.calendars.by_id.values() if office in calendar.capacity
    ]


def refuse(session: Session, officer: Officer, number: str, at: datetime) -> None:
    """Write down that an officer asked for what is not theirs; the number only if it is one."""
    known = number if len(number) <= _LONGEST_NUMBER and number.isascii() else None
    note(session, officer, Act.REFUSED, at, known)


_LONGEST_NUMBER: Final = 24
_OF_A_PERSON: Final = {EventKind.NOTICE, EventKind.DELIVERED, EventKind.NOTE, EventKind.DIFFERENCE}


def _view(session: Session, house: CaseHouse, officer: Officer, number: str) -> CaseView:
    try:
        view = desk.case_view(session, house, number)
    except LookupError:
        raise NotYours from None
    if not officer.supervises and view.summary.office.id != officer.office:
        raise NotYours
    return view


def _own(session: Session, house: CaseHouse, officer: Officer, number: str) -> None:
    if _view(session, house, officer, number).summary.office.id != officer.office:
        raise NotYours


def _whole(officer: Officer, case: CaseSummary) -> bool:
    return case.office.id == officer.office or not case_of(case.service).confidential


def _without_person(entry: TimelineEntry) -> TimelineEntry:
    kept = {key: entry.data[key] for key in ("slot_at", "slot_before") if key in entry.data}
    if entry.kind in _OF_A_PERSON:
        kept = {key: entry.data[key] for key in ("channel", "outcome") if key in entry.data}
    who = entry.who if entry.actor is Actor.OFFICER else None
    return TimelineEntry(entry.at, entry.kind, entry.text, entry.actor, who, kept)
