"""What a technician does about a printer that does not work, as one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from printer.jobs import Reason as PrintReason
from printer.status import Cover, Cutter, Device, PaperState, PrinterStatus

KEEP_DISK: Final = "Keep the disk as it is and call maintenance."
_AGAIN: Final = "Try again; if it stays, restart the terminal."

PRINT_ADVICE: Final[Mapping[PrintReason, str]] = MappingProxyType(
    {
        PrintReason.PAPER_OUT: "Put in a new roll.",
        PrintReason.COVER_OPEN: "Close the cover.",
        PrintReason.CUTTER: "Free the cutter, then switch the printer off and on.",
        PrintReason.OFFLINE: "See its lamps and its feed key; switch it off and on.",
        PrintReason.HARDWARE: "Switch the printer off and on; if it stays, replace it.",
        PrintReason.GONE: "Check its power, its cable and the address.",
        PrintReason.SILENT: "Switch the printer off and on; check that the address is a printer's.",
        PrintReason.RESET: "It was switched off meanwhile: print again.",
        PrintReason.WRONG_WIDTH: "Check printer.width_dots.",
        PrintReason.ALREADY_PRINTED: "It was printed before.",
        PrintReason.JOURNAL: "The print journal cannot be written: check the disk.",
        PrintReason.CLOSED: _AGAIN,
    }
)
"""By why something was not printed."""


def printer_advice(status: PrinterStatus) -> str:
    """What makes this printer ready; empty when it is."""
    if status.ready:
        return ""
    if status.device is Device.NO_DEVICE:
        return PRINT_ADVICE[PrintReason.GONE]
    if status.cover is Cover.OPEN:
        return PRINT_ADVICE[PrintReason.COVER_OPEN]
    if status.paper is PaperState.OUT:
        return PRINT_ADVICE[PrintReason.PAPER_OUT]
    if status.cutter is Cutter.FAULT:
        return PRINT_ADVICE[PrintReason.CUTTER]
    if status.device is Device.HARDWARE_ERROR:
        return PRINT_ADVICE[PrintReason.HARDWARE]
    if status.device is Device.OFFLINE:
        return PRINT_ADVICE[PrintReason.OFFLINE]
    return PRINT_ADVICE[PrintReason.SILENT]
