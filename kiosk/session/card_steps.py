"""From the empty slot to a known person: insert card, read, PIN, who you are."""

from __future__ import annotations

from dataclasses import replace

from kiosk.devices import can_serve, can_take_finger, is_online
from kiosk.session import card_service_steps
from kiosk.session.card_task import CardTask, CardTaskKind, PinEntry, PinPurpose
from kiosk.session.effects import Effect, ReadCard, Record, SignIn, VerifyPin
from kiosk.session.ending import begin, end_visit
from kiosk.session.events import (
    CardholderKnown,
    CardInserted,
    CardRead,
    CardRefused,
    ContinuePressed,
    Event,
    FingerChosen,
    FingerKnown,
    LanguageChosen,
    PinVerified,
    Started,
    UnblockChosen,
)
from kiosk.session.outcome import VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.pin_pad import pin_entry, submit
from kiosk.session.refusing import card_refused
from kiosk.session.state import CardProblem, State
from kiosk.session.step import Step, World, stay, with_visit

_FOR_THE_PUK = frozenset({CardProblem.PIN_BLOCKED, CardProblem.FINGER_REFUSED})


def on_attract(state: State, event: Event, world: World) -> Step:
    """A touch or a card begins a visit, once the devices have reported."""
    if isinstance(event, Started | CardInserted) and can_serve(state.terminal):
        return begin(state, world)
    return stay(with_visit(state, card_present=True) if isinstance(event, CardInserted) else state)


def on_language(state: State, event: Event, world: World) -> Step:
    """The choice was taken for every page already; here it also leads on."""
    if not isinstance(event, LanguageChosen):
        return stay(state)
    if state.visit.card_problem is not None:
        return Step(with_visit(state, page=Page.CARD_PROBLEM))
    if state.visit.card_present:
        return _read(state)
    return Step(with_visit(state, page=Page.INSERT_CARD))


def on_insert_card(state: State, event: Event, world: World) -> Step:
    """Wait for a card."""
    if isinstance(event, CardInserted):
        return _read(state)
    return stay(state)


def on_reading_card(state: State, event: Event, world: World) -> Step:
    """The card was read: is it still valid, and does its PIN still work?"""
    if isinstance(event, CardholderKnown):
        return Step(with_visit(state, cardholder=event.cardholder))
    if not isinstance(event, CardRead):
        return stay(state)
    if event.cardholder.expiry_date < world.today:
        return card_refused(state, CardProblem.EXPIRED)
    task = state.visit.card_task
    if event.tries_left == 0 and task is not None and task.kind is CardTaskKind.UNBLOCK_PIN:
        return card_service_steps.ask_puk_or_finger(
            with_visit(state, cardholder=event.cardholder), task
        )
    if event.tries_left == 0 and event.activated:
        return card_refused(state, CardProblem.PIN_BLOCKED)
    known = with_visit(state, cardholder=event.cardholder)
    if not event.activated or event.transport:
        return Step(card_service_steps.offer_activation(known, transport=event.activated))
    return Step(with_visit(known, page=Page.PIN, pin=PinEntry(tries_left=event.tries_left)))


def on_card_problem(state: State, event: Event, world: World) -> Step:
    """The card cannot be used. Another card may be put in; else the visit ends."""
    if isinstance(event, CardInserted):
        return _read(state)
    problem = state.visit.card_problem
    if isinstance(event, UnblockChosen) and problem in _FOR_THE_PUK:
        return _read(with_visit(state, card_task=CardTask(CardTaskKind.UNBLOCK_PIN)))
    if isinstance(event, FingerKnown) and problem is CardProblem.PIN_BLOCKED:
        return Step(with_visit(state, finger_offered=event.tries_left > 0))
    if isinstance(event, FingerChosen) and state.visit.finger_offered:
        if not can_take_finger(state.terminal):
            return Step(with_visit(state, finger_offered=False))
        task = CardTask(CardTaskKind.UNBLOCK_PIN, by_finger=True)
        return _read(with_visit(state, card_task=task))
    if isinstance(event, ContinuePressed):
        return end_visit(state, VisitEnd.CARD_REFUSED, world)
    return stay(state)


def on_pin(state: State, event: Event, world: World) -> Step:
    """Six digits, then the card decides."""
    if isinstance(event, PinVerified):
        effects: tuple[Effect, ...] = (Record("card.pin_accepted"),)
        if is_online(state.terminal):
            effects += (SignIn(),)
        return Step(with_visit(state, page=Page.IDENTITY, pin=PinEntry()), effects)
    if isinstance(event, ContinuePressed):
        return submit(state, VerifyPin(PinPurpose.IDENTIFY))
    return pin_entry(state, event)


def on_identity(state: State, event: Event, world: World) -> Step:
    """ "This is me"."""
    if isinstance(event, ContinuePressed):
        return Step(with_visit(state, page=Page.SERVICES))
    return stay(state)


def on_card_refused(state: State, event: CardRefused, world: World) -> Step:
    """A mute chip at rest opens a visit in which the language is asked first."""
    match state.visit.page:
        case Page.ATTRACT:
            begun = begin(with_visit(state, card_present=True), world)
            return replace(begun, state=with_visit(begun.state, card_problem=event.problem))
        case Page.LANGUAGE:
            return Step(with_visit(state, card_present=True, card_problem=event.problem))
        case Page.OUT_OF_SERVICE | Page.TAKE_CARD | Page.ENDED | Page.CONFIRMATION | Page.CARD_DONE:
            return Step(with_visit(state, card_present=True))
        case _:
            return card_refused(state, event.problem)


def _read(state: State) -> Step:
    changed = with_visit(
        state,
        page=Page.READING_CARD,
        card_problem=None,
        finger_offered=False,
        card_present=True,
    )
    return Step(changed, (ReadCard(),))
