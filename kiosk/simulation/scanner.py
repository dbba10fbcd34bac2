"""A document scanner without a scanner: it draws each sheet when it is asked for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from kiosk.equipment.scanner import ScanFailed, ScanProblem, ScanStopped

_WIDTH, _HEIGHT = 1240, 1754  # A4 at 150 dpi
_MARGIN = 110
_FAMILY = "IBM Plex Sans Arabic"


@dataclass(frozen=True, slots=True)
class ScannerFaults:
    """What is wrong with the scanner, or with the sheet in it."""

    offline: bool = False
    no_sheet: bool = False
    jam: bool = False
    empty: bool = False
    """The sheet lies the wrong way up: there is nothing on it."""


class SimulatedScanner:
    """Takes as long as a slow one, so that what happens meanwhile can be seen."""

    def __init__(self, seconds: float = 1.2) -> None:
        """``seconds`` is what one sheet takes."""
        self._seconds = seconds
        self._faults = ScannerFaults()
        self._stopping = threading.Event()
        self.sheets = 0
        """How many sheets were drawn."""

    @property
    def faults(self) -> ScannerFaults:
        """What is wrong at the moment."""
        return self._faults

    def set_faults(self, **changes: bool) -> None:
        """Switch some of the faults; any thread."""
        self._faults = replace(self._faults, **changes)

    def look(self) -> None:
        """Whether it is plugged in."""
        if self._faults.offline:
            raise ScanFailed(ScanProblem.OFFLINE)

    def scan(self) -> bytes:
        """A sheet drawn now, as JPEG; every one is another."""
        self._stopping.clear()
        self.look()
        if self._faults.no_sheet:
            raise ScanFailed(ScanProblem.NO_SHEET)
        if self._stopping.wait(self._seconds):
            raise ScanStopped
        if self._faults.jam:
            raise ScanFailed(ScanProblem.JAM)
        self.sheets += 1
        return draw_sheet(self.sheets, empty=self._faults.empty)

    def stop(self) -> None:
        """Give up the sheet under way."""
        self._stopping.set()


def draw_sheet(number: int, *, empty: bool = False) -> bytes:
    """A sheet of nobody's, as JPEG: a heading that says so, lines, a table, a stamp."""
    image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#fbfaf6"))
    if not empty:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _write(painter, number)
        painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 80)  # type: ignore[call-overload] # the stubs want bytes here
    return bytes(content.data())


def _write(painter: QPainter, number: int) -> None:
    wide = _WIDTH - 2 * _MARGIN
    painter.setPen(QColor("#1f2a2c"))
    right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    painter.setFont(_font(46, bold=True))
    painter.drawText(QRectF(_MARGIN, 110, wide, 80), int(right), f"ورقة للتجربة رقم {number}")
    painter.setFont(_font(30))
    painter.drawText(QRectF(_MARGIN, 190, wide, 60), int(left), f"Sample paper {number}, simulated")
    painter.fillRect(QRectF(_MARGIN, 262, wide, 5), QColor("#0e5a55"))
    # No words: where words would be, lines of their length, other ones on every sheet.
    for row in range(13):
        length = wide * (0.55 + ((row * 7 + number * 5) % 9) / 20)
        x = _WIDTH - _MARGIN - min(length, wide)
        painter.fillRect(QRectF(x, 330 + row * 44, min(length, wide), 14), QColor("#8b9494"))
    painter.setPen(QColor("#5b6668"))
    for row in range(6):
        for column in range(4):
            cell = QRectF(_MARGIN + column * wide / 4, 960 + row * 70, wide / 4, 70)
            painter.drawRect(cell)
            if (row + column + number) % 3:
                bar = cell.adjusted(24, 28, -80, -28)
                painter.fillRect(bar, QColor("#a9b1b0"))
    painter.setPen(QColor("#9c3b2a"))
    painter.setFont(_font(26, bold=True))
    stamp = QRectF(_MARGIN + 20, 1450, 330, 130)
    painter.drawRoundedRect(stamp, 16, 16)
    painter.drawText(stamp, int(Qt.AlignmentFlag.AlignCenter), "محاكاة\nSIMULATED")


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = QFont(_FAMILY)
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font
