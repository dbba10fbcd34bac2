"""Papers that prove what the application says: scanned sheet by sheet, or brought to the hearing.

Whatever the scanner does, the application goes on: a paper that is not scanned here is brought.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.devices import SheetState
from kiosk.session.effects import Record, ScanSheet, StopScan
from kiosk.session.events import (
    BackPressed,
    ContinuePressed,
    Event,
    PaperRemoved,
    ScanPressed,
    SheetAccepted,
    SheetRefused,
)
from kiosk.session.form import Form
from kiosk.session.form_steps import ask_again, go_on, paper_missing, with_papers_counted
from kiosk.session.offers import can_add_paper
from kiosk.session.state import State
from kiosk.session.step import Step, World, stay, with_visit

_MISSING = "missing"
"""The service asks for a paper and none was scanned yet."""


def on_papers(state: State, event: Event, world: World) -> Step:
    """Scan, look, take away, go on."""
    form = state.visit.form
    if form is None:
        return stay(state)
    scanning = form.sheet is SheetState.SCANNING
    match event:
        case ScanPressed() if can_add_paper(form):
            begun = _with_sheet(form, SheetState.SCANNING)
            return Step(with_visit(state, form=begun), (ScanSheet(),))
        case SheetAccepted() if scanning:
            return _accepted(state, form, event)
        case SheetRefused() if scanning:
            refused = _with_sheet(form, event.sheet, event.problem)
            return Step(with_visit(state, form=refused))
        case PaperRemoved() if not scanning:
            papers = tuple(paper for paper in form.papers if paper.sha256 != event.sha256)
            left = replace(_with_sheet(form, SheetState.READY), papers=papers)
            return Step(with_visit(state, form=left))
        case ContinuePressed() if not scanning and paper_missing(form, world):
            return Step(with_visit(state, form=replace(form, sheet_problem=_MISSING)))
        case ContinuePressed() if not scanning:
            service = world.catalogue.service(form.service_id)
            counted = with_papers_counted(_with_sheet(form, SheetState.READY), service)
            return go_on(state, counted, world)
        case BackPressed() if scanning:
            stopped = _with_sheet(form, SheetState.READY)
            return Step(with_visit(state, form=stopped), (StopScan(),))
        case BackPressed():
            return ask_again(state, _with_sheet(form, SheetState.READY), world)
        case _:
            return stay(state)


def _accepted(state: State, form: Form, event: SheetAccepted) -> Step:
    accepted = _with_sheet(form, SheetState.ACCEPTED)
    paper = replace(event.paper, question=form.page)
    if all(known.sha256 != paper.sha256 for known in form.papers):
        accepted = replace(accepted, papers=(*form.papers, paper))
    scanned = Record("visit.paper_scanned", (("size", str(len(paper.content))),))
    return Step(with_visit(state, form=accepted), (scanned,))


def _with_sheet(form: Form, sheet: SheetState, problem: str = "") -> Form:
    return replace(form, sheet=sheet, sheet_problem=problem)
