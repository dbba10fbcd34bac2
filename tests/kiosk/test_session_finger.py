"""A blocked PIN and the cardholder's finger in place of the PUK: the visit's side of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.devices import DeviceState
from kiosk.session import Page, State, effects as ef, events as ev
from kiosk.session.card_task import CardTaskKind
from kiosk.session.outcome import VisitEnd
from kiosk.session.state import CardProblem
from tests.kiosk.desk import GOOD, HOLDER, NOW, TX, Desk

SENSOR = replace(GOOD, finger=DeviceState.ONLINE)


@pytest.fixture
def desk() -> Desk:
    return Desk(State(SENSOR))


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """The sensor waits for a finger."""
    desk.to_pin(tries_left=0)
    desk(ev.FingerKnown(3), ev.FingerChosen(), ev.CardRead(HOLDER, 0))
    assert (desk.page, desk.visit.card_task.busy) == (Page.FINGER, True)
    assert desk.asked(ef.TakeFinger)
    return desk


def six(desk: Desk) -> Desk:
    return desk(ev.PinDigitsChanged(6), ev.ContinuePressed())


def test_a_blocked_card_is_asked_whether_it_takes_a_finger(desk: Desk) -> None:
    desk.to_pin(tries_left=0)
    assert desk.asked(ef.AskFinger)
    assert not desk.visit.finger_offered
    desk(ev.FingerKnown(2))
    assert desk.visit.finger_offered
    desk(ev.FingerChosen())
    assert desk.asked(ef.ReadCard), "nothing of the card was kept, so it is read again"


def test_a_card_that_blocks_in_this_visit_is_asked_too(desk: Desk) -> None:
    desk.to_pin(tries_left=1).enter_pin()
    desk(ev.CardRefused(CardProblem.PIN_BLOCKED))
    assert desk.asked(ef.AskFinger)


@pytest.mark.parametrize("terminal", [GOOD, replace(GOOD, finger=DeviceState.OFFLINE)])
def test_without_a_sensor_there_is_the_puk_and_no_question(terminal) -> None:
    desk = Desk(State(terminal)).to_pin(tries_left=0)
    assert desk.visit.card_problem is CardProblem.PIN_BLOCKED
    assert not desk.asked(ef.AskFinger)
    desk(ev.FingerChosen())
    assert desk.page is Page.CARD_PROBLEM


def test_a_card_that_takes_no_finger_or_none_any_more_is_not_offered_it(desk: Desk) -> None:
    desk.to_pin(tries_left=0)(ev.FingerKnown(0), ev.FingerChosen())
    assert desk.page is Page.CARD_PROBLEM
    desk(ev.UnblockChosen(), ev.CardRead(HOLDER, 0))
    assert desk.page is Page.PUK


def test_another_problem_is_no_reason_for_a_finger(desk: Desk) -> None:
    desk.to_pin()(ev.CardRefused(CardProblem.NOT_GENUINE), ev.FingerKnown(3), ev.FingerChosen())
    assert desk.page is Page.CARD_PROBLEM
    assert not desk.asked(ef.ReadCard)


def test_the_sensor_goes_before_it_is_chosen(desk: Desk) -> None:
    desk.to_pin(tries_left=0)(ev.FingerKnown(3), ev.TerminalChanged(GOOD), ev.FingerChosen())
    assert (desk.page, desk.visit.finger_offered) == (Page.CARD_PROBLEM, False)


def test_from_the_finger_to_the_receipt_without_a_puk(waiting: Desk) -> None:
    waiting(ev.FingerMatched())
    assert waiting.page is Page.NEW_PIN
    assert ef.Record("card.finger_matched") in waiting.effects
    six(waiting)
    assert waiting.asked(ef.TakeNewPin) == [ef.TakeNewPin(HOLDER)]
    waiting(ev.NewPinTaken())
    six(waiting)
    waiting(ev.PinsMatch())
    unblock = ef.RunCardTask(CardTaskKind.UNBLOCK_PIN, by_finger=True)
    assert waiting.asked(ef.RunCardTask) == [unblock]
    waiting(ev.CardTaskDone(TX, "7K3Q-9FZ2", "HTTPS://X/R#AB", NOW))
    assert waiting.page is Page.CARD_DONE
    assert waiting.visit.submission.service_id == "unblock-pin"
    assert len(waiting.asked(ef.PrintReceipt)) == 1


def test_a_wrong_finger_says_how_many_tries_are_left_and_is_tried_again(waiting: Desk) -> None:
    waiting(ev.FingerRefused(2))
    assert (waiting.page, waiting.visit.pin.tries_left) == (Page.FINGER, 2)
    assert waiting.visit.pin.wrong
    assert ef.Record("card.finger_wrong", (("tries_left", "2"),)) in waiting.effects
    assert not waiting.asked(ef.TakeFinger), "a person says when, not the machine"
    waiting(ev.ContinuePressed())
    assert waiting.asked(ef.TakeFinger)
    assert not waiting.visit.pin.wrong
    waiting(ev.ContinuePressed())
    assert not waiting.asked(ef.TakeFinger), "one at a time"


@pytest.mark.parametrize("problem", ["noFinger", "offline", "hardwareError"])
def test_no_finger_costs_nothing(waiting: Desk, problem: str) -> None:
    waiting(ev.FingerNotSeen(problem))
    assert (waiting.page, waiting.visit.card_task.problem) == (Page.FINGER, problem)
    assert not waiting.visit.card_task.busy
    waiting(ev.ContinuePressed())
    assert waiting.asked(ef.TakeFinger)
    assert waiting.visit.card_task.problem is None


def test_what_comes_when_nobody_waits_changes_nothing(waiting: Desk) -> None:
    waiting(ev.FingerNotSeen("noFinger"))
    before = waiting.state
    for late in (ev.FingerMatched(), ev.FingerRefused(1), ev.FingerNotSeen("offline")):
        assert waiting(late).state == before


def test_the_puk_after_all(waiting: Desk) -> None:
    waiting(ev.UnblockChosen())
    assert waiting.asked(ef.StopFinger)
    assert (waiting.page, waiting.visit.pin.length) == (Page.PUK, 8)
    waiting(ev.FingerMatched())
    assert waiting.page is Page.PUK
    waiting(ev.PinDigitsChanged(8), ev.ContinuePressed())
    six(waiting)
    waiting(ev.NewPinTaken())
    six(waiting)
    waiting(ev.PinsMatch())
    assert waiting.asked(ef.RunCardTask) == [ef.RunCardTask(CardTaskKind.UNBLOCK_PIN)]


def test_a_finger_that_is_not_taken_any_more_leaves_the_puk(waiting: Desk) -> None:
    waiting(ev.CardRefused(CardProblem.FINGER_REFUSED))
    assert waiting.asked(ef.StopFinger)
    assert (waiting.page, waiting.visit.cardholder) == (Page.CARD_PROBLEM, None)
    assert waiting.visit.card_task is None
    assert not waiting.asked(ef.AskFinger)
    waiting(ev.UnblockChosen(), ev.CardRead(HOLDER, 0))
    assert waiting.page is Page.PUK


@pytest.mark.parametrize(
    ("event", "end"),
    [
        (ev.CardRemoved(), VisitEnd.CARD_REMOVED),
        (ev.CancelPressed(), VisitEnd.CANCELLED),
        (ev.ShutDown(), VisitEnd.DEVICE_LOST),
    ],
)
def test_the_visit_ends_while_the_sensor_waits(waiting: Desk, event, end) -> None:
    waiting(event)
    assert waiting.asked(ef.Wipe) == [ef.Wipe(end)]
    assert (waiting.visit.cardholder, waiting.visit.card_task) == (None, None)


def test_nobody_lays_a_finger_and_nobody_is_there(waiting: Desk) -> None:
    waiting.fire(ev.Timer.IDLE).fire(ev.Timer.COUNTDOWN)
    assert waiting.visit.end is VisitEnd.TIMED_OUT
    assert waiting.asked(ef.Wipe)
