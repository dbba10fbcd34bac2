"""Backups: up to where a terminal may forget, and what a restored database must not do again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend_stub.cases.numbers import counter_name
from backend_stub.ground.central import Central
from backend_stub.ground.database import LONGEST_COMMIT, insert_into
from backend_stub.ground.tables import Attachment, Counter, KioskEpoch, Transaction
from kiosk.services.oman_time import MUSCAT
from offline_queue.wire import Outcome

_LONGEST_YEAR: Final = 366
_MOST_A_DAY: Final = 1_000_000
"""Cases that the largest fleet (2,000 terminals with 500 citizens each) files in a day."""

log = structlog.get_logger()


def note_backup(central: Central, begun_at: datetime) -> int:
    """Raise the horizon of every terminal to what a backup that began then is sure to hold.

    To be told only once the backup is finished and kept where it survives this machine. Returns
    how many epochs' horizons rose. Never lowers one.
    """
    sure = min(begun_at, central.clock()) - LONGEST_COMMIT
    with central.database.write() as session:
        # Locked first: what is looked for next must be all that these acknowledge.
        epochs = session.scalars(select(KioskEpoch).with_for_update()).all()
        first_unsure = _first_unsure(session, sure)
        rose = 0
        for row in epochs:
            horizon = row.ack_seq
            unsure = first_unsure.get((row.kiosk, row.epoch))
            if unsure is not None:
                horizon = min(horizon, unsure - 1)
            if horizon > row.backed_up_seq:
                row.backed_up_seq = horizon
                rose += 1
    log.info("central.backup_noted", epochs=rose)
    return rose


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored database knows, and what it leaves out."""

    newest_at: datetime | None
    """When the newest transaction that it holds was received; ``None`` when it holds none."""
    skipped: int
    """How many numbers of each service are never given: somebody may have been told them."""


def note_restored(central: Central, skip: int | None = None) -> Restored:
    """After an older backup was restored, and before it serves: give no number a second time.

    Cases opened after the backup are not known here any more, but their numbers stand on
    receipts. The terminals send those applications again and they get new numbers, beyond all that
    could have been given meanwhile: ``skip`` of them, or as many as the largest fleet could file
    since the newest transaction that is here. Doing it twice only skips more.
    """
    now = central.clock()
    with central.database.write() as session:
        newest = session.scalar(select(func.max(Transaction.received_at)))
        since = newest or now
        if skip is None:
            # Every year counts from one: no year's numbers are given for longer.
            days = min(max(0, (now - since).days) + 1, _LONGEST_YEAR)
            skip = days * _MOST_A_DAY
        first, last = (at.astimezone(MUSCAT).year for at in (min(since, now), now))
        # Of the services that nobody used before the backup too.
        for name in sorted(_counters(session, central, range(first, last + 1))):
            session.execute(
                insert_into(session, Counter)
                .values(name=name, value=skip)
                .on_conflict_do_update(
                    index_elements=["name"], set_={"value": Counter.value + skip}
                )
            )
    log.warning("central.restored", skipped=skip)
    return Restored(newest, skip)


def _counters(session: Session, central: Central, years: range) -> set[str]:
    """The counters of all services' cases in these years."""
    definitions = central.cases.definitions
    definitions.refresh(session)
    prefixes = {
        named.definition.case.prefix
        for versions in definitions.services().values()
        for named in versions
        if named.definition.case is not None
    }
    return {counter_name(prefix, year) for prefix in prefixes for year in years}


def _first_unsure(session: Session, sure: datetime) -> dict[tuple[str, int], int]:
    """By epoch, the first place whose transaction, or an attachment of it, came too late."""
    late_attachment = (
        select(Attachment.transaction_id)
        .where(
            Attachment.transaction_id == Transaction.id,
            # With what was rejected none is uploaded.
            Transaction.outcome == Outcome.ACCEPTED,
            or_(Attachment.completed_at.is_(None), Attachment.completed_at > sure),
        )
        .exists()
    )
    rows = session.execute(
        select(Transaction.kiosk, Transaction.epoch, func.min(Transaction.seq))
        .join(
            KioskEpoch,
            (KioskEpoch.kiosk == Transaction.kiosk) & (KioskEpoch.epoch == Transaction.epoch),
        )
        .where(
            Transaction.seq > KioskEpoch.backed_up_seq,
            or_(Transaction.received_at > sure, late_attachment),
        )
        .group_by(Transaction.kiosk, Transaction.epoch)
    )
    return {(kiosk, epoch): seq for kiosk, epoch, seq in rows}
