"""Ingest: what becomes of each item of a batch, exactly once.

All proofs are checked first, without the database. Then one transaction decides the whole batch
(:mod:`backend_stub.ingest.decide_batch`): the transactions' rows, their effects (complaints,
notices) and the head of the chain are committed together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from backend_stub.fleet.kiosks import device_keys, refuse_closed, signed_head
from backend_stub.ground.central import Central
from backend_stub.ground.database import LONGEST_COMMIT, is_unavailable
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Kiosk, KioskEpoch
from backend_stub.ingest.applications import (
    Application,
    ItemRefused,
    RecordRefused,
    check_record,
    open_application,
)
from backend_stub.ingest.conflicts import keep_conflicts
from backend_stub.ingest.decide_batch import Examined, Void, decide, failed
from backend_stub.ingest.transactions import read_following, read_known
from offline_queue.chain import record_hash
from offline_queue.wire import (
    BATCH_MAX_ITEMS,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    ItemAnswer,
    Outcome,
)

_AT_ONCE: Final = 2 * BATCH_MAX_ITEMS
"""How many records the head moves over at once: usually those of one batch."""

_CONTACT: Final = (
    update(Kiosk).where(Kiosk.id == bindparam("kiosk")).values(last_contact_at=bindparam("now"))
)

log = structlog.get_logger()


def ingest(central: Central, batch: BatchRequest, *, by_hand: bool = False) -> BatchAnswer:
    """Decide every item of a batch and countersign how far the chain is held now.

    ``by_hand``: it comes with a folder, in which as many are as wait; no rate limits it.

    Raises :class:`ProblemError` when the terminal or its epoch is unknown, revoked or frozen, or
    when the terminal sends too often.
    """
    with central.metrics.batch_seconds.time():
        return _ingest(central, batch, by_hand=by_hand)


def _ingest(central: Central, batch: BatchRequest, *, by_hand: bool) -> BatchAnswer:
    now = central.clock()
    with central.database.read() as session:
        epochs = {item.record.epoch for item in batch.items}
        found = device_keys(session, batch.kiosk, batch.epoch, epochs)
        found[batch.epoch].must_be_usable()
        known = read_known(session, batch.kiosk, batch.items)
    keys = {number: key.public_key for number, key in found.items()}
    envelopes = [_check_record(batch, item, keys) for item in batch.items]
    if not by_hand and any(isinstance(envelope, bytes) for envelope in envelopes):
        central.limits.batches.charge(batch.kiosk)
    examined = [
        Examined(item, record_hash(item.record), _examine(central, item, envelope, known, now))
        for item, envelope in zip(batch.items, envelopes, strict=True)
    ]
    with central.database.write() as session:
        # The lock lets one batch of this terminal in at a time.
        epoch = _locked_epoch(session, batch, now)
        received_at = central.clock()
        answers = decide(central, session, batch, examined, received_at)
        keep_conflicts(session, epoch, examined, answers, received_at)
        for number in epochs & set(keys):
            _advance_head(session, session.get_one(KioskEpoch, (batch.kiosk, number)))
        head = signed_head(central, epoch)
        if central.clock() - received_at > LONGEST_COMMIT:
            # A backup that was made meanwhile counts as one that holds this.
            raise ProblemError("busy", headers={"Retry-After": "2"})
    for answer in answers:
        central.metrics.items.labels(answer.outcome.value).inc()
    _log_outcomes(batch, answers)
    return BatchAnswer(answers=answers, head=head)


def _locked_epoch(session: Session, batch: BatchRequest, now: datetime) -> KioskEpoch:
    """The batch's epoch, with its terminal's row locked until the commit; noted as a contact."""
    # The change is the lock.
    session.connection().execute(_CONTACT, {"kiosk": batch.kiosk, "now": now})
    epoch = session.get(KioskEpoch, (batch.kiosk, batch.epoch))
    if epoch is None:
        # It was here a moment ago: an old backup came in between.
        raise ProblemError("epoch-unknown")
    refuse_closed(revoked=epoch.revoked_at is not None, frozen=epoch.frozen_at is not None)
    return epoch


def _check_record(
    batch: BatchRequest, item: BatchItem, device_keys: Mapping[int, ec.EllipticCurvePublicKey]
) -> bytes | RecordRefused:
    try:
        return check_record(batch, item, device_keys)
    except RecordRefused as refusal:
        return refusal


def _examine(
    central: Central,
    item: BatchItem,
    envelope: bytes | RecordRefused,
    known: Set[str],
    now: datetime,
) -> Application | Void | ItemRefused | None:
    if isinstance(envelope, RecordRefused):
        return envelope
    if item.notice is not None and item.notice.notice.reason is not None:
        return Void(item.notice.notice.reason)
    if item.record.tx_id in known:
        return None
    try:
        return open_application(central, item, envelope, now)
    except ItemRefused as refusal:
        return refusal
    # Whatever a rule raises concerns this application, not the ones that came with it.
    except Exception as error:
        if is_unavailable(error):
            raise
        return failed(item, error)


def _advance_head(session: Session, epoch: KioskEpoch) -> None:
    """Move the acknowledged prefix over every record that now follows without a gap."""
    while True:
        rows = read_following(session, epoch.kiosk, epoch.epoch, epoch.ack_seq, _AT_ONCE)
        for seq, record_sha256 in rows:
            if seq != epoch.ack_seq + 1:
                return
            epoch.ack_seq = seq
            epoch.head = record_sha256
        if len(rows) < _AT_ONCE:
            return


def _log_outcomes(batch: BatchRequest, answers: list[ItemAnswer]) -> None:
    counts = {outcome.value: 0 for outcome in Outcome}
    for answer in answers:
        counts[answer.outcome] += 1
        if answer.problem is not None:
            log.warning(
                "central.item_refused",
                kiosk=batch.kiosk,
                tx_id=answer.tx_id,
                outcome=answer.outcome.value,
                code=answer.problem.code,
            )
    log.info("central.batch_ingested", kiosk=batch.kiosk, **counts)
