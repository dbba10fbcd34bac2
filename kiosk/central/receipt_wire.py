"""A receipt that goes to its owner by text message and e-mail, through the central API."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import StringConstraints

from kiosk.central.wire import WireModel

_MAX_BYTES: Final = 45 * 1024
SEPARATOR: Final = b"\n"
"""Between the link (ASCII) and the PDF, in what is sealed."""


class ReceiptMail(WireModel):
    """``POST /v1/kiosks/{kiosk}/receipts``: what the QR code says, and the paper as a PDF.

    Sealed for the central API at once, because it may wait in the terminal until the network is
    back. Telephone and address are not in it: they are those in the transaction.
    """

    tx_id: Annotated[
        str,
        StringConstraints(
            pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
        ),
    ]
    key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """The sealing key of the central API."""
    sealed: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$", max_length=_MAX_BYTES * 4 // 3)
    ]
    """HPKE (RFC 9180) as :mod:`offline_queue.sealing`, for :func:`receipt_place`; base64url."""


def receipt_place(kiosk: str, tx_id: str) -> bytes:
    """Describe what the sealed receipt belongs to: ``receipt|kiosk|tx_id``."""
    return f"receipt|{kiosk}|{tx_id}".encode("ascii")
