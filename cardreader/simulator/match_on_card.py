"""The match-on-card application: the card itself compares its holder's finger.

VERIFY with a data object (INS 21, ISO/IEC 7816-4:2020, 11.6.6): the biometric data template 7F2E
with the minutiae in 81 (ISO/IEC 7816-11). VERIFY without data (INS 20) tells the tries left. The
identifier is the one reported of the Omani card; how that card is spoken to is not public, and what
is done here is what the standards say. What a match is worth is the card's own rule: one RESET
RETRY COUNTER of the PKI application without a PUK, until power is gone or another finger is shown.
"""

from __future__ import annotations

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import MalformedTlv, parse, tlv
from cardreader.simulator.fingerprints import is_template, matches
from cardreader.simulator.state import TRIES, CardMemory
from cardreader.simulator.status import Refusal, Status, tries

AID = bytes.fromhex("A000000030800000000AB10001")

_VERIFY, _VERIFY_OBJECT = 0x20, 0x21
_BIOMETRIC_DATA_TEMPLATE = 0x7F2E
_STANDARD_FORMAT = 0x81


class FingerMatch:
    """Whether the finger was matched: a status that the applications of one card share."""

    def __init__(self) -> None:
        self.matched = False

    def require(self) -> None:
        """Refuse with 6982 without a match."""
        if not self.matched:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)

    def forget(self) -> None:
        """It was used, or must not be used any more."""
        self.matched = False


class MatchOnCardApplication:
    """The application over a :class:`CardMemory` that keeps a finger."""

    aid = AID
    proprietary = False

    def __init__(self, memory: CardMemory, match: FingerMatch) -> None:
        self._memory = memory
        self._match = match

    def select(self) -> bytes:
        """Its control information names only itself; an earlier match is forgotten."""
        self._match.forget()
        return tlv(0x6F, tlv(0x84, AID))

    def deselect(self) -> None:
        """The match is for another application: that one forgets it when power is gone."""

    def process(self, command: CommandApdu) -> ResponseApdu:
        """Answer one command; an unknown instruction is refused with 6D00."""
        if command.ins not in (_VERIFY, _VERIFY_OBJECT):
            raise Refusal(Status.INS_NOT_SUPPORTED)
        if command.p1:
            raise Refusal(Status.WRONG_P1_P2)
        if command.p2:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if command.ins == _VERIFY:
            if command.data:
                raise Refusal(Status.WRONG_DATA)
            if not self._match.matched:
                raise Refusal(tries(self._memory.finger_tries))
        else:
            self._compare(_presented(bytes(command.data)))
        return ResponseApdu(b"", Status.OK)

    def _compare(self, presented: bytes) -> None:
        """Count the try, then compare, as with a PIN."""
        memory = self._memory
        self._match.forget()
        if memory.finger_tries == 0:
            raise Refusal(Status.BLOCKED)
        memory.finger_tries -= 1
        memory.save()
        if memory.finger is None or not matches(memory.finger, presented):
            raise Refusal(tries(memory.finger_tries))
        memory.finger_tries = TRIES
        memory.save()
        self._match.matched = True


def _presented(data: bytes) -> bytes:
    """The minutiae of the data field. What is malformed is refused with 6A80 and costs no try."""
    try:
        ((tag, inner),) = parse(data)
        ((kind, finger),) = parse(inner)
    except (MalformedTlv, ValueError) as error:
        raise Refusal(Status.WRONG_DATA) from error
    if (tag, kind) != (_BIOMETRIC_DATA_TEMPLATE, _STANDARD_FORMAT) or not is_template(finger):
        raise Refusal(Status.WRONG_DATA)
    return finger
