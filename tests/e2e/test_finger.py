"""A blocked PIN, a whole terminal with a fingerprint sensor, and nothing of the finger left."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from cardreader import CommandApdu
from cardreader.simulator import READER, SimulatedReaders, persona
from cardreader.simulator.fingerprints import Finger, seen, template
from kiosk.devices import can_take_finger
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from kiosk.session.state import CardProblem
from kiosk.simulation.finger import Laid, SimulatedFingerSensor
from tests.e2e.terminal import Terminal

HOLDER = persona("pin-blocked")
CHOSEN = "418273"
_SELECT = CommandApdu(0x00, 0xA4, 0x04, 0x00, bytes.fromhex("A000000030800000000AB10001"))
_ASK = CommandApdu(0x00, 0x20, 0x00, 0x00)


class Watched(SimulatedFingerSensor):
    """Remembers every finger that it gave."""

    def __init__(self) -> None:
        super().__init__(seconds=0.05, patience=30)
        self.holder = HOLDER.id
        self.given: list[bytearray] = []

    def take(self) -> bytearray:
        self.given.append(super().take())
        return self.given[-1]


@pytest.fixture
def sensor() -> Watched:
    return Watched()


@pytest.fixture
def terminal(tmp_path: Path, sensor: Watched, qapp):
    with Terminal(tmp_path, finger=sensor) as switched_on:
        switched_on.wait(lambda: can_take_finger(switched_on.devices), "the sensor")
        yield switched_on


def to_the_finger(terminal: Terminal) -> None:
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(HOLDER.id)
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.PIN_BLOCKED
    terminal.wait(lambda: terminal.visit.finger_offered, "the card to say that it takes a finger")
    terminal.send(ev.FingerChosen())
    terminal.wait_for(Page.FINGER)


def tries_on_the_card(terminal: Terminal) -> int:
    """Asked of the card itself, after the terminal was switched off."""
    readers = SimulatedReaders(state_folder=terminal.rig.directory / "cards")
    readers.insert(HOLDER.id)
    connection = readers.connect(READER)
    connection.transmit(_SELECT.encode())
    answer = connection.transmit(_ASK.encode())
    connection.disconnect()
    return answer[-1] & 0x0F


def traces(finger: bytes) -> list[bytes]:
    """How a piece of it may stand in a file."""
    piece = finger[:12]
    return [piece, piece.hex().encode(), piece.hex().upper().encode(), base64.b64encode(piece)]


def test_a_wrong_finger_then_the_right_one_and_the_new_pin_is_good(terminal, sensor, tmp_path):
    sensor.laid = Laid.WRONG
    to_the_finger(terminal)
    terminal.wait(lambda: terminal.visit.pin.wrong, "the card's refusal")
    assert terminal.visit.pin.tries_left == 2
    sensor.laid = Laid.MATCHING
    terminal.send(ev.ContinuePressed())
    for page in (Page.NEW_PIN, Page.REPEAT_PIN):
        terminal.wait_for(page)
        terminal.press_pin(CHOSEN)
    terminal.wait_for(Page.CARD_DONE)
    terminal.finish()

    assert len(sensor.given) == 2
    assert not any(sensor.given), "every finger was wiped where it was"
    spelled = [
        trace
        for finger in Finger
        for form in (template(HOLDER, finger), bytes(seen(template(HOLDER, finger))))
        for trace in traces(form)
    ]
    looked = 0
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.parent.name != "cards":
            looked += 1
            content = path.read_bytes()
            assert not any(trace in content for trace in spelled), path
    assert looked > 3

    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(HOLDER.id)
    terminal.wait_for(Page.PIN)
    terminal.press_pin(CHOSEN)
    terminal.wait_for(Page.IDENTITY)


@pytest.mark.parametrize("how", ["card pulled", "cancelled", "PUK chosen"])
def test_a_finger_that_nobody_waits_for_any_more_reaches_no_card(terminal, sensor, how):
    sensor.laid = Laid.NONE
    to_the_finger(terminal)
    terminal.wait(lambda: terminal.visit.card_task.busy, "the sensor to wait")
    match how:
        case "card pulled":
            terminal.rig.readers.remove()
            terminal.wait_for(Page.ENDED)
            assert terminal.visit.end is VisitEnd.CARD_REMOVED
        case "cancelled":
            terminal.send(ev.CancelPressed())
            terminal.wait_for(Page.TAKE_CARD)
        case "PUK chosen":
            terminal.send(ev.UnblockChosen())
            terminal.wait_for(Page.PUK)
            terminal.send(ev.CancelPressed())
            terminal.wait_for(Page.TAKE_CARD)
    terminal.wiped()
    terminal.__exit__()
    assert sensor.given == [], "the sensor was told to wait no more"
    assert tries_on_the_card(terminal) == 3
