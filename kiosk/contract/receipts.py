"""A receipt that goes to its owner by text message and e-mail, through the central API."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from offline_queue.wire_model import BASE64URL, END, KeyId, TxId, WireModel

_MAX_BYTES: Final = 45 * 1024
SEPARATOR: Final = b"\n"
"""Between the link (ASCII) and the PDF, in what is sealed."""


class ReceiptMail(WireModel, frozen=True, kw_only=True):
    """``POST /v1/kiosks/{kiosk}/receipts``: what the QR code says, and the paper as a PDF.

    Sealed for the central API at once, because it may wait in the terminal until the network is
    back. Telephone and address are not in it: they are those in the transaction.
    """

    tx_id: TxId
    key_id: KeyId
    """The sealing key of the central API."""
    sealed: Annotated[str, Meta(pattern=BASE64URL + END, max_length=_MAX_BYTES * 4 // 3)]
    """HPKE (RFC 9180) as :mod:`offline_queue.sealing`, for :func:`receipt_place`; base64url."""


def receipt_place(kiosk: str, tx_id: str) -> bytes:
    """Describe what the sealed receipt belongs to: ``receipt|kiosk|tx_id``."""
    return f"receipt|{kiosk}|{tx_id}".encode("ascii")
