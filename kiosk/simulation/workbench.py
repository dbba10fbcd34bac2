"""The window beside a simulated kiosk: put cards in, cut the network, break the printer."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import requests
from PySide6.QtCore import Property, QEvent, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QmlElement, QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from cardreader.errors import ReaderUnavailable
from cardreader.simulator import personas
from kiosk.simulation.finger import Laid
from kiosk.simulation.rig import Rig
from ui.viewmodels.seam import QStringList, QVariantList

QML_IMPORT_NAME = "Manfadh.Simulation"
QML_IMPORT_MAJOR_VERSION = 1

_QML = Path(__file__).resolve().parent / "qml" / "Workbench.qml"
_LOOK_EVERY_MS = 1500
_TIMEOUTS = (1.0, 3.0)
PRINTER_FAULTS = ("paper_out", "paper_low", "cover_open", "cutter_jam", "offline", "silent")
"""Faults of the virtual printer that have a switch, in their order on the screen."""
SCANNER_FAULTS = ("no_sheet", "jam", "empty", "offline")
"""Faults of the simulated scanner, the same way."""


@QmlElement
class WorkbenchModel(QObject):
    """What the workbench shows and the hands it lends."""

    changed = Signal()
    looked = Signal()
    _fetched = Signal(list, list)

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self._rig = rig
        self._inserted = ""
        self._attached = True
        self._received: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []
        self._fetched.connect(self._take)
        self._personas = [
            {
                "id": persona.id,
                "name": f"{persona.given_en} {persona.surname_en}",
                "nameAr": persona.name_ar,
                "pin": persona.pin or "",
                "puk": persona.puk,
                "purpose": persona.purpose_en,
            }
            for persona in personas().values()
        ]

    @Property(QVariantList, notify=changed)
    def personas(self) -> list[dict[str, str]]:
        """Every persona: id, names, PIN, what it is for."""
        return self._personas

    @Property(QStringList, notify=changed)
    def faults(self) -> list[str]:
        """The printer's faults that have a switch."""
        return list(PRINTER_FAULTS)

    @Property(str, notify=changed)
    def inserted(self) -> str:
        """Whose card is in the reader."""
        return self._inserted

    @Property(bool, notify=changed)
    def readerAttached(self) -> bool:
        return self._attached

    @Property(bool, notify=changed)
    def networkUp(self) -> bool:
        return self._rig.link.connected

    @Property(QStringList, notify=changed)
    def activeFaults(self) -> list[str]:
        faults = self._rig.printer.faults
        return [name for name in PRINTER_FAULTS if getattr(faults, name)]

    @Property(QStringList, notify=changed)
    def scannerFaults(self) -> list[str]:
        """The scanner's faults that have a switch."""
        return list(SCANNER_FAULTS)

    @Property(QStringList, notify=changed)
    def activeScannerFaults(self) -> list[str]:
        faults = self._rig.scanner.faults
        return [name for name in SCANNER_FAULTS if getattr(faults, name)]

    @Property(QStringList, notify=changed)
    def fingers(self) -> list[str]:
        """What can happen at the fingerprint sensor."""
        return [laid.value for laid in Laid]

    @Property(str, notify=changed)
    def laidFinger(self) -> str:
        """What will happen there."""
        return self._rig.finger.laid.value

    @Property(int, notify=looked)
    def receipts(self) -> int:
        """Receipts that came out of the virtual printer."""
        return self._rig.printer.receipts

    @Property(QVariantList, notify=looked)
    def received(self) -> list[dict[str, Any]]:
        """The newest transactions at the central API."""
        return self._received

    @Property(QVariantList, notify=looked)
    def notices(self) -> list[dict[str, Any]]:
        """The SMS and e-mail outbox, newest first."""
        return self._notices

    @Slot(str)
    def insert(self, persona_id: str) -> None:
        """Put a persona's card in, after taking out the one that is there."""
        try:
            self._rig.insert(persona_id)
        except ReaderUnavailable:
            return
        self._inserted = persona_id
        self.changed.emit()

    @Slot()
    def remove(self) -> None:
        """Take the card out."""
        if self._inserted:
            self._rig.readers.remove()
            self._inserted = ""
            self.changed.emit()

    @Slot(bool)
    def attachReader(self, attached: bool) -> None:
        """Plug the reader in or out."""
        if attached == self._attached:
            return
        if attached:
            self._rig.readers.attach()
        else:
            self._rig.readers.detach()
            self._inserted = ""
        self._attached = attached
        self.changed.emit()

    @Slot(bool)
    def setNetwork(self, up: bool) -> None:
        """Mend or cut the cable to the central API."""
        if up:
            self._rig.link.mend()
        else:
            self._rig.link.cut()
        self.changed.emit()

    @Slot(str, bool)
    def setFault(self, name: str, active: bool) -> None:
        """Switch one of the printer's faults."""
        if name in PRINTER_FAULTS:
            self._rig.printer.set_faults(**{name: active})
            self.changed.emit()

    @Slot(str, bool)
    def setScannerFault(self, name: str, active: bool) -> None:
        """Switch one of the scanner's faults; the terminal sees it at the next sheet or look."""
        if name in SCANNER_FAULTS:
            self._rig.scanner.set_faults(**{name: active})
            self.changed.emit()

    @Slot(str)
    def layFinger(self, laid: str) -> None:
        """Choose it; the terminal sees at its next look whether the sensor is there."""
        if laid in set(Laid):
            self._rig.finger.laid = Laid(laid)
            self.changed.emit()

    @Slot()
    def look(self) -> None:
        """Ask the central API what it has; the answer comes later."""
        threading.Thread(target=self._fetch, daemon=True).start()

    def _fetch(self) -> None:
        base = self._rig.central_url
        try:
            received = requests.get(f"{base}/v1/development/transactions", timeout=_TIMEOUTS)
            notices = requests.get(f"{base}/v1/notifications", timeout=_TIMEOUTS)
            self._fetched.emit(
                received.json()["transactions"], notices.json()["notifications"][::-1]
            )
        except (requests.RequestException, ValueError, KeyError):
            # The central API is stopping; the window shows what it last knew.
            return

    @Slot(list, list)
    def _take(self, received: list[dict[str, Any]], notices: list[dict[str, Any]]) -> None:
        self._received = received
        self._notices = notices
        self.looked.emit()


class Workbench:
    """The workbench's window. Made, started and stopped in the UI thread."""

    def __init__(self, rig: Rig, beside: QQuickWindow) -> None:
        """``beside`` is the kiosk's window; the workbench stands to the right of it."""
        self.model = WorkbenchModel(rig)
        self._engine = QQmlApplicationEngine()
        self._engine.setInitialProperties({"vm": self.model})
        self._engine.load(QUrl.fromLocalFile(str(_QML)))
        root = self._engine.rootObjects()[0]
        assert isinstance(root, QQuickWindow)  # noqa: S101 -- the file's root is a Window
        self.window = root
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.window.setPosition(
            min(beside.x() + beside.width() + 24, max(0, screen.right() - self.window.width())),
            beside.y(),
        )
        self._look = QTimer(interval=_LOOK_EVERY_MS)
        self._look.timeout.connect(self.model.look)

    def start(self) -> None:
        """Show it and begin to look at the central API."""
        self.window.show()
        self._look.start()

    def stop(self) -> None:
        """Close it."""
        self._look.stop()
        self.window.close()
        # The engine before what it is bound to.
        self._engine.deleteLater()
        QGuiApplication.sendPostedEvents(self._engine, QEvent.Type.DeferredDelete)
