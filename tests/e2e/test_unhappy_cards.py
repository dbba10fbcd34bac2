"""Cards that are pulled at every moment of a visit, exchanged, or of no use at all."""

from __future__ import annotations

import time

import pytest

from cardreader.simulator import persona
from kiosk.devices import can_serve
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from kiosk.session.state import CardProblem
from tests.e2e.disturbing import (
    BEFORE_THE_SIGNATURE,
    RIGHT,
    SlowedCard,
    nothing_was_kept,
    signing,
)


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
    whole = signing(terminal, lambda _: None)
    terminal.wait_for(Page.CONFIRMATION)
    commands = whole.commands
    assert commands >= 2, "VERIFY and GENERAL AUTHENTICATE at least"
    terminal.finish()
    kept = terminal.kiosk.outbox.status().last_seq
    assert kept == 1

    for moment in range(1, commands + 1):

        def pull(count: int, moment=moment) -> None:
            if count == moment:
                terminal.rig.readers.remove()

        signing(terminal, pull)
        terminal.leave(VisitEnd.CARD_REMOVED)
        assert terminal.kiosk.outbox.status().last_seq == kept


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
        if count == 1:
            terminal.rig.readers.detach()

    signing(terminal, unplug)
    terminal.wait_for(Page.ENDED)
    terminal.wiped()
    assert nothing_was_kept(terminal)
