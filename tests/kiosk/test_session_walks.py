"""Random walks: whatever comes in whatever order, no dead end and nothing left behind."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from kiosk.devices import DeviceState, PaperState, SheetState, can_serve
from kiosk.session import Page, State, effects as ef, events as ev
from kiosk.session.form import Paper
from kiosk.session.reducer import reduce
from kiosk.session.state import CardProblem, TextSize, Visit
from tests.kiosk.desk import ANSWERS, GOOD, HOLDER, NOW, OFFLINE, TX, Desk

STEPS = 60_000

SCANS = replace(GOOD, scanner=DeviceState.ONLINE, finger=DeviceState.ONLINE)

_QUIET = {Page.ATTRACT, Page.OUT_OF_SERVICE, Page.TAKE_CARD, Page.ENDED, Page.CARD_PROBLEM}
"""Pages on which nothing of a person may be left."""


def _events(rng: random.Random) -> ev.Event:
    terminals = [
        GOOD,
        SCANS,
        SCANS,
        OFFLINE,
        replace(GOOD, paper=PaperState.OUT),
        replace(GOOD, reader=DeviceState.NO_DEVICE),
        replace(GOOD, outbox=DeviceState.HARDWARE_ERROR),
    ]
    makers = [
        lambda: ev.Started(),
        lambda: ev.LanguageChosen(rng.choice(("ar", "en"))),
        lambda: ev.TextSizeChosen(rng.choice(list(TextSize))),
        lambda: ev.ContrastChosen(rng.random() < 0.5),
        lambda: ev.Touched(),
        lambda: ev.BackPressed(),
        lambda: ev.CancelPressed(),
        lambda: ev.StayPressed(),
        lambda: ev.ChangePressed(rng.choice(list(ANSWERS))),
        lambda: ev.EmployerQueried(rng.choice(("", "شركة"))),
        lambda: ev.EmployersFound("شركة", None),
        lambda: ev.CardRemoved(),
        lambda: ev.CardRefused(rng.choice(list(CardProblem))),
        lambda: ev.PinRefused(rng.randint(1, 2)),
        lambda: ev.TriesKnown(None),
        lambda: ev.TerminalChanged(rng.choice(terminals)),
        lambda: ev.SignedIn("92123456"),
        lambda: ev.KeepingFailed(),
        lambda: ev.Answered(TX, "C-2026-000001"),
        lambda: ev.ReceiptPrinted(TX),
        lambda: ev.ReceiptNotPrinted(TX, "paper.out", rng.random() < 0.5),
        lambda: ev.ReceiptSeen(rng.random() < 0.5),
        lambda: ev.ReceiptMailPressed(),
        lambda: ev.ReceiptMailKept(TX),
        lambda: ev.ReceiptMailFailed(TX),
        lambda: ev.TimerFired(rng.choice(list(ev.Timer))),
        lambda: ev.ShutDown(),
        lambda: ev.UnblockChosen(),
        lambda: ev.ScanPressed(),
        lambda: ev.SheetRefused(SheetState.NO_SHEET, "noSheet"),
        lambda: ev.PaperRemoved("00"),
        lambda: ev.ChangePressed("evidence", papers=True),
        lambda: ev.CardholderKnown(HOLDER),
        lambda: ev.PhotoRead(b"jpeg"),
        lambda: ev.NewCodePressed(),
        lambda: ev.CodeNotSent("network"),
        lambda: ev.CodeRefused(rng.randint(0, 2)),
        lambda: ev.NewPinWeak("repeated"),
        lambda: ev.PinsDiffer(),
        lambda: ev.PukRefused(1),
        lambda: ev.CardTaskFailed("network"),
        lambda: ev.FingerChosen(),
        lambda: ev.FingerKnown(rng.randint(0, 3)),
        lambda: ev.FingerMatched(),
        lambda: ev.FingerRefused(1),
        lambda: ev.FingerNotSeen("noFinger"),
    ]
    return rng.choice(makers)()


def _way_forward(state: State, rng: random.Random) -> ev.Event:
    """What a person and good devices would do next: else a walk rarely reaches the last pages."""
    visit = state.visit
    match visit.page:
        case Page.ATTRACT:
            return ev.Started()
        case Page.OUT_OF_SERVICE:
            return ev.TerminalChanged(SCANS)
        case Page.LANGUAGE:
            return ev.LanguageChosen("ar")
        case Page.INSERT_CARD:
            return ev.CardInserted()
        case Page.READING_CARD:
            tries_left = rng.choice((None, 0, 1, 3, 3, 3))
            transport = rng.random() < 0.1
            return ev.CardRead(HOLDER, tries_left, rng.random() < 0.8, transport)
        case Page.PIN if visit.pin.checking:
            return ev.PinVerified()
        case Page.PIN | Page.SIGN if visit.pin.digits < 6:
            return ev.PinDigitsChanged(6)
        case Page.CARD_PROBLEM if visit.finger_offered:
            return ev.FingerChosen()
        case Page.CARD_PROBLEM if visit.card_problem is CardProblem.PIN_BLOCKED:
            return rng.choice((ev.UnblockChosen(), ev.FingerKnown(3)))
        case Page.FINGER if visit.card_task and visit.card_task.busy:
            return rng.choice(
                (ev.FingerMatched(), ev.FingerRefused(2), ev.FingerNotSeen("noFinger"))
            )
        case Page.CODE if visit.card_task and visit.card_task.busy:
            return ev.CodeSent("•••••217")
        case Page.CODE if visit.pin.checking:
            return ev.CodeAccepted()
        case Page.NEW_PIN if visit.pin.checking:
            return ev.NewPinTaken()
        case Page.REPEAT_PIN if visit.pin.checking:
            return ev.PinsMatch()
        case Page.CODE | Page.OLD_PIN | Page.PUK | Page.NEW_PIN | Page.REPEAT_PIN if (
            visit.pin.digits < visit.pin.length
        ):
            return ev.PinDigitsChanged(visit.pin.length)
        case Page.CARD_WORKING:
            return ev.CardTaskDone(TX, "7K3Q-9FZ2", "qr", NOW)
        case Page.SERVICES:
            return ev.ServiceChosen(
                rng.choice(("complaint", "complaint", "change-pin", "activate-card"))
            )
        case Page.QUESTION if visit.form is not None and not visit.form.inputs:
            question = "mobile" if visit.form.page == "contact" else visit.form.page
            answer = (ANSWERS | {"evidence": ["payslips"]}).get(question)
            return ev.InputChanged(answer, question) if answer else ev.ContinuePressed()
        case Page.PAPERS if visit.form and visit.form.sheet is SheetState.SCANNING:
            if rng.random() < 0.3:
                return ev.SheetRefused(SheetState.JAM, "jam")
            content = rng.randbytes(8)
            return ev.SheetAccepted(Paper(content, "image/png", content.hex()))
        case Page.PAPERS if rng.random() < 0.5:
            return ev.ScanPressed()
        case Page.WORKING:
            return ev.Kept(TX, "7K3Q-9FZ2", "qr", NOW)
        case Page.CONFIRMATION if visit.submission and visit.submission.receipt in ("waiting",):
            return ev.Answered(TX, "C-2026-000001")
        case Page.CONFIRMATION | Page.CARD_DONE if (
            visit.submission and visit.submission.receipt == "printing"
        ):
            return ev.ReceiptPrinted(TX)
        case Page.TAKE_CARD:
            return ev.CardRemoved()
        case Page.ENDED:
            return ev.TimerFired(ev.Timer.ENDED_PAGE)
        case _:
            return ev.ContinuePressed()


def test_random_walks_find_no_dead_end_and_leave_nothing_of_anybody():
    rng = random.Random(20261122)
    desk = Desk()
    pages = set()
    for number in range(STEPS):
        before = desk.state
        event = _way_forward(before, rng) if rng.random() < 0.8 else _events(rng)
        step = reduce(before, event, desk.world)
        visit = step.state.visit
        pages.add(visit.page)
        if visit.page in _QUIET:
            assert visit.cardholder is None, (before, event)
            assert visit.form is None
            assert visit.card_task is None
            assert visit.mobile is None
            assert not visit.signed_in
        if any(isinstance(effect, ef.Wipe) for effect in step.effects):
            assert visit.submission is None
        if visit.page in (Page.CONFIRMATION, Page.CARD_DONE):
            assert visit.submission is not None
        desk.state = step.state
        if number % 500 == 0:
            _assert_a_way_home(step.state, desk)
    assert pages == set(Page)


def _assert_a_way_home(state: State, desk: Desk) -> None:
    """From anywhere: outcome, no card, no touch, good devices, and the terminal rests again."""
    later = replace(desk.world, now=desk.world.now + timedelta(minutes=10))
    settle = [
        ev.TerminalChanged(GOOD),
        ev.KeepingFailed(),
        ev.CardRefused(CardProblem.UNREADABLE),
        ev.ReceiptNotPrinted(TX, "unknown", uncertain=True),
        ev.TimerFired(ev.Timer.IDLE),
        ev.TimerFired(ev.Timer.COUNTDOWN),
        ev.CardRemoved(),
        ev.TimerFired(ev.Timer.IDLE),
        ev.TimerFired(ev.Timer.COUNTDOWN),
        ev.TimerFired(ev.Timer.ENDED_PAGE),
    ]
    for event in settle:
        state = reduce(state, event, later).state
    assert can_serve(state.terminal)
    assert state.visit == Visit(), state.visit
