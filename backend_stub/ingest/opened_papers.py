"""A citizen's paper, opened for somebody who may see it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.ground.central import Central
from backend_stub.ground.tables import Attachment, AttachmentSeal, Transaction
from backend_stub.ingest.attachment_check import Finding
from backend_stub.ingest.attachments import whole_attachment
from offline_queue.sealing import SealBroken, attachment_place, open_chunks


class PaperAbsent(Exception):
    """The paper is not here, or not the one that the citizen signed for."""


def open_paper(central: Central, session: Session, transaction_id: str, number: int) -> bytes:
    """The picture that is a transaction's paper of this number, from 1.

    Raises :class:`PaperAbsent`.
    """
    seal = session.scalar(
        select(AttachmentSeal).where(
            AttachmentSeal.transaction_id == transaction_id,
            AttachmentSeal.number == number,
            AttachmentSeal.finding == Finding.AS_SIGNED,
        )
    )
    transaction = session.get(Transaction, transaction_id)
    if seal is None or transaction is None:
        raise PaperAbsent
    row = session.get_one(Attachment, (transaction_id, seal.sha256))
    private = central.keys.sealing_private_key(seal.key_id)
    if private is None:
        raise PaperAbsent
    place = attachment_place(transaction.kiosk, transaction.tx_id, number)
    try:
        return open_chunks(private, whole_attachment(session, row), place)
    except SealBroken as error:
        raise PaperAbsent from error


def papers_here(session: Session, transaction_id: str) -> frozenset[int]:
    """The numbers of a transaction's papers that can be opened."""
    return frozenset(
        session.scalars(
            select(AttachmentSeal.number).where(
                AttachmentSeal.transaction_id == transaction_id,
                AttachmentSeal.finding == Finding.AS_SIGNED,
            )
        )
    )
