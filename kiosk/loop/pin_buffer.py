"""Where secret digits live between the pad and the card: bytearrays, wiped after use.

Used by the user interface's thread alone; whoever takes a bytearray wipes it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from kiosk.session.card_task import PIN_LENGTH


class PinBuffer:
    """The pad's memory. Only the number of digits ever leaves it, until somebody takes them."""

    def __init__(
        self, changed: Callable[[int], None], length: Callable[[], int] = lambda: PIN_LENGTH
    ) -> None:
        """``changed`` is told how many digits there are, ``length`` says how many fit."""
        self._digits = bytearray()
        self._changed = changed
        self._length = length

    def press(self, digit: int) -> None:
        """One more digit; what does not fit is ignored."""
        if len(self._digits) < self._length():
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
        """Hand the digits over. The buffer is empty afterwards."""
        taken, self._digits = self._digits, bytearray()
        return taken

    def wipe(self) -> None:
        """Overwrite and forget, without a word to the screen."""
        wipe(self._digits)


class SecretShelf:
    """Secrets put aside by name until the card needs them, for example the new PIN."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytearray] = {}

    def put(self, name: str, secret: bytearray) -> None:
        """Keep a secret; one of the same name is wiped."""
        self.drop(name)
        self._secrets[name] = secret

    def matches(self, name: str, secret: bytearray) -> bool:
        """Whether both are the same; ``secret`` is wiped."""
        kept = self._secrets.get(name, bytearray())
        same = bool(kept) and hmac.compare_digest(kept, secret)
        wipe(secret)
        return same

    def take(self, name: str) -> bytearray:
        """Hand a secret over; empty when there is none."""
        return self._secrets.pop(name, bytearray())

    def drop(self, name: str) -> None:
        """Wipe one secret."""
        wipe(self._secrets.pop(name, bytearray()))

    def wipe(self) -> None:
        """Wipe all."""
        for name in list(self._secrets):
            self.drop(name)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place, then empty it."""
    secret[:] = bytes(len(secret))
    secret.clear()
