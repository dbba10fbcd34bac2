"""Where the digits of a PIN live between the pad and the card: one bytearray, wiped after use."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.session.state import PIN_LENGTH


class PinBuffer:
    """The PIN pad's memory. Only the number of digits ever leaves it, until the card gets them.

    Used by the user interface's thread alone.
    """

    def __init__(self, changed: Callable[[int], None]) -> None:
        """``changed`` is told the number of digits after every key."""
        self._digits = bytearray()
        self._changed = changed

    def press(self, digit: int) -> None:
        """One more digit; a seventh is ignored."""
        if len(self._digits) < PIN_LENGTH:
            self._digits.append(ord("0") + digit)
            self._changed(len(self._digits))

    def erase(self) -> None:
        """The last digit goes."""
        if self._digits:
            self._digits[-1] = 0
            del self._digits[-1]
            self._changed(len(self._digits))

    def clear(self) -> None:
        """All digits go."""
        self.wipe()
        self._changed(0)

    def take(self) -> bytearray:
        """Hand the digits over; whoever takes them wipes them. The buffer is empty afterwards."""
        taken, self._digits = self._digits, bytearray()
        return taken

    def wipe(self) -> None:
        """Overwrite and forget, without a word to the screen."""
        wipe(self._digits)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place, then empty it."""
    secret[:] = bytes(len(secret))
    secret.clear()
