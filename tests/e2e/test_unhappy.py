"""What bad input gets: cards, PINs, devices and networks that fail at every moment of a visit."""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Callable

import pytest
import requests

from cardreader.simulator import issue, persona
from kiosk.devices import can_serve, is_online
from kiosk.session import Page, events as ev
from kiosk.session.state import CardProblem, ReceiptMail, ReceiptStep, VisitEnd
from printer.escpos import NUL_FLUSH
from printer.jobs import Settings as PrinterSettings
from tests.e2e.terminal import EMAIL, MOBILE, Terminal

RIGHT = persona("citizen-active").pin or ""
WRONG = "111222"
BEFORE_THE_SIGNATURE = (
    Page.PIN,
    Page.IDENTITY,
    Page.SERVICES,
    Page.QUESTION,
    Page.CHECK,
    Page.SIGN,
)


def nothing_was_kept(terminal: Terminal) -> bool:
    return terminal.kiosk.outbox.status().last_seq == 0 and terminal.received() == []


class SlowedCard:
    """A card that tells before each command that it is about to carry it out."""

    def __init__(self, persona_id: str, before: Callable[[int], None]) -> None:
        self._count = 0
        self._before = before
        self.card = issue(persona_id, latency=0.001, sleep=self._tick)

    def from_now(self) -> None:
        """Count from here."""
        self._count = 0

    @property
    def commands(self) -> int:
        return self._count

    def _tick(self, _seconds: float) -> None:
        self._count += 1
        self._before(self._count)


# --- the card is pulled


@pytest.mark.parametrize("page", BEFORE_THE_SIGNATURE)
def test_the_card_pulled_on_any_page_ends_the_visit_wiped_and_keeps_nothing(terminal, page):
    terminal.go_to(page)
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)
    assert nothing_was_kept(terminal)


def test_the_card_pulled_with_digits_entered_leaves_no_digit_for_the_next_person(terminal):
    terminal.go_to(Page.PIN)
    for digit in "123":
        terminal.kiosk._pin.press(int(digit))
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)
    terminal.go_to(Page.PIN)
    assert terminal.visit.pin.digits == 0
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.IDENTITY)


def test_the_card_pulled_while_it_is_read_ends_the_visit(terminal):
    whole = SlowedCard("citizen-active", lambda _: None)
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert_card(whole.card)
    terminal.wait_for(Page.PIN)
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)

    for moment in range(1, whole.commands + 1, 4):
        pulled = SlowedCard(
            "citizen-active",
            lambda count, at=moment: terminal.rig.readers.remove() if count == at else None,
        )
        terminal.send(ev.Started(), ev.LanguageChosen("ar"))
        terminal.rig.readers.insert_card(pulled.card)
        terminal.leave(VisitEnd.CARD_REMOVED)
    assert nothing_was_kept(terminal)


def test_the_card_pulled_at_every_command_of_the_signature_keeps_nothing(terminal):
    whole = SlowedCard("citizen-active", lambda _: None)
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert_card(whole.card)
    to_signature(terminal)
    whole.from_now()
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.CONFIRMATION)
    commands = whole.commands
    assert commands >= 2, "VERIFY and GENERAL AUTHENTICATE at least"
    terminal.finish()
    kept = terminal.kiosk.outbox.status().last_seq
    assert kept == 1

    for moment in range(1, commands + 1):
        armed: list[int] = []

        def pull(count: int, armed=armed, moment=moment) -> None:
            if armed and count == moment:
                terminal.rig.readers.remove()

        card = SlowedCard("citizen-active", pull)
        terminal.send(ev.Started(), ev.LanguageChosen("ar"))
        terminal.rig.readers.insert_card(card.card)
        to_signature(terminal)
        card.from_now()
        armed.append(moment)
        terminal.press_pin(RIGHT)
        terminal.leave(VisitEnd.CARD_REMOVED)
        assert terminal.kiosk.outbox.status().last_seq == kept


def to_signature(terminal: Terminal) -> None:
    """From a card just put in to the PIN for the signature."""
    terminal.wait_for(Page.PIN)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.IDENTITY)
    terminal.send(ev.ContinuePressed(), ev.ServiceChosen("complaint"))
    terminal.fill_in()
    terminal.send(ev.ContinuePressed())
    terminal.wait_for(Page.SIGN)


def test_the_card_pulled_after_it_has_signed_changes_nothing(terminal, monkeypatch):
    """The signature is made: the complaint is kept, and the citizen is told so."""
    outbox = terminal.kiosk.outbox
    enqueue = outbox.enqueue

    def pull_and_enqueue(submission):
        terminal.rig.readers.remove()
        return enqueue(submission)

    monkeypatch.setattr(outbox, "enqueue", pull_and_enqueue)
    terminal.go_to(Page.CONFIRMATION)
    assert not terminal.visit.card_present or terminal.rig.readers.drain()
    terminal.finish()
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint")


# --- the PIN


def test_a_wrong_pin_costs_one_try_each_and_three_block_the_card(terminal):
    terminal.go_to(Page.PIN)
    assert terminal.visit.pin.tries_left == 3
    for left in (2, 1):
        terminal.press_pin(WRONG)
        terminal.wait(lambda: terminal.visit.pin.wrong, "the refusal")
        assert terminal.visit.pin.tries_left == left
        assert terminal.visit.pin.digits == 0
    terminal.press_pin(WRONG)
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.PIN_BLOCKED
    assert terminal.visit.cardholder is None
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REFUSED)

    # The next time it is known before any digit, and the right PIN does not help any more.
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert("citizen-active")
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.PIN_BLOCKED


def test_the_last_try_is_told_and_right_it_is_enough(terminal):
    terminal.go_to(Page.PIN, "last-try")
    assert terminal.visit.pin.tries_left == 1
    terminal.press_pin(persona("last-try").pin)
    terminal.wait_for(Page.IDENTITY)


def test_the_last_try_wrong_blocks(terminal):
    terminal.go_to(Page.PIN, "last-try")
    terminal.press_pin(WRONG)
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.PIN_BLOCKED


def test_a_wrong_pin_at_the_signature_signs_nothing_and_the_right_one_signs_once(terminal):
    terminal.go_to(Page.SIGN)
    terminal.press_pin(WRONG)
    terminal.wait(
        lambda: terminal.visit.page is Page.SIGN and terminal.visit.pin.wrong, "a refusal"
    )
    assert terminal.visit.pin.tries_left == 2
    assert nothing_was_kept(terminal)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.CONFIRMATION)
    terminal.finish()
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint")
    assert terminal.kiosk.outbox.status().last_seq == 1


def test_blocking_the_pin_at_the_signature_keeps_nothing(terminal):
    terminal.go_to(Page.SIGN)
    for left in (2, 1):
        terminal.press_pin(WRONG)
        terminal.wait(lambda left=left: terminal.visit.pin.tries_left == left, f"{left} left")
        terminal.wait_for(Page.SIGN)
    terminal.press_pin(WRONG)
    terminal.wait_for(Page.CARD_PROBLEM, Page.TAKE_CARD)
    assert nothing_was_kept(terminal)
    assert terminal.visit.cardholder is None
    # Whoever blocked the PIN at the last step has to be told so.
    assert terminal.visit.card_problem is CardProblem.PIN_BLOCKED


def test_continue_pressed_many_times_asks_the_card_once(terminal):
    terminal.go_to(Page.PIN)
    terminal.press_pin(WRONG)
    terminal.send(*[ev.ContinuePressed()] * 5)
    terminal.wait(lambda: terminal.visit.pin.wrong, "the refusal")
    assert terminal.visit.pin.tries_left == 2


# --- cards that cannot be used


@pytest.mark.parametrize(
    ("persona_id", "problem"),
    [
        ("foreign", CardProblem.NOT_SUPPORTED),
        ("expired", CardProblem.EXPIRED),
        ("revoked", CardProblem.REVOKED),
        ("unknown-issuer", CardProblem.NOT_GENUINE),
        ("forged", CardProblem.NOT_GENUINE),
        ("pin-blocked", CardProblem.PIN_BLOCKED),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_and_nothing_of_it_is_shown(
    terminal, persona_id, problem
):
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(persona_id)
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is problem
    assert terminal.visit.cardholder is None
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REFUSED)
    terminal.go_to(Page.IDENTITY)
    assert terminal.visit.cardholder.civil_number == persona("citizen-active").civil_number


def test_a_new_card_is_offered_activation_and_nothing_else(terminal):
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert("citizen-new")
    terminal.wait_for(Page.ACTIVATION)
    terminal.send(ev.ServiceChosen("complaint"), ev.PinDigitsChanged(6))
    assert terminal.visit.page is Page.ACTIVATION
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)


def test_a_mute_card_may_be_turned_over_without_starting_again(terminal):
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert("mute")
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.MUTE
    terminal.rig.readers.remove()
    terminal.wait_for(Page.INSERT_CARD)
    terminal.rig.readers.insert("citizen-active")
    terminal.wait_for(Page.PIN)


def test_another_card_in_the_middle_of_a_visit_is_another_visit(terminal):
    """Nobody goes on with the answers of somebody else."""
    terminal.go_to(Page.CHECK)
    terminal.rig.readers.insert("resident-worker")
    terminal.wait_for(Page.ENDED, Page.TAKE_CARD, Page.LANGUAGE)
    assert terminal.visit.cardholder is None
    assert terminal.visit.form is None


# --- devices


@pytest.mark.parametrize("page", [Page.PIN, Page.QUESTION, Page.SIGN])
def test_a_reader_unplugged_in_a_visit_serves_again_within_ten_seconds(terminal, page):
    terminal.go_to(page)
    terminal.rig.readers.detach()
    terminal.wait(lambda: not can_serve(terminal.devices), "the loss to be noticed")
    terminal.wait_for(Page.ENDED)
    terminal.wiped()
    terminal.send(ev.TimerFired(ev.Timer.ENDED_PAGE))
    terminal.wait_for(Page.OUT_OF_SERVICE)
    terminal.rig.readers.remove()
    back = time.monotonic()
    terminal.rig.readers.attach()
    terminal.wait_for(Page.ATTRACT)
    terminal.go_to(Page.CONFIRMATION)
    assert time.monotonic() - back < 10
    terminal.finish()


def test_a_reader_unplugged_while_the_card_signs_tells_the_truth(terminal):
    def unplug(count: int) -> None:
        if armed and count == 1:
            terminal.rig.readers.detach()

    armed: list[bool] = []
    card = SlowedCard("citizen-active", unplug)
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert_card(card.card)
    to_signature(terminal)
    card.from_now()
    armed.append(True)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.ENDED)
    terminal.wiped()
    assert nothing_was_kept(terminal)


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


def test_a_printer_silent_in_mid_print_is_not_asked_again(impatient_printing, switch_on):
    terminal = switch_on()
    virtual = terminal.rig.printer
    virtual.set_faults_at(virtual.consumed + len(NUL_FLUSH) + 5000, silent=True)
    terminal.go_to(Page.CONFIRMATION)
    terminal.wait(
        lambda: terminal.visit.submission.receipt is ReceiptStep.UNCERTAIN, "the doubt to be told"
    )
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


def test_who_says_that_no_receipt_came_out_gets_one_marked_copy(impatient_printing, switch_on):
    terminal = switch_on()
    virtual = terminal.rig.printer
    virtual.set_faults_at(virtual.consumed + len(NUL_FLUSH) + 5000, silent=True)
    terminal.go_to(Page.CONFIRMATION)
    terminal.wait(
        lambda: terminal.visit.submission.receipt is ReceiptStep.UNCERTAIN, "the doubt to be told"
    )
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


# --- network


def test_the_network_cut_on_any_page_never_stops_the_journey(terminal):
    pages = [Page.LANGUAGE, Page.INSERT_CARD, *BEFORE_THE_SIGNATURE, Page.CONFIRMATION]
    kept = []
    for cut_on in pages:
        for page in terminal.walk():
            if page is cut_on:
                terminal.network(up=False)
        kept.append(terminal.visit.submission.tx_id)
        terminal.without_answer()
        terminal.finish()
        terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.waiting() == 0, "every complaint to be registered")
    received = terminal.received()
    assert sorted(t["tx_id"] for t in received) == sorted(kept)
    assert all(t["number"] for t in received)
    assert len({t["number"] for t in received}) == len(pages)
    assert terminal.findings() == []


def test_offline_the_words_on_the_screen_are_saved_and_will_be_sent(terminal):
    terminal.network(up=False)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.devices.central == "offline", "the loss of the network")
    terminal.go_to(Page.CONFIRMATION)
    submission = terminal.visit.submission
    assert not submission.waiting_for_answer
    assert submission.registered_as is None
    terminal.finish()
    assert terminal.waiting() == 1
    terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint")


def test_a_complaint_that_the_central_api_refuses_is_said_to_be_refused(terminal):
    """The network is away when the card is reported lost: only the central API knows of it."""
    terminal.network(up=False)
    terminal.kiosk.look_again()
    terminal.wait(lambda: not is_online(terminal.devices), "the terminal to notice")
    assert terminal.revoke("citizen-active") == 2
    terminal.go_to(Page.CONFIRMATION)
    terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.visit.submission.rejected, "the refusal")
    assert terminal.visit.submission.registered_as is None
    terminal.finish()
    [refused] = terminal.received()
    assert (refused["outcome"], refused["number"]) == ("rejected", None)
    assert terminal.waiting() == 0, "a refusal is an answer: it is not sent again"


# --- the outbox


def test_a_full_disk_confirms_nothing_and_takes_the_terminal_out_of_service(terminal):
    database = terminal.kiosk.outbox._connection._db
    database.execute(f"PRAGMA max_page_count = {_pages(database)}")
    confirmed = []
    while _file_a_complaint(terminal):
        confirmed.append(terminal.visit.submission.tx_id)
        terminal.finish()
    assert terminal.visit.end in (VisitEnd.NOT_KEPT, VisitEnd.DEVICE_LOST)
    terminal.wiped()
    terminal.wait(lambda: not can_serve(terminal.devices), "the trouble to be known")
    terminal.rig.readers.remove()
    terminal.wait_for(Page.ENDED)
    terminal.send(ev.TimerFired(ev.Timer.ENDED_PAGE))
    terminal.wait_for(Page.OUT_OF_SERVICE)
    assert len(confirmed) == terminal.kiosk.outbox.status().last_seq

    # Somebody made room.
    database.execute("PRAGMA max_page_count = 100000")
    terminal.wait_for(Page.ATTRACT)
    assert _file_a_complaint(terminal)
    confirmed.append(terminal.visit.submission.tx_id)
    terminal.finish()
    terminal.wait(lambda: terminal.waiting() == 0, "every complaint to be registered")
    assert sorted(t["tx_id"] for t in terminal.received()) == sorted(confirmed)
    assert terminal.findings() == []


def _pages(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA page_count").fetchone()[0])


def _file_a_complaint(terminal: Terminal) -> bool:
    """Whether it was confirmed."""
    terminal.go_to(Page.SIGN)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.CONFIRMATION, Page.TAKE_CARD)
    return terminal.visit.page is Page.CONFIRMATION
