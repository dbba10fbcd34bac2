"""The pages before a visit: the attract page and the out-of-service page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.devices import can_serve, faults
from kiosk.services import Catalogue
from kiosk.session.state import State
from ui.viewmodels.seam import QVariantList

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class AttractViewModel(QObject):
    """What the terminal offers: a few services, in both languages at once."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._services = [
            {"icon": service.icon, "titleAr": service.title.ar, "titleEn": service.title.en}
            for service in catalogue.services[:3]
        ]

    def show(self, state: State) -> None:
        """The attract page is the same in every state."""

    @Property(QVariantList, notify=changed)
    def services(self) -> list[dict[str, Any]]:
        return self._services


@QmlElement
class OutOfServiceViewModel(QObject):
    """Why no visit can begin, for the technician."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._faults = ""

    def show(self, state: State) -> None:
        """Take over a new state."""
        found = "" if can_serve(state.terminal) else _codes(state)
        if found != self._faults:
            self._faults = found
            self.changed.emit()

    @Property(str, notify=changed)
    def faults(self) -> str:
        """``reader: noDevice · printer: offline``."""
        return self._faults


def _codes(state: State) -> str:
    return " · ".join(f"{fault.device}: {fault.state}" for fault in faults(state.terminal))
