"""How a visit ends: everything of it is wiped first, then the person is told to take the card."""

from __future__ import annotations

from dataclasses import replace

from kiosk.devices import DeviceState, Terminal, can_serve
from kiosk.session.effects import BeginVisit, Record, Sound, StartTimer, Wipe
from kiosk.session.events import Timer
from kiosk.session.outcome import VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.state import State, Visit
from kiosk.session.step import Step, World

_CARD_LEFT_SOUNDS = ("gentle", "loud", "alert")


def is_starting(terminal: Terminal) -> bool:
    """Whether a device that is needed has not reported yet since the terminal was switched on."""
    return DeviceState.UNKNOWN in (terminal.reader, terminal.outbox)


def rest(state: State, world: World) -> Step:
    """Nobody is here: attract, or out of service when the terminal cannot serve.

    A card that is in the slot already begins a new visit.
    """
    card_present = state.visit.card_present
    if not can_serve(state.terminal) and not is_starting(state.terminal):
        return Step(replace(state, visit=_nobody(Page.OUT_OF_SERVICE, card_present, world)))
    idle = replace(state, visit=_nobody(Page.ATTRACT, card_present, world))
    return begin(idle, world) if card_present and can_serve(state.terminal) else Step(idle)


def _nobody(page: Page, card_present: bool, world: World) -> Visit:
    return Visit(page, language=world.language, card_present=card_present)


def begin(state: State, world: World) -> Step:
    """Somebody is here: the language page opens a new visit."""
    visit = _nobody(Page.LANGUAGE, state.visit.card_present, world)
    return Step(replace(state, visit=visit), (BeginVisit(), Record("visit.began")))


def end_visit(state: State, end: VisitEnd, world: World) -> Step:
    """Wipe the visit; what remains is the language, how text is shown, and why it ended."""
    visit = state.visit
    wiped = (Wipe(end), Record("visit.ended", (("end", end.value),)))
    nothing_begun = not visit.card_present and visit.cardholder is None
    if nothing_begun and end in (VisitEnd.CANCELLED, VisitEnd.TIMED_OUT):
        resting = rest(state, world)
        return Step(resting.state, wiped + resting.effects)
    remains = Visit(
        page=Page.TAKE_CARD if visit.card_present else Page.ENDED,
        language=visit.language,
        text_size=visit.text_size,
        high_contrast=visit.high_contrast,
        card_present=visit.card_present,
        end=end,
    )
    step = Step(replace(state, visit=remains), wiped)
    if visit.card_present:
        return step.then(StartTimer(Timer.CARD_LEFT, world.timers.card_left_gentle))
    return step.then(StartTimer(Timer.ENDED_PAGE, world.timers.ended_page))


def card_taken(state: State, world: World) -> Step:
    """The card was taken as asked: thank the person, then rest."""
    visit = replace(state.visit, page=Page.ENDED, card_present=False)
    return Step(
        replace(state, visit=visit), (StartTimer(Timer.ENDED_PAGE, world.timers.ended_page),)
    )


def card_left(state: State, world: World) -> Step:
    """The card is still in the slot: gentle, then loud, then the staff is called."""
    timers = world.timers
    stage = state.visit.card_left_stage
    if stage >= len(_CARD_LEFT_SOUNDS):
        return Step(state)
    times = (timers.card_left_gentle, timers.card_left_loud, timers.card_left_alert)
    sound = _CARD_LEFT_SOUNDS[stage]
    step = Step(
        replace(state, visit=replace(state.visit, card_left_stage=stage + 1)),
        (Sound(sound), Record("card.left", (("sound", sound),))),
    )
    if stage + 1 < len(times):
        return step.then(StartTimer(Timer.CARD_LEFT, times[stage + 1] - times[stage]))
    return step
