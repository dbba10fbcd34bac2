"""The answer to reset: the one thing in it that the terminal acts on (ISO/IEC 7816-3, clause 8).

A card is never recognised by its ATR: many kinds of card share one, and one card may have several.
"""

from __future__ import annotations

_CARD_CAPABILITIES = 0x7
_EXTENDED_LENGTHS = 0x40


def historical_bytes(atr: bytes) -> bytes:
    """The historical bytes (ISO/IEC 7816-3, clause 8.2); empty when the ATR is cut off."""
    if len(atr) < 2:
        return b""
    count = atr[1] & 0x0F
    position, indicator = 1, atr[1]
    while True:
        interface_bytes = (indicator >> 4).bit_count()
        has_next = bool(indicator & 0x80)
        position += interface_bytes
        if position >= len(atr):
            return b""
        if not has_next:
            break
        indicator = atr[position]
    return atr[position + 1 : position + 1 + count]


def allows_extended_length(atr: bytes) -> bool:
    """Whether the card says that it takes extended Lc and Le (ISO/IEC 7816-4:2020, 12.2.2.9)."""
    historical = historical_bytes(atr)
    if not historical or historical[0] not in (0x00, 0x80):
        return False
    # Category 00 ends in three status bytes that are no COMPACT-TLV object.
    objects = historical[1:-3] if historical[0] == 0x00 else historical[1:]
    position = 0
    while position < len(objects):
        tag, length = objects[position] >> 4, objects[position] & 0x0F
        value = objects[position + 1 : position + 1 + length]
        if tag == _CARD_CAPABILITIES and len(value) == 3:
            return bool(value[2] & _EXTENDED_LENGTHS)
        position += 1 + length
    return False
