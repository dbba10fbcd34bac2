"""Labour complaints: what becomes of one, from registration to its end."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend_stub.database import insert_into
from backend_stub.hearings import MUSCAT, LabourOffices
from backend_stub.notifications import announce_complaint
from backend_stub.tables import Complaint, ComplaintEvent, Counter
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


def register(
    session: Session,
    offices: LabourOffices,
    *,
    tx_id: str,
    civil_number: str,
    language: str,
    catalogue_version: str,
    answers: Mapping[str, Any],
    at: datetime,
) -> TransactionResult:
    """Register a complaint: number, hearing proposal, notices. All or nothing with ``session``.

    ``answers`` are already validated by the catalogue.
    """
    office = offices.office_of(answers["governorate"])
    number = _next_number(session, at)
    hearing_at = offices.book(session, office, at)
    session.add(
        Complaint(
            number=number,
            tx_id=tx_id,
            civil_number=civil_number,
            language=language,
            catalogue_version=catalogue_version,
            answers=dict(answers),
            state=ComplaintState.REGISTERED,
            registered_at=at,
            office=office.id,
            hearing_at=hearing_at,
        )
    )
    _record(session, number, None, ComplaintState.REGISTERED, at)
    announce_complaint(
        session,
        number=number,
        office=office,
        hearing_at=hearing_at,
        language=language,
        mobile=answers["mobile"],
        email=answers["email"],
        at=at,
    )
    hearing = None
    if hearing_at is not None:
        hearing = Hearing(
            starts_at=hearing_at,
            place_ar=f"{office.name.ar}، {office.address.ar}",
            place_en=f"{office.name.en}, {office.address.en}",
        )
    return TransactionResult(state=ComplaintState.REGISTERED, number=number, hearing=hearing)


def _record(
    session: Session,
    number: str,
    before: ComplaintState | None,
    after: ComplaintState,
    at: datetime,
) -> None:
    if after not in TRANSITIONS[before]:
        raise TransitionRefused(f"{before} to {after}")
    session.add(ComplaintEvent(number=number, at=at, from_state=before, to_state=after))


def _next_number(session: Session, at: datetime) -> str:
    """The next number of the year in Muscat; gapless, since a rolled back one is given again."""
    year = at.astimezone(MUSCAT).year
    value = session.execute(
        insert_into(session, Counter)
        .values(name=f"complaint-{year}", value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    ).scalar_one()
    return f"C-{year}-{value:06d}"
