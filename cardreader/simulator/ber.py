"""BER-TLV as the card's side writes and reads it (ISO/IEC 7816-4:2020, clause 6.3).

Kept apart from the driver's own reader on purpose: two independent readings of the standard meet
at the wire, so that one mistake cannot hide in both.
"""

from __future__ import annotations


class MalformedTlv(ValueError):
    """The bytes are not BER-TLV."""


def tlv(tag: int, *values: bytes) -> bytes:
    """One data object: ``tag`` (for example ``0x5FC102``), definite length, the values joined."""
    value = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + _length(len(value)) + value


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    encoded = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(encoded),)) + encoded


def parse(data: bytes) -> list[tuple[int, bytes]]:
    """The data objects of one level, in order.

    Raises :class:`MalformedTlv` when the bytes end early or a length is indefinite.
    """
    objects: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        start = at
        at += 1
        if data[start] & 0x1F == 0x1F:
            while at < len(data) and data[at] & 0x80:
                at += 1
            at += 1
        tag = int.from_bytes(data[start:at], "big")
        if at >= len(data):
            raise MalformedTlv("the data ends before the length")
        size = data[at]
        at += 1
        if size >= 0x80:
            count = size & 0x7F
            if not 1 <= count <= 3 or at + count > len(data):
                raise MalformedTlv("the length field is not usable")
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + size > len(data):
            raise MalformedTlv("the data ends before the value")
        objects.append((tag, bytes(data[at : at + size])))
        at += size
    return objects
