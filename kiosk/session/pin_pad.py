"""The digit pad, whatever it is asked for: PIN, PUK or one-time code. It counts, nothing more."""

from __future__ import annotations

from dataclasses import replace

from kiosk.session.card_task import PIN_LENGTH, PinEntry
from kiosk.session.effects import ClearPin, Effect, Record
from kiosk.session.events import Event, PinDigitsChanged, PinRefused
from kiosk.session.page_table import Page
from kiosk.session.state import State
from kiosk.session.step import Step, stay, with_visit


def ask(state: State, page: Page, length: int = PIN_LENGTH) -> State:
    """An empty pad on ``page``."""
    return with_visit(state, page=page, pin=PinEntry(length=length))


def ask_again(state: State, page: Page, tries_left: int, length: int = PIN_LENGTH) -> State:
    """An empty pad that says the digits were wrong and how many tries are left."""
    entry = PinEntry(length=length, tries_left=tries_left, wrong=True)
    return with_visit(state, page=page, pin=entry)


def pin_entry(state: State, event: Event) -> Step:
    """Digits come and go; a refused PIN empties the boxes and says how many tries are left."""
    pin = state.visit.pin
    if isinstance(event, PinDigitsChanged) and not pin.checking:
        digits = min(event.digits, pin.length)
        return Step(with_visit(state, pin=replace(pin, digits=digits, incomplete=False)))
    if isinstance(event, PinRefused):
        refused = Record("card.pin_wrong", (("tries_left", str(event.tries_left)),))
        again = ask_again(state, state.visit.page, event.tries_left, pin.length)
        return Step(again, (ClearPin(), refused))
    return stay(state)


def submit(state: State, effect: Effect) -> Step:
    """Hand complete digits to ``effect``; a second press while it works changes nothing."""
    pin = state.visit.pin
    if pin.checking:
        return stay(state)
    if pin.digits < pin.length:
        return Step(with_visit(state, pin=replace(pin, incomplete=True)))
    checking = replace(pin, checking=True, incomplete=False, wrong=False)
    return Step(with_visit(state, pin=checking), (effect,))
