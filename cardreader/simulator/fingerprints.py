"""Fingers as minutiae: what a card keeps of its holder's finger, what a sensor sees, what matches.

The compact card format (ISO/IEC 19794-2:2005, clause 8): three bytes for each minutia, x and y in
tenths of a millimetre, then two bits of type (01 ridge ending, 10 bifurcation) and six of angle in
steps of 5.625 degrees. All fingers are invented.

The comparison is the simulator's own. It neither turns nor shifts one finger to fit the other, as
every matcher of a real card must, and says nothing about error rates.
"""

from __future__ import annotations

import enum
import hashlib

from cardreader.simulator.personas import Persona

MINUTIA = 3
"""Bytes of one minutia."""

_MINUTIAE = 24
_WIDTH, _HEIGHT = 180, 220
"""Of the finger, in tenths of a millimetre."""
_DISTANCE, _TURN = 4, 2
"""Most that a minutia may be off, in tenths of a millimetre and in steps of the angle."""
_ANGLES = 64


class Finger(enum.StrEnum):
    """Which finger is laid on a sensor."""

    ENROLLED = "enrolled"
    """The one of which the card keeps the minutiae."""
    OTHER = "other"


def template(holder: Persona, finger: Finger = Finger.ENROLLED) -> bytes:
    """The minutiae of a persona's finger, the same every time: 24 of them."""
    stream = hashlib.shake_256(f"{holder.document_number} {finger}".encode()).digest(4 * _MINUTIAE)
    return b"".join(
        bytes((x * _WIDTH // 256, y * _HEIGHT // 256, (1 + kind % 2) << 6 | angle % _ANGLES))
        for x, y, kind, angle in zip(*[iter(stream)] * 4, strict=True)
    )


def seen(finger: bytes) -> bytearray:
    """The same finger as a sensor sees it: every minutia a little off, and one in eight missed."""
    found = bytearray()
    for number, (x, y, kind) in enumerate(_minutiae(finger)):
        if number % 8 == 7:
            continue
        off = number % 3 - 1
        angle = (kind + off) % _ANGLES
        found += bytes((_clamped(x + 2 * off), _clamped(y - off), kind & 0xC0 | angle))
    return found


def is_template(finger: bytes) -> bool:
    """Whether these are whole minutiae, and any at all."""
    return len(finger) > 0 and len(finger) % MINUTIA == 0


def matches(kept: bytes, presented: bytes) -> bool:
    """Whether two thirds of the minutiae of each finger are found in the other."""
    remaining = _minutiae(presented)
    expected = len(remaining)
    found = 0
    for minutia in _minutiae(kept):
        near = next((other for other in remaining if _is_near(minutia, other)), None)
        if near is not None:
            remaining.remove(near)
            found += 1
    return 3 * found >= 2 * max(len(kept) // MINUTIA, expected)


def _minutiae(finger: bytes) -> list[tuple[int, int, int]]:
    return list(zip(*[iter(finger)] * MINUTIA, strict=True))


def _is_near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    turned = (one[2] - other[2]) % _ANGLES
    return (
        one[2] >> 6 == other[2] >> 6
        and abs(one[0] - other[0]) <= _DISTANCE
        and abs(one[1] - other[1]) <= _DISTANCE
        and min(turned, _ANGLES - turned) <= _TURN
    )


def _clamped(value: int) -> int:
    return max(0, min(255, value))
