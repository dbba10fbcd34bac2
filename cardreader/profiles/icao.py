"""The eMRTD application as files: EF.SOD and the data groups (ICAO Doc 9303-10, clause 3).

Over contacts the national application is read without BAC or PACE. EF.COM is not read: since LDS
1.8 the list of data groups that counts is the signed one in EF.SOD, and every command is 50 ms.
"""

from __future__ import annotations

import enum

from cardreader import tlv
from cardreader.apdu import CommandApdu
from cardreader.channel import MAX_FILE_EXCHANGES, CardChannel
from cardreader.errors import CardProtocolError, CommandRefused

AID = bytes.fromhex("A0000002471001")

MAX_FILE = 0x1_0000
"""Longest file that is read, in bytes: a portrait is 10 to 20 KiB."""

_OFFSET_OUTSIDE = 0x6B00
_SHORT_OFFSETS = 0x8000
_ODD_OVERHEAD = 4


class ElementaryFile(enum.IntEnum):
    """The files, by file identifier; the short identifier is the low five bits (table 37)."""

    SOD = 0x011D
    DG1 = 0x0101
    DG2 = 0x0102
    DG11 = 0x010B
    DG13 = 0x010D


_USUAL_LENGTH = {ElementaryFile.DG1: 95}
"""Bytes of a file that is mostly as long as that: three lines of 30 in two tags (Doc 9303-10,
4.7.1). Asked for exactly, it comes at once also under T=0; of a longer one the rest is read on."""


class IcaoApplication:
    """The eMRTD application behind one channel."""

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel
        self._short_identifiers = True

    def select(self) -> None:
        """SELECT by AID (Doc 9303-10, 3.6.1).

        Raises :class:`~cardreader.errors.CommandRefused` when the card does not have it.
        """
        self._channel.send(CommandApdu(0x00, 0xA4, 0x04, 0x0C, AID))

    def read(self, file: ElementaryFile) -> bytes:
        """The whole file: exactly the data object that it starts with, outer tag included.

        Raises :class:`~cardreader.errors.ObjectNotFound` when it is not on the card and
        :class:`~cardreader.errors.CardProtocolError` when it is cut off or too long.
        """
        limit = self._channel.exchanges + MAX_FILE_EXCHANGES
        start = self._read_start(file)
        total = tlv.header(start).total_length
        if total > MAX_FILE:
            raise CardProtocolError("a file is too long")
        content = bytearray(start[:total])
        while len(content) < total:
            wanted = min(self._channel.max_read, total - len(content))
            # 6282 ("end of file before Le bytes") arrives here as a short chunk; some cards also
            # send more than was asked.
            try:
                chunk = self._read_binary(len(content), wanted)[:wanted]
            except CommandRefused as refused:
                if refused.sw != _OFFSET_OUTSIDE:
                    raise
                chunk = b""
            if not chunk:
                raise CardProtocolError("a file ends before its own length")
            content += chunk
            if self._channel.exchanges > limit:
                raise CardProtocolError("a file comes in too many pieces")
        return bytes(content)

    def _read_start(self, file: ElementaryFile) -> bytes:
        """READ BINARY with a short identifier selects and reads at once (Doc 9303-10, 3.6.3)."""
        if self._short_identifiers:
            wanted = _USUAL_LENGTH.get(file, self._channel.max_read)
            try:
                command = CommandApdu(0x00, 0xB0, 0x80 | file & 0x1F, 0x00, le=wanted)
                return self._channel.send(command).data
            except CommandRefused:
                # Either the file is not there or the card has no short identifiers; SELECT tells
                # which, and if it is the latter it is not tried again.
                self._select_file(file)
                self._short_identifiers = False
        else:
            self._select_file(file)
        return self._read_binary(0, self._channel.max_read)

    def _select_file(self, file: ElementaryFile) -> None:
        identifier = file.to_bytes(2, "big")
        self._channel.send(CommandApdu(0x00, 0xA4, 0x02, 0x0C, identifier))

    def _read_binary(self, offset: int, length: int) -> bytes:
        """READ BINARY of the current file (ISO/IEC 7816-4:2020, 11.3.3).

        Offsets of 32 KiB and more do not fit P1-P2: the odd instruction takes them in tag 54 and
        wraps the answer in tag 53.
        """
        if offset < _SHORT_OFFSETS:
            command = CommandApdu(0x00, 0xB0, offset >> 8, offset & 0xFF, le=length)
            return self._channel.send(command).data
        wrapped = min(length + _ODD_OVERHEAD, self._channel.max_read)
        request = tlv.build(0x54, offset.to_bytes(2, "big"))
        answer = self._channel.send(CommandApdu(0x00, 0xB1, 0x00, 0x00, request, wrapped))
        return tlv.require(answer.data, 0x53)
