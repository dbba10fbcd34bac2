"""The visit as it also goes: cards pulled, networks lost, people gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.devices import DeviceState, PaperState
from kiosk.session import Page, effects as ef, events as ev
from kiosk.session.outcome import ReceiptMail, ReceiptStep, VisitEnd
from kiosk.session.state import CardProblem
from tests.kiosk.desk import GOOD, HOLDER, OFFLINE, TX, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("way", ["to_pin", "to_services", "to_check"])
def test_the_card_pulled_out_ends_the_visit_wiped(desk, way):
    getattr(desk, way)()(ev.CardRemoved())
    assert desk.page is Page.ENDED
    assert desk.visit.end is VisitEnd.CARD_REMOVED
    assert desk.asked(ef.Wipe)
    assert desk.visit.cardholder is None
    assert desk.visit.form is None
    assert not desk.asked(ef.SignAndKeep)


def test_a_card_pulled_while_signing_waits_for_the_truth(desk):
    desk.to_working()(ev.CardRemoved())
    assert desk.page is Page.WORKING
    desk(ev.Kept(TX, "7K3Q-9FZ2", "qr", desk.world.now))
    assert desk.page is Page.CONFIRMATION, "kept is kept: the person must learn of it"


def test_a_card_pulled_before_the_signature_was_made_confirms_nothing(desk):
    desk.to_working()(ev.CardRemoved(), ev.CardRefused(CardProblem.UNREADABLE))
    assert desk.page is Page.ENDED
    assert desk.visit.end is VisitEnd.CARD_REMOVED


def test_a_transaction_that_could_not_be_kept_is_not_confirmed(desk):
    desk.to_working()(ev.KeepingFailed())
    assert desk.page is Page.TAKE_CARD
    assert desk.visit.end is VisitEnd.NOT_KEPT


def test_a_wrong_pin_says_how_many_tries_are_left_and_empties_the_boxes(desk):
    desk.to_pin().enter_pin()(ev.PinRefused(2))
    assert desk.page is Page.PIN
    assert (desk.visit.pin.tries_left, desk.visit.pin.digits, desk.visit.pin.wrong) == (2, 0, True)
    assert desk.asked(ef.ClearPin)
    assert not desk.asked(ef.VerifyPin), "never retried by machine"


def test_continue_with_four_digits_says_what_is_missing(desk):
    desk.to_pin()(ev.PinDigitsChanged(4), ev.ContinuePressed())
    assert desk.visit.pin.incomplete
    assert not desk.asked(ef.VerifyPin)


def test_a_wrong_pin_at_the_signature_returns_to_the_signature(desk):
    desk.to_working()(ev.PinRefused(1))
    assert desk.page is Page.SIGN
    assert desk.visit.pin.tries_left == 1


@pytest.mark.parametrize("problem", list(CardProblem))
def test_a_refused_card_offers_nothing(desk, problem):
    desk.to_pin()(ev.CardRefused(problem))
    assert desk.page is Page.CARD_PROBLEM
    assert desk.visit.cardholder is None
    desk(ev.ServiceChosen("complaint"))
    assert desk.page is Page.CARD_PROBLEM


def test_a_blocked_pin_is_known_before_any_digit(desk):
    desk.to_pin(tries_left=0)
    assert desk.visit.card_problem is CardProblem.PIN_BLOCKED


def test_an_expired_card_is_refused_the_day_after(desk):
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardRead(replace(HOLDER, expiry_date=date(2026, 11, 21)), 3))
    assert desk.visit.card_problem is CardProblem.EXPIRED


def test_a_card_on_its_last_day_is_still_good(desk):
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardRead(replace(HOLDER, expiry_date=date(2026, 11, 22)), 3))
    assert desk.page is Page.PIN


def test_a_mute_card_turned_over_is_read(desk):
    desk(ev.CardRefused(CardProblem.MUTE))
    assert desk.page is Page.LANGUAGE
    desk(ev.LanguageChosen("ar"))
    assert (desk.page, desk.visit.card_problem) == (Page.CARD_PROBLEM, CardProblem.MUTE)
    desk(ev.CardRemoved())
    assert desk.page is Page.INSERT_CARD
    desk(ev.CardInserted())
    assert desk.page is Page.READING_CARD
    assert desk.asked(ef.ReadCard)


@pytest.mark.parametrize(
    ("terminal", "problem"),
    [
        (replace(GOOD, paper=PaperState.OUT), "paper.out"),
        (replace(GOOD, paper=PaperState.UNKNOWN), "paper.unknown"),
        (replace(GOOD, cover_open=True), "coverOpen"),
        (replace(GOOD, printer=DeviceState.NO_DEVICE), "noDevice"),
    ],
)
def test_without_a_printer_the_receipt_is_on_the_screen(desk, terminal, problem):
    desk(ev.TerminalChanged(replace(terminal, central=DeviceState.OFFLINE))).to_confirmation()
    assert not desk.asked(ef.PrintReceipt)
    assert desk.visit.submission.receipt is ReceiptStep.ON_SCREEN
    assert desk.visit.submission.receipt_problem == problem


def test_a_printer_that_falls_silent_leaves_the_receipt_uncertain_and_unrepeated(desk):
    desk(ev.TerminalChanged(OFFLINE)).to_confirmation()
    desk(ev.ReceiptNotPrinted(TX, "unknown", uncertain=True))
    assert desk.visit.submission.receipt is ReceiptStep.UNCERTAIN
    assert not desk.asked(ef.PrintReceipt)


@pytest.fixture
def unsure(desk) -> Desk:
    """A visit whose printer fell silent in the middle of the receipt."""
    desk(ev.TerminalChanged(OFFLINE)).to_confirmation()
    return desk(ev.ReceiptNotPrinted(TX, "silent", uncertain=True))


def test_the_citizen_saw_the_whole_receipt_so_nothing_is_printed_again(unsure):
    unsure(ev.ReceiptSeen(whole=True))
    assert unsure.visit.submission.receipt is ReceiptStep.PRINTED
    assert unsure.visit.submission.receipt_problem is None
    assert unsure.asked(ef.Record) == [ef.Record("visit.receipt_seen", (("whole", "yes"),))]
    unsure(ev.ReceiptSeen(whole=False))
    assert not unsure.asked(ef.PrintReceipt), "the question is answered"
    unsure(ev.ContinuePressed())
    assert unsure.page is Page.TAKE_CARD


def test_the_citizen_saw_no_receipt_so_one_marked_copy_is_printed(unsure):
    unsure(ev.ReceiptSeen(whole=False), ev.ReceiptSeen(whole=False))
    (copy,) = unsure.asked(ef.PrintReceipt)
    assert copy.again
    assert copy.submission.tx_id == TX
    assert unsure.visit.submission.receipt is ReceiptStep.PRINTING
    unsure(ev.ReceiptPrinted(TX))
    assert unsure.visit.submission.receipt is ReceiptStep.PRINTED


def test_a_copy_that_is_as_uncertain_is_asked_about_again(unsure):
    unsure(ev.ReceiptSeen(whole=False), ev.ReceiptNotPrinted(TX, "silent", uncertain=True))
    assert unsure.visit.submission.receipt is ReceiptStep.UNCERTAIN
    unsure(ev.ReceiptSeen(whole=False))
    assert [copy.again for copy in unsure.asked(ef.PrintReceipt)] == [True]


def test_no_copy_is_sent_to_a_printer_that_is_gone(unsure):
    gone = replace(OFFLINE, printer=DeviceState.NO_DEVICE)
    unsure(ev.TerminalChanged(gone), ev.ReceiptSeen(whole=False))
    assert not unsure.asked(ef.PrintReceipt)
    assert unsure.visit.submission.receipt is ReceiptStep.ON_SCREEN
    assert unsure.visit.submission.receipt_problem == "noDevice"


@pytest.mark.parametrize("left", ["finished", "gone"])
def test_nobody_need_answer_and_afterwards_nothing_is_printed(unsure, left):
    if left == "finished":
        unsure(ev.ContinuePressed())
    else:
        unsure.fire(ev.Timer.IDLE).fire(ev.Timer.COUNTDOWN)
    assert unsure.page is Page.TAKE_CARD
    assert unsure.asked(ef.Wipe)
    unsure(ev.ReceiptSeen(whole=False))
    assert not unsure.asked(ef.PrintReceipt)


@pytest.fixture
def paperless(desk) -> Desk:
    """A confirmed visit at a terminal without a printer."""
    gone = replace(OFFLINE, printer=DeviceState.NO_DEVICE)
    return desk(ev.TerminalChanged(gone)).to_confirmation()


def test_without_paper_the_receipt_goes_to_the_telephone_once(paperless):
    paperless(ev.ReceiptMailPressed(), ev.ReceiptMailPressed())
    (mail,) = paperless.asked(ef.MailReceipt)
    assert mail.receipt.submission.tx_id == TX
    assert mail.receipt.answers["mobile"] == "92123456"
    assert paperless.visit.submission.mail is ReceiptMail.ASKED
    paperless(ev.ReceiptMailKept(TX))
    assert paperless.visit.submission.mail is ReceiptMail.KEPT
    assert paperless.asked(ef.Record) == [ef.Record("visit.receipt_mailed")]
    paperless(ev.ReceiptMailPressed())
    assert not paperless.asked(ef.MailReceipt)


def test_what_could_not_be_kept_for_sending_is_said_and_may_be_tried_again(paperless):
    paperless(ev.ReceiptMailPressed(), ev.ReceiptMailFailed(TX))
    assert paperless.visit.submission.mail is ReceiptMail.FAILED
    paperless(ev.ReceiptMailPressed())
    assert paperless.asked(ef.MailReceipt)


def test_a_receipt_on_paper_or_of_a_refused_application_is_not_sent(desk, paperless):
    paperless(ev.Answered(TX, None, rejected=True), ev.ReceiptMailPressed())
    assert not paperless.asked(ef.MailReceipt)
    other = Desk()
    other(ev.TerminalChanged(OFFLINE)).to_confirmation()(ev.ReceiptPrinted(TX))
    other(ev.ReceiptMailPressed())
    assert not other.asked(ef.MailReceipt)


def test_the_question_is_not_asked_of_a_receipt_that_the_printer_vouches_for(desk):
    desk(ev.TerminalChanged(OFFLINE)).to_confirmation()
    desk(ev.ReceiptSeen(whole=False))
    assert not desk.asked(ef.PrintReceipt), "one is being printed"
    desk(ev.ReceiptPrinted(TX), ev.ReceiptSeen(whole=False))
    assert not desk.asked(ef.PrintReceipt)
    assert desk.visit.submission.receipt is ReceiptStep.PRINTED


def test_a_lost_reader_ends_the_visit_and_shows_out_of_service(desk):
    desk.to_check()(ev.TerminalChanged(replace(GOOD, reader=DeviceState.NO_DEVICE)))
    assert desk.page is Page.ENDED
    assert desk.visit.end is VisitEnd.DEVICE_LOST
    desk.fire(ev.Timer.ENDED_PAGE)
    assert desk.page is Page.OUT_OF_SERVICE
    desk(ev.Started())
    assert desk.page is Page.OUT_OF_SERVICE
    desk(ev.TerminalChanged(GOOD))
    assert desk.page is Page.ATTRACT


def test_a_lost_reader_does_not_take_a_confirmation_away(desk):
    desk.to_confirmation()(ev.TerminalChanged(replace(GOOD, reader=DeviceState.NO_DEVICE)))
    assert desk.page is Page.CONFIRMATION


def test_pulling_the_card_leaves_the_reference_readable(desk):
    desk.to_confirmation()(ev.CardRemoved())
    assert desk.page is Page.CONFIRMATION


def test_nobody_there_is_asked_then_the_visit_ends(desk):
    desk.to_check().fire(ev.Timer.IDLE)
    assert desk.visit.countdown_s == 45
    desk.fire(ev.Timer.COUNTDOWN)
    assert desk.page is Page.TAKE_CARD
    assert desk.visit.end is VisitEnd.TIMED_OUT


def test_a_touch_stops_the_countdown(desk):
    desk.to_check().fire(ev.Timer.IDLE)(ev.StayPressed())
    assert desk.visit.countdown_s is None
    assert ev.Timer.COUNTDOWN not in desk.running
    assert desk.running[ev.Timer.IDLE] == 120


def test_nothing_begun_is_not_asked_about(desk):
    desk(ev.Started()).fire(ev.Timer.IDLE)
    assert desk.page is Page.ATTRACT


def test_waiting_is_doubled_for_those_who_need_larger_text(desk):
    desk.to_pin()(ev.ContrastChosen(True))
    assert desk.running[ev.Timer.IDLE] == 120


def test_no_time_runs_out_while_the_card_works(desk):
    desk.to_working()
    assert ev.Timer.IDLE not in desk.running


def test_a_forgotten_card_is_called_for_louder_each_time(desk):
    desk.to_check()(ev.CancelPressed())
    sounds = []
    for _ in range(3):
        desk.fire(ev.Timer.CARD_LEFT)
        sounds += [sound.name for sound in desk.asked(ef.Sound)]
    assert sounds == ["gentle", "loud", "alert"]
    assert ev.Timer.CARD_LEFT not in desk.running


def test_another_card_before_the_pages_are_over_begins_a_new_visit(desk):
    desk.to_check()(ev.CardRemoved(), ev.CardInserted())
    desk.fire(ev.Timer.ENDED_PAGE)
    assert desk.page is Page.LANGUAGE
    assert desk.visit.cardholder is None
    assert desk.asked(ef.BeginVisit)


def test_at_power_on_nothing_is_served_before_the_devices_have_reported():
    from kiosk.devices import Terminal
    from kiosk.session import State

    desk = Desk(State(Terminal()))
    desk(ev.TerminalChanged(Terminal(reader=DeviceState.ONLINE)))
    assert desk.page is Page.ATTRACT
    desk(ev.Started())
    assert desk.page is Page.ATTRACT
    desk(ev.TerminalChanged(GOOD), ev.Started())
    assert desk.page is Page.LANGUAGE


def test_a_terminal_that_stops_does_not_take_a_confirmation_back(desk):
    desk.to_confirmation()(ev.ShutDown())
    assert desk.visit.end is VisitEnd.FINISHED
