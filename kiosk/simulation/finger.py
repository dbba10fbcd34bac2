"""A fingerprint sensor without a sensor: the finger of whoever's card is in the reader."""

from __future__ import annotations

import enum
import threading

from cardreader.simulator import persona
from cardreader.simulator.fingerprints import Finger, seen, template
from kiosk.equipment.finger_sensor import FingerFailed, FingerProblem, FingerStopped


class Laid(enum.StrEnum):
    """What happens when the sensor waits for a finger."""

    MATCHING = "matching"
    WRONG = "wrong"
    NONE = "none"
    """Nobody lays one on it in time."""
    UNPLUGGED = "unplugged"


class SimulatedFingerSensor:
    """Takes as long as a person does, so that what happens meanwhile can be seen."""

    def __init__(self, seconds: float = 1.2, patience: float = 2.5) -> None:
        """``seconds`` until a finger lies on it, ``patience`` until it gives up without one."""
        self._seconds = seconds
        self._patience = patience
        self._stopping = threading.Event()
        self.laid = Laid.MATCHING
        """What will happen; any thread may change it."""
        self.holder = ""
        """Id of the persona whose fingers these are."""

    def look(self) -> None:
        """Whether it is plugged in."""
        if self.laid is Laid.UNPLUGGED:
            raise FingerFailed(FingerProblem.OFFLINE)

    def take(self) -> bytearray:
        """A picture of the finger, another than the card's own."""
        self._stopping.clear()
        self.look()
        absent = self.laid is Laid.NONE
        if self._stopping.wait(self._patience if absent else self._seconds):
            raise FingerStopped
        if absent or not self.holder:
            raise FingerFailed(FingerProblem.NO_FINGER)
        self.look()
        finger = Finger.OTHER if self.laid is Laid.WRONG else Finger.ENROLLED
        return seen(template(persona(self.holder), finger))

    def stop(self) -> None:
        """Wait no more."""
        self._stopping.set()
