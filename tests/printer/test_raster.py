"""Our bytes through the virtual printer give our bitmap, dot for dot."""

import dataclasses
import random
import socket

import pytest

from printer import escpos, qr
from printer.bitmap import ReceiptBitmap
from printer.layout import render
from printer.raster import BAND_ROWS, encode
from printer.virtual import VirtualPrinter
from printer.virtual.interpreter import next_command
from tests.printer.receipt_samples import QR_TEXT, TEMPLATES, complaint


def printed(bitmap: ReceiptBitmap, tray, before: bytes = b"") -> ReceiptBitmap:
    """Send a bitmap to a virtual printer of its width and read the paper."""
    printer = VirtualPrinter(bitmap.width, on_receipt=tray)
    try:
        with socket.create_connection(printer.start()) as line:
            line.sendall(before + escpos.INITIALIZE + escpos.MOTION_UNITS + encode(bitmap).data)
            [(png, raw)] = tray.wait()
    finally:
        printer.stop()
    assert raw.endswith(encode(bitmap).data)
    return ReceiptBitmap.from_png(png)


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_paper_equals_the_bitmap(template, width, tray):
    bitmap = render(TEMPLATES[template], width)
    assert printed(bitmap, tray) == bitmap


@pytest.mark.parametrize("seed", range(8))
def test_any_dots_survive(seed, tray):
    rng = random.Random(seed)
    rows = []
    for _ in range(rng.randrange(1, 400)):
        row = bytearray(48)
        if rng.random() < 0.6:
            start = rng.randrange(48)
            row[start : rng.randrange(start, 48) + 1] = rng.randbytes(1) * 1
            row = (row + bytes(48))[:48]
        rows.append(bytes(row))
    bitmap = ReceiptBitmap(384, len(rows), b"".join(rows))
    assert printed(bitmap, tray) == bitmap


@pytest.mark.parametrize("rows", [1, 2, BAND_ROWS, BAND_ROWS + 1])
@pytest.mark.parametrize("fill", [b"\x00", b"\xff", b"\x10"])
def test_edges_of_bands_and_blank_paper(rows, fill, tray):
    bitmap = ReceiptBitmap(384, rows, fill * 48 * rows)
    assert printed(bitmap, tray) == bitmap


def test_eight_kibibytes_of_nul_bring_a_printer_back_from_the_middle_of_a_band(tray):
    bitmap = render(complaint(), 576)
    unfinished = escpos.raster(72, BAND_ROWS, b"\xff" * 72 * BAND_ROWS)[:9]
    paper = printed(bitmap, tray, before=unfinished + escpos.NUL_FLUSH)
    assert paper.rows.endswith(bitmap.rows)


def test_no_command_is_longer_than_the_flush():
    for band in encode(render(complaint(), 576)).bands:
        while band:
            command = next_command(band)
            assert len(command.raw) < len(escpos.NUL_FLUSH)
            band = band[len(command.raw) :]


def test_the_encoding_is_smaller_than_the_dots():
    statistics = encode(render(complaint(), 576)).statistics
    assert statistics.plain == 72 * render(complaint(), 576).height
    assert statistics.sent == len(encode(render(complaint(), 576)).data)
    assert statistics.sent < 0.6 * statistics.plain
    assert statistics.seconds_at(115200) == pytest.approx(statistics.sent / 11520)


def test_the_code_is_sent_with_one_dot_for_four():
    """All of a QR code's squares fit the doubling: a quarter of its bytes."""
    plain = render(dataclasses.replace(complaint(), qr_text=""), 384)
    coded = render(complaint(), 384)
    modules = len(qr.matrix(QR_TEXT, 384))
    cost = encode(coded).statistics.sent - encode(plain).statistics.sent
    assert cost < 0.3 * (modules * qr.MODULE_DOTS) ** 2 / 8 + 3000  # the caption is text


@pytest.mark.parametrize("seed", range(4))
def test_doubled_dots_survive(seed, tray):
    rng = random.Random(seed)
    rows = []
    for _ in range(rng.randrange(1, 150)):
        dots = "".join(rng.choice("01") * 2 for _ in range(16 * rng.randrange(1, 13)))
        rows += [int(dots.ljust(384, "0"), 2).to_bytes(48, "big")] * 2
    bitmap = ReceiptBitmap(384, len(rows), b"".join(rows))
    assert b"\x1dv0\x03" in encode(bitmap).data
    assert printed(bitmap, tray) == bitmap
