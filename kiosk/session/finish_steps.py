"""From the signature to the receipt: after COMMIT nothing on these pages can repeat the act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kiosk.devices import PaperState, Terminal, can_print, is_online
from kiosk.services import flow
from kiosk.services.facts import Fact
from kiosk.session.card_task import PinEntry
from kiosk.session.effects import (
    ClearPin,
    MailReceipt,
    PrerenderReceipt,
    PrintReceipt,
    Record,
    SignAndKeep,
    StartTimer,
    StopTimer,
)
from kiosk.session.ending import end_visit
from kiosk.session.events import (
    AnotherServicePressed,
    Answered,
    BackPressed,
    CardRefused,
    ContinuePressed,
    Event,
    KeepingFailed,
    Kept,
    PinDigitsChanged,
    PinRefused,
    ReceiptMailFailed,
    ReceiptMailKept,
    ReceiptMailPressed,
    ReceiptNotPrinted,
    ReceiptPrinted,
    ReceiptSeen,
    Timer,
    TimerFired,
    TriesKnown,
)
from kiosk.session.filling import filled_of
from kiosk.session.offers import can_mail
from kiosk.session.outcome import ReceiptMail, ReceiptStep, Submission, VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.pin_pad import pin_entry, submit
from kiosk.session.refusing import card_refused
from kiosk.session.state import State, TextSize
from kiosk.session.step import Step, World, stay, with_visit


def on_sign(state: State, event: Event, world: World) -> Step:
    """The PIN again, for the signature."""
    visit = state.visit
    if isinstance(event, TriesKnown):
        pin = replace(visit.pin, tries_left=event.tries_left)
        return Step(with_visit(state, pin=pin))
    if isinstance(event, BackPressed) and not visit.pin.checking:
        return Step(with_visit(state, page=Page.CHECK, pin=PinEntry()), (ClearPin(),))
    if isinstance(event, ContinuePressed) and visit.form and visit.cardholder:
        effect = SignAndKeep(
            visit.form.service_id,
            visit.language,
            visit.cardholder,
            visit.form.answers,
            visit.form.papers,
            _evidence(state, world),
        )
        step = submit(state, effect)
        if step.effects:
            return replace(step, state=with_visit(step.state, page=Page.WORKING))
        return step
    step = pin_entry(state, event)
    if isinstance(event, PinDigitsChanged) and event.digits == 1 and not visit.pin.digits:
        # The page is there and nobody waits: the person types.
        return step.then(*_prerender_receipt(state))
    return step


def _evidence(state: State, world: World) -> tuple[flow.Evidence, ...]:
    form = state.visit.form
    if form is None:
        return ()
    filled = filled_of(state.visit, form, world.catalogue, world.now, world.today)
    return flow.evidence(world.catalogue.service(form.service_id), filled)


def on_working(state: State, event: Event, world: World) -> Step:
    """Wait for the outcome, whatever happens to the card meanwhile: only it tells the truth."""
    match event:
        case Kept():
            return _confirm(state, event, world)
        case PinRefused() if state.visit.card_present:
            return pin_entry(with_visit(state, page=Page.SIGN), event)
        case KeepingFailed():
            return end_visit(state, VisitEnd.NOT_KEPT, world)
        case CardRefused() if state.visit.card_present:
            # A PIN that was just blocked, above all: whoever it belongs to must learn of it here.
            return card_refused(state, event.problem)
        case PinRefused() | CardRefused():
            return end_visit(state, VisitEnd.CARD_REMOVED, world)
        case _:
            return stay(state)


def on_confirmation(state: State, event: Event, world: World) -> Step:
    """The reference is on the screen; the receipt is printed once."""
    submission = state.visit.submission
    if submission is None:
        return stay(state)
    match event:
        case TimerFired(timer=Timer.ANSWER) if submission.receipt is ReceiptStep.WAITING:
            return print_receipt(state, replace(submission, waiting_for_answer=False))
        case ReceiptPrinted() if event.tx_id == submission.tx_id:
            done = replace(submission, receipt=ReceiptStep.PRINTED)
            return Step(with_visit(state, submission=done), (Record("visit.receipt_printed"),))
        case ReceiptNotPrinted() if event.tx_id == submission.tx_id:
            step = ReceiptStep.UNCERTAIN if event.uncertain else ReceiptStep.ON_SCREEN
            done = replace(submission, receipt=step, receipt_problem=event.problem)
            failed = Record("visit.receipt_not_printed", (("problem", event.problem),))
            return Step(with_visit(state, submission=done), (failed,))
        case ReceiptSeen() if submission.receipt is ReceiptStep.UNCERTAIN:
            return _receipt_seen(state, submission, whole=event.whole)
        case ReceiptMailPressed() if submission.mail in _MAIL_OFFERED:
            offered = can_mail(state.visit, world.catalogue)
            return _mail_receipt(state, submission) if offered else stay(state)
        case ReceiptMailKept() if event.tx_id == submission.tx_id:
            kept = replace(submission, mail=ReceiptMail.KEPT)
            return Step(with_visit(state, submission=kept), (Record("visit.receipt_mailed"),))
        case ReceiptMailFailed() if event.tx_id == submission.tx_id:
            return Step(with_visit(state, submission=replace(submission, mail=ReceiptMail.FAILED)))
        case AnotherServicePressed() if _may_go_on(state, submission):
            return _another_service(state)
        case ContinuePressed() if submission.receipt not in _RECEIPT_IN_PROGRESS:
            return end_visit(state, VisitEnd.FINISHED, world)
        case _:
            return stay(state)


_RECEIPT_IN_PROGRESS = (ReceiptStep.WAITING, ReceiptStep.PRINTING)
_MAIL_OFFERED = (ReceiptMail.NOT_ASKED, ReceiptMail.FAILED)


def _may_go_on(state: State, submission: Submission) -> bool:
    done = submission.receipt not in (*_RECEIPT_IN_PROGRESS, ReceiptStep.UNCERTAIN)
    return done and state.visit.card_present and state.visit.page is Page.CONFIRMATION


def _another_service(state: State) -> Step:
    """The same person goes on; nothing of what was filled in before is left."""
    nothing: Mapping[str, Fact] = MappingProxyType({})
    cleared = with_visit(
        state, page=Page.SERVICES, form=None, submission=None, card_task=None, facts=nothing
    )
    return Step(cleared, (Record("visit.went_on"),))


def _mail_receipt(state: State, submission: Submission) -> Step:
    visit = state.visit
    if visit.form is None or visit.cardholder is None:
        return stay(state)
    asked = replace(submission, mail=ReceiptMail.ASKED)
    receipt = PrintReceipt(
        submission, visit.language, visit.cardholder, visit.form.answers, facts=visit.facts
    )
    return Step(with_visit(state, submission=asked), (MailReceipt(receipt),))


def on_answered(state: State, event: Answered) -> Step:
    """The central API answered: on the screen now, and on the receipt when that still waits."""
    submission = state.visit.submission
    if state.visit.page is not Page.CONFIRMATION or submission is None:
        return stay(state)
    if submission.tx_id != event.tx_id:
        return stay(state)
    answered = replace(
        submission,
        registered_as=event.registered_as,
        hearing=event.hearing,
        qr_text=event.qr_text or submission.qr_text,
        waiting_for_answer=False,
        rejected=event.rejected,
    )
    if submission.receipt is not ReceiptStep.WAITING:
        return Step(with_visit(state, submission=answered))
    return print_receipt(state, answered).then(StopTimer(Timer.ANSWER))


def _confirm(state: State, event: Kept, world: World) -> Step:
    form = state.visit.form
    if form is None:
        return stay(state)
    submission = Submission(
        tx_id=event.tx_id,
        service_id=form.service_id,
        confirmed_at=event.confirmed_at,
        reference=event.reference,
        qr_text=event.qr_text,
        papers=len(form.papers),
        waiting_for_answer=is_online(state.terminal),
    )
    confirmed = with_visit(state, page=Page.CONFIRMATION, submission=submission, pin=PinEntry())
    kept = Record("transaction.confirmed", (("tx_id", event.tx_id),))
    if submission.waiting_for_answer:
        wait = StartTimer(Timer.ANSWER, world.timers.answer)
        return Step(confirmed, (ClearPin(), kept, wait))
    printing = print_receipt(confirmed, submission)
    return Step(printing.state, (ClearPin(), kept, *printing.effects))


def _receipt_seen(state: State, submission: Submission, *, whole: bool) -> Step:
    """Only the citizen knows what came out of a printer that fell silent; no machine guesses."""
    said = Record("visit.receipt_seen", (("whole", "yes" if whole else "no"),))
    settled = replace(submission, receipt_problem=None)
    if whole:
        done = replace(settled, receipt=ReceiptStep.PRINTED)
        return Step(with_visit(state, submission=done), (said,))
    copy = print_receipt(state, settled, again=True)
    return Step(copy.state, (said, *copy.effects))


def _prerender_receipt(state: State) -> tuple[PrerenderReceipt, ...]:
    """What is known of the receipt before the signature."""
    visit = state.visit
    form = visit.form
    if visit.cardholder is None or form is None:
        return ()
    large = visit.text_size is TextSize.LARGE
    prerendered = PrerenderReceipt(
        form.service_id,
        visit.language,
        visit.cardholder,
        form.answers,
        large,
        papers=len(form.papers),
        facts=visit.facts,
    )
    return (prerendered,)


def print_receipt(state: State, submission: Submission, *, again: bool = False) -> Step:
    """Send the receipt to the printer, or show it when the printer cannot."""
    visit = state.visit
    if not can_print(state.terminal) or visit.cardholder is None:
        problem = _printer_problem(state.terminal)
        shown = replace(submission, receipt=ReceiptStep.ON_SCREEN, receipt_problem=problem)
        not_printed = Record("visit.receipt_not_printed", (("problem", problem),))
        return Step(with_visit(state, submission=shown), (not_printed,))
    printing = replace(submission, receipt=ReceiptStep.PRINTING)
    answers = visit.form.answers if visit.form else {}
    effect = PrintReceipt(
        printing,
        visit.language,
        visit.cardholder,
        answers,
        large=visit.text_size is TextSize.LARGE,
        again=again,
        facts=visit.facts,
    )
    return Step(with_visit(state, submission=printing), (effect,))


def _printer_problem(terminal: Terminal) -> str:
    if terminal.cover_open:
        return "coverOpen"
    if terminal.paper not in (PaperState.FULL, PaperState.LOW):
        return f"paper.{terminal.paper}"
    return terminal.printer.value
