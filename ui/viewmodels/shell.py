"""What surrounds every page: which page, language, text size, contrast, progress, countdown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import get_args

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import is_online
from kiosk.services import Catalogue, Language, flow
from kiosk.session.filling import filled_of
from kiosk.session.intents import (
    BackPressed,
    CancelPressed,
    ContinuePressed,
    ContrastChosen,
    LanguageChosen,
    Started,
    StayPressed,
    TextSizeChosen,
)
from kiosk.session.page_table import PAGES, Page
from kiosk.session.state import State, TextSize
from ui.viewmodels.seam import Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_ASKING = (Page.QUESTION, Page.PAPERS)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@QmlElement
class ShellViewModel(QObject):
    """The frame around the pages."""

    changed = Signal()

    def __init__(
        self, catalogue: Catalogue, send: Send, state: State, today: Callable[[], date]
    ) -> None:
        super().__init__()
        self._today = today
        self._catalogue = catalogue
        self._send = send
        self._state = state

    def show(self, state: State) -> None:
        """Take over a new state."""
        self._state = state
        self.changed.emit()

    @Property(str, notify=changed)
    def page(self) -> str:
        return self._state.visit.page.value

    @Property(str, notify=changed)
    def language(self) -> str:
        return self._state.visit.language

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:
        return self._state.visit.language == "ar"

    @Property(bool, notify=changed)
    def largeText(self) -> bool:
        return self._state.visit.text_size is TextSize.LARGE

    @Property(bool, notify=changed)
    def highContrast(self) -> bool:
        return self._state.visit.high_contrast

    @Property(bool, notify=changed)
    def online(self) -> bool:
        return is_online(self._state.terminal)

    @Property(bool, notify=changed)
    def cardThere(self) -> bool:
        """The card is in the reader."""
        return self._state.visit.card_present

    @Property(bool, notify=changed)
    def canBack(self) -> bool:
        return PAGES[self._state.visit.page].back

    @Property(bool, notify=changed)
    def canCancel(self) -> bool:
        return PAGES[self._state.visit.page].cancel

    @Property(str, notify=changed)
    def serviceTitle(self) -> str:
        visit = self._state.visit
        if visit.card_task is not None:
            service_id = visit.card_task.kind.value
        elif visit.form is not None:
            service_id = visit.form.service_id
        else:
            return ""
        title = self._catalogue.service(service_id).title
        return title.in_language(self._state.visit.language)

    @Property(int, notify=changed)
    def step(self) -> int:
        return self._steps()[0]

    @Property(int, notify=changed)
    def stepCount(self) -> int:
        return self._steps()[1]

    def _steps(self) -> tuple[int, int]:
        """Which of the pages that will come this is, and how many there are."""
        visit, form = self._state.visit, self._state.visit.form
        if form is None or visit.page not in _ASKING:
            return 0, 0
        service = self._catalogue.service(form.service_id)
        filled = filled_of(visit, form, self._catalogue, _EVER, self._today())
        pages = [page.id for page in flow.pages(service, filled)]
        if form.page not in pages:
            return len(pages), len(pages)
        return pages.index(form.page) + 1, len(pages)

    @Property(int, notify=changed)
    def countdown(self) -> int:
        return self._state.visit.countdown_s or 0

    @Slot()
    def start(self) -> None:
        self._send(Started())

    @Slot(str)
    def chooseLanguage(self, code: str) -> None:
        language: Language
        for language in get_args(Language):
            if language == code:
                self._send(LanguageChosen(language))

    @Slot(bool)
    def chooseLargeText(self, large: bool) -> None:
        self._send(TextSizeChosen(TextSize.LARGE if large else TextSize.NORMAL))

    @Slot(bool)
    def chooseContrast(self, high: bool) -> None:
        self._send(ContrastChosen(high))

    @Slot()
    def proceed(self) -> None:
        self._send(ContinuePressed())

    @Slot()
    def back(self) -> None:
        self._send(BackPressed())

    @Slot()
    def cancel(self) -> None:
        self._send(CancelPressed())

    @Slot()
    def stay(self) -> None:
        self._send(StayPressed())
