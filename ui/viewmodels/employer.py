"""The employer question: what the registry suggests, finds, or what is typed without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import is_online
from kiosk.services import Catalogue, Language
from kiosk.session.form import EmployerFound, EmployerSearch, SearchState
from kiosk.session.intents import EmployerQueried
from kiosk.session.state import State
from ui.viewmodels.seam import QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class EmployerViewModel(QObject):
    """Choosing or naming the employer."""

    listed = Signal()
    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._language: Language = "ar"
        self._suggested: tuple[EmployerFound, ...] = ()
        self._search = EmployerSearch()
        self._searchable = False
        self._awaited = False
        self._number = ""
        self._name = ""

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        search = visit.form.search if visit.form else EmployerSearch()
        inputs = visit.form.inputs.values() if visit.form else ()
        raw = next((each for each in inputs if isinstance(each, Mapping) and "name" in each), None)
        lists = (visit.language, visit.employers, search.found)
        lists_before = (self._language, self._suggested, self._search.found)
        chosen = raw if isinstance(raw, Mapping) else {}
        now = (
            search,
            visit.signed_in and is_online(state.terminal),
            is_online(state.terminal) and not visit.signed_in,
            str(chosen.get("cr_number") or ""),
            str(chosen.get("name") or ""),
        )
        before = (self._search, self._searchable, self._awaited, self._number, self._name)
        self._language, self._suggested = visit.language, visit.employers
        self._search, self._searchable, self._awaited, self._number, self._name = now
        if lists != lists_before:
            self.listed.emit()
        if now != before:
            self.changed.emit()

    @Property(bool, notify=changed)
    def searchable(self) -> bool:
        """The labour registry can be asked; otherwise the name is typed."""
        return self._searchable and self._search.state is not SearchState.UNAVAILABLE

    @Property(bool, notify=changed)
    def awaited(self) -> bool:
        """The labour registry has been asked who the employer is and has not answered yet."""
        return self._awaited

    @Property(QVariantList, notify=listed)
    def suggestions(self) -> list[dict[str, Any]]:
        """``number, name, place``: the employer according to the registry."""
        return [self._row(employer) for employer in self._suggested]

    @Property(QVariantList, notify=listed)
    def found(self) -> list[dict[str, Any]]:
        """Like ``suggestions``: what the search found."""
        return [self._row(employer) for employer in self._search.found]

    @Property(str, notify=changed)
    def query(self) -> str:
        return self._search.query

    @Property(str, notify=changed)
    def search(self) -> str:
        """A :class:`kiosk.session.form.SearchState`."""
        return self._search.state.value

    @Property(str, notify=changed)
    def number(self) -> str:
        """CR number of the employer that is chosen, or empty."""
        return self._number

    @Property(str, notify=changed)
    def name(self) -> str:
        """Name of the employer that is chosen or typed."""
        return self._name

    @Slot(str)
    def ask(self, query: str) -> None:
        if query != self._search.query:
            self._send(EmployerQueried(query))

    def _row(self, employer: EmployerFound) -> dict[str, Any]:
        place = self._catalogue.places.wilayat(employer.wilayat)
        return {
            "number": employer.cr_number,
            "name": employer.name_ar if self._language == "ar" else employer.name_en,
            "place": place.name(self._language) if place else "",
        }
