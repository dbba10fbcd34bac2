"""The application that compares the cardholder's finger on the card itself.

Commands and data objects as ISO/IEC 7816-4:2020 (11.6.6, VERIFY), 7816-11 (biometric data template)
and 19794-2:2005 (clause 8, finger minutiae in the compact card format) have them. The identifier is
reported of the Omani card; which reference number and which of the formats that card takes is not
public: no qualifier (P2=00) and the standard format are what is sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardreader import tlv
from cardreader.apdu import SHORT_MAX, CommandApdu
from cardreader.channel import SUCCESS, CardChannel, wipe
from cardreader.errors import (
    CommandRefused,
    FingerBlocked,
    FingerNotAvailable,
    FingerNotMatched,
    PinBlocked,
)
from cardreader.profiles.reference_data import tries_left

AID = bytes.fromhex("A000000030800000000AB10001")
MOST_MINUTIAE = 80
"""So many still are one short command: a finger, like a PIN, must never be sent twice."""

_LE = SHORT_MAX + 1
_VERIFY, _VERIFY_OBJECT = 0x20, 0x21
_MINUTIA = 3
_BIOMETRIC_DATA_TEMPLATE, _STANDARD_FORMAT = 0x7F2E, 0x81
_BLOCKED = 0x6983


class MalformedFinger(ValueError):
    """These are no minutiae, or too many. Nothing was sent to the card and it cost no try."""

    def __init__(self) -> None:
        super().__init__(f"a finger is one to {MOST_MINUTIAE} minutiae of three bytes")


@dataclass(frozen=True, slots=True)
class FingerInfo:
    """The finger's retry counter. ``tries_left`` is ``None`` when the card does not tell."""

    tries_left: int | None
    blocked: bool


class MatchOnCardApplication:
    """The match-on-card application behind one channel."""

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel

    def select(self) -> None:
        """SELECT by AID. Raises :class:`~cardreader.errors.FingerNotAvailable`."""
        try:
            self._channel.send(CommandApdu(0x00, 0xA4, 0x04, 0x00, AID, _LE), enough=0)
        except CommandRefused:
            raise FingerNotAvailable from None

    def finger_info(self) -> FingerInfo:
        """An empty VERIFY tells the retry counter; costs no try."""
        try:
            status = self._channel.send(CommandApdu(0x00, _VERIFY, 0x00, 0x00)).sw
        except PinBlocked:
            return FingerInfo(0, blocked=True)
        except CommandRefused:
            return FingerInfo(None, blocked=False)
        left = tries_left(status)
        return FingerInfo(left, blocked=left == 0)

    def verify_finger(self, template: bytearray) -> None:
        """Present a finger once: its minutiae. ``template`` is wiped whatever happens.

        Raises :class:`MalformedFinger` (nothing was sent),
        :class:`~cardreader.errors.FingerNotMatched` and :class:`~cardreader.errors.FingerBlocked`.
        """
        inner = tlv.prefix(_STANDARD_FORMAT, len(template))
        outer = tlv.prefix(_BIOMETRIC_DATA_TEMPLATE, len(inner) + len(template))
        probe = bytearray(outer + inner) + template
        try:
            if len(template) % _MINUTIA or not 1 <= len(template) // _MINUTIA <= MOST_MINUTIAE:
                raise MalformedFinger
            command = CommandApdu(0x00, _VERIFY_OBJECT, 0x00, 0x00, probe)
            status = self._channel.send(command).sw
        except CommandRefused as refused:
            if refused.sw == _BLOCKED:
                raise FingerBlocked from None
            raise
        finally:
            wipe(probe)
            wipe(template)
        if status == SUCCESS:
            return
        left = tries_left(status)
        if left == 0:
            raise FingerBlocked
        raise FingerNotMatched(left)
