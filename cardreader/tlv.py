"""BER-TLV data objects as cards use them (ISO/IEC 7816-4:2020, clause 6.3).

Every function looks at exactly one level, so how deep a reply is followed is the caller's choice
of path and never the card's. What is not allowed raises :class:`TlvError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cardreader.errors import CardProtocolError

MAX_LENGTH = 0x1_FFFF
"""Longest value taken from a card, in bytes; no file or object here comes near it."""

_MAX_TAG_BYTES = 3
_MAX_LENGTH_BYTES = 3


class TlvError(CardProtocolError):
    """The bytes are not the BER-TLV structure that was expected."""


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object. ``tag`` is the tag's bytes as a number: ``0x5FC105``."""

    tag: int
    value: bytes

    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"


@dataclass(frozen=True, slots=True)
class Header:
    """Tag and lengths of a data object whose value may not be there yet."""

    tag: int
    header_length: int
    value_length: int

    @property
    def total_length(self) -> int:
        """Header and value, in bytes."""
        return self.header_length + self.value_length


def header(data: bytes, offset: int = 0) -> Header:
    """Read tag and length at ``offset``. Lengths need not be minimal: cards pad them (8200xx)."""
    tag_end = offset + 1
    if offset >= len(data):
        raise TlvError("a data object is missing")
    if data[offset] & 0x1F == 0x1F:
        while True:
            if tag_end >= len(data):
                raise TlvError("a tag is cut off")
            if tag_end - offset >= _MAX_TAG_BYTES:
                raise TlvError("a tag is longer than three bytes")
            tag_end += 1
            if not data[tag_end - 1] & 0x80:
                break
    tag = int.from_bytes(data[offset:tag_end], "big")
    if tag_end >= len(data):
        raise TlvError("a length is missing")
    length = data[tag_end]
    length_end = tag_end + 1
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= _MAX_LENGTH_BYTES:
            raise TlvError("a length is indefinite or too wide")
        if length_end + count > len(data):
            raise TlvError("a length is cut off")
        length = int.from_bytes(data[length_end : length_end + count], "big")
        length_end += count
    if length > MAX_LENGTH:
        raise TlvError("a data object is too long")
    return Header(tag, length_end - offset, length)


def parse(data: bytes) -> tuple[Tlv, ...]:
    """Split a concatenation of data objects. Zero bytes around them mean nothing (clause 6.3)."""
    found: list[Tlv] = []
    offset = 0
    while True:
        while offset < len(data) and data[offset] == 0:
            offset += 1
        if offset >= len(data):
            return tuple(found)
        head = header(data, offset)
        start, end = offset + head.header_length, offset + head.total_length
        if end > len(data):
            raise TlvError("a value is cut off")
        found.append(Tlv(head.tag, bytes(data[start:end])))
        offset = end


def first(data: bytes, tag: int) -> bytes | None:
    """The value of the first ``tag``, however ``data`` goes on after it: it may be cut off there.

    ``None`` when it is not among the objects that are whole.
    """
    offset = 0
    while offset < len(data):
        if data[offset] == 0:
            offset += 1
            continue
        try:
            head = header(data, offset)
        except TlvError:
            return None
        start, offset = offset + head.header_length, offset + head.total_length
        if head.tag == tag and offset <= len(data):
            return bytes(data[start:offset])
    return None


def get(data: bytes, *path: int) -> bytes | None:
    """The value at the end of ``path``, one tag per level; ``None`` when a tag is not there."""
    for tag in path:
        value = next((item.value for item in parse(data) if item.tag == tag), None)
        if value is None:
            return None
        data = value
    return data


def require(data: bytes, *path: int) -> bytes:
    """Like :func:`get`, but a missing tag raises :class:`TlvError`."""
    value = get(data, *path)
    if value is None:
        raise TlvError(f"data object {path[-1]:X} is missing")
    return value


def build(tag: int, value: bytes | bytearray | Iterable[bytes] = b"") -> bytes:
    """Encode one data object with the shortest length; ``value`` may be the encoded children."""
    body = bytes(value) if isinstance(value, (bytes, bytearray)) else b"".join(value)
    if len(body) > MAX_LENGTH:
        raise ValueError("the value is too long")
    return prefix(tag, len(body)) + body


def prefix(tag: int, length: int) -> bytes:
    """Tag and shortest length of a data object whose value is kept in a buffer of its own."""
    if length < 0x80:
        encoded = bytes((length,))
    else:
        digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
        encoded = bytes((0x80 | len(digits),)) + digits
    return tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big") + encoded
