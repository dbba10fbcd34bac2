"""The ESC/POS command language as far as receipts use it: bytes in, commands out.

Written from Epson's ESC/POS command reference, not from our encoder, so that a mistake there
shows here. Commands it does not know are passed over byte by byte, as printers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ESC: Final = 0x1B
_GS: Final = 0x1D
_DLE: Final = 0x10
_FS: Final = 0x1C

# How many bytes of parameters follow the second byte; commands not listed here take none.
_ESC_FIXED: Final = {
    **dict.fromkeys(b" !%-3=?EGJKMRTUVadert{", 1),
    **dict.fromkeys(b"$\\fc", 2),
    ord("p"): 3,
    ord("W"): 8,
}
_GS_FIXED: Final = {
    **dict.fromkeys(b"!BHIabfhrw", 1),
    **dict.fromkeys(b"LPW$\\", 2),
    ord("^"): 3,
}
_FS_FIXED: Final = dict.fromkeys(b"!C", 1)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name (``ESC J``), parameters, and the bytes it was made of."""

    name: str
    parameters: bytes
    raw: bytes


def next_command(buffer: bytes | bytearray) -> Command | None:
    """Take the first command of ``buffer`` apart; ``None`` where its end has not come yet."""
    if not buffer:
        return None
    lead = buffer[0]
    if lead == _ESC:
        return _prefixed(buffer, "ESC", _ESC_FIXED)
    if lead == _GS:
        return _group_separator(buffer)
    if lead == _FS:
        return _prefixed(buffer, "FS", _FS_FIXED)
    if lead == _DLE:
        return _data_link_escape(buffer)
    if lead == 0x0A:
        return Command("LF", b"", b"\n")
    if lead >= 0x20:
        end = next((i for i, byte in enumerate(buffer) if byte < 0x20), len(buffer))
        return Command("text", bytes(buffer[:end]), bytes(buffer[:end]))
    if lead == 0:
        return Command("NUL", b"", bytes(len(buffer) - len(buffer.lstrip(b"\0"))))
    return Command("control", b"", bytes(buffer[:1]))


def _take(buffer: bytes | bytearray, name: str, head: int, length: int) -> Command | None:
    if len(buffer) < head + length:
        return None
    return Command(name, bytes(buffer[head : head + length]), bytes(buffer[: head + length]))


def _prefixed(buffer: bytes | bytearray, prefix: str, fixed: dict[int, int]) -> Command | None:
    if len(buffer) < 2:
        return None
    if prefix == "ESC" and buffer[1] == ord("*"):
        return _bit_image(buffer)
    name = f"{prefix} {chr(buffer[1])}"
    return _take(buffer, name, 2, fixed.get(buffer[1], 0))


def _bit_image(buffer: bytes | bytearray) -> Command | None:
    """ESC * m nL nH d…: one or three bytes per column."""
    if len(buffer) < 5:
        return None
    columns = int.from_bytes(buffer[3:5], "little")
    return _take(buffer, "ESC *", 2, 3 + columns * (3 if buffer[2] in (32, 33) else 1))


def _group_separator(buffer: bytes | bytearray) -> Command | None:
    if len(buffer) < 3:
        return None
    code = buffer[1]
    if code == ord("v"):  # GS v 0 m xL xH yL yH d…
        if len(buffer) < 8:
            return None
        width = int.from_bytes(buffer[4:6], "little")
        rows = int.from_bytes(buffer[6:8], "little")
        return _take(buffer, "GS v 0", 3, 5 + width * rows)
    if code == ord("("):  # GS ( X pL pH …
        if len(buffer) < 5:
            return None
        return _take(buffer, f"GS ( {chr(buffer[2])}", 3, 2 + int.from_bytes(buffer[3:5], "little"))
    if code == ord("V"):  # GS V m [n]
        return _take(buffer, "GS V", 2, 2 if buffer[2] in (65, 66, 97, 98, 103, 104) else 1)
    if code == ord("k"):
        return _barcode(buffer)
    return _prefixed(buffer, "GS", _GS_FIXED)


def _barcode(buffer: bytes | bytearray) -> Command | None:
    """GS k m d… NUL for m ≤ 6, GS k m n d… above."""
    if buffer[2] > 6:
        return None if len(buffer) < 4 else _take(buffer, "GS k", 2, 2 + buffer[3])
    end = buffer.find(0, 3)
    return None if end < 0 else _take(buffer, "GS k", 2, end - 1)


def _data_link_escape(buffer: bytes | bytearray) -> Command | None:
    """Real-time commands were carried out on arrival; in the stream they are only passed over."""
    if len(buffer) < 3:
        return None
    if buffer[1] == 0x14 and buffer[2] == 8:
        return _take(buffer, "DLE DC4", 2, 8)
    if buffer[1] == 0x14:
        return _take(buffer, "DLE DC4", 2, 3)
    if buffer[1] in (0x04, 0x05):
        return _take(buffer, "DLE", 2, 1)
    return Command("control", b"", bytes(buffer[:1]))
