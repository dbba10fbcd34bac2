"""Services on the card itself: activation, change of PIN, unblocking. One secret per page.

No secret is ever in the state. The pad's digits are put aside by the core (``KeepSecret``,
``TakeNewPin``) and given to the card at the end (``RunCardTask``).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.devices import is_online
from kiosk.session.card_task import PUK_LENGTH, CardTask, CardTaskKind, PinEntry
from kiosk.session.effects import (
    CheckCode,
    ClearPin,
    CompareNewPin,
    KeepSecret,
    QueryPinTries,
    Record,
    RequestCode,
    RunCardTask,
    Secret,
    StopFinger,
    TakeFinger,
    TakeNewPin,
)
from kiosk.session.ending import end_visit
from kiosk.session.events import (
    BackPressed,
    CardTaskDone,
    CardTaskFailed,
    CardTaskProgress,
    CodeAccepted,
    CodeNotSent,
    CodeRefused,
    CodeSent,
    ContinuePressed,
    Event,
    FingerMatched,
    FingerNotSeen,
    FingerRefused,
    NewCodePressed,
    NewPinTaken,
    NewPinWeak,
    PinRefused,
    PinsDiffer,
    PinsMatch,
    PukRefused,
    TriesKnown,
    UnblockChosen,
)
from kiosk.session.finish_steps import print_receipt
from kiosk.session.outcome import Submission, VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.pin_pad import ask, ask_again, pin_entry, submit
from kiosk.session.state import State
from kiosk.session.step import Step, World, stay, with_visit

_TRY_AGAIN = frozenset({"network", "code-used-up", "not-approved", "too-many-codes", "terminal"})
"""What may be otherwise in a while; all else is for the office."""


def offer_activation(state: State, *, transport: bool = False) -> State:
    """The card is genuine and waits to be activated.

    ``transport``: it has its keys and the PIN of a letter, and nobody has to be asked.
    """
    task = CardTask(CardTaskKind.ACTIVATE, transport=transport)
    offered = with_visit(state, page=Page.ACTIVATION, card_task=task, pin=PinEntry())
    return offered if transport or is_online(state.terminal) else _stopped(offered, "network")


def choose_card_service(state: State, service_id: str) -> Step:
    """From the list of services: the card is active, for its PIN was right."""
    if service_id == CardTaskKind.ACTIVATE:
        return Step(with_visit(state, page=Page.CARD_STATE, pin=PinEntry()), (QueryPinTries(),))
    return Step(begin_change(state))


def on_card_state(state: State, event: Event, world: World) -> Step:
    """How the card stands; from here its PIN can be changed."""
    match event:
        case TriesKnown():
            return Step(with_visit(state, pin=PinEntry(tries_left=event.tries_left)))
        case ContinuePressed():
            return Step(begin_change(state))
        case BackPressed():
            return Step(with_visit(state, page=Page.SERVICES, pin=PinEntry()))
        case _:
            return stay(state)


def begin_change(state: State) -> State:
    """A new PIN for a card whose PIN is known."""
    task = CardTask(CardTaskKind.CHANGE_PIN)
    return ask(with_visit(state, card_task=task), Page.OLD_PIN)


def ask_puk_or_finger(state: State, task: CardTask) -> Step:
    """A new PIN with the help of PUK or finger; the card was read again for it."""
    if task.by_finger:
        return _take_finger(state)
    return Step(ask(state, Page.PUK, PUK_LENGTH))


def on_activation(state: State, event: Event, world: World) -> Step:
    """What will happen; with the network up, Continue has a code sent."""
    task = state.visit.card_task
    if not isinstance(event, ContinuePressed) or task is None:
        return stay(state)
    if task.transport:
        return Step(ask(state, Page.OLD_PIN), (ClearPin(),))
    return _request_code(state)


def on_activation_stopped(state: State, event: Event, world: World) -> Step:
    """Why not; what may be otherwise in a while can be tried again."""
    task = state.visit.card_task
    if not isinstance(event, ContinuePressed) or task is None or task.problem not in _TRY_AGAIN:
        return stay(state)
    if task.transport:
        return Step(offer_activation(state, transport=True))
    return _request_code(state)


def on_code(state: State, event: Event, world: World) -> Step:
    """The one-time code: sent, entered, checked; another one on request."""
    task = state.visit.card_task
    match event:
        case CodeSent():
            return Step(_with_task(state, busy=False, code_sent_to=event.to, problem=None))
        case CodeNotSent():
            return Step(_stopped(state, event.problem), (ClearPin(),))
        case CodeAccepted():
            return Step(ask(state, Page.NEW_PIN), (ClearPin(), Record("card.code_accepted")))
        case CodeRefused() if event.tries_left > 0:
            wrong = PinEntry(tries_left=event.tries_left, wrong=True)
            return Step(with_visit(state, pin=wrong), (ClearPin(), Record("card.code_wrong")))
        case CodeRefused():
            refused = Record("card.code_wrong")
            return Step(_stopped(state, "code-used-up"), (ClearPin(), refused))
        case NewCodePressed() | ContinuePressed() if task is None or task.busy:
            return stay(state)
        case NewCodePressed() if not state.visit.pin.checking:
            return _request_code(state)
        case ContinuePressed():
            return submit(state, CheckCode())
        case BackPressed() if not state.visit.pin.checking:
            return Step(offer_activation(state), (ClearPin(),))
        case _:
            return pin_entry(state, event)


def on_old_pin(state: State, event: Event, world: World) -> Step:
    """The PIN that is valid now; the card checks it when it changes it."""
    task = state.visit.card_task
    if isinstance(event, BackPressed) and task is not None and task.transport:
        return Step(offer_activation(state, transport=True), (ClearPin(),))
    if isinstance(event, BackPressed):
        gone = with_visit(state, page=Page.SERVICES, card_task=None, pin=PinEntry())
        return Step(gone, (ClearPin(),))
    return _put_aside(state, event, Secret.OLD_PIN)


def on_puk(state: State, event: Event, world: World) -> Step:
    """The eight digits of the letter that came with the card."""
    return _put_aside(state, event, Secret.PUK)


def on_finger(state: State, event: Event, world: World) -> Step:
    """The finger: seen, compared by the card, tried again; or the PUK after all."""
    task = state.visit.card_task
    match event:
        case FingerMatched() | FingerRefused() | FingerNotSeen() if task is None or not task.busy:
            return stay(state)
        case FingerMatched():
            chosen = _with_task(ask(state, Page.NEW_PIN), busy=False)
            return Step(chosen, (Record("card.finger_matched"),))
        case FingerRefused():
            told = PinEntry(tries_left=event.tries_left, wrong=True)
            tries = "unknown" if event.tries_left is None else str(event.tries_left)
            refused = Record("card.finger_wrong", (("tries_left", tries),))
            wrong = with_visit(_with_task(state, busy=False), pin=told)
            return Step(wrong, (refused,))
        case FingerNotSeen():
            return Step(_with_task(state, busy=False, problem=event.problem))
        case ContinuePressed() if task is not None and not task.busy:
            return _take_finger(state)
        case UnblockChosen():
            with_puk = _with_task(state, by_finger=False, busy=False, problem=None)
            return Step(ask(with_puk, Page.PUK, PUK_LENGTH), (StopFinger(),))
        case _:
            return stay(state)


def _take_finger(state: State) -> Step:
    waiting = _with_task(state, busy=True, problem=None)
    tries = state.visit.pin.tries_left
    return Step(
        with_visit(waiting, page=Page.FINGER, pin=PinEntry(tries_left=tries)), (TakeFinger(),)
    )


def on_new_pin(state: State, event: Event, world: World) -> Step:
    """A PIN that is not easy to guess."""
    match event:
        case NewPinTaken():
            return Step(ask(state, Page.REPEAT_PIN))
        case NewPinWeak():
            return Step(ask(_with_task(state, problem=event.reason), Page.NEW_PIN), (ClearPin(),))
        case ContinuePressed():
            return submit(state, TakeNewPin(state.visit.cardholder))
        case _:
            return pin_entry(_forget_problem(state, event), event)


def on_repeat_pin(state: State, event: Event, world: World) -> Step:
    """The same PIN again; only then is the card touched."""
    task = state.visit.card_task
    match event:
        case PinsMatch() if task is not None:
            working = with_visit(state, page=Page.CARD_WORKING, pin=PinEntry())
            return Step(working, (RunCardTask(task.kind, task.transport, task.by_finger),))
        case PinsDiffer():
            return Step(ask(_with_task(state, problem="pins-differ"), Page.NEW_PIN), (ClearPin(),))
        case ContinuePressed():
            return submit(state, CompareNewPin())
        case BackPressed() if not state.visit.pin.checking:
            return Step(ask(state, Page.NEW_PIN), (ClearPin(),))
        case _:
            return pin_entry(state, event)


def on_card_working(state: State, event: Event, world: World) -> Step:
    """The card works; what it answers leads on or back to the secret that was wrong."""
    task = state.visit.card_task
    match event:
        case CardTaskProgress():
            return Step(_with_task(state, step=event.step, steps=event.steps))
        case CardTaskDone() if task is not None:
            return _done(state, task, event, world)
        case CardTaskFailed() if task is not None and task.kind is CardTaskKind.ACTIVATE:
            return Step(_stopped(state, event.problem))
        case CardTaskFailed():
            return end_visit(state, VisitEnd.NOT_KEPT, world)
        case PinRefused():
            refused = Record("card.pin_wrong", (("tries_left", str(event.tries_left)),))
            return Step(ask_again(state, Page.OLD_PIN, event.tries_left), (refused,))
        case PukRefused():
            refused = Record("card.puk_wrong", (("tries_left", str(event.tries_left)),))
            return Step(ask_again(state, Page.PUK, event.tries_left, PUK_LENGTH), (refused,))
        case _:
            return stay(state)


def _stopped(state: State, problem: str) -> State:
    """The activation ends here for now; nothing that was done is lost."""
    task = state.visit.card_task
    transport = task is not None and task.transport
    stopped = CardTask(CardTaskKind.ACTIVATE, problem=problem, transport=transport)
    return with_visit(state, page=Page.ACTIVATION_STOPPED, card_task=stopped, pin=PinEntry())


def _request_code(state: State) -> Step:
    visit = state.visit
    if visit.cardholder is None:
        return stay(state)
    if not is_online(state.terminal):
        return Step(_stopped(state, "network"))
    asking = _with_task(ask(state, Page.CODE), busy=True, problem=None)
    return Step(asking, (ClearPin(), RequestCode(visit.cardholder, visit.language)))


def _done(state: State, task: CardTask, event: CardTaskDone, world: World) -> Step:
    submission = Submission(
        tx_id=event.tx_id,
        service_id=task.kind.value,
        confirmed_at=event.done_at,
        reference=event.reference,
        qr_text=event.qr_text,
        final=True,
    )
    done = with_visit(state, page=Page.CARD_DONE, submission=submission, pin=PinEntry())
    record = Record("card.task_done", (("task", task.kind.value),))
    printing = print_receipt(done, submission)
    return Step(printing.state, (record, *printing.effects))


def _put_aside(state: State, event: Event, secret: Secret) -> Step:
    """Six or eight digits, put aside without a question to anybody."""
    pin = state.visit.pin
    if isinstance(event, ContinuePressed) and pin.digits == pin.length:
        return Step(ask(state, Page.NEW_PIN), (KeepSecret(secret),))
    if isinstance(event, ContinuePressed):
        return Step(with_visit(state, pin=replace(pin, incomplete=True)))
    return pin_entry(state, event)


def _with_task(state: State, **changes: object) -> State:
    task = state.visit.card_task
    if task is None:
        return state
    return with_visit(state, card_task=replace(task, **changes))  # type: ignore[arg-type] # its own fields


def _forget_problem(state: State, event: Event) -> State:
    """The reason for choosing another PIN goes away with the first digit of the next."""
    digits = getattr(event, "digits", 0)
    return _with_task(state, problem=None) if digits else state
