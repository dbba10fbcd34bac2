"""A second paper is asked for by a person and is a marked copy: through the terminal's worker."""

import queue
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.papers.receipts import compose_receipt
from kiosk.services import load_catalogue
from kiosk.session import events as ev
from kiosk.session.effects import PrerenderReceipt, PrintReceipt
from kiosk.session.outcome import Submission
from kiosk.session.state import Cardholder
from kiosk.workers.printing import Printing
from printer.bitmap import ReceiptBitmap
from printer.layout import render
from printer.transport import NetworkTransport
from tests.printer.receipt_samples import QR_TEXT

NOW = datetime(2026, 11, 21, 18, 17, tzinfo=UTC)
HOLDER = Cardholder("62184907", "", "", NOW.date(), NOW.date(), "citizen", "OMN", b"")
KEPT = Submission("0192f5b0-1c2d-7abc-8def-0123456789ab", "complaint", NOW, "7QK4-M2XD", QR_TEXT)
EFFECT = PrintReceipt(KEPT, "ar", HOLDER, {})


@pytest.fixture
def desk(virtual, tmp_path):
    address = virtual.start()
    answers: queue.SimpleQueue = queue.SimpleQueue()
    catalogue = load_catalogue()
    printing = Printing(
        lambda: NetworkTransport(*address),
        catalogue,
        "MCT-0042",
        width=576,
        journal=tmp_path / "prints.db",
        answer=lambda event, visit: answers.put(event),
        changed=lambda *_: None,
        show_receipt=lambda *_: None,
    )
    printing.start()

    def bitmap(copy):
        receipt = compose_receipt(KEPT, HOLDER, {}, catalogue, "MCT-0042", copy=copy)
        return render(receipt, 576)

    yield printing, answers, bitmap
    printing.stop()


def test_original_then_copies_one_and_two(desk, tray):
    printing, answers, bitmap = desk
    for ask in (printing.print, printing.reprint, printing.reprint):
        ask(EFFECT, 1)
        assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
    papers = [ReceiptBitmap.from_png(png) for png, _ in tray.wait(3)]
    assert papers == [bitmap(0), bitmap(1), bitmap(2)]


def test_the_machine_itself_never_repeats_an_original(desk, tray):
    printing, answers, _ = desk
    printing.print(EFFECT, 1)
    assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
    printing.print(EFFECT, 1)
    assert answers.get(timeout=20) == ev.ReceiptNotPrinted(KEPT.tx_id, "already_printed")
    assert len(tray.receipts) == 1


def test_who_left_while_the_receipt_was_drawn_gets_none_and_neither_does_the_next(desk, tray):
    printing, answers, _ = desk
    printing.print(EFFECT, 1)
    printing.forget()
    other = replace(EFFECT, submission=replace(KEPT, tx_id=KEPT.tx_id.replace("89ab", "89ac")))
    printing.print(other, 2)
    assert answers.get(timeout=20) == ev.ReceiptPrinted(other.submission.tx_id)
    assert len(tray.receipts) == 1


def test_a_prerendered_receipt_has_the_same_dots_and_is_not_remembered(desk, tray):
    printing, answers, bitmap = desk
    printing.prerender(PrerenderReceipt("complaint", "ar", HOLDER, {}))
    printing.print(EFFECT, 1)
    assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
    assert ReceiptBitmap.from_png(tray.wait()[0][0]) == bitmap(0)
    assert printing._drawn._kept
    printing.forget()
    assert not printing._drawn._kept, "what one citizen's receipt says goes with the visit"


@pytest.mark.parametrize("leave", [False, True])
def test_what_is_drawn_ahead_gives_way(desk, tray, monkeypatch, leave):
    """To the receipt that somebody waits for, and to the end of the visit."""
    printing, answers, bitmap = desk
    begun = threading.Event()

    def endless(*_):
        while True:
            begun.set()
            yield

    monkeypatch.setattr("kiosk.workers.printing.draw_ahead", endless)
    printing.prerender(PrerenderReceipt("complaint", "ar", HOLDER, {}))
    assert begun.wait(20)
    if leave:
        printing.forget()
        assert printing._worker.submit(lambda: "free").result(20) == "free"
    else:
        printing.print(EFFECT, 1)
        assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
        assert ReceiptBitmap.from_png(tray.wait()[0][0]) == bitmap(0)


def test_large_print_is_in_the_language_of_the_visit_alone(desk, tray):
    printing, answers, _ = desk
    printing.print(replace(EFFECT, language="en", large=True), 1)
    assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
    receipt = compose_receipt(
        KEPT, HOLDER, {}, load_catalogue(), "MCT-0042", languages="en", large=True
    )
    assert ReceiptBitmap.from_png(tray.wait()[0][0]) == render(receipt, 576)


def test_after_paper_out_the_reprint_is_the_original(desk, virtual, tray):
    printing, answers, bitmap = desk
    virtual.set_faults(paper_out=True)
    printing.print(EFFECT, 1)
    assert answers.get(timeout=20) == ev.ReceiptNotPrinted(KEPT.tx_id, "paper_out")
    virtual.set_faults(paper_out=False)
    printing.reprint(EFFECT, 1)
    assert answers.get(timeout=20) == ev.ReceiptPrinted(KEPT.tx_id)
    assert ReceiptBitmap.from_png(tray.wait()[0][0]) == bitmap(0)
