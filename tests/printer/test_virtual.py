"""The virtual printer is a fair opponent: it takes what real ones take, and fails as they do."""

import os
import socket

import pytest

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.virtual import Faults, VirtualPrinter
from printer.virtual.interpreter import next_command

BLACK = escpos.INITIALIZE + escpos.MOTION_UNITS + escpos.raster(72, 40, b"\xff" * 72 * 40)


@pytest.fixture
def line(virtual):
    with socket.create_connection(virtual.start(), timeout=10) as connection:
        yield connection


def answer(line, request: bytes, length: int = 1) -> bytes:
    line.sendall(request)
    reply = b""
    while len(reply) < length:
        reply += line.recv(length - len(reply))
    return reply


def state(line) -> list[int]:
    return [answer(line, escpos.realtime_request(n))[0] for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({}, [0x12, 0x12, 0x12, 0x12]),
        ({"paper_low": True}, [0x12, 0x12, 0x12, 0x1E]),
        ({"paper_out": True}, [0x1A, 0x32, 0x12, 0x7E]),
        ({"cover_open": True}, [0x1A, 0x16, 0x12, 0x12]),
        ({"offline": True}, [0x1A, 0x12, 0x12, 0x12]),
    ],
)
def test_realtime_status(virtual, line, faults, expected):
    virtual.set_faults(**faults)
    assert state(line) == expected
    assert virtual.faults == Faults(**faults)


def test_fences_are_answered_in_order_even_byte_by_byte(line, tray):
    request = BLACK + escpos.process_id_request(b"ABCD") + escpos.CUT + escpos.PAPER_REQUEST
    for byte in request:
        line.sendall(bytes((byte,)))
    assert answer(line, b"", 8) == b"\x37\x22ABCD\x00" + b"\x00"
    assert len(tray.receipts) == 1


def test_a_status_request_spelled_by_dots_is_answered_and_still_printed(line, tray):
    dots = escpos.realtime_request(1) * 24
    line.sendall(escpos.INITIALIZE + escpos.raster(72, 1, dots) + escpos.CUT)
    [(png, _)] = tray.wait()
    assert ReceiptBitmap.from_png(png).rows == dots
    assert answer(line, b"", 24) == b"\x12" * 24


def test_automatic_status_is_pushed_on_change_only(virtual, line):
    assert answer(line, escpos.STATUS_PUSH, 4) == b"\x10\0\0\0"
    virtual.set_faults(paper_low=False)
    virtual.set_faults(cover_open=True)
    assert answer(line, b"", 4) == b"\x38\0\0\0"
    virtual.set_faults(cover_open=False)
    assert answer(line, b"", 4) == b"\x10\0\0\0"


def test_what_waited_for_paper_is_printed_when_it_is_back(virtual, line, tray):
    virtual.set_faults(paper_out=True)
    line.sendall(BLACK + escpos.CUT)
    assert state(line)[3] == 0x7E
    assert not tray.receipts
    assert not virtual.idle
    virtual.set_faults(paper_out=False)
    assert len(tray.wait()) == 1
    assert virtual.receipts == 1


def test_what_waited_is_gone_after_the_buffers_were_cleared(virtual, line, tray):
    virtual.set_faults(paper_out=True)
    line.sendall(BLACK + escpos.CUT)
    assert answer(line, escpos.CLEAR_BUFFERS + BLACK[:2], 3) == b"\x37\x25\x00"
    virtual.set_faults(paper_out=False)
    assert answer(line, escpos.process_id_request(b"ABCD"), 7) == b"\x37\x22ABCD\x00"
    assert virtual.idle
    assert not tray.receipts


def test_a_jammed_cutter_stops_the_printer_until_it_is_freed(virtual, line, tray):
    virtual.set_faults(cutter_jam=True)
    assert state(line) == [0x12] * 4
    line.sendall(BLACK + escpos.CUT + escpos.STATUS_PUSH)
    while state(line) != [0x1A, 0x52, 0x1A, 0x12]:
        pass
    virtual.set_faults(cutter_jam=False)
    assert len(tray.wait()) == 1


def test_motion_units_scale_feeds_and_margins(line, tray):
    half = b"\x1dP" + bytes((101, 101))
    line.sendall(escpos.INITIALIZE + half + b"\x1dL" + (4).to_bytes(2, "little"))
    line.sendall(escpos.raster(1, 1, b"\xff") + escpos.feed(10) + escpos.CUT)
    [(png, _)] = tray.wait()
    bitmap = ReceiptBitmap.from_png(png)
    assert bitmap.row(0)[:2] == b"\x00\xff"
    assert bitmap.height == 1 + round(10 * 203 / 101)


def test_dots_beyond_the_right_edge_are_lost(line, tray):
    line.sendall(escpos.MOTION_UNITS + escpos.left_margin(568) + escpos.raster(2, 1, b"\xff\xff"))
    line.sendall(escpos.CUT)
    [(png, _)] = tray.wait()
    assert ReceiptBitmap.from_png(png).rows == bytes(71) + b"\xff"


def test_text_barcodes_and_unknown_commands_do_not_upset_it(line, tray):
    other = (
        b"\x1ba\x01\x1bE\x01\x1d!\x11Hello\n\x1bt\x16\x1b3\x1e"
        b"\x1b*\x21\x02\x00abcdef\x1dk\x041234\x00\x1dkI\x04abcd\x1d(k\x03\x001QR"
        b"\x1cp\x09\x1bp\x00\x19\xfa\x1b$\x00\x00\x10\x05\x01\x07\x0cBye\x1bd\x02"
    )
    line.sendall(other + escpos.CUT + escpos.PAPER_REQUEST)
    [(png, raw)] = tray.wait()
    assert raw == other + escpos.CUT
    assert ReceiptBitmap.from_png(png).height == 30 + 30 + 60
    assert answer(line, b"") == b"\x00"


def test_unfinished_commands_wait_for_their_rest():
    for command in (
        escpos.raster(2, 2, b"abcd"),
        escpos.CUT,
        escpos.left_margin(300),
        escpos.process_id_request(b"ABCD"),
        escpos.CLEAR_BUFFERS,
        b"\x1b*\x00\x02\x00ab",
        b"\x1dkI\x02ab",
        b"\x1dk\x02ab\x00",
    ):
        for length in range(len(command)):
            assert next_command(command[:length]) is None
        assert next_command(command + b"\x1b@").raw == command


def test_one_host_after_the_other(virtual, line):
    assert state(line) == [0x12] * 4
    address = line.getpeername()
    line.close()
    with socket.create_connection(address, timeout=10) as other:
        assert state(other) == [0x12] * 4


def test_power_cycle_hangs_up_and_forgets(virtual, line, tray):
    virtual.set_faults(paper_out=True)
    line.sendall(BLACK)
    assert state(line)[3] == 0x7E
    virtual.power_cycle()
    assert line.recv(1) == b""
    virtual.set_faults(paper_out=False)
    assert virtual.idle


def test_files(tmp_path, tray):
    printer = VirtualPrinter(384, on_receipt=tray, directory=tmp_path / "out")
    try:
        with socket.create_connection(printer.start()) as line:
            for rows in (1, 2):
                line.sendall(escpos.raster(48, rows, b"\xff" * 48 * rows) + escpos.CUT)
            tray.wait(2)
    finally:
        printer.stop()
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == ["receipt-0001.bin", "receipt-0001.png", "receipt-0002.bin", "receipt-0002.png"]
    assert (tmp_path / "out" / "receipt-0002.png").read_bytes() == tray.receipts[1][0]
    assert (tmp_path / "out" / "receipt-0002.bin").read_bytes() == tray.receipts[1][1]


def test_a_terminal_can_be_left_and_come_back_to(virtual, tray):
    path = virtual.start_pty()
    for count in (1, 2):
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        os.write(fd, BLACK + escpos.CUT)
        tray.wait(count)
        os.close(fd)


def test_it_is_started_once_and_stopped_as_often_as_you_like(virtual):
    virtual.start()
    with pytest.raises(RuntimeError):
        virtual.start_pty()
    virtual.stop()
    virtual.stop()
    with pytest.raises(OSError):
        VirtualPrinter().start("203.0.113.1")
