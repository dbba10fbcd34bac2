"""One vocabulary for every device: states, remedies, and what can still be offered.

``states.py`` holds the words (after CEN/XFS and XFS4IoT), ``terminal.py`` the devices of this
terminal and the questions the visit asks of them. No Qt, no input or output.
"""

from kiosk.devices.states import DeviceState, PaperState, PaymentState, Remedy, SheetState
from kiosk.devices.terminal import (
    Fault,
    Terminal,
    can_print,
    can_scan,
    can_serve,
    can_take_finger,
    faults,
    is_online,
)

__all__ = [
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
]
