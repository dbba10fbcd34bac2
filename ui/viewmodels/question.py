"""The page of questions on the screen: one question, several, or what is known and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from msgspec import UNSET
from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, Language, flow
from kiosk.services.answers import describe_answer
from kiosk.services.consistency import MOST_ON_A_PAGE
from kiosk.services.texts import Text
from kiosk.session.filling import filled_of, situation_of
from kiosk.session.form import Form
from kiosk.session.intents import ApartPressed
from kiosk.session.page_table import Page
from kiosk.session.state import State
from ui.viewmodels.field import FieldViewModel
from ui.viewmodels.seam import QStringList, QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@QmlElement
class QuestionViewModel(QObject):
    """A page of questions; ``asked`` fires when another page or its words come."""

    asked = Signal()
    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send, today: Callable[[], date]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._today = today
        self._page: flow.QuestionPage | None = None
        self._language: Language = "ar"
        self._form: Form | None = None
        self._rows: list[dict[str, str]] = []
        self._fields = [FieldViewModel(catalogue, send, self) for _ in range(MOST_ON_A_PAGE)]

    def show(self, state: State) -> None:
        """Take over a new state; the last page stays until there is another."""
        visit, form = state.visit, state.visit.form
        if form is None:
            if self._form is not None:
                self._form, self._rows = None, []
                for field in self._fields:
                    field.forget()
                self.changed.emit()
            return
        if visit.page is not Page.QUESTION:
            return
        service = self._catalogue.service(form.service_id)
        filled = filled_of(visit, form, self._catalogue, _EVER, self._today())
        page = flow.page_called(service, filled, form.page)
        if page is None:
            return
        situation = situation_of(visit, form, self._catalogue, _EVER, self._today())
        is_new = self._page is None or (page.id, page.fields, page.confirms, visit.language) != (
            self._page.id,
            self._page.fields,
            self._page.confirms,
            self._language,
        )
        self._form, self._page, self._language = form, page, visit.language
        self._rows = [
            {
                "id": each.id,
                "label": each.label.in_language(visit.language),
                "answer": describe_answer(
                    each, filled.known.get(each.id), visit.language, situation
                ),
            }
            for each in (page.fields if page.confirms else ())
        ]
        shown = [] if page.confirms else page.fields
        for index, field in enumerate(self._fields):
            definition = shown[index] if index < len(shown) else None
            field.show(definition, form, situation, visit.language)
        if is_new:
            # Last: the page makes its editors now, and each finds its question ready.
            self.asked.emit()
        self.changed.emit()

    @Property(str, notify=asked)
    def pageId(self) -> str:
        return self._page.id if self._page else ""

    @Property(str, notify=asked)
    def question(self) -> str:
        page = self._page
        if page is None:
            return ""
        if page.together is None:
            return self._in_language(page.fields[0].question)
        if page.confirms and page.together.confirm is not UNSET:
            return self._in_language(page.together.confirm)
        return self._in_language(page.together.question)

    @Property(str, notify=asked)
    def help(self) -> str:
        page = self._page
        if page is None:
            return ""
        return self._in_language(page.together.help if page.together else page.fields[0].help)

    @Property(bool, notify=asked)
    def confirms(self) -> bool:
        """Everything on the page is known; it is shown as ``known`` and confirmed at once."""
        return self._page is not None and self._page.confirms

    @Property(QVariantList, notify=changed)
    def known(self) -> list[dict[str, Any]]:
        """``id, label, answer`` of what is known."""
        return self._rows

    @Property(int, notify=asked)
    def count(self) -> int:
        """How many questions are on the page; each is had by :meth:`field`."""
        return len(self._shown())

    @Property(bool, notify=asked)
    def required(self) -> bool:
        return self._page is None or any(each.required for each in self._page.fields)

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """Nothing is answered yet."""
        shown = self._shown()
        return bool(shown) and all(field.is_empty() for field in shown)

    @Property(QStringList, notify=changed)
    def problems(self) -> list[str]:
        """What is wrong on the page, in the order of its questions."""
        return [sentence for field in self._shown() for sentence in field.sentences()]

    @Property(int, notify=changed)
    def firstWrong(self) -> int:
        """Which question is the first with something wrong, or -1."""
        wrong = [index for index, field in enumerate(self._shown()) if field.sentences()]
        return wrong[0] if wrong else -1

    @Slot(int, result=QObject)
    def field(self, index: int) -> QObject:
        """A question of the page, a :class:`FieldViewModel`."""
        return self._fields[index]

    @Slot()
    def askApart(self) -> None:
        """Something that is known is to be changed."""
        self._send(ApartPressed())

    def _shown(self) -> list[FieldViewModel]:
        if self._page is None or self._page.confirms:
            return []
        return self._fields[: len(self._page.fields)]

    def _in_language(self, text: Text) -> str:
        return text.in_language(self._language)
