"""Every error of this library, drawn once::

    PrintingError                 carries ``advice``: what a person can do about it
    ├── PrinterError              the printer cannot be used
    │   ├── PrinterGone           nothing at the other end
    │   └── PrinterSilent         connected, but no answer in time
    ├── PrintJournalError         the print journal cannot be read or written
    │   ├── PrintJournalBusy      open in another process
    │   └── PrintJournalFull      the disk has no room for a record
    ├── AlreadyPrinted            this copy was sent before
    ├── DrawingError              a receipt cannot be drawn
    │   ├── FontsUnavailable      our fonts cannot be loaded
    │   ├── MissingGlyph          our fonts lack a character
    │   └── QrTooLarge            the code would have to shrink
    └── ReceiptInvalid            not a receipt that a known key signed

Messages never repeat the text of a receipt.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PrintingError(Exception):
    """What this library raises. ``advice`` is one or more sentences, empty where there is none."""

    advice: str = ""


class PrinterError(PrintingError):
    """The printer cannot be used; the subclass says why."""


class PrinterGone(PrinterError):
    """There is no printer at the other end: not found, switched off, unplugged, hung up."""

    advice = "Check the printer's power, its cable and its address."


class PrinterSilent(PrinterError):
    """The printer is connected and did not answer, or did not take our bytes, in time."""

    advice = "Switch the printer off and on; check that the address is a printer's."


class PrintJournalError(PrintingError):
    """The print journal cannot be read or written: broken, or written by another version."""

    advice = "Keep the file as it is and call maintenance."


class PrintJournalBusy(PrintJournalError):
    """Another process has the journal open: the terminal is running and owns the printer."""

    advice = "Stop the terminal first."


class PrintJournalFull(PrintJournalError):
    """The disk has no room. The journal keeps whole records only and goes on when there is room."""

    advice = "Make room on the disk; printing goes on by itself."


class AlreadyPrinted(PrintingError):
    """This job with this copy number was sent before."""

    advice = "Print it again as a marked copy."


class DrawingError(PrintingError):
    """A receipt cannot be drawn; the subclass says why."""


class FontsUnavailable(DrawingError):
    """A font file is missing or broken, or there is no QGuiApplication to load it into."""

    advice = "Install the project's requirements again."


class MissingGlyph(DrawingError):
    """A text has a character that none of our fonts can draw; ``character`` is that one.

    The message names the code point, never the text around it.
    """

    advice = "Write the text without this character."

    def __init__(self, character: str) -> None:
        super().__init__(f"no font for U+{ord(character):04X}")
        self.character = character


class QrTooLarge(DrawingError):
    """The text does not fit at full size; ``version`` is what it needs, ``allowed`` what fits."""

    advice = "Choose a shorter host name for the verifier, or 80 mm paper."

    def __init__(self, version: int | None, allowed: int) -> None:
        needed = "more than version 40" if version is None else f"version {version}"
        super().__init__(f"the QR code needs {needed}, this paper takes {allowed} at full size")
        self.version = version
        self.allowed = allowed


class InvalidReason(StrEnum):
    """Why a receipt is not valid."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    REVOKED_KEY = "revoked_key"
    """The key was stolen or lost: anybody may have signed, at any time."""
    BAD_SIGNATURE = "bad_signature"
    WRONG_VERIFIER = "wrong_verifier"
    WRONG_TERMINAL = "wrong_terminal"
    """Signed by one terminal in the name of another."""


_WHY_INVALID: Final = {
    InvalidReason.MALFORMED: "this is not the text of a receipt",
    InvalidReason.UNKNOWN_KEY: "none of the known terminals signed it",
    InvalidReason.REVOKED_KEY: "the key that signed it was revoked",
    InvalidReason.BAD_SIGNATURE: "the signature does not match: something was changed",
    InvalidReason.WRONG_VERIFIER: "its address is not the one that was signed",
    InvalidReason.WRONG_TERMINAL: "it names another terminal than the one that signed it",
}


class ReceiptInvalid(PrintingError):
    """The text is not a receipt that one of the known keys signed; ``reason`` says why."""

    advice = "Do not accept it. The office can look the transaction up by its number."

    def __init__(self, reason: InvalidReason) -> None:
        super().__init__(_WHY_INVALID[reason])
        self.reason = reason
