"""Receipts: from data to one bitmap, from the bitmap to paper, with proof that it was printed.

- ``receipt`` says what is on a receipt, ``layout.render`` turns it into a ``ReceiptBitmap``: the
  one artefact that is previewed, printed, archived and hashed. (``layout`` needs Qt and is
  imported by name; everything else here does not.)
- ``ReceiptPrinter`` owns one printer: ``print(PrintJob)`` gives a future ``PrintOutcome``, the
  state comes by callback. A ``PrintJournal`` sees to it that no crash prints a receipt twice.
- ``raster`` encodes a bitmap for ESC/POS, ``status`` reads what the printer answers, ``transport``
  has the ways to reach it.
- ``proof`` makes and checks the signed text of the QR code.
- ``virtual`` is a whole printer in software, for the workbench and the tests.

This library knows no service, no citizen and no kiosk; the caller composes the texts.
"""

from printer.bitmap import ReceiptBitmap
from printer.errors import (
    AlreadyPrinted,
    DrawingError,
    FontsUnavailable,
    InvalidReason,
    MissingGlyph,
    PrinterError,
    PrinterGone,
    PrinterSilent,
    PrintingError,
    PrintJournalBusy,
    PrintJournalError,
    PrintJournalFull,
    QrTooLarge,
    ReceiptInvalid,
)
from printer.jobs import Fence, PrintJob, PrintOutcome, Reason, Result, Settings
from printer.journal import PrintJournal, PrintRecord, PrintState, PrintTotals
from printer.printer import ReceiptPrinter
from printer.proof import (
    ReceiptClaims,
    TerminalKey,
    key_id,
    sign_receipt,
    verify_receipt,
)
from printer.receipt import (
    Badge,
    BadgeKind,
    Bilingual,
    Emphasis,
    Languages,
    Receipt,
    ReceiptState,
    Row,
)
from printer.roll import Forecast, Roll
from printer.status import Cover, Cutter, Device, PaperState, PrinterStatus
from printer.transport import (
    DeviceTransport,
    NetworkTransport,
    Transport,
)

__all__ = [
    "AlreadyPrinted",
    "Badge",
    "BadgeKind",
    "Bilingual",
    "Cover",
    "Cutter",
    "Device",
    "DeviceTransport",
    "DrawingError",
    "Emphasis",
    "Fence",
    "FontsUnavailable",
    "Forecast",
    "InvalidReason",
    "Languages",
    "MissingGlyph",
    "NetworkTransport",
    "PaperState",
    "PrintJob",
    "PrintJournal",
    "PrintJournalBusy",
    "PrintJournalError",
    "PrintJournalFull",
    "PrintOutcome",
    "PrintRecord",
    "PrintState",
    "PrintTotals",
    "PrinterError",
    "PrinterGone",
    "PrinterSilent",
    "PrinterStatus",
    "PrintingError",
    "QrTooLarge",
    "Reason",
    "Receipt",
    "ReceiptBitmap",
    "ReceiptClaims",
    "ReceiptInvalid",
    "ReceiptPrinter",
    "ReceiptState",
    "Result",
    "Roll",
    "Row",
    "Settings",
    "TerminalKey",
    "Transport",
    "key_id",
    "sign_receipt",
    "verify_receipt",
]
