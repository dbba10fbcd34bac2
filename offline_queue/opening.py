"""What an outbox does when it is opened, before anybody is served."""

from __future__ import annotations

import structlog

from offline_queue import acknowledgement, attachments, delivery, ledger, proofs, quarantine
from offline_queue.chain import b64url_decode
from offline_queue.clock import Clock
from offline_queue.connection import Connection
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.keys import TerminalKeys
from offline_queue.sealing import key_id
from offline_queue.wire import Enrolment

_log = structlog.get_logger()


def bring_up(
    connection: Connection, clock: Clock, keys: TerminalKeys, enrolment: Enrolment
) -> bytes:
    """Take over what the last run left; returns the central API's key for heads.

    Raises ``ValueError`` for an enrolment that names its keys wrongly and ``OutboxUnavailable``.
    """
    head_key = b64url_decode(enrolment.head_public_key)
    if key_id(head_key) != enrolment.head_key_id:
        raise ValueError("the enrolment names its keys wrongly")
    tip = connection.read_tip()
    with connection.transaction() as db:
        before = ledger.read_meta(db)
        if before is not None and (
            before.kiosk != enrolment.kiosk or before.epoch > enrolment.epoch
        ):
            raise OutboxUnavailable(Reason.OTHER_TERMINAL)
        ledger.write_meta(db, enrolment, keys.sealing_key, head_key)
        proofs.adopt(db)
        # The central API may have come back from a backup in the meantime, and for these no
        # acknowledgement would fall.
        acknowledgement.send_unacknowledged_again(db, enrolment.epoch)
        attachments.ask_again(db)
        delivery.recover_inflight(db)
        delivery.forget_waits(db)
        attachments.forget_waits(db)
        quarantine.try_refused_again(db)
        chain = ledger.read_chain(db, enrolment.epoch)
        for epoch in ledger.read_epochs(db):
            why = ledger.why_not_whole(db, epoch, tip)
            if epoch.epoch == enrolment.epoch and quarantine.is_of_another_key(db, keys):
                why = why or ledger.OTHER_KEY
            if why is not None:
                ledger.freeze(db, clock, epoch.epoch, why)
                _log.error("outbox.frozen", epoch=epoch.epoch, why=why)
        ledger.log(db, clock, "opened", enrolment.epoch, detail=enrolment.sealing_key_id)
    mend_unproven(connection, clock)
    _log.info("outbox.opened", epoch=enrolment.epoch, last_seq=chain.last_seq if chain else 0)
    return head_key


def mend_unproven(connection: Connection, clock: Clock) -> int:
    """Let every row wait again that does not prove to be settled; returns how many did not.

    In short steps, between which visits go first.
    """
    mended = 0
    after: tuple[int, int] | None = (0, 0)
    with connection.transaction() as db:
        attachments.mend_states(db)
    while after is not None:
        with connection.transaction() as db:
            after, found = proofs.mend(db, clock, after)
        mended += found
    return mended
