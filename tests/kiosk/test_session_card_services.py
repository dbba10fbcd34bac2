"""Services on the card itself: activation, another PIN, a blocked PIN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.session import Page, effects as ef, events as ev
from kiosk.session.card_task import CardTaskKind
from kiosk.session.outcome import ReceiptStep, VisitEnd
from kiosk.session.state import CardProblem
from tests.kiosk.desk import GOOD, HOLDER, NOW, OFFLINE, TX, Desk

DONE = ev.CardTaskDone(TX, "7K3Q-9FZ2", "HTTPS://X/R#AB", NOW)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def new_card(desk) -> Desk:
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    return desk(ev.CardRead(HOLDER, None, activated=False))


def six(desk: Desk) -> Desk:
    return desk(ev.PinDigitsChanged(6), ev.ContinuePressed())


def test_a_new_card_is_offered_activation(new_card):
    assert new_card.page is Page.ACTIVATION
    assert new_card.visit.cardholder == HOLDER


def test_activation_from_the_code_to_the_receipt(new_card):
    new_card(ev.ContinuePressed())
    assert new_card.page is Page.CODE
    assert new_card.asked(ef.RequestCode) == [ef.RequestCode(HOLDER, "ar")]
    new_card(ev.CodeSent("•••••217"))
    assert new_card.visit.card_task.code_sent_to == "•••••217"
    six(new_card)
    assert new_card.asked(ef.CheckCode)
    new_card(ev.CodeAccepted())
    assert new_card.page is Page.NEW_PIN
    six(new_card)
    assert new_card.asked(ef.TakeNewPin) == [ef.TakeNewPin(HOLDER)]
    new_card(ev.NewPinTaken())
    assert new_card.page is Page.REPEAT_PIN
    six(new_card)
    assert new_card.asked(ef.CompareNewPin)
    new_card(ev.PinsMatch())
    assert new_card.page is Page.CARD_WORKING
    assert new_card.asked(ef.RunCardTask) == [ef.RunCardTask(CardTaskKind.ACTIVATE)]
    new_card(ev.CardTaskProgress(3, 9))
    assert (new_card.visit.card_task.step, new_card.visit.card_task.steps) == (3, 9)
    new_card(DONE)
    assert new_card.page is Page.CARD_DONE
    assert len(new_card.asked(ef.PrintReceipt)) == 1
    new_card(ev.ReceiptPrinted(TX))
    assert new_card.visit.submission.receipt is ReceiptStep.PRINTED
    new_card(ev.ContinuePressed())
    assert new_card.visit.end is VisitEnd.FINISHED
    assert new_card.visit.card_task is None


def test_without_network_activation_says_what_is_needed(desk):
    desk(ev.TerminalChanged(OFFLINE))
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardRead(HOLDER, None, activated=False))
    assert desk.page is Page.ACTIVATION_STOPPED
    assert desk.visit.card_task.problem == "network"
    desk(ev.ContinuePressed())
    assert desk.page is Page.ACTIVATION_STOPPED
    assert not desk.asked(ef.RequestCode)
    desk(ev.TerminalChanged(GOOD), ev.ContinuePressed())
    assert desk.asked(ef.RequestCode)


def test_the_network_goes_while_the_person_reads(new_card):
    new_card(ev.TerminalChanged(OFFLINE), ev.ContinuePressed())
    assert (new_card.page, new_card.visit.card_task.problem) == (Page.ACTIVATION_STOPPED, "network")
    assert not new_card.asked(ef.RequestCode)


def test_the_code_comes_in_the_language_of_the_visit(desk):
    desk(ev.Started(), ev.LanguageChosen("en"), ev.CardInserted())
    desk(ev.CardRead(HOLDER, None, activated=False), ev.ContinuePressed())
    assert desk.asked(ef.RequestCode) == [ef.RequestCode(HOLDER, "en")]
    desk(ev.CodeSent("•••••217"), ev.LanguageChosen("ar"), ev.NewCodePressed())
    assert desk.asked(ef.RequestCode)[-1] == ef.RequestCode(HOLDER, "ar")


def test_a_code_is_not_checked_before_it_was_sent(new_card):
    new_card(ev.ContinuePressed())
    six(new_card)
    assert not new_card.asked(ef.CheckCode)


def test_a_wrong_code_says_how_many_tries_are_left_then_starts_again(new_card):
    new_card(ev.ContinuePressed(), ev.CodeSent("•••••217"))
    six(new_card)
    new_card(ev.CodeRefused(2))
    assert (new_card.page, new_card.visit.pin.tries_left) == (Page.CODE, 2)
    six(new_card)
    new_card(ev.CodeRefused(0))
    stopped = (Page.ACTIVATION_STOPPED, "code-used-up")
    assert (new_card.page, new_card.visit.card_task.problem) == stopped
    new_card(ev.ContinuePressed())
    assert new_card.page is Page.CODE
    assert new_card.visit.card_task.busy


def test_another_code_can_be_asked_for(new_card):
    new_card(ev.ContinuePressed(), ev.CodeSent("•••••217"))
    new_card(ev.NewCodePressed())
    assert len(new_card.asked(ef.RequestCode)) == 1
    assert new_card.visit.card_task.busy


@pytest.mark.parametrize(
    ("problem", "again"), [("no-mobile", False), ("network", True), ("unknown-card", False)]
)
def test_no_code_says_why_and_what_may_be_otherwise_is_tried_again(new_card, problem, again):
    new_card(ev.ContinuePressed(), ev.CodeNotSent(problem))
    assert (new_card.page, new_card.visit.card_task.problem) == (Page.ACTIVATION_STOPPED, problem)
    new_card(ev.ContinuePressed())
    assert new_card.page is (Page.CODE if again else Page.ACTIVATION_STOPPED)
    if not again:
        new_card(ev.CancelPressed())
        assert new_card.visit.end is VisitEnd.CANCELLED


def test_a_weak_pin_is_not_taken(new_card):
    new_card(ev.ContinuePressed(), ev.CodeSent("•••••217"))
    six(new_card)
    new_card(ev.CodeAccepted())
    six(new_card)
    new_card(ev.NewPinWeak("repeated"))
    assert (new_card.page, new_card.visit.card_task.problem) == (Page.NEW_PIN, "repeated")
    assert new_card.visit.pin.digits == 0
    assert new_card.asked(ef.ClearPin)
    new_card(ev.PinDigitsChanged(1))
    assert new_card.visit.card_task.problem is None


def test_two_different_pins_start_the_choice_again(new_card):
    new_card(ev.ContinuePressed(), ev.CodeSent("•••••217"))
    six(new_card)
    new_card(ev.CodeAccepted())
    six(new_card)
    new_card(ev.NewPinTaken())
    six(new_card)
    new_card(ev.PinsDiffer())
    assert (new_card.page, new_card.visit.card_task.problem) == (Page.NEW_PIN, "pins-differ")
    assert not new_card.asked(ef.RunCardTask)


def test_an_activation_that_failed_can_be_taken_up_again(new_card):
    new_card(ev.ContinuePressed(), ev.CodeSent("•••••217"))
    six(new_card)
    new_card(ev.CodeAccepted())
    six(new_card)
    new_card(ev.NewPinTaken())
    six(new_card)
    new_card(ev.PinsMatch(), ev.CardTaskFailed("network"))
    assert (new_card.page, new_card.visit.card_task.problem) == (Page.ACTIVATION_STOPPED, "network")


def test_the_card_pulled_during_activation_ends_the_visit(new_card):
    new_card(ev.ContinuePressed(), ev.CardRemoved())
    assert new_card.visit.end is VisitEnd.CARD_REMOVED
    assert new_card.visit.card_task is None


def test_changing_the_pin(desk):
    desk.to_services()(ev.ServiceChosen("change-pin"))
    assert desk.page is Page.OLD_PIN
    six(desk)
    assert desk.asked(ef.KeepSecret) == [ef.KeepSecret(ef.Secret.OLD_PIN)]
    six(desk)
    desk(ev.NewPinTaken())
    six(desk)
    desk(ev.PinsMatch())
    assert desk.asked(ef.RunCardTask) == [ef.RunCardTask(CardTaskKind.CHANGE_PIN)]
    desk(ev.PinRefused(2))
    assert (desk.page, desk.visit.pin.tries_left, desk.visit.pin.wrong) == (Page.OLD_PIN, 2, True)


def test_services_that_are_not_offered_cannot_be_chosen(desk):
    desk.to_services()(ev.ServiceChosen("unblock-pin"))
    assert desk.page is Page.SERVICES


def test_a_card_that_is_active_already_says_how_it_stands(desk):
    desk.to_services()(ev.ServiceChosen("activate-card"))
    assert desk.page is Page.CARD_STATE
    assert len(desk.asked(ef.QueryPinTries)) == 1
    desk(ev.TriesKnown(3))
    assert desk.visit.pin.tries_left == 3
    desk(ev.BackPressed())
    assert desk.page is Page.SERVICES
    desk(ev.ServiceChosen("activate-card"), ev.ContinuePressed())
    assert desk.page is Page.OLD_PIN
    assert desk.visit.card_task.kind is CardTaskKind.CHANGE_PIN


@pytest.fixture
def letter_card(desk) -> Desk:
    """It has its keys, and the PIN of the letter that came with it; there is no network."""
    desk(ev.TerminalChanged(OFFLINE))
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    return desk(ev.CardRead(HOLDER, 3, transport=True))


def test_the_pin_of_the_letter_gives_way_to_ones_own_without_a_network(letter_card):
    assert letter_card.page is Page.ACTIVATION
    letter_card(ev.ContinuePressed())
    assert letter_card.page is Page.OLD_PIN
    six(letter_card)
    assert letter_card.asked(ef.KeepSecret) == [ef.KeepSecret(ef.Secret.OLD_PIN)]
    six(letter_card)
    letter_card(ev.NewPinTaken())
    six(letter_card)
    letter_card(ev.PinsMatch())
    task = ef.RunCardTask(CardTaskKind.ACTIVATE, transport=True)
    assert letter_card.asked(ef.RunCardTask) == [task]
    assert not letter_card.asked(ef.RequestCode)
    letter_card(DONE)
    assert letter_card.page is Page.CARD_DONE
    assert letter_card.visit.submission.service_id == "activate-card"


def test_a_wrong_pin_of_the_letter_is_asked_again(letter_card):
    letter_card(ev.ContinuePressed())
    six(letter_card)
    six(letter_card)
    letter_card(ev.NewPinTaken())
    six(letter_card)
    letter_card(ev.PinsMatch(), ev.PinRefused(2))
    assert (letter_card.page, letter_card.visit.pin.tries_left) == (Page.OLD_PIN, 2)
    assert letter_card.visit.card_task.transport
    letter_card(ev.BackPressed())
    assert letter_card.page is Page.ACTIVATION
    assert letter_card.visit.card_task.transport


def test_a_failure_of_the_terminal_keeps_what_the_card_is(letter_card):
    letter_card(ev.ContinuePressed())
    six(letter_card)
    six(letter_card)
    letter_card(ev.NewPinTaken())
    six(letter_card)
    letter_card(ev.PinsMatch(), ev.CardTaskFailed("terminal"))
    assert letter_card.page is Page.ACTIVATION_STOPPED
    letter_card(ev.ContinuePressed())
    assert letter_card.page is Page.ACTIVATION
    assert letter_card.visit.card_task.transport


def test_a_blocked_pin_of_the_letter_is_unblocked_with_the_puk(desk):
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardRead(HOLDER, 0, transport=True))
    assert desk.visit.card_problem is CardProblem.PIN_BLOCKED


def test_a_blocked_pin_is_unblocked_with_the_puk(desk):
    desk.to_pin(tries_left=0)
    assert desk.visit.card_problem is CardProblem.PIN_BLOCKED
    desk(ev.UnblockChosen())
    assert desk.asked(ef.ReadCard), "nothing of the card was kept, so it is read again"
    desk(ev.CardRead(HOLDER, 0))
    assert (desk.page, desk.visit.pin.length) == (Page.PUK, 8)
    desk(ev.PinDigitsChanged(6), ev.ContinuePressed())
    assert desk.page is Page.PUK
    assert desk.visit.pin.incomplete
    desk(ev.PinDigitsChanged(8), ev.ContinuePressed())
    assert desk.asked(ef.KeepSecret) == [ef.KeepSecret(ef.Secret.PUK)]
    six(desk)
    desk(ev.NewPinTaken())
    six(desk)
    desk(ev.PinsMatch())
    desk(ev.PukRefused(2))
    assert (desk.page, desk.visit.pin.tries_left, desk.visit.pin.length) == (Page.PUK, 2, 8)


def test_only_a_blocked_pin_can_be_unblocked(desk):
    desk.to_pin()(ev.CardRefused(CardProblem.NOT_GENUINE), ev.UnblockChosen())
    assert desk.page is Page.CARD_PROBLEM


def test_an_expired_card_is_not_activated(desk):
    from datetime import date

    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardRead(replace(HOLDER, expiry_date=date(2026, 1, 1)), None, activated=False))
    assert desk.visit.card_problem is CardProblem.EXPIRED
