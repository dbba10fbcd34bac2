"""A PIN entered on the reader's own keys (PC/SC part 10 v2.02.09): it never reaches this machine.

The reader is given the VERIFY command with an empty PIN block and puts the digits in. Only VERIFY
is offered: a new PIN has to be checked against the policy (:func:`~cardreader.pin.pin_weakness`),
and one that was entered at the reader cannot be.

No reader with keys was at hand when this was written. What is proven is the structure, byte by
byte, against a reader made of it (``tests/cardreader/test_pinpad.py``), and that readers without
keys are recognised as such by the real pcscd.
"""

from __future__ import annotations

import enum
import struct
from typing import Protocol

from cardreader.errors import CardProtocolError, CardTimeout, PinEntryCancelled
from cardreader.national_id import NationalIdCard
from cardreader.pin import PIN_LENGTH, MalformedPin

ENTRY_SECONDS = 30
"""How long the reader waits for the first digit, and again from then on."""

_VERIFY_PIN_DIRECT = 0x06
"""FEATURE_VERIFY_PIN_DIRECT (2.3)."""
_FEATURE_LENGTH = 6
_ASCII_FROM_FIRST_BYTE = 0x82
"""bmFormatString: units are bytes, PIN at offset 0 of the data, left justified, ASCII (2.5.2)."""
_NO_LENGTH_IN_BLOCK = 0x00
_ON_VALIDATION_KEY = 0x02
_NO_MESSAGE = 0x00
_ENGLISH = 0x0409
"""Readers with a display know few languages; without a message it is not used."""


class PadConnection(Protocol):
    """A connection to a reader that can be asked for more than to pass commands on."""

    def features(self) -> bytes:
        """The answer to CM_IOCTL_GET_FEATURE_REQUEST (2.2); empty when the reader gives none."""

    def control(self, code: int, data: bytes, timeout: float) -> bytes:
        """SCardControl: the reader's answer within ``timeout`` seconds."""


class NoPinPad(Exception):
    """The reader has no keys of its own."""


class _PadStatus(enum.IntEnum):
    """Status words that come from the reader and not from the card (2.5.4)."""

    TIMEOUT = 0x6400
    CANCELLED = 0x6401
    LENGTH = 0x6403


def has_pin_pad(connection: PadConnection) -> bool:
    """Whether the reader takes a PIN on its own keys."""
    return _control_code(connection) is not None


def verify_on_pad(connection: PadConnection, card: NationalIdCard) -> None:
    """Have the cardholder enter the PIN at the reader, and present it once.

    Raises :class:`NoPinPad`, :class:`~cardreader.errors.PinEntryCancelled`,
    :class:`~cardreader.errors.CardTimeout` (nobody entered it),
    :class:`~cardreader.pin.MalformedPin`, :class:`~cardreader.errors.PinWrong`,
    :class:`~cardreader.errors.PinBlocked`, and what proves that the card is genuine.
    """
    code = _control_code(connection)
    if code is None:
        raise NoPinPad("the reader has no keys for a PIN")
    pin = card.pin_reference()
    block = verify_block(pin.verify_header(), pin.length, pin.filler)
    # Both waits of the reader, and some time for the card.
    reply = connection.control(code, block, 2 * ENTRY_SECONDS + 10.0)
    if len(reply) != 2:
        raise CardProtocolError("the reader's answer has no status word")
    match status := int.from_bytes(reply, "big"):
        case _PadStatus.TIMEOUT:
            raise CardTimeout("no PIN was entered at the reader")
        case _PadStatus.CANCELLED:
            raise PinEntryCancelled("the entry was cancelled at the reader")
        case _PadStatus.LENGTH:
            raise MalformedPin
        case _:
            pin.take_answer(status)


def verify_block(header: bytes, length: int, filler: int) -> bytes:
    """PIN_VERIFY_STRUCTURE (2.5.2) with the command: ``header`` and ``length`` bytes of filler.

    Numbers are little-endian, as pcsc-lite's host order is on every machine it is built for here.
    """
    command = header + bytes((length,)) + bytes((filler,)) * length
    return (
        struct.pack(
            "<BBBBBHBBHB3sI",
            ENTRY_SECONDS,
            ENTRY_SECONDS,
            _ASCII_FROM_FIRST_BYTE,
            length,
            _NO_LENGTH_IN_BLOCK,
            PIN_LENGTH << 8 | PIN_LENGTH,
            _ON_VALIDATION_KEY,
            _NO_MESSAGE,
            _ENGLISH,
            0,
            bytes(3),
            len(command),
        )
        + command
    )


def _control_code(connection: PadConnection) -> int | None:
    """Tag, length 4, control code in big-endian order, for each feature (2.2)."""
    answer = connection.features()
    if len(answer) % _FEATURE_LENGTH:
        return None
    for at in range(0, len(answer), _FEATURE_LENGTH):
        tag, length, code = struct.unpack_from(">BBI", answer, at)
        if (tag, length) == (_VERIFY_PIN_DIRECT, 4):
            return int(code)
    return None
