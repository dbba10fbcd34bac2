"""The services page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, Language, formats
from kiosk.session.intents import ServiceChosen
from kiosk.session.state import State
from ui.viewmodels.seam import QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class ServicesViewModel(QObject):
    """What can be done here, with duration and fee."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send, today: Callable[[], date]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._today = today
        self._language: Language = "ar"

    def show(self, state: State) -> None:
        """Take over a new state."""
        if state.visit.language != self._language:
            self._language = state.visit.language
            self.changed.emit()

    @Property(QVariantList, notify=changed)
    def services(self) -> list[dict[str, Any]]:
        """``id, icon, title, summary, minutes, fee`` (empty: free)."""
        return [
            {
                "id": service.id,
                "icon": service.icon,
                "title": service.title.in_language(self._language),
                "summary": service.summary.in_language(self._language),
                "minutes": service.duration_minutes,
                "fee": formats.money(fee, self._language) if fee else "",
            }
            for service in self._catalogue.services
            if service.offered
            for fee in [service.fee_on(self._today())]
        ]

    @Slot(str)
    def choose(self, service_id: str) -> None:
        self._send(ServiceChosen(service_id))
