"""Papers in a visit: scanned, looked at, signed for, and never left behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.devices import DeviceState, SheetState
from kiosk.session import Page, events as ev
from kiosk.session.effects import PrintReceipt, ScanSheet, SignAndKeep, StopScan, Wipe
from kiosk.session.form import PAPER_MAX_BYTES, PAPERS_MAX, Paper
from kiosk.session.offers import can_add_paper
from kiosk.session.outcome import VisitEnd
from tests.kiosk.desk import GOOD, HOLDER, NOW, TX, Desk

SCANS = replace(GOOD, scanner=DeviceState.ONLINE)


def paper(number: int, size: int = 4) -> Paper:
    content = bytes(size - 1) + bytes([number])
    return Paper(content, "image/jpeg", f"{number:064x}", "evidence")


def at_evidence(desk: Desk) -> Desk:
    """A visit whose next question is the evidence."""
    desk(
        ev.Started(),
        ev.LanguageChosen("ar"),
        ev.CardInserted(),
        ev.CardRead(HOLDER, 3),
        ev.PinDigitsChanged(6),
        ev.ContinuePressed(),
        ev.PinVerified(),
        ev.ContinuePressed(),
        ev.ServiceChosen("complaint"),
    )
    desk.answer_until("evidence")
    assert desk.state.visit.form is not None
    assert desk.state.visit.form.page == "evidence"
    return desk


@pytest.fixture
def desk() -> Desk:
    """The person said that there are payslips, and a scanner is there."""
    desk = Desk()
    desk(ev.TerminalChanged(SCANS))
    return at_evidence(desk)(ev.InputChanged(["payslips"]), ev.ContinuePressed())


def form(desk: Desk):
    assert desk.state.visit.form is not None
    return desk.state.visit.form


def scan(desk: Desk, *numbers: int) -> Desk:
    for number in numbers:
        desk(ev.ScanPressed(), ev.SheetAccepted(paper(number)))
    return desk


def to_check(desk: Desk) -> Desk:
    desk(ev.ContinuePressed())
    desk.answer_until(Page.CHECK)
    assert desk.state.visit.page is Page.CHECK
    return desk


@pytest.mark.parametrize(
    ("scanner", "evidence"),
    [
        (DeviceState.NO_DEVICE, ["payslips"]),
        (DeviceState.OFFLINE, ["payslips"]),
        (DeviceState.USER_ERROR, ["contract", "medical"]),
        (DeviceState.ONLINE, []),
        (DeviceState.ONLINE, ["witnesses"]),
    ],
)
def test_without_a_scanner_or_papers_nothing_is_offered(scanner, evidence):
    desk = Desk()
    desk(ev.TerminalChanged(replace(GOOD, scanner=scanner)))
    at_evidence(desk)(ev.InputChanged(evidence), ev.ContinuePressed())
    assert desk.state.visit.page is Page.QUESTION
    assert form(desk).page == "contact"


def test_papers_are_scanned_removed_and_signed_for_in_their_order(desk):
    assert desk.state.visit.page is Page.PAPERS
    desk(ev.ScanPressed())
    assert ScanSheet() in desk.effects
    assert form(desk).sheet is SheetState.SCANNING
    desk(ev.SheetAccepted(paper(1)))
    assert form(desk).sheet is SheetState.ACCEPTED
    scan(desk, 2, 3)
    desk(ev.PaperRemoved(paper(2).sha256))
    to_check(desk)
    desk(ev.ContinuePressed(), ev.PinDigitsChanged(6), ev.ContinuePressed())
    [keep] = [effect for effect in desk.effects if isinstance(effect, SignAndKeep)]
    assert keep.papers == (paper(1), paper(3))
    desk(ev.Kept(TX, "7K3Q-9FZ2", "qr", NOW), ev.Answered(TX, "C-2026-000001"))
    [receipt] = [effect for effect in desk.effects if isinstance(effect, PrintReceipt)]
    assert receipt.submission.papers == 2


def test_the_application_goes_on_without_any_paper(desk):
    to_check(desk)
    assert form(desk).papers == ()


@pytest.mark.parametrize("sheet", [SheetState.JAM, SheetState.NO_SHEET, SheetState.REJECTED])
def test_a_fault_is_told_and_stops_nothing(desk, sheet):
    scan(desk, 1)
    desk(ev.ScanPressed(), ev.SheetRefused(sheet, "why"))
    assert (form(desk).sheet, form(desk).sheet_problem) == (sheet, "why")
    assert form(desk).papers == (paper(1),)
    assert desk.state.visit.page is Page.PAPERS
    # The next one is scanned without a word of the last.
    desk(ev.ScanPressed())
    assert form(desk).sheet_problem == ""
    desk(ev.SheetAccepted(paper(2)))
    to_check(desk)
    assert len(form(desk).papers) == 2


def test_a_scanner_that_is_lost_in_the_middle_leaves_the_papers_and_the_way_on(desk):
    scan(desk, 1)
    desk(
        ev.ScanPressed(),
        ev.TerminalChanged(replace(SCANS, scanner=DeviceState.OFFLINE)),
        ev.SheetRefused(SheetState.READY, "offline"),
    )
    assert desk.state.visit.page is Page.PAPERS
    to_check(desk)
    assert form(desk).papers == (paper(1),)


def test_while_a_sheet_is_scanned_nobody_is_asked_whether_he_is_there(desk):
    assert ev.Timer.IDLE in desk.running
    desk(ev.ScanPressed())
    assert ev.Timer.IDLE not in desk.running
    desk(ev.ContinuePressed(), ev.PaperRemoved("x"), ev.ScanPressed())
    assert (desk.state.visit.page, desk.effects) == (Page.PAPERS, [])
    desk(ev.SheetAccepted(paper(1)))
    assert ev.Timer.IDLE in desk.running


def test_a_scan_can_be_stopped_and_what_comes_of_it_later_is_nothing(desk):
    desk(ev.ScanPressed(), ev.BackPressed())
    assert StopScan() in desk.effects
    assert desk.state.visit.page is Page.PAPERS
    desk(ev.SheetAccepted(paper(1)))
    assert form(desk).papers == ()
    desk(ev.BackPressed())
    assert desk.state.visit.page is Page.QUESTION
    assert form(desk).page == "evidence"


@pytest.mark.parametrize(
    ("event", "end"),
    [
        (ev.CardRemoved(), VisitEnd.CARD_REMOVED),
        (ev.CancelPressed(), VisitEnd.CANCELLED),
        (ev.ShutDown(), VisitEnd.DEVICE_LOST),
    ],
)
def test_when_the_visit_ends_during_a_scan_no_paper_is_left(desk, event, end):
    scan(desk, 1, 2)
    desk(ev.ScanPressed(), event)
    assert Wipe(end) in desk.effects
    assert desk.state.visit.form is None
    desk(ev.SheetAccepted(paper(3)))
    assert desk.state.visit.form is None


def test_no_more_papers_than_the_outbox_takes(desk):
    scan(desk, *range(1, PAPERS_MAX + 1))
    assert not can_add_paper(form(desk))
    desk(ev.ScanPressed())
    assert ScanSheet() not in desk.effects
    desk(ev.PaperRemoved(paper(1).sha256))
    assert can_add_paper(form(desk))


def test_no_more_bytes_than_the_outbox_keeps_free(desk):
    for number in (1, 2, 3, 4):
        assert can_add_paper(form(desk))
        desk(ev.ScanPressed(), ev.SheetAccepted(paper(number, PAPER_MAX_BYTES)))
    assert not can_add_paper(form(desk))


def test_the_same_picture_twice_is_one_paper(desk):
    scan(desk, 1, 1)
    assert form(desk).papers == (paper(1),)


def test_from_the_check_page_papers_are_changed_and_it_comes_back(desk):
    to_check(scan(desk, 1))
    desk(ev.ChangePressed("evidence", papers=True))
    assert desk.state.visit.page is Page.PAPERS
    scan(desk, 2)
    desk(ev.ContinuePressed())
    assert desk.state.visit.page is Page.CHECK
    assert len(form(desk).papers) == 2


def test_whoever_says_that_there_are_no_papers_signs_for_none(desk):
    to_check(scan(desk, 1))
    desk(ev.ChangePressed("evidence"), ev.InputChanged(["witnesses"]), ev.ContinuePressed())
    assert desk.state.visit.page is Page.CHECK
    assert form(desk).papers == ()


def test_no_repr_shows_a_paper(desk):
    scan(desk, 1)
    assert "content" not in repr(desk.state)
    assert repr(paper(1).content) not in repr(desk.state)
