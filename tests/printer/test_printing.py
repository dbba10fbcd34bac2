"""Printing with proof on the virtual printer: the good day and every bad one."""

import queue
import threading
from dataclasses import replace

import pytest
import structlog

from printer import escpos
from printer.bitmap import ReceiptBitmap
from printer.errors import PrinterGone
from printer.jobs import Fence, PrintJob, PrintOutcome, Reason, Result, Settings
from printer.journal import PrintJournal, PrintState
from printer.layout import render
from printer.printer import ReceiptPrinter
from printer.raster import encode
from printer.status import Cover, Cutter, Device, PaperState
from printer.transport import DeviceTransport, NetworkTransport
from printer.virtual import VirtualPrinter
from tests.printer.receipt_samples import complaint

QUICK = Settings(poll=30, reply=0.7, write=0.7, fence_base=1.2, paper_speed=5000)
"""Long enough for a busy machine to answer, short enough to wait for a printer that does not."""
PRINTED = PrintOutcome(Result.PRINTED)


class Station:
    """A virtual printer with a ReceiptPrinter on it."""

    def __init__(self, virtual, tray, path, *, pty=False, settings=QUICK) -> None:
        self.virtual, self.tray = virtual, tray
        self.seen = queue.SimpleQueue()
        self.journal = PrintJournal(path / "print.db")
        if pty:
            device = virtual.start_pty()
            self.connect = lambda: DeviceTransport(device)
        else:
            address = virtual.start()
            self.connect = lambda: NetworkTransport(*address, timeout=0.5)
        self.printer = ReceiptPrinter(
            self.connect, self.journal, settings=settings, on_status=self.seen.put
        )

    def print(self, bitmap, job_id="tx-1", copy=0) -> PrintOutcome:
        return self.printer.print(PrintJob(job_id, bitmap, copy)).result(30)

    def state(self, job_id="tx-1"):
        record = self.journal.records(job_id)[-1]
        return record.state, record.reason

    def wait_for(self, wanted):
        """The first reported status that is wanted; statuses come in the order of their events."""
        while not wanted(status := self.seen.get(timeout=10)):
            pass
        return status

    def close(self) -> None:
        self.printer.close()
        self.journal.close()


@pytest.fixture(scope="module")
def receipt() -> ReceiptBitmap:
    return render(complaint("both"), 576)


@pytest.fixture(params=["network", "pty"])
def station(request, virtual, tray, tmp_path):
    made = Station(virtual, tray, tmp_path, pty=request.param == "pty")
    yield made
    made.close()


@pytest.fixture
def network(virtual, tray, tmp_path):
    made = Station(virtual, tray, tmp_path)
    yield made
    made.close()


def originals(tray, receipt) -> int:
    """How many whole, cut receipts came out."""
    return sum(ReceiptBitmap.from_png(png) == receipt for png, _ in tray.receipts)


def test_printed_and_proved(station, receipt, tray):
    assert station.print(receipt) == PRINTED
    assert station.state() == (PrintState.DONE, None)
    [(png, _)] = tray.wait()
    assert ReceiptBitmap.from_png(png) == receipt
    assert station.journal.records()[0].sha256 == receipt.sha256
    assert station.printer.status().ready


def test_what_a_receipt_cost_is_reported(station, receipt):
    """Its bytes, and the seconds until the printer had confirmed it."""
    with structlog.testing.capture_logs() as events:
        assert station.print(receipt) == PRINTED
    [printed] = [event for event in events if event["event"] == "receipt.printed"]
    assert printed["bytes"] == encode(receipt).statistics.sent
    assert 0 < printed["seconds"] < 30


def test_many_in_a_row_come_out_in_order(station, receipt, tray):
    short = render(replace(complaint("ar"), rows=(), next_steps=()), 576)
    futures = [
        station.printer.print(PrintJob(f"tx-{n}", receipt if n % 2 else short)) for n in range(6)
    ]
    assert [future.result(30) for future in futures] == [PRINTED] * 6
    pictures = [ReceiptBitmap.from_png(png) for png, _ in tray.receipts]
    assert pictures == [short, receipt] * 3


def test_a_printer_that_only_knows_the_paper_sensor(virtual, tray, tmp_path, receipt):
    settings = replace(QUICK, fence=Fence.PAPER_SENSOR)
    station = Station(virtual, tray, tmp_path, settings=settings)
    virtual.set_faults(paper_low=True)
    try:
        assert station.print(receipt) == PRINTED
        assert station.printer.status().paper is PaperState.LOW
        assert b"(H" not in tray.receipts[0][1]
    finally:
        station.close()


def test_made_ready_while_the_receipt_is_drawn(station, receipt, tray, monkeypatch):
    """What a print asks first is asked once, for one print, and counts for a moment only."""

    receipt_bytes = len(encode(receipt).data)

    def flushes(job_id, *, made_ready: bool) -> int:
        before = station.virtual.consumed
        if made_ready:
            station.printer.get_ready()
        assert station.print(receipt, job_id) == PRINTED
        return (station.virtual.consumed - before - receipt_bytes) // len(escpos.NUL_FLUSH)

    station.wait_for(lambda status: status.ready)
    assert flushes("tx-1", made_ready=False) == 1
    assert flushes("tx-2", made_ready=True) == 1
    assert flushes("tx-3", made_ready=False) == 1
    monkeypatch.setattr("printer.printer._FRESH_S", 0.0)
    assert flushes("tx-4", made_ready=True) == 2
    assert originals(tray, receipt) == 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"paper_out": True}, Reason.PAPER_OUT), ({"cover_open": True}, Reason.COVER_OPEN)],
)
def test_ready_a_moment_ago_is_not_ready_now(station, receipt, tray, fault, reason):
    station.wait_for(lambda status: status.ready)
    begun = threading.Event()
    station.virtual.call_at(station.virtual.consumed + len(escpos.NUL_FLUSH) + 20, begun.set)
    station.printer.get_ready()
    assert begun.wait(10)
    station.virtual.set_faults(**fault)
    station.wait_for(lambda status: not status.ready)
    assert station.print(receipt) == PrintOutcome(Result.REFUSED, reason)
    assert station.state() == (PrintState.FAILED, reason)
    station.virtual.set_faults(**dict.fromkeys(fault, False))
    assert station.print(receipt) == PRINTED
    assert originals(tray, receipt) == len(tray.receipts) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"paper_out": True}, Reason.PAPER_OUT),
        ({"cover_open": True}, Reason.COVER_OPEN),
        ({"offline": True}, Reason.OFFLINE),
        ({"silent": True}, Reason.SILENT),
        ({"hold_replies": True}, Reason.SILENT),
        ({"stall_after_bytes": 0}, Reason.SILENT),
    ],
)
def test_a_fault_before_refuses_and_sends_nothing(station, receipt, tray, fault, reason):
    station.virtual.set_faults(**fault)
    assert station.print(receipt) == PrintOutcome(Result.REFUSED, reason)
    assert station.state() == (PrintState.FAILED, reason)
    healthy = {name: None if name == "stall_after_bytes" else False for name in fault}
    station.virtual.set_faults(**healthy)
    # Late answers may cost one more refusal, never a receipt and never a wrong one.
    if station.print(receipt) != PRINTED:
        assert station.state()[0] is PrintState.FAILED
        assert station.print(receipt) == PRINTED
    assert station.state()[0] is PrintState.DONE
    assert originals(tray, receipt) == len(tray.receipts) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"paper_out": True}, Reason.PAPER_OUT),
        ({"cover_open": True}, Reason.COVER_OPEN),
        ({"offline": True}, Reason.OFFLINE),
        ({"silent": True}, Reason.SILENT),
    ],
)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_fault_in_the_middle_is_unknown_and_nothing_comes_later(
    station, receipt, tray, fault, reason, part
):
    start = len(escpos.NUL_FLUSH) + 50
    station.virtual.set_faults_at(start + int(len(encode(receipt).data) * part), **fault)
    assert station.print(receipt) == PrintOutcome(Result.UNKNOWN, reason)
    assert station.state() == (PrintState.UNKNOWN, reason)
    station.virtual.set_faults(**dict.fromkeys(fault, False))
    # Another citizen's receipt is the next whole one; remains are cut off before it.
    other = render(complaint("en"), 576)
    for _ in range(3):
        outcome = station.print(other, "tx-2")
        if outcome == PRINTED:
            break
    assert outcome == PRINTED
    assert ReceiptBitmap.from_png(tray.receipts[-1][0]) == other
    if "silent" not in fault:
        assert originals(tray, receipt) == 0


def test_a_silent_printer_may_have_printed_so_it_is_never_repeated(network, receipt, tray):
    network.virtual.set_faults_at(len(escpos.NUL_FLUSH) + 50, silent=True)
    assert network.print(receipt).result is Result.UNKNOWN
    network.virtual.set_faults(silent=False)
    assert network.print(receipt) == PrintOutcome(Result.REFUSED, Reason.ALREADY_PRINTED)
    assert network.journal.next_copy("tx-1") == 1
    copy = render(complaint("both", copy=1), 576)
    assert network.print(copy, copy=1) == PRINTED
    assert originals(tray, receipt) <= 1


@pytest.mark.parametrize("after", [8300, 20_000, 45_000])
def test_a_stall_in_the_middle_is_unknown(station, receipt, tray, after):
    station.virtual.set_faults(stall_after_bytes=after)
    assert station.print(receipt).result is Result.UNKNOWN
    assert station.state() == (PrintState.UNKNOWN, Reason.SILENT)
    assert originals(tray, receipt) == 0


def test_a_jammed_cutter_is_unknown_and_shows(network, receipt):
    network.virtual.set_faults(cutter_jam=True)
    assert network.print(receipt) == PrintOutcome(Result.UNKNOWN, Reason.CUTTER)
    status = network.printer.status()
    assert (status.cutter, status.device, status.ready) == (
        Cutter.FAULT,
        Device.HARDWARE_ERROR,
        False,
    )


def test_power_lost_in_the_middle(network, receipt, tray):
    def cut_power(status):
        if status.paper is PaperState.LOW:
            network.virtual.power_cycle()

    # The status pushed in the middle of the print is the moment to pull the plug.
    threading.Thread(target=lambda: cut_power(network.wait_for(_low)), daemon=True).start()
    network.virtual.set_faults_at(len(escpos.NUL_FLUSH) + 20_000, paper_low=True, offline=True)
    outcome = network.print(receipt)
    assert outcome.result is Result.UNKNOWN
    network.virtual.set_faults(offline=False)
    assert network.print(render(complaint("en"), 576), "tx-2") == PRINTED
    assert originals(tray, receipt) == 0


def _low(status) -> bool:
    return status.paper is PaperState.LOW


def test_no_printer_at_all(tmp_path, receipt):
    def connect():
        raise PrinterGone("no printer")

    journal = PrintJournal(tmp_path / "print.db")
    printer = ReceiptPrinter(connect, journal, settings=QUICK)
    try:
        outcome = printer.print(PrintJob("tx-1", receipt)).result(10)
        assert outcome == PrintOutcome(Result.REFUSED, Reason.GONE)
        assert printer.status().device is Device.NO_DEVICE
        assert not printer.status().ready
    finally:
        printer.close()
        journal.close()


def test_a_port_nobody_listens_on(tmp_path):
    with pytest.raises(PrinterGone):
        NetworkTransport("127.0.0.1", 1, timeout=0.5)
    with pytest.raises(PrinterGone):
        DeviceTransport(str(tmp_path / "lp0"))
    with pytest.raises(ValueError, match="baud"):
        DeviceTransport(str(tmp_path / "lp0"), baud=19200)


@pytest.mark.parametrize("address", ["::1", "[::1]", "localhost", "127.0.0.1"])
def test_a_printer_is_reached_by_either_family(virtual, tray, tmp_path, receipt, address):
    _, port = virtual.start("::1" if ":" in address else "127.0.0.1")
    journal = PrintJournal(tmp_path / "print.db")
    printer = ReceiptPrinter(lambda: NetworkTransport(address, port), journal, settings=QUICK)
    try:
        assert printer.print(PrintJob("tx-1", receipt)).result(20).result is Result.PRINTED
    finally:
        printer.close()
        journal.close()
    tray.wait()


@pytest.mark.parametrize("address", ["", "::zz", "x" * 300, "\u0621\u202e", "a..b"])
def test_an_address_that_is_none_is_no_printer(address):
    with pytest.raises(PrinterGone):
        NetworkTransport(address, 1, timeout=0.5)


def test_status_is_reported_as_it_changes(virtual, tray, tmp_path):
    station = Station(virtual, tray, tmp_path, settings=replace(QUICK, poll=0.02))
    try:
        station.wait_for(lambda status: status.ready)
        for changes, wanted in (
            ({"paper_low": True}, lambda s: s.paper is PaperState.LOW and s.ready),
            ({"paper_out": True}, lambda s: s.paper is PaperState.OUT and not s.ready),
            ({"paper_out": False, "paper_low": False}, lambda s: s.ready),
            ({"cover_open": True}, lambda s: s.cover is Cover.OPEN and not s.ready),
            ({"cover_open": False, "offline": True}, lambda s: s.device is Device.OFFLINE),
            ({"offline": False, "silent": True}, lambda s: s.device is Device.UNKNOWN),
            ({"silent": False}, lambda s: s.ready),
        ):
            virtual.set_faults(**changes)
            station.wait_for(wanted)
        virtual.stop()
        station.wait_for(lambda status: status.device is Device.NO_DEVICE)
    finally:
        station.close()


@pytest.mark.parametrize("line", ["network", "device"])
def test_a_printer_plugged_in_again_is_found_again(line, tray, tmp_path, receipt):
    """Also another one, at the same port or under the name that udev gives it."""
    name = tmp_path / "receipt-printer"
    first, second = VirtualPrinter(on_receipt=tray), VirtualPrinter(on_receipt=tray)
    host, port = first.start() if line == "network" else ("", 0)
    if line == "device":
        name.symlink_to(first.start_pty())

    def connect():
        return NetworkTransport(host, port, timeout=0.5) if port else DeviceTransport(str(name))

    seen = queue.SimpleQueue()
    journal = PrintJournal(tmp_path / "print.db")
    settings = replace(QUICK, poll=0.02)
    printer = ReceiptPrinter(connect, journal, settings=settings, on_status=seen.put)

    def print_once(job_id):
        return printer.print(PrintJob(job_id, receipt)).result(30)

    try:
        assert print_once("tx-1") == PRINTED
        name.unlink(missing_ok=True)
        first.stop()
        while seen.get(timeout=10).device is not Device.NO_DEVICE:
            pass
        assert print_once("tx-2") == PrintOutcome(Result.REFUSED, Reason.GONE)
        if port:
            second.start(host, port)
        else:
            name.symlink_to(second.start_pty())
        while not seen.get(timeout=10).ready:
            pass
        assert print_once("tx-3") == PRINTED
        assert originals(tray, receipt) == len(tray.receipts) == 2
    finally:
        printer.close()
        journal.close()
        first.stop()
        second.stop()


def test_a_listener_that_fails_does_not_stop_the_printer(virtual, tmp_path, receipt):
    address = virtual.start()
    journal = PrintJournal(tmp_path / "print.db")

    def broken(status):
        raise LookupError("listener")

    printer = ReceiptPrinter(
        lambda: NetworkTransport(*address, timeout=0.5), journal, settings=QUICK, on_status=broken
    )
    try:
        assert printer.print(PrintJob("tx-1", receipt)).result(10) == PRINTED
    finally:
        printer.close()
        journal.close()


def test_closing_refuses_what_has_not_begun(network, receipt):
    network.printer.close()
    refused = PrintOutcome(Result.REFUSED, Reason.CLOSED)
    assert network.print(receipt) == refused
    assert network.journal.records() == []
    assert not network.printer.status().ready


def test_closing_finishes_the_print_under_way_and_refuses_the_next(network, receipt, tray):
    # The printer says that the paper is low in the middle of the first receipt, and then waits.
    middle = len(escpos.NUL_FLUSH) + 20_000
    network.virtual.set_faults_at(middle, paper_low=True)
    network.virtual.set_faults_at(middle, stalled=True)
    first = network.printer.print(PrintJob("tx-1", receipt))
    second = network.printer.print(PrintJob("tx-2", receipt))
    network.wait_for(lambda status: status.paper is PaperState.LOW)
    closing = threading.Thread(target=network.printer.close)
    closing.start()
    refused = PrintOutcome(Result.REFUSED, Reason.CLOSED)
    while not network.printer.print(PrintJob("tx-3", receipt)).done():
        pass
    network.virtual.set_faults(stalled=False)
    closing.join(10)
    assert first.result(0) == PRINTED
    assert second.result(0) == refused
    assert originals(tray, receipt) == 1


def test_paper_of_another_width_is_refused(network):
    narrow = render(complaint("ar"), 384)
    assert network.print(narrow) == PrintOutcome(Result.REFUSED, Reason.WRONG_WIDTH)


def test_remains_of_a_crash_are_cut_off_before_the_next_receipt(virtual, tray, tmp_path, receipt):
    path = tmp_path / "print.db"
    journal = PrintJournal(path)
    journal.send_started(journal.prepare("tx-0", 0, receipt.sha256))
    journal.close()
    address = virtual.start()
    crashed = NetworkTransport(*address)
    half = encode(receipt).data[:20_000]
    crashed.write(escpos.INITIALIZE + escpos.MOTION_UNITS + half, 5)
    crashed.close()
    station = Station.__new__(Station)
    station.journal = PrintJournal(path)
    station.printer = ReceiptPrinter(
        lambda: NetworkTransport(*address), station.journal, settings=QUICK
    )
    try:
        assert station.journal.interrupted == 1
        assert station.state("tx-0") == (PrintState.UNKNOWN, "restart")
        assert station.print(receipt, "tx-1") == PRINTED
        remains, whole = (ReceiptBitmap.from_png(png) for png, _ in tray.wait(2))
        assert whole == receipt
        assert remains.height < receipt.height + 200
    finally:
        station.close()
