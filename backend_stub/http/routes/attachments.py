"""For terminals: attachments of transactions, in ranges."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Header

from backend_stub.ground.problems import documented
from backend_stub.ground.types import Sha256Hex
from backend_stub.http.routes import CentralDependency
from backend_stub.ingest.attachments import attachment_status, parse_range, parse_ticket, receive
from offline_queue.wire import TICKET_HEADER, AttachmentStatus

router = APIRouter(tags=["terminals"])

Ticket = Annotated[
    str,
    Header(alias=TICKET_HEADER, description="A `SignedTicket`: its JSON as base64url."),
]


@router.get(
    "/attachments/{sha256}",
    responses=documented(["ticket-refused", "attachment-unknown", "invalid", "busy"]),
)
def get_attachment(
    sha256: Sha256Hex, central: CentralDependency, ticket: Ticket = ""
) -> AttachmentStatus:
    """How much of an attachment is here."""
    return attachment_status(central, sha256, parse_ticket(ticket))


@router.put(
    "/attachments/{sha256}",
    responses=documented(
        [
            "bad-request",
            "ticket-refused",
            "attachment-unknown",
            "body-too-large",
            "range-invalid",
            "attachment-mismatch",
            "invalid",
            "busy",
        ]
    ),
)
def put_attachment(
    sha256: Sha256Hex,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    central: CentralDependency,
    ticket: Ticket = "",
    content_range: Annotated[str, Header(description="`bytes first-last/size`")] = "",
) -> AttachmentStatus:
    """Send bytes of an attachment, at most 256 KiB at once; go on from `received`."""
    return receive(central, sha256, parse_ticket(ticket), parse_range(content_range), content)
