"""Blank PIV cards of another maker, with their habits, and the office that knows them."""

from __future__ import annotations

from dataclasses import replace

from cardreader.apdu import CardConnection, CommandApdu, Protocol7816, ResponseApdu
from cardreader.authority import ManagementAlgorithm
from cardreader.simulator import READER, KeyType, SimulatedCard, SimulatedReaders
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.piv import PivApplication
from cardreader.simulator.state import CardMemory, padded
from cardreader.simulator.status import Refusal, Status
from tests.cardreader.activating import NEW

VENDOR_KEY = bytes(range(1, 9)) * 3


class VendorApplication(PivApplication):
    """A PIV application with no object at all, its maker's PIN, and a number of its own."""

    def __init__(
        self, memory: CardMemory, *, metadata: bool = False, insists_on_82: bool = False
    ) -> None:
        super().__init__(memory)
        self._metadata, self._insists = metadata, insists_on_82
        self.commands: list[int] = []

    def process(self, command: CommandApdu) -> ResponseApdu:
        self.commands.append(command.ins)
        if command.ins == 0xF8:
            return ResponseApdu(bytes.fromhex("00BC614E"), Status.OK)
        if command.ins == 0xF7 and self._metadata and command.p2 == 0x80:
            default = self._memory.pin == padded("123456")
            return ResponseApdu(bytes((0x05, 0x01, default)), Status.OK)
        if command.ins == 0x87 and command.p2 == 0x9B and self._insists:
            data = bytes(command.data)
            if b"\x81" in data and not data.endswith(b"\x82\x00"):
                raise Refusal(Status.WRONG_DATA)
        if command.ins == 0x47 and b"\x80\x01\x14" in bytes(command.data):
            raise Refusal(Status.WRONG_DATA)
        if command.ins == 0xFF:
            return self._keys.set_management_key(command)
        return super().process(command)


def vendor_memory(
    algorithm: ManagementAlgorithm = ManagementAlgorithm.TRIPLE_DES, key: bytes = VENDOR_KEY
) -> CardMemory:
    return CardMemory(padded("123456"), 5, b"12345678", 3, algorithm, key)


def vendor_authority(
    algorithm: ManagementAlgorithm = ManagementAlgorithm.TRIPLE_DES,
    key: bytes = VENDOR_KEY,
    kind: KeyType = KeyType.P_256,
) -> SimulatedAuthority:
    office = SimulatedAuthority()
    holder = replace(NEW, authentication_key=kind, signature_key=kind)
    office.register(holder, "00BC614E", algorithm, key)
    return office


def insert_vendor_card(readers: SimulatedReaders, memory: CardMemory, **quirks: bool) -> None:
    application = VendorApplication(memory, **quirks)
    readers.insert_card(
        SimulatedCard([application], bytes.fromhex("3B80018081"), protocol=Protocol7816.T0)
    )


def inserted(memory: CardMemory, **quirks: bool) -> CardConnection:
    readers = SimulatedReaders()
    insert_vendor_card(readers, memory, **quirks)
    return readers.connect(READER)
