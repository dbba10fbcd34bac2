"""Receipts: from data to one bitmap, from the bitmap to paper, with proof that it was printed.

- ``receipt`` says what is on a receipt, ``layout.render`` turns it into a ``ReceiptBitmap``: the
  one artefact that is previewed, printed, archived and hashed. (``layout`` needs Qt and is
  imported by name; everything else here does not.)
- ``raster`` encodes a bitmap for ESC/POS, ``status`` reads what the printer answers.
- ``proof`` makes and checks the signed text of the QR code.
- ``virtual`` is a whole printer in software, for the workbench and the tests.

This library knows no service, no citizen and no kiosk; the caller composes the texts.
"""

from printer.bitmap import ReceiptBitmap
from printer.proof import (
    InvalidReason,
    ReceiptClaims,
    ReceiptInvalid,
    key_id,
    sign_receipt,
    verify_receipt,
)
from printer.receipt import Badge, Bilingual, Emphasis, Languages, Receipt, ReceiptState, Row

__all__ = [
    "Badge",
    "Bilingual",
    "Emphasis",
    "InvalidReason",
    "Languages",
    "Receipt",
    "ReceiptBitmap",
    "ReceiptClaims",
    "ReceiptInvalid",
    "ReceiptState",
    "Row",
    "key_id",
    "sign_receipt",
    "verify_receipt",
]
