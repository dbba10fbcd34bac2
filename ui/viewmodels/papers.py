"""The page on which papers are scanned."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import SheetState
from kiosk.session.form import Form, Paper
from kiosk.session.intents import PaperRemoved, ScanPressed
from kiosk.session.offers import can_add_paper
from kiosk.session.state import State
from ui.viewmodels.seam import Pictures, QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_LONGEST = 460
"""Longer side of a paper's picture in pixels: to be recognised and seen whether it is whole."""


@QmlElement
class PapersViewModel(QObject):
    """The papers that are scanned so far, and what the scanner does.

    ``scanned`` fires when there is another paper or one less, ``changed`` while one is scanned, so
    that the pictures are not made anew.
    """

    scanned = Signal()
    changed = Signal()

    def __init__(self, pictures: Pictures, send: Send) -> None:
        super().__init__()
        self._pictures = pictures
        self._send = send
        self._papers: tuple[Paper, ...] = ()
        self._shown: dict[str, str] = {}
        self._sheet = SheetState.READY
        self._problem = ""
        self._can_add = False

    def show(self, state: State) -> None:
        """Take over a new state; without a form no picture stays."""
        form = state.visit.form
        self._show_papers(form.papers if form else ())
        doing = _doing(form)
        if doing != (self._sheet, self._problem, self._can_add):
            self._sheet, self._problem, self._can_add = doing
            self.changed.emit()

    def _show_papers(self, papers: tuple[Paper, ...]) -> None:
        if papers == self._papers:
            return
        self._papers = papers
        kept = {paper.sha256 for paper in papers}
        for gone in self._shown.keys() - kept:
            self._pictures.drop(_name(gone))
        self._shown = {
            paper.sha256: self._shown.get(paper.sha256)
            or self._pictures.put_small(_name(paper.sha256), paper.content, _LONGEST)
            for paper in papers
        }
        self.scanned.emit()

    @Property(QVariantList, notify=scanned)
    def papers(self) -> list[dict[str, Any]]:
        """``id, picture`` of every paper in its order."""
        return [
            {"id": paper.sha256, "picture": self._shown[paper.sha256]} for paper in self._papers
        ]

    @Property(int, notify=scanned)
    def count(self) -> int:
        return len(self._papers)

    @Property(bool, notify=changed)
    def scanning(self) -> bool:
        return self._sheet is SheetState.SCANNING

    @Property(bool, notify=changed)
    def canAdd(self) -> bool:
        """Another one fits."""
        return self._can_add

    @Property(str, notify=changed)
    def problem(self) -> str:
        """Why the last sheet gave no picture: a code of :class:`ScanProblem`."""
        return self._problem

    @Slot()
    def scan(self) -> None:
        self._send(ScanPressed())

    @Slot(str)
    def remove(self, paper: str) -> None:
        self._send(PaperRemoved(paper))


def _name(sha256: str) -> str:
    return f"paper-{sha256}"


def _doing(form: Form | None) -> tuple[SheetState, str, bool]:
    if form is None:
        return SheetState.READY, "", False
    return form.sheet, form.sheet_problem, can_add_paper(form)
