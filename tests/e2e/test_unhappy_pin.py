"""Wrong PINs at sign-in and at the signature, down to the last try."""

from __future__ import annotations

from cardreader.simulator import persona
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from kiosk.session.state import CardProblem
from tests.e2e.disturbing import RIGHT, WRONG, nothing_was_kept


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
