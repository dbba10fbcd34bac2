"""The backup horizon: up to where a terminal may forget, because a backup holds it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend_stub.central import Central
from backend_stub.tables import Attachment, KioskEpoch, Transaction

_LONGEST_COMMIT: Final = timedelta(minutes=1)
"""Rows carry the time when their batch came; it was committed at most this much later, since a
statement may take 20 s and a lock 10 s."""

log = structlog.get_logger()


def note_backup(central: Central, begun_at: datetime) -> int:
    """Raise the horizon of every terminal to what a backup that began then is sure to hold.

    To be told only once the backup is finished and kept where it survives this machine. Returns
    how many epochs' horizons rose. Never lowers one.
    """
    sure = min(begun_at, central.clock()) - _LONGEST_COMMIT
    with central.database.write() as session:
        first_unsure = _first_unsure(session, sure)
        rose = 0
        for row in session.scalars(select(KioskEpoch).with_for_update()):
            horizon = row.ack_seq
            unsure = first_unsure.get((row.kiosk, row.epoch))
            if unsure is not None:
                horizon = min(horizon, unsure - 1)
            if horizon > row.backed_up_seq:
                row.backed_up_seq = horizon
                rose += 1
    log.info("central.backup_noted", epochs=rose)
    return rose


def _first_unsure(session: Session, sure: datetime) -> dict[tuple[str, int], int]:
    """By epoch, the first place whose transaction, or an attachment of it, came too late."""
    late_attachment = (
        select(Attachment.tx_id)
        .where(
            Attachment.tx_id == Transaction.tx_id,
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
