"""Two chains under one device key: a disk was cloned, or set back and used on.

Which of the two is the terminal cannot be known from here. So the epoch is frozen, for both; what
contradicts is kept for people to look at; the terminal needs a new device key. What it confirmed
and could not send comes with the new epoch, as stranded items.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from backend_stub.ground.database import insert_into
from backend_stub.ground.tables import ConflictingItem, KioskEpoch
from backend_stub.ground.transactions import find_transaction
from backend_stub.ingest.decide_batch import Examined
from offline_queue.wire import ItemAnswer, Outcome

_FORKS: Final = frozenset({"seq-taken", "chain-forked"})

log = structlog.get_logger()


def keep_conflicts(
    session: Session,
    epoch: KioskEpoch,
    examined: Sequence[Examined],
    answers: Sequence[ItemAnswer],
    now: datetime,
) -> None:
    """Keep the items that were answered with a conflict; freeze the epoch when the chain forks."""
    for each, answer in zip(examined, answers, strict=True):
        if answer.outcome is not Outcome.CONFLICT or answer.problem is None:
            continue
        record = each.item.record
        session.execute(
            insert_into(session, ConflictingItem)
            .values(
                record_sha256=each.record_sha256,
                kiosk=record.kiosk,
                epoch=record.epoch,
                tx_id=record.tx_id,
                code=answer.problem.code,
                received_at=now,
                item=each.item.plain(),
            )
            .on_conflict_do_nothing(index_elements=["record_sha256"])
        )
        if record.epoch == epoch.epoch and epoch.frozen_at is None:
            row = find_transaction(session, record.kiosk, record.tx_id)
            place = None if row is None else (row.epoch, row.seq)
            if answer.problem.code in _FORKS or place == (record.epoch, record.seq):
                epoch.frozen_at = now
                log.error("central.epoch_frozen", kiosk=epoch.kiosk, epoch=epoch.epoch)
