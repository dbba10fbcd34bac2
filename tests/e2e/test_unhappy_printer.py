"""A printer that is open, silent, empty or off while somebody waits for a receipt."""

from __future__ import annotations

import functools

import pytest
import requests

from kiosk.session import Page
from kiosk.session.outcome import ReceiptMail, ReceiptStep
from printer.errors import QrTooLarge
from printer.escpos import NUL_FLUSH
from printer.jobs import Settings as PrinterSettings
from tests.e2e.terminal import EMAIL, MOBILE


def test_an_open_printer_cover_leaves_the_receipt_on_the_screen(terminal):
    terminal.rig.printer.set_faults(cover_open=True)
    terminal.wait(lambda: terminal.devices.cover_open, "the cover to be noticed")
    terminal.go_to(Page.CONFIRMATION)
    terminal.wait(
        lambda: terminal.visit.submission.receipt is ReceiptStep.ON_SCREEN, "the receipt on screen"
    )
    assert terminal.hands.sees("qr")
    terminal.finish()
    terminal.rig.printer.set_faults(cover_open=False)
    terminal.wait(lambda: not terminal.devices.cover_open, "the cover to be closed")
    assert terminal.rig.printer.receipts == 0, "nobody else gets this receipt"


@pytest.fixture
def impatient_printing(monkeypatch):
    """The same printing, without the ten seconds that a slow printer is given."""
    quick = functools.partial(
        PrinterSettings, fence_base=0.4, reply=0.4, poll=0.2, paper_speed=5000
    )
    monkeypatch.setattr("kiosk.workers.printing.PrinterSettings", quick)


@pytest.fixture
def in_doubt(impatient_printing, switch_on):
    """A terminal whose printer fell silent in mid print, and which has told so."""
    terminal = switch_on()
    virtual = terminal.rig.printer
    virtual.set_faults_at(virtual.consumed + len(NUL_FLUSH) + 5000, silent=True)
    terminal.go_to(Page.CONFIRMATION)
    terminal.wait(
        lambda: terminal.visit.submission.receipt is ReceiptStep.UNCERTAIN, "the doubt to be told"
    )
    return terminal


def test_a_printer_silent_in_mid_print_is_not_asked_again(in_doubt):
    terminal, virtual = in_doubt, in_doubt.rig.printer
    reference = terminal.visit.submission.reference
    assert reference and terminal.hands.sees("qr")
    terminal.finish()
    virtual.set_faults(silent=False)
    terminal.wait(lambda: terminal.devices.printer == "online", "the printer to answer")
    # What it had already taken is pushed out before it prints anything else.
    terminal.wait(lambda: not terminal.kiosk._printing._printer._remains, "a clean printer")
    assert virtual.receipts <= 1
    before = virtual.receipts
    terminal.go_to(Page.CONFIRMATION)
    terminal.wait(lambda: terminal.visit.submission.receipt is ReceiptStep.PRINTED, "a receipt")
    assert virtual.receipts == before + 1, "the next visit's receipt and no other"


def test_who_says_that_no_receipt_came_out_gets_one_marked_copy(in_doubt):
    terminal, virtual = in_doubt, in_doubt.rig.printer
    virtual.set_faults(silent=False)
    terminal.wait(lambda: terminal.devices.printer == "online", "the printer to answer")
    tx_id = terminal.visit.submission.tx_id
    terminal.hands.tap("receiptMissing")
    terminal.wait(lambda: terminal.visit.submission.receipt is ReceiptStep.PRINTED, "the copy")
    records = terminal.kiosk._printing._journal.records(tx_id)
    assert [(record.copy, record.state) for record in records] == [(0, "unknown"), (1, "done")]


def test_without_paper_and_network_the_receipt_reaches_the_telephone_later(terminal):
    terminal.rig.printer.set_faults(paper_out=True)
    terminal.wait(lambda: terminal.devices.paper == "out", "the paper to be missed")
    terminal.network(up=False)
    terminal.go_to(Page.CONFIRMATION)
    link = terminal.visit.submission.qr_text
    terminal.hands.tap("receiptMail")
    terminal.wait(lambda: terminal.visit.submission.mail is ReceiptMail.KEPT, "the promise")
    folder = terminal.kiosk._settings.state_directory / "receipts-to-send"
    [waiting] = folder.iterdir()
    assert link.encode() not in waiting.read_bytes(), "sealed"
    terminal.finish()
    terminal.network(up=True)
    terminal.wait(lambda: not waiting.exists(), "the receipt to be sent")
    url = f"{terminal.rig.central_url}/v1/notifications"
    notices = requests.get(url, timeout=10).json()["notifications"]
    sent = [notice for notice in notices if link in notice["text_ar"]]
    assert [(notice["channel"], notice["recipient"]) for notice in sent] == [
        ("sms", f"+968{MOBILE}"),
        ("email", EMAIL),
    ]
    paper = requests.get(f"{terminal.rig.central_url}{sent[1]['attachment']}", timeout=10)
    assert paper.content.startswith(b"%PDF-")


def test_a_printer_switched_off_does_not_stop_the_visit(terminal):
    terminal.rig.printer.stop()
    terminal.wait(lambda: terminal.devices.printer != "online", "the printer's loss")
    assert not terminal.devices.cover_open, "nobody should look for a cover to close"
    terminal.go_to(Page.CONFIRMATION)
    terminal.finish()
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint")


def test_a_terminal_whose_codes_would_not_fit_its_paper_does_not_start(switch_on, monkeypatch):
    """Refused before anybody signs: later it would cost each citizen the receipt."""
    monkeypatch.setattr("printer.qr.MAX_VERSION", 5)
    with pytest.raises(QrTooLarge, match="takes 5"):
        switch_on()
