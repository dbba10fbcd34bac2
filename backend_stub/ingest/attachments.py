"""Attachments: uploaded after their transaction, in ranges, and never twice.

What is kept is sealed, as it came; the transaction names hash and length, so nobody can attach
anything else. Once it is whole it is opened and compared with what the citizen signed for. Each
request carries a ticket that the terminal's device key signed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from backend_stub.fleet.kiosks import find_epoch, is_usable, parse_device_key
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Attachment, AttachmentPart
from backend_stub.ground.transactions import find_transaction
from backend_stub.ingest.attachment_check import examine
from offline_queue.chain import ChainBroken, b64url_decode, verify_by_device
from offline_queue.wire import AttachmentStatus, AttachmentTicket, SignedTicket

_RANGE: Final = re.compile(r"bytes ([0-9]{1,10})-([0-9]{1,10})/([0-9]{1,10})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Which bytes of how many (RFC 9110, clause 14.4); ``last`` is one of them."""

    first: int
    last: int
    size: int


def parse_range(text: str) -> Range:
    """Read a ``Content-Range``. Raises :class:`ProblemError` ``range-invalid``."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ProblemError("range-invalid")
    found = Range(*(int(number) for number in match.groups()))
    if not found.first <= found.last < found.size:
        raise ProblemError("range-invalid")
    return found


def parse_ticket(header: str) -> SignedTicket:
    """Read a ticket from its header. Raises :class:`ProblemError` ``ticket-refused``."""
    try:
        return SignedTicket.parse_json(b64url_decode(header))
    # Not base64url, not JSON, not a ticket: a MessageError is a ValueError too.
    except ValueError as error:
        raise ProblemError("ticket-refused") from error


def attachment_status(central: Central, sha256: str, signed: SignedTicket) -> AttachmentStatus:
    """How much of an attachment is here. Raises as :func:`receive` does for the ticket."""
    with central.database.read() as session:
        return _status(_find(session, sha256, signed, lock=False))


def receive(
    central: Central, sha256: str, signed: SignedTicket, place: Range, content: bytes
) -> AttachmentStatus:
    """Take bytes of an attachment; what is here already is ignored.

    Raises :class:`ProblemError`: ``ticket-refused``, ``attachment-unknown``, ``range-invalid``, and
    ``attachment-mismatch`` when all bytes together are not what the transaction names.
    """
    if place.size != signed.ticket.size or len(content) != place.last - place.first + 1:
        raise ProblemError("range-invalid")
    with central.database.write() as session:
        row = _find(session, sha256, signed, lock=True)
        new = content[row.received - place.first :] if place.first <= row.received else b""
        if new:
            session.add(
                AttachmentPart(
                    transaction_id=row.transaction_id,
                    sha256=row.sha256,
                    first=row.received,
                    content=new,
                )
            )
            row.received += len(new)
            session.flush()
        right = True
        if new and row.received == row.size:
            whole = whole_attachment(session, row)
            right = hashlib.sha256(whole).hexdigest() == row.sha256
            if right:
                row.completed_at = central.clock()
                examine(central, session, row, signed.ticket, whole)
            else:
                row.received = 0
                session.execute(delete(AttachmentPart).where(*_parts_of(row)))
        status = _status(row)
    if not right:
        raise ProblemError("attachment-mismatch")
    return status


def _find(session: Session, sha256: str, signed: SignedTicket, *, lock: bool) -> Attachment:
    ticket = signed.ticket
    _check_ticket(session, sha256, signed)
    transaction = find_transaction(session, ticket.kiosk, ticket.tx_id)
    if transaction is None:
        raise ProblemError("attachment-unknown")
    row = session.get(Attachment, (transaction.id, sha256), with_for_update=lock)
    if row is None or row.size != ticket.size:
        raise ProblemError("attachment-unknown")
    return row


def _check_ticket(session: Session, sha256: str, signed: SignedTicket) -> None:
    ticket: AttachmentTicket = signed.ticket
    refused = ProblemError("ticket-refused")
    try:
        epoch = find_epoch(session, ticket.kiosk, ticket.epoch)
        if not is_usable(epoch) or ticket.sha256 != sha256:
            raise refused
        verify_by_device(parse_device_key(epoch.device_key), ticket, signed.signature)
    except (ChainBroken, ProblemError) as error:
        raise refused from error


def whole_attachment(session: Session, row: Attachment) -> bytes:
    """All bytes of an attachment that are here, sealed as they came."""
    parts = select(AttachmentPart.content).where(*_parts_of(row)).order_by(AttachmentPart.first)
    return b"".join(session.scalars(parts))


def _parts_of(row: Attachment) -> tuple[ColumnElement[bool], ...]:
    return (
        AttachmentPart.transaction_id == row.transaction_id,
        AttachmentPart.sha256 == row.sha256,
    )


def _status(row: Attachment) -> AttachmentStatus:
    return AttachmentStatus(
        sha256=row.sha256,
        size=row.size,
        received=row.received,
        complete=row.completed_at is not None,
    )
