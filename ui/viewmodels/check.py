"""The check-answers page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, Language, flow, formats
from kiosk.services.answers import describe_answer
from kiosk.services.facts import Fact
from kiosk.session.filling import facts_of
from kiosk.session.form import Form
from kiosk.session.intents import ChangePressed
from kiosk.session.page_table import Page
from kiosk.session.state import State
from ui.viewmodels.seam import QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@QmlElement
class CheckViewModel(QObject):
    """Every answer as it will be signed."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send, today: Callable[[], date]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._today = today
        self._form: Form | None = None
        self._facts: Mapping[str, Fact] = {}
        self._language: Language = "ar"

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        form = visit.form
        if form is not None and visit.page is not Page.CHECK:
            return
        if (form, visit.language) != (self._form, self._language):
            self._form, self._language = form, visit.language
            self._facts = facts_of(visit, self._catalogue, _EVER)
            self.changed.emit()

    @Property(QVariantList, notify=changed)
    def answers(self) -> list[dict[str, Any]]:
        """``id, label, answer`` in the order of the questions."""
        form = self._form
        if form is None:
            return []
        service = self._catalogue.service(form.service_id)
        situation = self._catalogue.situation(form.answers, self._today(), self._facts)
        return [
            {
                "id": field.id,
                "label": field.label.in_language(self._language),
                "answer": describe_answer(
                    field, form.answers.get(field.id), self._language, situation
                ),
            }
            for field in flow.asked(service, flow.Filled(form.answers, self._facts))
        ]

    @Property(str, notify=changed)
    def fee(self) -> str:
        """Empty: free of charge."""
        if self._form is None:
            return ""
        fee = self._catalogue.service(self._form.service_id).fee_on(self._today())
        return formats.money(fee, self._language) if fee else ""

    @Property(int, notify=changed)
    def papers(self) -> int:
        """How many papers are scanned."""
        return len(self._form.papers) if self._form else 0

    @Slot()
    def changePapers(self) -> None:
        if self._form is None:
            return
        if self._form.papers:
            self._send(ChangePressed(self._form.papers[0].question, papers=True))

    @Slot(str)
    def change(self, field_id: str) -> None:
        self._send(ChangePressed(field_id))
