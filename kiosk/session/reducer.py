"""The visit as a pure function: ``reduce(state, event, world) -> Step``.

First what holds on every page (devices, card taken, time-out, cancel, language), then the page's
own answer, then the timers that follow from both. No state is without an answer to any event: what
a page does not know leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.devices import DeviceState, SheetState, can_serve, is_online
from kiosk.session import card_service_steps, card_steps, finish_steps, form_steps, paper_steps
from kiosk.session.effects import Effect, SignIn, StartTimer, StopTimer
from kiosk.session.ending import card_left, card_taken, end_visit, is_starting, rest
from kiosk.session.events import (
    Answered,
    ApartPressed,
    BackPressed,
    CancelPressed,
    CardInserted,
    CardRefused,
    CardRemoved,
    ChangePressed,
    ContinuePressed,
    ContrastChosen,
    EmployerQueried,
    Event,
    FingerChosen,
    InputChanged,
    LanguageChosen,
    NewCodePressed,
    PaperRemoved,
    PhotoRead,
    PinDigitsChanged,
    ReceiptMailPressed,
    ReceiptSeen,
    ScanPressed,
    ServiceChosen,
    ShutDown,
    SignedIn,
    Started,
    StayPressed,
    TerminalChanged,
    TextSizeChosen,
    Timer,
    TimerFired,
    Touched,
    UnblockChosen,
)
from kiosk.session.pages import CANCELLABLE
from kiosk.session.state import CardProblem, Page, State, TextSize, Visit, VisitEnd
from kiosk.session.step import Step, World, stay, with_visit

PAGES: dict[Page, Callable[[State, Event, World], Step]] = {
    Page.ATTRACT: card_steps.on_attract,
    Page.LANGUAGE: card_steps.on_language,
    Page.INSERT_CARD: card_steps.on_insert_card,
    Page.READING_CARD: card_steps.on_reading_card,
    Page.CARD_PROBLEM: card_steps.on_card_problem,
    Page.PIN: card_steps.on_pin,
    Page.IDENTITY: card_steps.on_identity,
    Page.SERVICES: form_steps.on_services,
    Page.QUESTION: form_steps.on_question,
    Page.PAPERS: paper_steps.on_papers,
    Page.CHECK: form_steps.on_check,
    Page.SIGN: finish_steps.on_sign,
    Page.WORKING: finish_steps.on_working,
    Page.CONFIRMATION: finish_steps.on_confirmation,
    Page.ACTIVATION: card_service_steps.on_activation,
    Page.ACTIVATION_STOPPED: card_service_steps.on_activation_stopped,
    Page.CARD_STATE: card_service_steps.on_card_state,
    Page.CODE: card_service_steps.on_code,
    Page.OLD_PIN: card_service_steps.on_old_pin,
    Page.PUK: card_service_steps.on_puk,
    Page.FINGER: card_service_steps.on_finger,
    Page.NEW_PIN: card_service_steps.on_new_pin,
    Page.REPEAT_PIN: card_service_steps.on_repeat_pin,
    Page.CARD_WORKING: card_service_steps.on_card_working,
    Page.CARD_DONE: finish_steps.on_confirmation,
}

RESTING = frozenset({Page.OUT_OF_SERVICE, Page.ATTRACT})
"""Nobody is here."""

_FINISHED = frozenset({Page.CONFIRMATION, Page.CARD_DONE})
"""What was asked for is done; the card may go."""

_BEFORE_PIN = frozenset(
    {
        Page.LANGUAGE,
        Page.INSERT_CARD,
        Page.CARD_PROBLEM,
        Page.PIN,
        Page.CONFIRMATION,
        Page.CARD_DONE,
    }
)
_AFTER_PIN = frozenset(
    {
        Page.IDENTITY,
        Page.SERVICES,
        Page.CARD_STATE,
        Page.QUESTION,
        Page.PAPERS,
        Page.CHECK,
        Page.SIGN,
    }
)
_ON_THE_CARD = frozenset(
    {
        Page.ACTIVATION,
        Page.ACTIVATION_STOPPED,
        Page.CODE,
        Page.OLD_PIN,
        Page.PUK,
        Page.FINGER,
        Page.NEW_PIN,
        Page.REPEAT_PIN,
    }
)

_FROM_THE_PERSON = (
    Started
    | LanguageChosen
    | TextSizeChosen
    | ContrastChosen
    | Touched
    | ContinuePressed
    | BackPressed
    | CancelPressed
    | StayPressed
    | PinDigitsChanged
    | ServiceChosen
    | InputChanged
    | EmployerQueried
    | ChangePressed
    | ApartPressed
    | ScanPressed
    | PaperRemoved
    | UnblockChosen
    | FingerChosen
    | NewCodePressed
    | ReceiptSeen
    | ReceiptMailPressed
)

# A card that is put in the other way round, or cleaned, is welcome without starting again.
_TRY_AGAIN = frozenset({CardProblem.MUTE, CardProblem.UNREADABLE})


def reduce(state: State, event: Event, world: World) -> Step:
    """One step of the terminal. Pure: the same arguments always give the same step."""
    step = _everywhere(state, event, world)
    if step is None:
        handler = PAGES.get(state.visit.page)
        step = handler(state, event, world) if handler else stay(state)
    return _with_idle_timer(state, event, step, world)


def _everywhere(state: State, event: Event, world: World) -> Step | None:
    """What holds on every page; ``None`` leaves the answer to the page."""
    visit = state.visit
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
        case CardInserted() if visit.page not in _FINISHED:
            handler = PAGES[visit.page]
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
        case CancelPressed() if visit.page in CANCELLABLE and not visit.pin.checking:
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
        case ShutDown() if visit.page not in RESTING:
            end = VisitEnd.FINISHED if visit.submission else VisitEnd.DEVICE_LOST
            return end_visit(state, end, world)
        case _:
            return None


def _terminal_changed(state: State, event: TerminalChanged, world: World) -> Step:
    was_online = is_online(state.terminal)
    changed = replace(state, terminal=event.terminal)
    page = state.visit.page
    if page in RESTING:
        return rest(changed, world)
    if not can_serve(event.terminal) and not is_starting(event.terminal):
        # A transaction under way or confirmed is brought to its end; anything before is not begun.
        if event.terminal.reader is not DeviceState.ONLINE:
            changed = with_visit(changed, card_present=False)
        if page in _FINISHED | {Page.WORKING, Page.ENDED}:
            return Step(changed)
        if page is Page.TAKE_CARD:
            return Step(changed) if changed.visit.card_present else card_taken(changed, world)
        return end_visit(changed, VisitEnd.DEVICE_LOST, world)
    back_online = is_online(event.terminal) and not was_online
    if back_online and page in _AFTER_PIN and not state.visit.signed_in:
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
    if visit.page in _BEFORE_PIN:
        return world.timers.idle_before_pin * _patience(visit, world)
    if visit.page in _AFTER_PIN | _ON_THE_CARD:
        return world.timers.idle_after_pin * _patience(visit, world)
    return None


def _patience(visit: Visit, world: World) -> float:
    accessible = visit.high_contrast or visit.text_size is not TextSize.NORMAL
    return world.timers.accessible_factor if accessible else 1.0


def _with_idle_timer(before: State, event: Event, step: Step, world: World) -> Step:
    """A touch or a new page starts the wait anew; a page that does not wait stops it."""
    old, new = before.visit, step.state.visit
    touched = isinstance(event, _FROM_THE_PERSON)
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
