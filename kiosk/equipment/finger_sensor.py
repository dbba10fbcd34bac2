"""The fingerprint sensor: the seam that every sensor implements.

A sensor gives minutiae in the compact card format (ISO/IEC 19794-2:2005, clause 8) and compares
nothing: the card does. ``kiosk.simulation`` holds the one sensor that there is.
"""

from __future__ import annotations

import enum
from typing import Protocol

from kiosk.devices import DeviceState


class FingerProblem(enum.StrEnum):
    """Why there is no finger; the values name what the screen says."""

    NO_FINGER = "noFinger"
    """None was laid on it in time."""
    OFFLINE = "offline"
    BROKEN = "hardwareError"

    @property
    def device(self) -> DeviceState:
        """What this says of the sensor."""
        return _DEVICES[self]


_DEVICES = {
    FingerProblem.NO_FINGER: DeviceState.ONLINE,
    FingerProblem.OFFLINE: DeviceState.OFFLINE,
    FingerProblem.BROKEN: DeviceState.HARDWARE_ERROR,
}


class FingerFailed(Exception):
    """No finger was seen."""

    def __init__(self, problem: FingerProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class FingerStopped(Exception):
    """The sensor waits no more because somebody asked for it."""


class FingerSensor(Protocol):
    """What the terminal needs of a fingerprint sensor. One thread looks and takes."""

    def look(self) -> None:
        """Return when the sensor is there. Raises :class:`FingerFailed`."""

    def take(self) -> bytearray:
        """Wait for a finger, not for ever: its minutiae, which the caller wipes.

        Raises :class:`FingerFailed` or :class:`FingerStopped`.
        """

    def stop(self) -> None:
        """Wait no more; any thread. Nothing happens when nobody waits."""
