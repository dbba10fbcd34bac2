"""A PIN on any card: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.

ISO/IEC 7816-4:2020, 11.6.6, 11.6.7, 11.6.10. Profiles differ in the reference of the PIN, in how
long it is on the wire and with what it is filled, and in how the card tells the tries that remain.
"""

from __future__ import annotations

from collections.abc import Callable

from cardreader.apdu import CommandApdu
from cardreader.channel import SUCCESS, CardChannel, raise_for_status, wipe
from cardreader.errors import (
    CommandRefused,
    FingerNotAvailable,
    PinBlocked,
    PinWrong,
    PukBlocked,
    PukWrong,
)
from cardreader.pin import PIN_LENGTH, MalformedPin, is_pin

_VERIFY, _CHANGE, _RESET = 0x20, 0x24, 0x2C
_NEW_ONLY = 0x02
_NOT_TAKEN = frozenset({0x6A81, 0x6A86, 0x6B00, 0x6D00})
"""Function, parameters or instruction not supported."""


def tries_left(status: int) -> int | None:
    """The counter in a status word 63Cx; ``None`` in any other."""
    return status & 0x0F if status & 0xFFF0 == 0x63C0 else None


class ReferenceData:
    """One PIN of one application. Every secret, and every copy of it, is wiped whatever happens."""

    def __init__(
        self,
        channel: CardChannel,
        reference: int,
        *,
        length: int,
        filler: int,
        tries_after_refusal: Callable[[], int],
    ) -> None:
        """``length`` in bytes on the wire. ``tries_after_refusal`` asks the card, which refused the
        PIN without a counter in its status word, how many tries remain at least.
        """
        self.reference = reference
        self.length = length
        self.filler = filler
        self._channel = channel
        self._tries_after_refusal = tries_after_refusal

    def verify(self, pin: bytearray) -> None:
        """Present the PIN once.

        Raises :class:`~cardreader.pin.MalformedPin` (nothing was sent),
        :class:`~cardreader.errors.PinWrong` or :class:`~cardreader.errors.PinBlocked`.
        """
        padded = self._padded(pin)
        try:
            if not is_pin(pin):
                raise MalformedPin
            status = self._send(_VERIFY, padded)
        finally:
            wipe(padded)
            wipe(pin)
        self.require_accepted(status)

    def change(self, old: bytearray, new: bytearray) -> None:
        """Replace the PIN, presenting ``old`` once. Raises what :meth:`verify` raises about it."""
        both = self._padded(old) + self._padded(new)
        try:
            if not is_pin(old) or not is_pin(new):
                raise MalformedPin
            status = self._send(_CHANGE, both)
        finally:
            wipe(both)
            wipe(old)
            wipe(new)
        self.require_accepted(status)

    def unblock(self, puk: bytearray, new: bytearray) -> None:
        """A new PIN and all its tries, presenting the PUK once: six bytes to ``length``.

        Raises :class:`~cardreader.errors.PukWrong`, :class:`~cardreader.errors.PukBlocked`,
        :class:`~cardreader.pin.MalformedPin`.
        """
        both = self._padded(puk) + self._padded(new)
        try:
            if not PIN_LENGTH <= len(puk) <= self.length or not is_pin(new):
                raise MalformedPin
            status = self._send(_RESET, both)
        except PinBlocked:
            raise PukBlocked from None
        finally:
            wipe(both)
            wipe(puk)
            wipe(new)
        if status == SUCCESS:
            return
        left = tries_left(status)
        if left == 0:
            raise PukBlocked
        raise PukWrong(left)

    def unblock_after_match(self, new: bytearray) -> None:
        """A new PIN and all its tries on a card that has just matched its holder's finger.

        RESET RETRY COUNTER with new reference data only (P1=02). Raises
        :class:`~cardreader.errors.FingerNotAvailable` where the card has no such thing,
        :class:`~cardreader.errors.SecurityStatusNotSatisfied` where it knows of no match, and
        :class:`~cardreader.pin.MalformedPin`.
        """
        padded = self._padded(new)
        try:
            if not is_pin(new):
                raise MalformedPin
            status = self._send(_RESET, padded, p1=_NEW_ONLY)
        except CommandRefused as refused:
            if refused.sw in _NOT_TAKEN:
                raise FingerNotAvailable from None
            raise
        finally:
            wipe(padded)
            wipe(new)
        if status != SUCCESS:
            raise CommandRefused(_RESET, status)

    def verify_header(self) -> bytes:
        """VERIFY up to its Lc, for a reader that puts the PIN in itself."""
        return bytes((0x00, _VERIFY, 0x00, self.reference))

    def take_answer(self, status: int) -> None:
        """What the card answered to a VERIFY that the reader sent. Raises as :meth:`verify`."""
        raise_for_status(_VERIFY, status)
        self.require_accepted(status)

    def require_accepted(self, status: int) -> None:
        """What the card said to VERIFY or CHANGE: nothing, or that the PIN is wrong or blocked."""
        if status == SUCCESS:
            return
        left = tries_left(status)
        if left is None:
            # 6300: refused, but the card did not say how many tries remain.
            left = self._tries_after_refusal()
        if left == 0:
            raise PinBlocked
        raise PinWrong(left)

    def _send(self, instruction: int, data: bytearray, p1: int = 0x00) -> int:
        return self._channel.send(CommandApdu(0x00, instruction, p1, self.reference, data)).sw

    def _padded(self, secret: bytearray) -> bytearray:
        """A copy of full length, to be wiped."""
        return bytearray(secret) + bytes((self.filler,)) * (self.length - len(secret))
