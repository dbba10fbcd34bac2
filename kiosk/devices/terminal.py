"""The devices of one terminal, and what it can offer with them: a function of their states."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.devices.states import DeviceState, PaperState, Remedy


@dataclass(frozen=True, slots=True)
class Terminal:
    """Every device that the citizen's visit depends on.

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


_OPTIONAL_WELL = (DeviceState.ONLINE, DeviceState.NO_DEVICE, DeviceState.UNKNOWN)
"""A terminal without a scanner or a sensor, or one still looked for, lacks nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A device that keeps the terminal from doing something, and what heals it."""

    device: str
    state: str
    remedy: Remedy


def can_serve(terminal: Terminal) -> bool:
    """Whether a visit can begin: a card must be readable and a transaction must be keepable.

    With a device key that counts no more, nobody could verify the receipt.
    """
    return (
        terminal.reader is DeviceState.ONLINE
        and terminal.outbox is DeviceState.ONLINE
        and terminal.key not in (DeviceState.HARDWARE_ERROR, DeviceState.FRAUD_ATTEMPT)
    )


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
    if terminal.key is not DeviceState.ONLINE:
        # `kiosk enrol`, with a new key where this one was revoked or frozen.
        found.append(Fault("key", terminal.key, Remedy.MAINTENANCE))
    if terminal.outbox is not DeviceState.ONLINE:
        found.append(Fault("outbox", terminal.outbox, Remedy.MAINTENANCE))
    if terminal.reader is not DeviceState.ONLINE:
        remedy = (
            Remedy.MAINTENANCE if terminal.reader is DeviceState.HARDWARE_ERROR else Remedy.RESET
        )
        found.append(Fault("reader", terminal.reader, remedy))
    if terminal.printer is not DeviceState.ONLINE:
        found.append(Fault("printer", terminal.printer, Remedy.RESET))
    elif terminal.cover_open:
        found.append(Fault("printer", "coverOpen", Remedy.CLEAR))
    elif terminal.paper is not PaperState.FULL:
        found.append(Fault("printer", f"paper.{terminal.paper}", Remedy.CLEAR))
    if terminal.scanner not in _OPTIONAL_WELL:
        remedy = Remedy.CLEAR if terminal.scanner is DeviceState.USER_ERROR else Remedy.RESET
        found.append(Fault("scanner", terminal.scanner, remedy))
    if terminal.finger not in _OPTIONAL_WELL:
        found.append(Fault("finger", terminal.finger, Remedy.RESET))
    if terminal.central is not DeviceState.ONLINE:
        found.append(Fault("central", terminal.central, Remedy.SUSPEND))
    return tuple(found)
