"""A PIV card of another maker: the simulated application and chip with that maker's habits."""

from __future__ import annotations

import os
from collections.abc import Callable

from cardreader.apdu import CommandApdu, Protocol7816, ResponseApdu
from cardreader.simulator.ber import MalformedTlv, parse, tlv
from cardreader.simulator.card import SimulatedCard
from cardreader.simulator.issuer import CardKey
from cardreader.simulator.makers import Absent, Habits, Maker, Metadata
from cardreader.simulator.piv import PivApplication
from cardreader.simulator.piv_keys import algorithm_of
from cardreader.simulator.piv_objects import AID, CCC, CHUID
from cardreader.simulator.state import CardMemory, padded
from cardreader.simulator.status import Refusal, Status

MAKERS_KEY = bytes(range(1, 9)) * 3
"""The management key with which general PIV cards are delivered, for triple DES and AES-192."""
ISSUERS_KEY = bytes.fromhex("6B1D94E2075CA83F41F60E9D2B7788C5D31A5F60429BEC17")
"""The key of cards that can be given none later: whoever prepared them has given them this one."""
MAKERS_PIN, MAKERS_PUK = "123456", "12345678"

_SELECT, _VERIFY, _CHANGE, _AUTHENTICATE = 0xA4, 0x20, 0x24, 0x87
_PIN, _PUK, _MANAGEMENT = 0x80, 0x81, 0x9B


def delivered(maker: Maker) -> CardMemory:
    """The memory of such a card as it comes from its maker: no key, no certificate."""
    habits = maker.habits
    objects = {CHUID: habits.chuid, CCC: habits.ccc}
    return CardMemory(
        pin=padded(MAKERS_PIN),
        pin_tries=habits.pin_tries,
        puk=padded(MAKERS_PUK),
        puk_tries=3,
        management_algorithm=habits.management_algorithm,
        management_key=delivered_key(maker),
        objects={tag: value for tag, value in objects.items() if value is not None},
    )


def delivered_key(maker: Maker) -> bytes:
    """The management key that such a card has when it reaches the office."""
    return MAKERS_KEY if maker.habits.sets_management_key else ISSUERS_KEY


class MakersPiv(PivApplication):
    """The simulated PIV application with the habits of a maker."""

    def __init__(
        self, memory: CardMemory, habits: Habits, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        super().__init__(memory, random)
        self.aid = habits.aid
        self._habits = habits
        self.imported: set[int] = set()
        """Keys that were put onto the card; what GET METADATA tells of their origin."""

    def select(self) -> bytes:
        """The application property template with a list of algorithms and a label, in no order."""
        if self._habits.reselect_forgets:
            self.deselect()
        return tlv(
            0x61,
            tlv(0x4F, AID)
            + tlv(0x50, b"PIV")
            + tlv(0xAC, tlv(0x80, b"\x03") + tlv(0x80, b"\x07") + tlv(0x06))
            + tlv(0x79, tlv(0x4F, AID[:5])),
        )

    def process(self, command: CommandApdu) -> ResponseApdu:
        """Answer one command as this card would."""
        if self._habits.signs_right_after_verify_only and command.ins not in (
            _VERIFY,
            _AUTHENTICATE,
        ):
            self._keys.relock()
        match command.ins:
            case 0xF7:
                return self._metadata(command.p2)
            case 0xFF if self._habits.sets_management_key:
                return self._keys.set_management_key(command)
            case 0xF8:
                return _told(self._habits.serial)
            case 0xFD:
                return _told(self._habits.version)
            case 0x20 if not command.data and command.p1 == 0x00:
                return self._empty_verify(command)
            case 0x20 | 0x24 | 0x2C:
                return self._with_pin(command)
            case 0x47:
                return self._generate(command)
            case 0x87:
                return self._authenticate(command)
            case 0xCB:
                return self._object(command)
            case _:
                return super().process(command)

    def _empty_verify(self, command: CommandApdu) -> ResponseApdu:
        if self._habits.empty_verify is not None:
            raise Refusal(self._habits.empty_verify)
        if self._memory.pin_tries == 0:
            raise Refusal(self._habits.when_blocked)
        return super().process(command)

    def _with_pin(self, command: CommandApdu) -> ResponseApdu:
        habits, memory = self._habits, self._memory
        was_verified = self._keys.pin_verified
        try:
            answer = super().process(command)
        except Refusal as refused:
            sw = refused.sw
            if sw == Status.BLOCKED or (sw == 0x63C0 and habits.last_wrong_is_blocked):
                sw = habits.when_blocked
            elif sw >> 4 == 0x63C and command.ins == _CHANGE and habits.wrong_old_pin is not None:
                sw, self._keys.pin_verified = habits.wrong_old_pin, was_verified
            raise Refusal(sw) from None
        if command.data and command.p2 == _PIN:
            # The right PIN or PUK has just given the PIN all its tries: as many as it has here.
            memory.pin_tries = habits.pin_tries
        return answer

    def _object(self, command: CommandApdu) -> ResponseApdu:
        try:
            return super().process(command)
        except Refusal as refused:
            if refused.sw != Status.NOT_FOUND or self._habits.absent is Absent.NOT_FOUND:
                raise
            empty = tlv(0x53) if self._habits.absent is Absent.EMPTY else b""
            return ResponseApdu(empty, Status.OK)

    def _generate(self, command: CommandApdu) -> ResponseApdu:
        kind = _inside(bytes(command.data), 0xAC, 0x80)
        if self._keys.manager_authenticated and (not kind or kind[0] not in self._habits.makes):
            raise Refusal(self._habits.wrong_kind)
        answer = super().process(command)
        self.imported.discard(command.p2)
        if not self._habits.long_lengths:
            return answer
        return ResponseApdu(_with_long_lengths(answer.data), answer.sw)

    def _authenticate(self, command: CommandApdu) -> ResponseApdu:
        if command.p2 != _MANAGEMENT:
            answer = super().process(command)
            refusal = self._habits.cannot_sign_with.get(command.p1)
            if refusal is not None:
                raise Refusal(refusal)
            return answer
        fields = dict(_parts(_inside(bytes(command.data), 0x7C)))
        if fields.get(0x80) and 0x81 in fields:
            asks = self._habits.asks_for_response
            if asks is not None and asks is not (0x82 in fields):
                raise Refusal(self._habits.wrong_manager)
        try:
            return super().process(command)
        except Refusal as refused:
            if refused.sw in (Status.SECURITY_NOT_SATISFIED, Status.CONDITIONS_NOT_SATISFIED):
                raise Refusal(self._habits.wrong_manager) from None
            raise

    def _metadata(self, reference: int) -> ResponseApdu:
        style = self._habits.metadata
        if style is Metadata.NONE:
            raise Refusal(Status.INS_NOT_SUPPORTED)
        if style is Metadata.NOTHING:
            return ResponseApdu(b"", Status.OK)
        memory = self._memory
        if reference == _PIN:
            is_default = bytes((memory.pin == padded(MAKERS_PIN),))
            tries = bytes((self._habits.pin_tries, memory.pin_tries))
            return ResponseApdu(tlv(0x05, is_default) + tlv(0x06, tries), Status.OK)
        if reference == _PUK:
            is_default = bytes((memory.puk == padded(MAKERS_PUK),))
            return ResponseApdu(tlv(0x05, is_default) + tlv(0x06, b"\x03\x03"), Status.OK)
        zero_based = style is Metadata.ZERO_BASED
        origin = bytes(((reference in self.imported) + (not zero_based),))
        if reference == _MANAGEMENT:
            told = tlv(0x01, bytes((memory.management_algorithm,))) + tlv(0x02, b"\x00\x01")
            told += tlv(0x05, bytes((memory.management_key == MAKERS_KEY,)))
            return ResponseApdu(told + (tlv(0x03, origin) if zero_based else b""), Status.OK)
        key = memory.keys.get(reference)
        if key is None:
            if zero_based:
                return ResponseApdu(tlv(0x02, b"\x02\x01") + tlv(0x03, origin), Status.OK)
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        kind = tlv(0x01, bytes((algorithm_of(key),)))
        public = tlv(0x04, self._keys.public(reference))
        return ResponseApdu(kind + tlv(0x02, b"\x02\x01") + tlv(0x03, origin) + public, Status.OK)

    def import_key(self, reference: int, key: CardKey) -> None:
        """What IMPORT ASYMMETRIC KEY does on such cards: a key from outside, marked as that."""
        self._memory.keys[reference] = key
        self.imported.add(reference)


class MakersCard:
    """The chip around it; see :class:`~cardreader.simulator.card.InsertableCard`."""

    def __init__(
        self,
        maker: Maker,
        memory: CardMemory | None = None,
        protocol: Protocol7816 = Protocol7816.T1,
    ) -> None:
        self._habits = maker.habits
        self.memory = delivered(maker) if memory is None else memory
        self.piv = MakersPiv(self.memory, self._habits)
        self._chip = SimulatedCard([self.piv], self._habits.atr, protocol=protocol)
        self._largest = self._habits.largest_reply if protocol is Protocol7816.T1 else 256
        self._selected = False

    @property
    def atr(self) -> bytes | None:
        """The answer to reset."""
        return self._chip.atr

    @property
    def protocol(self) -> Protocol7816:
        """What it speaks."""
        return self._chip.protocol

    @property
    def is_mute(self) -> bool:
        """It always answers."""
        return False

    @property
    def is_powered(self) -> bool:
        """Whether the chip has power."""
        return self._chip.is_powered

    def power_on(self) -> bytes:
        """Apply power and return the ATR."""
        self._selected = False
        return self._chip.power_on()

    def power_off(self) -> None:
        """Remove power."""
        self._selected = False
        self._chip.power_off()

    def transmit(self, raw: bytes | bytearray) -> bytes:
        """Answer one command within the limits of this card."""
        habits = self._habits
        if not habits.extended and len(raw) > 5 and raw[4] == 0:
            return int(Status.WRONG_LENGTH).to_bytes(2, "big")
        if raw[1] == _SELECT and raw[2] == 0x04:
            wanted = bytes(raw[5 : 5 + raw[4]]) if len(raw) > 5 else b""
            found = habits.aid == wanted or (
                not habits.whole_aid_only and len(wanted) >= 5 and habits.aid.startswith(wanted)
            )
            if not found:
                goes_on = self._selected and habits.select_goes_to_selected
                refusal = Status.INS_NOT_SUPPORTED if goes_on else Status.NOT_FOUND
                return int(refusal).to_bytes(2, "big")
            self._selected = True
        reply = self._chip.transmit(_asking_for(raw, self._largest))
        if self._largest < 256 and reply[-2:] == b"\x61\x00":
            return reply[:-2] + bytes((0x61, self._largest))
        return reply


def _asking_for(raw: bytes | bytearray, largest: int) -> bytes:
    """The command with its Le, when it is short and the greatest, made ``largest``."""
    command = bytes(raw)
    if largest >= 256:
        return command
    has_le = len(command) == 5 or (len(command) > 6 and len(command) == 6 + command[4])
    if has_le and command[-1] == 0:
        return command[:-1] + bytes((largest,))
    if len(command) > 5 and len(command) == 5 + command[4] and not command[0] & 0x10:
        return command + bytes((largest,))
    return command


def _told(value: bytes | None) -> ResponseApdu:
    if value is None:
        raise Refusal(Status.INS_NOT_SUPPORTED)
    return ResponseApdu(value, Status.OK)


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    try:
        return parse(data)
    except MalformedTlv as error:
        raise Refusal(Status.WRONG_DATA) from error


def _inside(data: bytes, *path: int) -> bytes:
    for tag in path:
        data = dict(_parts(data)).get(tag, b"")
    return data


def _with_long_lengths(template: bytes) -> bytes:
    """Tag 7F49 and what is in it with every length as 82 and two bytes."""

    def long(tag: int, value: bytes) -> bytes:
        return tag.to_bytes(2 if tag > 0xFF else 1, "big") + b"\x82" + len(value).to_bytes(2, "big")

    ((outer, content),) = _parts(template)
    inner = b"".join(long(tag, value) + value for tag, value in _parts(content))
    return long(outer, inner) + inner
