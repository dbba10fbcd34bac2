"""The page of services: shelves of tiles, a search, and why something cannot be used now."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.devices import Terminal, is_online
from kiosk.services import Catalogue, Language, ServiceDefinition, ServiceKind, formats
from kiosk.session.filling import refusal
from kiosk.session.intents import ServiceChosen
from kiosk.session.state import State, Visit
from ui.viewmodels.seam import QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@QmlElement
class ServicesViewModel(QObject):
    """What can be done here, shelf by shelf."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send, today: Callable[[], date]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._today = today
        self._language: Language = "ar"
        self._visit = Visit()
        self._terminal = Terminal()
        self._query = ""
        self._known: tuple[object, ...] = ()

    def show(self, state: State) -> None:
        """Take over a new state."""
        visit = state.visit
        if visit.cardholder is None:
            self._query = ""
        edition = id(self._catalogue.services)
        known = (edition, is_online(state.terminal), *_looked_at(visit))
        if known == self._known:
            return
        self._known = known
        self._visit, self._terminal, self._language = visit, state.terminal, visit.language
        self.changed.emit()

    @Property(QVariantList, notify=changed)
    def shelves(self) -> list[dict[str, Any]]:
        """``id, icon, title, services``; of a service ``id, icon, title, summary, minutes, fee``
        (empty: free), ``network`` (what it is without one), ``says`` (about that), ``blocked``.

        A shelf on which nothing was found is left out.
        """
        words = _folded(self._query).split()
        found = []
        for shelf in self._catalogue.shelves:
            services = [
                self._tile(service)
                for service in self._catalogue.services
                if service.offered and service.category == shelf.id and _matches(service, words)
            ]
            if services:
                found.append(
                    {
                        "id": shelf.id,
                        "icon": shelf.icon,
                        "title": shelf.title.in_language(self._language),
                        "services": services,
                    }
                )
        return found

    @Property(int, notify=changed)
    def count(self) -> int:
        """How many services there are in all."""
        return sum(service.offered for service in self._catalogue.services)

    @Property(str, notify=changed)
    def query(self) -> str:
        return self._query

    @Slot(str)
    def search(self, query: str) -> None:
        if query != self._query:
            self._query = query
            self.changed.emit()

    @Slot(str)
    def choose(self, service_id: str) -> None:
        self._send(ServiceChosen(service_id))

    def _tile(self, service: ServiceDefinition) -> dict[str, Any]:
        blocked = None
        if service.kind is ServiceKind.APPLICATION:
            blocked = refusal(service, self._visit, self._terminal, self._catalogue, _EVER)
        fee = service.fee_on(self._today())
        return {
            "id": service.id,
            "icon": service.icon,
            "title": service.title.in_language(self._language),
            "summary": service.summary.in_language(self._language),
            "minutes": service.duration_minutes,
            "fee": formats.money(fee, self._language) if fee else "",
            "network": service.offline.policy.value,
            "says": service.offline.says.in_language(self._language),
            "blocked": blocked.in_language(self._language) if blocked else "",
        }


def _looked_at(visit: Visit) -> tuple[object, ...]:
    """What of a visit decides what the page shows."""
    return visit.language, visit.cardholder, visit.signed_in, visit.mobile, visit.employers


def _matches(service: ServiceDefinition, words: list[str]) -> bool:
    """Whether every word is in the title, the summary or the other words of any language."""
    texts = [text for part in (service.title, service.summary) for _, text in part.each()]
    texts += [word for other in service.search.values() for word in other]
    said = _folded(" ".join(texts))
    return all(word in said for word in words)


def _folded(text: str) -> str:
    """Without case and marks, and with one form of alef, yeh and teh marbuta."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
    )
    return plain.casefold().translate(_ONE_FORM)


_ONE_FORM = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})
