"""From commands to bytes and back: the pipeline between a card profile and a connection.

A profile says what it wants (:class:`~cardreader.apdu.CommandApdu`); the channel makes the card
answer it whatever the protocol: T=0 formatting, ``61xx``, ``6Cxx``, command chaining, extended
lengths where the card has them, and status words as typed errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import structlog

from cardreader.apdu import (
    EXTENDED_MAX,
    SHORT_MAX,
    CardConnection,
    CommandApdu,
    Protocol7816,
    ResponseApdu,
)
from cardreader.atr import allows_extended_length
from cardreader.errors import (
    CardError,
    CardProtocolError,
    CommandRefused,
    ObjectNotFound,
    PinBlocked,
    SecurityStatusNotSatisfied,
)
from cardreader.tlv import MAX_LENGTH

SUCCESS = 0x9000
MAX_EXCHANGES = 128
"""Most exchanges for one command: 32 KiB at full blocks. A card that answers 61xx for every single
byte would otherwise keep the terminal busy for minutes."""

MAX_FILE_EXCHANGES = 512
"""Most exchanges for one file: 64 KiB in blocks half as large as they may be. A card that gives one
byte at a time would keep the terminal busy for an hour."""

_WRONG_LENGTH = 0x6700
_CHAINING = 0x10
_GET_RESPONSE = 0xC0
_EXTENDED_CHUNK = 0x1000
_WITH_PIN = frozenset({0x20, 0x24, 0x2A, 0x2C, 0x87})
"""VERIFY, CHANGE, RESET, and the signatures that want a PIN: there 6983 is about the PIN."""
_NOT_FOUND = frozenset({0x6A82, 0x6A83, 0x6A88})

_log = structlog.get_logger()


def raise_for_status(ins: int, sw: int) -> None:
    """Raise what ``sw`` means, or return: 9000 and the warnings 62xx and 63xx are answers.

    Source: ISO/IEC 7816-4:2020, clause 5.6, tables 6 and 7.
    """
    if sw == SUCCESS or sw >> 8 in (0x62, 0x63):
        return
    if sw in _NOT_FOUND:
        raise ObjectNotFound(ins, sw)
    if sw == 0x6982:
        raise SecurityStatusNotSatisfied(ins, sw)
    if sw == 0x6983 and ins in _WITH_PIN:
        raise PinBlocked
    raise CommandRefused(ins, sw)


class CardChannel:
    """Sends commands over one connection. As single-threaded as the connection is.

    ``exchanges`` counts what really went over the wire: on a contact card each is about 50 ms.
    """

    def __init__(self, connection: CardConnection) -> None:
        self.exchanges = 0
        self._connection = connection
        self._t0 = connection.protocol is Protocol7816.T0
        self._extended = not self._t0 and allows_extended_length(connection.atr)

    @property
    def max_read(self) -> int:
        """The largest ``le`` that is sensible to ask of this card, in bytes."""
        return _EXTENDED_CHUNK if self._extended else SHORT_MAX + 1

    def send(self, command: CommandApdu, *, enough: int | None = None) -> ResponseApdu:
        """Send ``command`` and collect the whole answer, or ``enough`` bytes and what came along.

        With ``enough`` an answer in several parts is left unread once that many bytes are there:
        the card drops the rest at the next command, and each part saved is a round trip.

        Returns 9000 and warnings (62xx, 63xx); any other status word raises
        :class:`~cardreader.errors.CommandRefused` or what describes it better. A reply that cannot
        be understood raises :class:`~cardreader.errors.CardProtocolError`. The answer may be longer
        than ``le``: some cards send more than was asked, and only the caller knows what to make of
        it. Every buffer that held the encoded command is overwritten.
        """
        try:
            return self._send(command, enough)
        except CommandRefused as refused:
            if refused.sw != _WRONG_LENGTH or not (self._extended and command.is_extended):
                raise
        # The ATR speaks for the chip; one of its applications may still know short lengths only.
        # No command with a PIN is as long as that: none is sent twice.
        self._extended = False
        return self._send(command, enough)

    def _send(self, command: CommandApdu, enough: int | None) -> ResponseApdu:
        limit = self.exchanges + MAX_EXCHANGES
        response = ResponseApdu(b"", SUCCESS)
        for link, block in self._chain(command):
            try:
                response = self._collect(link, limit, enough)
            finally:
                wipe(block)
            try:
                raise_for_status(command.ins, response.sw)
            except CardError:
                _log.info("card.command_refused", ins=f"{command.ins:02X}", sw=f"{response.sw:04X}")
                raise
            if link.cla & _CHAINING and response.sw != SUCCESS:
                # A warning in mid-chain (63Cx, say) ends the command: no further block is sent.
                break
        return response

    def _chain(self, command: CommandApdu) -> Iterator[tuple[CommandApdu, bytearray]]:
        """Cut data that is too long for one command (ISO/IEC 7816-4:2020, clause 5.3.3).

        Yields each block and the copied data in it, which is wiped after sending; nothing is copied
        for a command that needs no cutting.
        """
        limit = EXTENDED_MAX if self._extended else SHORT_MAX
        if not self._extended and (command.le or 0) > SHORT_MAX + 1:
            command = replace(command, le=SHORT_MAX + 1)
        if len(command.data) <= limit:
            yield command, bytearray()
            return
        remaining = memoryview(command.data)
        while len(remaining) > limit:
            block = bytearray(remaining[:limit])
            yield replace(command, cla=command.cla | _CHAINING, data=block, le=None), block
            remaining = remaining[limit:]
        block = bytearray(remaining)
        yield replace(command, data=block), block

    def _collect(self, command: CommandApdu, limit: int, enough: int | None) -> ResponseApdu:
        """One block of a chain, with every 61xx followed and every 6Cxx obeyed."""
        collected = bytearray()
        response = self._exchange(command, limit)
        while True:
            status_1, status_2 = response.sw >> 8, response.sw & 0xFF
            if status_1 == 0x6C and self._may_correct(command, status_2):
                command = replace(command, le=status_2 or SHORT_MAX + 1)
                response = self._exchange(command, limit)
                continue
            collected += response.data
            if len(collected) > MAX_LENGTH:
                raise CardProtocolError("the card sends without end")
            if status_1 == 0x61 and enough is not None and len(collected) >= enough:
                return ResponseApdu(bytes(collected), SUCCESS)
            if status_1 != 0x61:
                return ResponseApdu(bytes(collected), response.sw)
            command = CommandApdu(
                command.cla & ~_CHAINING, _GET_RESPONSE, 0, 0, le=status_2 or SHORT_MAX + 1
            )
            response = self._exchange(command, limit)

    def _may_correct(self, command: CommandApdu, le: int) -> bool:
        """Whether 6Cxx ("wrong Le, nothing done yet") can be obeyed by asking again with ``le``.

        Only when the next attempt differs on the wire: without an Le there is nothing to correct,
        and sending a PIN again by machine is out of the question.
        """
        if command.le is None or (self._t0 and command.data):
            return False
        return command.le != (le or SHORT_MAX + 1)

    def _exchange(self, command: CommandApdu, limit: int) -> ResponseApdu:
        if self.exchanges >= limit:
            raise CardProtocolError("the card needs too many exchanges for one command")
        self.exchanges += 1
        encoded = command.encode_for_t0() if self._t0 else command.encode()
        try:
            reply = self._connection.transmit(encoded)
        finally:
            wipe(encoded)
        if len(reply) < 2:
            raise CardProtocolError("the reply has no status word")
        longest = EXTENDED_MAX + 1 if self._extended else SHORT_MAX + 1
        if len(reply) - 2 > longest:
            raise CardProtocolError("the reply is longer than the protocol allows")
        sw = int.from_bytes(reply[-2:], "big")
        if not 0x6100 <= sw <= 0x6FFF and sw >> 12 != 9:
            raise CardProtocolError("the status word is none (ISO/IEC 7816-3, 10.3.3)")
        return ResponseApdu(bytes(reply[:-2]), sw)


def wipe(secret: bytearray) -> None:
    """Overwrite ``secret`` in place; its length stays."""
    secret[:] = bytes(len(secret))
