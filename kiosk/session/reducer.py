"""The visit as a pure function: ``reduce(state, event, world) -> Step``.

First what holds on every page (devices, card taken, time-out, cancel, language), then the page's
own answer, then the timers that follow from both. No state is without an answer to any event: what
a page does not know leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kiosk.devices import DeviceState, SheetState, can_serve, is_online
from kiosk.session import card_service_steps, card_steps, finish_steps, form_steps, paper_steps
from kiosk.session.effects import Effect, SignIn, StartTimer, StopTimer
from kiosk.session.ending import card_left, card_taken, end_visit, is_starting, rest
from kiosk.session.events import (
    Answered,
    CancelPressed,
    CardInserted,
    CardRefused,
    CardRemoved,
    ContrastChosen,
    Event,
    LanguageChosen,
    PhotoRead,
    ShutDown,
    SignedIn,
    TerminalChanged,
    TextSizeChosen,
    Timer,
    TimerFired,
)
from kiosk.session.intents import Intent
from kiosk.session.outcome import VisitEnd
from kiosk.session.page_table import PAGES, Page, Stage
from kiosk.session.state import CardProblem, State, TextSize, Visit
from kiosk.session.step import Step, World, stay, with_visit

Handler = Callable[[State, Event, World], Step]

_MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (card_service_steps, card_steps, finish_steps, form_steps, paper_steps)
}


def _handler(name: str) -> Handler:
    module, _, function = name.partition(".")
    handler: Handler = getattr(_MODULES[module], function)
    return handler


HANDLERS: Final = {page: _handler(row.handler) for page, row in PAGES.items() if row.handler}

# A card that is put in the other way round, or cleaned, is welcome without starting again.
_TRY_AGAIN = frozenset({CardProblem.MUTE, CardProblem.UNREADABLE})


def reduce(state: State, event: Event, world: World) -> Step:
    """One step of the terminal. Pure: the same arguments always give the same step."""
    step = _everywhere(state, event, world)
    if step is None:
        handler = HANDLERS.get(state.visit.page)
        step = handler(state, event, world) if handler else stay(state)
    return _with_idle_timer(state, event, step, world)


def _everywhere(state: State, event: Event, world: World) -> Step | None:
    """What holds on every page; ``None`` leaves the answer to the page."""
    visit, row = state.visit, PAGES[state.visit.page]
    match event:
        case TerminalChanged():
            return _terminal_changed(state, event, world)
        case LanguageChosen():
            changed = with_visit(state, language=event.language)
            if visit.page is Page.LANGUAGE:
                return card_steps.on_language(changed, event, world)
            return Step(changed)
        case TextSizeChosen():
            return Step(with_visit(state, text_size=event.size))
        case ContrastChosen():
            return Step(with_visit(state, high_contrast=event.high))
        case CardRemoved():
            return _card_removed(state, world)
        case CardInserted() if visit.page in (Page.OUT_OF_SERVICE, Page.TAKE_CARD, Page.ENDED):
            return Step(with_visit(state, card_present=True))
        case CardInserted() if row.stage is not Stage.FINISHED:
            handler = HANDLERS[visit.page]
            return handler(with_visit(state, card_present=True, card_problem=None), event, world)
        case CardRefused() if visit.page is not Page.WORKING:
            return card_steps.on_card_refused(state, event, world)
        case PhotoRead() if visit.cardholder is not None:
            return Step(with_visit(state, cardholder=replace(visit.cardholder, photo=event.photo)))
        case SignedIn() if visit.cardholder is not None:
            known = {"mobile": event.mobile, "employers": event.employers}
            return form_steps.on_signed_in(state, with_visit(state, signed_in=True, **known), world)
        case Answered():
            return finish_steps.on_answered(state, event)
        case CancelPressed() if row.cancel and not visit.pin.checking:
            return end_visit(state, VisitEnd.CANCELLED, world)
        case TimerFired(timer=Timer.IDLE):
            return _idle(state, world)
        case TimerFired(timer=Timer.COUNTDOWN) if visit.countdown_s is not None:
            end = VisitEnd.FINISHED if visit.submission else VisitEnd.TIMED_OUT
            return end_visit(state, end, world)
        case TimerFired(timer=Timer.CARD_LEFT) if visit.page is Page.TAKE_CARD:
            return card_left(state, world)
        case TimerFired(timer=Timer.ENDED_PAGE) if visit.page is Page.ENDED:
            return rest(state, world)
        case ShutDown() if row.stage is not Stage.RESTING:
            end = VisitEnd.FINISHED if visit.submission else VisitEnd.DEVICE_LOST
            return end_visit(state, end, world)
        case _:
            return None


def _terminal_changed(state: State, event: TerminalChanged, world: World) -> Step:
    was_online = is_online(state.terminal)
    changed = replace(state, terminal=event.terminal)
    page = state.visit.page
    stage = PAGES[page].stage
    if stage is Stage.RESTING:
        return rest(changed, world)
    if not can_serve(event.terminal) and not is_starting(event.terminal):
        # A transaction under way or confirmed is brought to its end; anything before is not begun.
        if event.terminal.reader is not DeviceState.ONLINE:
            changed = with_visit(changed, card_present=False)
        if stage is Stage.FINISHED or page in (Page.WORKING, Page.ENDED):
            return Step(changed)
        if page is Page.TAKE_CARD:
            return Step(changed) if changed.visit.card_present else card_taken(changed, world)
        return end_visit(changed, VisitEnd.DEVICE_LOST, world)
    back_online = is_online(event.terminal) and not was_online
    if back_online and stage is Stage.AFTER_PIN and not state.visit.signed_in:
        return Step(changed, (SignIn(),))
    return Step(changed)


def _card_removed(state: State, world: World) -> Step:
    visit = state.visit
    without = with_visit(state, card_present=False)
    match visit.page:
        case Page.OUT_OF_SERVICE | Page.ATTRACT | Page.ENDED | Page.INSERT_CARD:
            return Step(without)
        case Page.LANGUAGE:
            return Step(with_visit(without, card_problem=None))
        case Page.TAKE_CARD:
            return card_taken(without, world)
        case Page.WORKING | Page.CONFIRMATION | Page.CARD_DONE:
            # The signature may be made and the transaction kept: its outcome decides.
            return Step(without)
        case Page.CARD_PROBLEM if visit.card_problem in _TRY_AGAIN:
            return Step(with_visit(without, page=Page.INSERT_CARD, card_problem=None))
        case Page.CARD_PROBLEM:
            return end_visit(without, VisitEnd.CARD_REFUSED, world)
        case _:
            return end_visit(without, VisitEnd.CARD_REMOVED, world)


def _idle(state: State, world: World) -> Step:
    visit = state.visit
    if idle_seconds(visit, world) is None or visit.countdown_s is not None:
        return stay(state)
    if visit.cardholder is None and not visit.card_present:
        # Nothing was begun, so there is nothing to warn of.
        return end_visit(state, VisitEnd.TIMED_OUT, world)
    seconds = world.timers.countdown * _patience(visit, world)
    changed = with_visit(state, countdown_s=round(seconds))
    return Step(changed, (StartTimer(Timer.COUNTDOWN, seconds),))


def idle_seconds(visit: Visit, world: World) -> float | None:
    """How long this page waits for a touch; ``None`` while a device works or nobody is here."""
    if visit.pin.checking or (visit.form and visit.form.sheet is SheetState.SCANNING):
        return None
    match PAGES[visit.page].stage:
        case Stage.BEFORE_PIN | Stage.FINISHED:
            return world.timers.idle_before_pin * _patience(visit, world)
        case Stage.AFTER_PIN | Stage.CARD_TASK:
            return world.timers.idle_after_pin * _patience(visit, world)
        case _:
            return None


def _patience(visit: Visit, world: World) -> float:
    accessible = visit.high_contrast or visit.text_size is not TextSize.NORMAL
    return world.timers.accessible_factor if accessible else 1.0


def _with_idle_timer(before: State, event: Event, step: Step, world: World) -> Step:
    """A touch or a new page starts the wait anew; a page that does not wait stops it."""
    old, new = before.visit, step.state.visit
    touched = isinstance(event, Intent)
    if new.countdown_s is not None and (touched or new.page is not old.page):
        new = replace(new, countdown_s=None)
    effects: tuple[Effect, ...] = ()
    if old.countdown_s is not None and new.countdown_s is None:
        effects += (StopTimer(Timer.COUNTDOWN),)
    seconds = idle_seconds(new, world)
    if seconds is None:
        if idle_seconds(old, world) is not None:
            effects += (StopTimer(Timer.IDLE),)
    elif touched or new.page is not old.page or idle_seconds(old, world) is None:
        effects += (StartTimer(Timer.IDLE, seconds),)
    return Step(replace(step.state, visit=new), step.effects + effects)
