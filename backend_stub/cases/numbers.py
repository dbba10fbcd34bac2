"""The numbers of cases: each service has its own letters, and counts from 1 each year in Muscat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend_stub.ground.database import insert_into
from backend_stub.ground.tables import Counter
from kiosk.services.oman_time import MUSCAT


def counter_name(prefix: str, year: int) -> str:
    """The name of the counter of a year's cases."""
    return f"{prefix}-{year}"


def next_numbers(session: Session, prefixes: Sequence[str], at: datetime) -> list[str]:
    """A number for each of ``prefixes``; gapless, since rolled back ones are given again.

    The counters stay locked until the commit, so this comes late in a transaction. A restored
    database leaves a gap: :func:`backend_stub.cases.backups.note_restored`.
    """
    year = at.astimezone(MUSCAT).year
    numbers: dict[str, list[str]] = {}
    # In one order for all: of two batches with the same services, one waits for the other.
    for prefix in sorted(set(prefixes)):
        count = prefixes.count(prefix)
        counting = (
            insert_into(session, Counter)
            .values(name=counter_name(prefix, year), value=count)
            .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + count})
            .returning(Counter.value)
        )
        last: int = session.connection().execute(counting).scalar_one()
        first = last - count + 1
        # Taken from the end of the list.
        numbers[prefix] = [f"{prefix}-{year}-{n:06d}" for n in range(last, first - 1, -1)]
    return [numbers[prefix].pop() for prefix in prefixes]
