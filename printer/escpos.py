"""ESC/POS commands by name, as bytes (Epson ESC/POS Command Reference; spelled as there)."""

from __future__ import annotations

from typing import Final

INITIALIZE: Final = b"\x1b@"
"""ESC @: printer settings back to power-on; does not empty the receive buffer."""
NUL_FLUSH: Final = bytes(8192)
"""Longer than any band: completes a raster cut off midway; otherwise NUL has no effect."""
MOTION_UNITS: Final = b"\x1dP\xcb\xcb"
"""GS P 203 203: one unit is one dot of the head, across and along the paper."""
CUT: Final = b"\x1dVB\x00"
"""GS V 66 0: feed to the cutter and cut, one point left."""
STATUS_PUSH: Final = b"\x1da\x0f"
"""GS a 15: automatic status for drawer, offline, error and paper."""
CLEAR_BUFFERS: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 fn 8: throw away the receive and print buffers, at once even while offline."""
PAPER_REQUEST: Final = b"\x1dr\x01"
"""GS r 1: answered in order, after everything before it was carried out."""

RASTER: Final = b"\x1dv0"
"""How GS v 0 begins."""


def realtime_request(n: int) -> bytes:
    """DLE EOT n: 1 printer, 2 cause of offline, 3 cause of error, 4 paper."""
    return bytes((0x10, 0x04, n))


def process_id_request(token: bytes) -> bytes:
    """GS ( H fn 48: the printer answers ``token`` (4 bytes, 0x20..0x7E) when it gets here."""
    if len(token) != 4 or any(not 0x20 <= byte <= 0x7E for byte in token):
        raise ValueError("a process id is four printable ASCII characters")
    return b"\x1d(H\x06\x0000" + token


def left_margin(dots: int) -> bytes:
    """GS L: left margin in motion units, at the beginning of a line."""
    return b"\x1dL" + dots.to_bytes(2, "little")


def feed(dots: int) -> bytes:
    """ESC J as often as needed: feed ``dots`` motion units without printing."""
    full, rest = divmod(dots, 255)
    return b"\x1bJ\xff" * full + (b"\x1bJ" + bytes((rest,)) if rest else b"")


def raster(width_bytes: int, rows: int, data: bytes, *, doubled: bool = False) -> bytes:
    """GS v 0: ``rows`` rows of ``width_bytes`` bytes, 1 is black; ``doubled`` is m = 3."""
    if len(data) != width_bytes * rows:
        raise ValueError("raster data do not fill width x rows")
    return (
        RASTER
        + (b"\x03" if doubled else b"\x00")
        + width_bytes.to_bytes(2, "little")
        + rows.to_bytes(2, "little")
        + data
    )
