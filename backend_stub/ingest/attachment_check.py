"""Whether an uploaded paper is the one that the citizen's card signed for.

The application names each paper by the hash of its picture; what is uploaded is sealed and has
another hash. When the last byte is here it is opened once and compared.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend_stub.cases.tables import CaseFile
from backend_stub.ground.central import Central
from backend_stub.ground.tables import Attachment, AttachmentSeal
from offline_queue.sealing import SealBroken, attachment_place, open_chunks
from offline_queue.wire import AttachmentTicket

_BEGINNINGS: Final[Mapping[str, bytes]] = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}

log = structlog.get_logger()


class Finding(enum.StrEnum):
    """What became of a complete attachment."""

    AS_SIGNED = "as-signed"
    DIFFERENT = "different"
    """Not the paper that the application names in its place: it proves nothing."""
    NOT_NAMED = "not-named"
    """The application names no such paper."""
    UNREADABLE = "unreadable"
    """It was not sealed for this central API and this place."""


def examine(
    central: Central, session: Session, row: Attachment, ticket: AttachmentTicket, sealed: bytes
) -> None:
    """Compare a complete attachment with what its application names, and note what was found.

    It is kept whatever is found: the terminal has done its part, people look at the rest.
    """
    seal = session.get(AttachmentSeal, (row.transaction_id, row.sha256))
    if seal is None:
        # From before papers were named by applications.
        return
    papers = (
        session.scalar(select(CaseFile.papers).where(CaseFile.transaction_id == row.transaction_id))
        or []
    )
    finding = _finding(central, seal, ticket, sealed, papers)
    seal.finding = finding.value
    if finding is not Finding.AS_SIGNED:
        log.warning(
            "central.paper_not_as_signed",
            kiosk=ticket.kiosk,
            tx_id=ticket.tx_id,
            finding=finding.value,
        )


def count_here(session: Session, transactions: Sequence[str]) -> Mapping[str, int]:
    """How many papers of each transaction are here, whole and as signed."""
    rows = session.execute(
        select(AttachmentSeal.transaction_id, func.count())
        .where(
            AttachmentSeal.transaction_id.in_(transactions),
            AttachmentSeal.finding == Finding.AS_SIGNED,
        )
        .group_by(AttachmentSeal.transaction_id)
    )
    return {transaction: count for transaction, count in rows}


def _finding(
    central: Central,
    seal: AttachmentSeal,
    ticket: AttachmentTicket,
    sealed: bytes,
    papers: Sequence[Mapping[str, Any]],
) -> Finding:
    if seal.number > len(papers):
        return Finding.NOT_NAMED
    private_key = central.keys.sealing_private_key(seal.key_id)
    if private_key is None:
        return Finding.UNREADABLE
    try:
        place = attachment_place(ticket.kiosk, ticket.tx_id, seal.number)
        picture = open_chunks(private_key, sealed, place)
    except SealBroken:
        return Finding.UNREADABLE
    named = papers[seal.number - 1]
    same = (
        hashlib.sha256(picture).hexdigest() == named["sha256"]
        and len(picture) == named["size"]
        and picture.startswith(_BEGINNINGS[named["type"]])
    )
    return Finding.AS_SIGNED if same else Finding.DIFFERENT
