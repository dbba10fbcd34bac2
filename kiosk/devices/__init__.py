"""One vocabulary for every device: states, remedies, and what can still be offered.

``states.py`` holds the words (after CEN/XFS and XFS4IoT), ``table.py`` every device in a row,
``terminal.py`` how they are at one moment and the questions the visit asks of them. No Qt, no
input or output.
"""

from kiosk.devices.states import DeviceState, PaperState, PaymentState, Remedy, SheetState
from kiosk.devices.table import DEVICES, Device
from kiosk.devices.terminal import (
    Fault,
    Terminal,
    can_print,
    can_scan,
    can_serve,
    can_take_finger,
    faults,
    is_online,
    state_of,
)

__all__ = [
    "DEVICES",
    "Device",
    "DeviceState",
    "Fault",
    "PaperState",
    "PaymentState",
    "Remedy",
    "SheetState",
    "Terminal",
    "can_print",
    "can_scan",
    "can_serve",
    "can_take_finger",
    "faults",
    "is_online",
    "state_of",
]
