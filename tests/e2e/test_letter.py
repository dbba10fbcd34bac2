"""A card with a PIN by letter, at the window: one's own PIN without a network, then a complaint."""

from __future__ import annotations

from cardreader.simulator import Profile, issue, persona
from kiosk.session import Page, events as ev
from kiosk.session.outcome import ReceiptStep, VisitEnd
from kiosk.session.state import CardProblem

LETTER = persona("citizen-letter")
OWN = "941537"


def insert(terminal) -> None:
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(LETTER.id)


def enter(terminal, page: Page, digits: str) -> None:
    terminal.wait_for(page)
    terminal.press_pin(digits)


def test_the_letters_pin_is_replaced_and_the_card_signs_with_rsa(terminal):
    terminal.network(up=False)
    insert(terminal)
    terminal.wait_for(Page.ACTIVATION)
    terminal.send(ev.ContinuePressed())
    # Wrong first: the card says so only when it is asked to change, and a try is gone.
    for digits, left in (("000000", 2), (LETTER.pin, None)):
        enter(terminal, Page.OLD_PIN, digits)
        enter(terminal, Page.NEW_PIN, OWN)
        enter(terminal, Page.REPEAT_PIN, OWN)
        terminal.wait_for(Page.OLD_PIN if left else Page.CARD_DONE)
        assert terminal.visit.pin.tries_left == left
    terminal.wait(
        lambda: terminal.visit.submission.receipt is ReceiptStep.PRINTED, "the receipt on paper"
    )
    terminal.send(ev.ContinuePressed())
    terminal.leave(VisitEnd.FINISHED)

    terminal.network(up=True)
    terminal.kiosk.look_again()
    insert(terminal)
    enter(terminal, Page.PIN, OWN)
    terminal.wait_for(Page.IDENTITY)
    terminal.send(ev.ContinuePressed(), ev.ServiceChosen("activate-card"))
    terminal.wait_for(Page.CARD_STATE)
    terminal.wait(lambda: terminal.visit.pin.tries_left == 3, "the tries, which IAS cards tell")
    terminal.send(ev.BackPressed(), ev.ServiceChosen("complaint"))
    terminal.fill_in()
    terminal.send(ev.ContinuePressed())
    enter(terminal, Page.SIGN, OWN)
    terminal.wait_for(Page.CONFIRMATION)
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint at the central API")
    assert terminal.received()[0]["outcome"] == "accepted"


def test_an_ias_card_without_certificates_is_for_the_office_before_anything_is_asked(terminal):
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert_card(issue("citizen-new", profile=Profile.IAS_CLASSIC))
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.NOT_ACTIVATED
