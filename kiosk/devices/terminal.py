"""The devices of one terminal, and what it can offer with them: a function of their states."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.devices.states import DeviceState, PaperState, Remedy
from kiosk.devices.table import DEVICES, Device


@dataclass(frozen=True, slots=True)
class Terminal:
    """How every device of :data:`kiosk.devices.table.DEVICES` is, and the paper in the printer.

    A terminal starts with everything unknown, and unknown is not good enough to serve.
    """

    reader: DeviceState = DeviceState.UNKNOWN
    printer: DeviceState = DeviceState.UNKNOWN
    paper: PaperState = PaperState.UNKNOWN
    cover_open: bool = False
    scanner: DeviceState = DeviceState.NO_DEVICE
    """The document scanner; a terminal may well have none (noDevice). Jammed or open: userError."""
    finger: DeviceState = DeviceState.NO_DEVICE
    """The fingerprint sensor. Nothing depends on it: the PUK does the same."""
    outbox: DeviceState = DeviceState.UNKNOWN
    central: DeviceState = DeviceState.UNKNOWN
    key: DeviceState = DeviceState.ONLINE
    """The device key, as the central API last spoke of it: taken (online), not known there
    (offline), revoked (hardwareError), used by two terminals (fraudAttempt)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A device that keeps the terminal from doing something, and what heals it."""

    device: str
    state: str
    remedy: Remedy


def state_of(terminal: Terminal, device: Device) -> DeviceState:
    """How a device is."""
    state: DeviceState = getattr(terminal, device.name)
    return state


def can_serve(terminal: Terminal) -> bool:
    """Whether a visit can begin: a card must be readable and a transaction must be keepable."""
    return not any(state_of(terminal, device) in device.stops_visits for device in DEVICES)


def can_print(terminal: Terminal) -> bool:
    """Whether a receipt may be sent to the printer now."""
    return (
        terminal.printer is DeviceState.ONLINE
        and terminal.paper in (PaperState.FULL, PaperState.LOW)
        and not terminal.cover_open
    )


def can_scan(terminal: Terminal) -> bool:
    """Whether papers can be offered to be scanned. Without it they are brought to the hearing."""
    return terminal.scanner is DeviceState.ONLINE


def can_take_finger(terminal: Terminal) -> bool:
    """Whether a finger can be asked for. Without it there is the PUK."""
    return terminal.finger is DeviceState.ONLINE


def is_online(terminal: Terminal) -> bool:
    """Whether the central API answers."""
    return terminal.central is DeviceState.ONLINE


def faults(terminal: Terminal) -> tuple[Fault, ...]:
    """All that is wrong, the gravest first."""
    found: list[Fault] = []
    for device in DEVICES:
        state = state_of(terminal, device)
        if state not in device.well:
            found.append(Fault(device.name, state, device.remedy_in(state)))
        elif device.name == "printer":
            found += _paper_faults(terminal)
    return tuple(found)


def _paper_faults(terminal: Terminal) -> tuple[Fault, ...]:
    if terminal.cover_open:
        return (Fault("printer", "coverOpen", Remedy.CLEAR),)
    if terminal.paper is not PaperState.FULL:
        return (Fault("printer", f"paper.{terminal.paper}", Remedy.CLEAR),)
    return ()
