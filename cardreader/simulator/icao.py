"""The identity application over contacts (ICAO Doc 9303-10, section 3): read-only, no BAC.

Doc 9303 asks for access control on the contactless interface; over contacts, with the card in the
holder's own hand and reader, the national application is readable.
"""

from __future__ import annotations

from collections.abc import Mapping

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import tlv
from cardreader.simulator.status import Refusal, Status

AID = bytes.fromhex("A0000002471001")
"""Application identifier of the eMRTD application."""

_SELECT, _READ_BINARY = 0xA4, 0xB0
_EVERYTHING = (256, 0x10000)
"""Le of zeroes: as much as there is, so that the end of the file is no surprise."""


class IcaoApplication:
    """Elementary files by identifier; the last five bits are the short identifier."""

    aid = AID
    proprietary = False

    def __init__(self, files: Mapping[int, bytes]) -> None:
        self._files = files
        self._current: bytes | None = None

    def select(self) -> bytes:
        """No file is current after SELECT. Returns the file control information."""
        self._current = None
        return tlv(0x6F, tlv(0x84, AID))

    def deselect(self) -> None:
        """Forget the current file."""
        self._current = None

    def process(self, command: CommandApdu) -> ResponseApdu:
        """SELECT a file or READ BINARY; anything else is refused with 6D00."""
        if command.ins == _SELECT:
            return self._select_file(command)
        if command.ins == _READ_BINARY:
            return self._read(command)
        raise Refusal(Status.INS_NOT_SUPPORTED)

    def _select_file(self, command: CommandApdu) -> ResponseApdu:
        """By two-byte identifier, below the application (ISO/IEC 7816-4:2020, 11.2.2)."""
        if command.p1 not in (0x00, 0x02) or command.p2 not in (0x00, 0x04, 0x0C):
            raise Refusal(Status.WRONG_P1_P2)
        if len(command.data) != 2:
            raise Refusal(Status.WRONG_LENGTH)
        identifier = int.from_bytes(command.data, "big")
        file = self._files.get(identifier)
        if file is None:
            raise Refusal(Status.NOT_FOUND)
        self._current = file
        if command.p2 == 0x0C:
            return ResponseApdu(b"", Status.OK)
        size = tlv(0x80, len(file).to_bytes(2, "big"))
        template = 0x62 if command.p2 == 0x04 else 0x6F
        return ResponseApdu(
            tlv(template, size, tlv(0x83, identifier.to_bytes(2, "big"))), Status.OK
        )

    def _read(self, command: CommandApdu) -> ResponseApdu:
        """READ BINARY (ISO/IEC 7816-4:2020, 11.3.3), by short identifier or from the current file.

        6282 with what there is when a definite Le reaches past the end; 6B00 at or past the end.
        """
        if command.data:
            raise Refusal(Status.WRONG_LENGTH)
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                raise Refusal(Status.WRONG_P1_P2)
            self._current = self._by_short_identifier(command.p1 & 0x1F)
            offset = command.p2
        else:
            offset = command.p1 << 8 | command.p2
        if self._current is None:
            raise Refusal(Status.NO_CURRENT_FILE)
        if offset >= len(self._current):
            raise Refusal(Status.WRONG_OFFSET)
        expected = command.le or _EVERYTHING[0]
        data = self._current[offset : offset + expected]
        short = len(data) < expected and expected not in _EVERYTHING
        return ResponseApdu(data, Status.END_OF_FILE if short else Status.OK)

    def _by_short_identifier(self, short: int) -> bytes:
        for identifier, file in self._files.items():
            if identifier & 0x1F == short:
                return file
        raise Refusal(Status.NOT_FOUND)
