"""Every device of a terminal in one row: what depends on it, what heals it, what it is called.

The gravest stand first. A new device is a field of :class:`kiosk.devices.Terminal`, a row here, and
a worker that reports its state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from kiosk.devices.states import DeviceState, Remedy

_ALL_BUT_WELL: Final = frozenset(DeviceState) - {DeviceState.ONLINE}
_NEVER: Final = frozenset[DeviceState]()
_ONLINE: Final = frozenset({DeviceState.ONLINE})
_OR_NOT_FITTED: Final = frozenset({DeviceState.ONLINE, DeviceState.NO_DEVICE, DeviceState.UNKNOWN})
"""A terminal without it, or one where it is still looked for, lacks nothing."""


@dataclass(frozen=True, slots=True)
class Device:
    """One row."""

    name: str
    """Field of :class:`kiosk.devices.Terminal`; the central API and the journal use it too."""
    ar: str
    en: str
    remedy: Remedy
    """What mostly heals it."""
    remedies: Mapping[DeviceState, Remedy] = field(default_factory=lambda: MappingProxyType({}))
    """What heals it in states where that is something else."""
    well: frozenset[DeviceState] = _ONLINE
    """The states in which nothing is wrong."""
    stops_visits: frozenset[DeviceState] = _NEVER
    """The states in which no visit begins."""
    reported: bool = True
    """It is in the health reports; the central API knows the others by itself."""
    details: Mapping[DeviceState, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the report says besides in a state."""

    @property
    def optional(self) -> bool:
        """A terminal may well have none."""
        return DeviceState.NO_DEVICE in self.well

    def remedy_in(self, state: DeviceState) -> Remedy:
        """What heals it in a state that is not well."""
        return self.remedies.get(state, self.remedy)


DEVICES: Final = (
    Device(
        "key",
        "مفتاح الجهاز",
        "Device key",
        # `kiosk enrol`, with a new key where this one was revoked or frozen.
        Remedy.MAINTENANCE,
        # Nobody could verify a receipt that is signed with it.
        stops_visits=frozenset({DeviceState.HARDWARE_ERROR, DeviceState.FRAUD_ATTEMPT}),
        reported=False,
    ),
    Device("outbox", "صندوق الإرسال", "Outbox", Remedy.MAINTENANCE, stops_visits=_ALL_BUT_WELL),
    Device(
        "reader",
        "قارئ البطاقات",
        "Card reader",
        Remedy.RESET,
        {DeviceState.HARDWARE_ERROR: Remedy.MAINTENANCE},
        stops_visits=_ALL_BUT_WELL,
    ),
    Device("printer", "الطابعة", "Printer", Remedy.RESET),
    Device(
        "scanner",
        "الماسح الضوئي",
        "Document scanner",
        Remedy.RESET,
        {DeviceState.USER_ERROR: Remedy.CLEAR},
        well=_OR_NOT_FITTED,
        details={DeviceState.USER_ERROR: "openOrJammed"},
    ),
    Device("finger", "قارئ البصمة", "Fingerprint sensor", Remedy.RESET, well=_OR_NOT_FITTED),
    Device("central", "النظام المركزي", "Central API", Remedy.SUSPEND, reported=False),
)
