"""The PIV card application (SP 800-73-5 part 2): PINs, data objects, and the commands in between.

What this card does where the standard leaves a choice: three tries for PIN and PUK; a malformed
PIN is refused with 6A80 and costs no try; on a card that is not activated the PIN answers 6984
until CHANGE REFERENCE DATA with P1=01 (new reference data only, ISO/IEC 7816-4:2020, 11.6.7) sets
it behind the management key, or RESET RETRY COUNTER does behind the PUK. There is no default PIN.
RESET RETRY COUNTER with P1=02 (new reference data only, ISO/IEC 7816-4:2020, 11.6.10), which PIV
does not have, is taken once after the card has matched its holder's finger.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import MalformedTlv, parse, tlv
from cardreader.simulator.match_on_card import FingerMatch
from cardreader.simulator.piv_keys import PivKeys
from cardreader.simulator.piv_objects import (
    AID,
    DISCOVERY,
    PIN_PROTECTED,
    discovery_object,
)
from cardreader.simulator.state import TRIES, CardMemory
from cardreader.simulator.status import Refusal, Status, tries

_PIN, _PUK = 0x80, 0x81
_NEW_ONLY = 0x02
_PADDING = 0xFF
_REFERENCE_LENGTH = 8
_VERSION = bytes((1, 0, 0))
"""Answer to GET VERSION (INS FD), which yubico-piv-tool asks for."""
_LARGEST_OBJECT = 0x5000
_OBJECT_TAGS = range(0x5FC101, 0x5FC124)
"""Containers of SP 800-73-5 part 1, table 3, the retired keys' included."""


class PivApplication:
    """The application with its volatile security state over a :class:`CardMemory`."""

    aid = AID
    proprietary = False

    def __init__(
        self,
        memory: CardMemory,
        random: Callable[[int], bytes] = os.urandom,
        match: FingerMatch | None = None,
    ) -> None:
        self._memory = memory
        self._match = match or FingerMatch()
        self._keys = PivKeys(memory, random)
        self._commands: dict[int, Callable[[CommandApdu], ResponseApdu]] = {
            0x20: self._verify,
            0x24: self._change_reference_data,
            0x2C: self._reset_retry_counter,
            0x47: self._keys.generate,
            0x87: self._keys.general_authenticate,
            0xCB: self._get_data,
            0xDB: self._put_data,
            0xFD: self._get_version,
        }

    def select(self) -> bytes:
        """The application property template (part 2, 3.1.1)."""
        return tlv(
            0x61,
            tlv(0x4F, AID[5:]),
            tlv(0x79, tlv(0x4F, AID[:5])),
            tlv(0x50, b"Manfadh simulated national ID card"),
        )

    def deselect(self) -> None:
        """PIN and finger are not verified any more, the management key not authenticated."""
        self._keys.forget()
        self._match.forget()

    def process(self, command: CommandApdu) -> ResponseApdu:
        """Answer one command; an unknown instruction is refused with 6D00."""
        handler = self._commands.get(command.ins)
        if handler is None:
            raise Refusal(Status.INS_NOT_SUPPORTED)
        return handler(command)

    def _verify(self, command: CommandApdu) -> ResponseApdu:
        """VERIFY (part 2, 3.2.1): empty asks for the tries left, P1=FF takes the PIN back."""
        if command.p1 not in (0x00, 0xFF):
            raise Refusal(Status.WRONG_P1_P2)
        if command.p2 != _PIN:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if command.p1 == 0xFF:
            if command.data:
                raise Refusal(Status.WRONG_DATA)
            self._keys.pin_forgotten()
            return _done()
        memory = self._memory
        if memory.pin is None:
            raise Refusal(Status.REFERENCE_NOT_USABLE)
        if not command.data:
            if self._keys.pin_verified:
                return _done()
            raise Refusal(tries(memory.pin_tries))
        if len(command.data) != _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        if not _is_pin(command.data):
            raise Refusal(Status.WRONG_DATA)
        self._compare_pin(command.data)
        self._keys.pin_presented()
        return _done()

    def _change_reference_data(self, command: CommandApdu) -> ResponseApdu:
        """CHANGE REFERENCE DATA (part 2, 3.2.2) of PIN or PUK."""
        if command.p2 not in (_PIN, _PUK):
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if command.p1 == 0x01:
            return self._set_first_pin(command)
        if command.p1 != 0x00:
            raise Refusal(Status.WRONG_P1_P2)
        if len(command.data) != 2 * _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        old, new = command.data[:_REFERENCE_LENGTH], bytes(command.data[_REFERENCE_LENGTH:])
        memory = self._memory
        if command.p2 == _PUK:
            if not _is_puk(new):
                raise Refusal(Status.WRONG_DATA)
            self._compare_puk(old)
            memory.puk = new
            memory.save()
            return _done()
        if memory.pin is None:
            raise Refusal(Status.REFERENCE_NOT_USABLE)
        if not _is_pin(new) or not _is_pin(old):
            raise Refusal(Status.WRONG_DATA)
        self._compare_pin(old)
        memory.pin = new
        memory.save()
        self._keys.pin_presented()
        return _done()

    def _set_first_pin(self, command: CommandApdu) -> ResponseApdu:
        """The cardholder's own PIN on a card in transport state, behind the management key."""
        memory = self._memory
        if command.p2 != _PIN or memory.pin is not None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        if not self._keys.manager_authenticated:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        if len(command.data) != _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        if not _is_pin(command.data):
            raise Refusal(Status.WRONG_DATA)
        memory.pin, memory.pin_tries = bytes(command.data), TRIES
        memory.save()
        return _done()

    def _reset_retry_counter(self, command: CommandApdu) -> ResponseApdu:
        """RESET RETRY COUNTER (part 2, 3.2.3): PUK or finger set a new PIN and its tries."""
        if command.p1 not in (0x00, _NEW_ONLY) or (command.p1 and self._memory.finger is None):
            raise Refusal(Status.WRONG_P1_P2)
        if command.p2 != _PIN:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if command.p1 == _NEW_ONLY:
            return self._reset_after_match(command)
        if len(command.data) != 2 * _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        puk, new = command.data[:_REFERENCE_LENGTH], bytes(command.data[_REFERENCE_LENGTH:])
        if not _is_pin(new):
            raise Refusal(Status.WRONG_DATA)
        self._compare_puk(puk)
        return self._set_pin(new)

    def _reset_after_match(self, command: CommandApdu) -> ResponseApdu:
        """The same after the finger was matched, once; a card without a PIN gets none this way."""
        self._match.require()
        if self._memory.pin is None:
            raise Refusal(Status.REFERENCE_NOT_USABLE)
        if len(command.data) != _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        if not _is_pin(command.data):
            raise Refusal(Status.WRONG_DATA)
        self._match.forget()
        return self._set_pin(bytes(command.data))

    def _set_pin(self, new: bytes) -> ResponseApdu:
        self._memory.pin, self._memory.pin_tries = new, TRIES
        self._memory.save()
        self._keys.pin_forgotten()
        return _done()

    def _compare_pin(self, presented: bytes | bytearray) -> None:
        """Count the try, then compare: pulling the card at the right moment gains nothing."""
        memory = self._memory
        if memory.pin_tries == 0:
            self._keys.pin_forgotten()
            raise Refusal(Status.BLOCKED)
        memory.pin_tries -= 1
        memory.save()
        if memory.pin is None or not hmac.compare_digest(bytes(presented), memory.pin):
            self._keys.pin_forgotten()
            raise Refusal(tries(memory.pin_tries))
        memory.pin_tries = TRIES
        memory.save()

    def _compare_puk(self, presented: bytes | bytearray) -> None:
        memory = self._memory
        if memory.puk_tries == 0:
            raise Refusal(Status.BLOCKED)
        memory.puk_tries -= 1
        memory.save()
        if not hmac.compare_digest(bytes(presented), memory.puk):
            raise Refusal(tries(memory.puk_tries))
        memory.puk_tries = TRIES
        memory.save()

    def _get_data(self, command: CommandApdu) -> ResponseApdu:
        """GET DATA (part 2, 3.1.2): the object inside tag 53, the discovery object bare."""
        if (command.p1, command.p2) != (0x3F, 0xFF):
            raise Refusal(Status.WRONG_P1_P2)
        tag = _tag_list(_objects(command))
        if tag == DISCOVERY:
            return ResponseApdu(discovery_object(), Status.OK)
        if tag in PIN_PROTECTED and not self._keys.pin_verified:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        value = self._memory.objects.get(tag)
        if value is None:
            raise Refusal(Status.NOT_FOUND)
        return ResponseApdu(tlv(0x53, value), Status.OK)

    def _put_data(self, command: CommandApdu) -> ResponseApdu:
        """PUT DATA (part 2, 3.3.1) behind the management key; an empty 53 removes the object."""
        if (command.p1, command.p2) != (0x3F, 0xFF):
            raise Refusal(Status.WRONG_P1_P2)
        if not self._keys.manager_authenticated:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        objects = _objects(command)
        tag = _tag_list(objects[:1])
        if len(objects) != 2 or objects[1][0] != 0x53:
            raise Refusal(Status.WRONG_DATA)
        if tag not in _OBJECT_TAGS:
            raise Refusal(Status.NOT_FOUND)
        value = objects[1][1]
        if len(value) > _LARGEST_OBJECT:
            raise Refusal(Status.NO_MEMORY)
        if value:
            self._memory.objects[tag] = value
        else:
            self._memory.objects.pop(tag, None)
        self._memory.save()
        return _done()

    def _get_version(self, command: CommandApdu) -> ResponseApdu:
        """GET VERSION, which other vendors' tools ask for; not part of the standard."""
        if command.p1 or command.p2:
            raise Refusal(Status.WRONG_P1_P2)
        return ResponseApdu(_VERSION, Status.OK)


def _objects(command: CommandApdu) -> list[tuple[int, bytes]]:
    try:
        return parse(bytes(command.data))
    except MalformedTlv as error:
        raise Refusal(Status.WRONG_DATA) from error


def _tag_list(objects: list[tuple[int, bytes]]) -> int:
    """The tag that the tag list 5C asks for."""
    if len(objects) != 1 or objects[0][0] != 0x5C or not 1 <= len(objects[0][1]) <= 3:
        raise Refusal(Status.WRONG_DATA)
    return int.from_bytes(objects[0][1], "big")


def _is_pin(reference: bytes | bytearray) -> bool:
    """Six to eight digits, filled with FF (part 1, 2.4.3)."""
    digits = bytes(reference).rstrip(bytes((_PADDING,)))
    return 6 <= len(digits) <= _REFERENCE_LENGTH and digits.isdigit()


def _is_puk(reference: bytes) -> bool:
    """Eight bytes of any value but the padding (part 1, 2.4.3)."""
    return len(reference) == _REFERENCE_LENGTH and _PADDING not in reference


def _done() -> ResponseApdu:
    return ResponseApdu(b"", Status.OK)
