"""Labour complaints: what becomes of one, from registration to its end."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend_stub.cases.hearings import LabourOffices, Office
from backend_stub.cases.notifications import complaint_notices
from backend_stub.ground.database import insert_into
from backend_stub.ground.tables import Complaint, ComplaintEvent, Counter, Notification
from kiosk.services.oman_time import MUSCAT
from offline_queue.wire import Hearing, TransactionResult


class ComplaintState(enum.StrEnum):
    """Where a complaint stands (Royal Decree 53/2023, article 9: settlement first, then court)."""

    REGISTERED = "registered"
    HEARING_SET = "hearing_set"
    SETTLED = "settled"
    REFERRED_TO_COURT = "referred_to_court"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Final[Mapping[ComplaintState | None, frozenset[ComplaintState]]] = {
    None: frozenset({ComplaintState.REGISTERED}),
    ComplaintState.REGISTERED: frozenset(
        {ComplaintState.HEARING_SET, ComplaintState.SETTLED, ComplaintState.WITHDRAWN}
    ),
    ComplaintState.HEARING_SET: frozenset(
        {
            ComplaintState.HEARING_SET,  # another date
            ComplaintState.SETTLED,
            ComplaintState.REFERRED_TO_COURT,
            ComplaintState.WITHDRAWN,
        }
    ),
    ComplaintState.SETTLED: frozenset(),
    ComplaintState.REFERRED_TO_COURT: frozenset(),
    ComplaintState.WITHDRAWN: frozenset(),
}
"""From a state to those that may follow it; ``None`` is before the complaint exists."""


class TransitionRefused(Exception):
    """A complaint cannot go from its state to that one."""


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What a signed application says; ``answers`` are already validated by the catalogue."""

    tx_id: str
    civil_number: str = field(repr=False)
    language: str
    catalogue_version: str
    answers: Mapping[str, Any] = field(repr=False)
    papers: Sequence[Mapping[str, Any]] = ()
    """What was scanned for it: ``sha256``, ``size``, ``type``."""


def register(
    session: Session, offices: LabourOffices, complaints: Sequence[NewComplaint], at: datetime
) -> list[TransactionResult]:
    """Register complaints: numbers, hearing proposals, notices. All or nothing with ``session``.

    The counter stays locked until the commit, so this comes late in a transaction.
    """
    if not complaints:
        return []
    numbers = _next_numbers(session, at, len(complaints))
    chosen = [offices.office_of(each.answers["governorate"]) for each in complaints]
    hearings = offices.book(session, chosen, at)
    rows = []
    events = []
    notices: list[dict[str, Any]] = []
    results = []
    for new, number, office, hearing_at in zip(complaints, numbers, chosen, hearings, strict=True):
        rows.append(
            {
                "number": number,
                "tx_id": new.tx_id,
                "civil_number": new.civil_number,
                "language": new.language,
                "catalogue_version": new.catalogue_version,
                "answers": dict(new.answers),
                "papers": [dict(paper) for paper in new.papers],
                "state": ComplaintState.REGISTERED,
                "registered_at": at,
                "office": office.id,
                "hearing_at": hearing_at,
            }
        )
        events.append(_event(number, None, ComplaintState.REGISTERED, at))
        notices += complaint_notices(
            number=number,
            office=office,
            hearing_at=hearing_at,
            language=new.language,
            mobile=new.answers["mobile"],
            email=new.answers["email"],
            at=at,
        )
        results.append(_result(number, office, hearing_at))
    # The connection, not the session: the ORM would keep books on rows that nobody looks at again.
    connection = session.connection()
    connection.execute(insert(Complaint), rows)
    connection.execute(insert(ComplaintEvent), events)
    connection.execute(insert(Notification), notices)
    return results


def _result(number: str, office: Office, hearing_at: datetime | None) -> TransactionResult:
    hearing = None
    if hearing_at is not None:
        hearing = Hearing(
            starts_at=hearing_at,
            place_ar=f"{office.name.ar}، {office.address.ar}",
            place_en=f"{office.name.en}, {office.address.en}",
        )
    return TransactionResult(state=ComplaintState.REGISTERED, number=number, hearing=hearing)


def _event(
    number: str, before: ComplaintState | None, after: ComplaintState, at: datetime
) -> dict[str, Any]:
    if after not in TRANSITIONS[before]:
        raise TransitionRefused(f"{before} to {after}")
    return {"number": number, "at": at, "from_state": before, "to_state": after}


def counter_name(year: int) -> str:
    """The name of the counter of a year's complaints."""
    return f"complaint-{year}"


def _next_numbers(session: Session, at: datetime, count: int) -> list[str]:
    """The next numbers of the year in Muscat; gapless, since rolled back ones are given again.

    A restored database leaves a gap: :func:`backend_stub.cases.backups.note_restored`.
    """
    year = at.astimezone(MUSCAT).year
    counting = (
        insert_into(session, Counter)
        .values(name=counter_name(year), value=count)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + count})
        .returning(Counter.value)
    )
    last: int = session.connection().execute(counting).scalar_one()
    return [f"C-{year}-{value:06d}" for value in range(last - count + 1, last + 1)]
