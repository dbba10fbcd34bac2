"""The document scanner during a visit: one sheet at a time, in memory, given up when asked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader

from kiosk.devices import DeviceState
from kiosk.equipment.scanner import (
    SHEET_MAX_BYTES,
    ScanFailed,
    Scanner,
    ScanProblem,
    ScanStopped,
    media_type,
)
from kiosk.session import effects as ef, events as ev
from kiosk.session.form import Paper
from kiosk.workers.answering import Answer
from kiosk.workers.latest_request import LatestRequest
from kiosk.workers.periodic import Periodic
from kiosk.workers.worker import Handlers, Worker

_log = structlog.get_logger()

_LOOK_WELL_S = 120.0
_LOOK_LOST_S = 30.0
"""How often a scanner is looked for, while it is there and while it is not."""

_SAMPLE = QSize(420, 594)
"""A sheet is looked at in this size to tell whether anything is on it: a quarter of 200 dpi, in
which a line in pencil is still a line."""
_LEAST_CONTRAST = 16
"""Of 255: between the darkest and the lightest place of a sheet that has something on it."""


class ScanWorker(Worker):
    """Scans sheets for the visit at the screen, and looks after the scanner between visits."""

    def __init__(
        self,
        scanner: Scanner | None,
        *,
        answer: Answer,
        state: Callable[[DeviceState], None],
    ) -> None:
        """``state`` is told, in any thread, how the scanner is."""
        self._scanner = scanner
        self._answer = answer
        self._state = state
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scanner")
        self.thread = Periodic("scanner-watch", self._look)
        self._in_use = threading.Lock()
        self._sheets = LatestRequest()
        self._looking = threading.Event()

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {
            ef.ScanSheet: lambda _, visit: self.scan(visit),
            ef.StopScan: lambda _effect, _visit: self.give_up(),
        }

    def forget(self) -> None:
        """The visit is over: nothing more is scanned for it."""
        self.give_up()

    def start(self) -> None:
        """Begin to look for the scanner."""
        if self._scanner is not None:
            self.thread.start()

    def look_again(self) -> None:
        """Look for it now. Any thread."""
        self.thread.soon()

    def scan(self, visit: int) -> None:
        """Scan one sheet; answers SheetAccepted or SheetRefused, nothing once it is given up."""
        number = self._sheets.ask()
        if self._looking.is_set() and self._scanner is not None:
            # Somebody waits with a sheet in hand: whether the scanner is there will be seen.
            self._scanner.stop()
        self._worker.submit(self._scan, number, visit)

    def give_up(self) -> None:
        """Stop what is being scanned; nothing of it is answered."""
        self._sheets.give_up()
        if self._scanner is not None:
            self._scanner.stop()

    def stop(self) -> None:
        """Let go of the scanner."""
        self.give_up()
        self._worker.shutdown(wait=True, cancel_futures=True)
        self.thread.stop()

    def _scan(self, number: int, visit: int) -> None:
        scanner = self._scanner
        with self._in_use:
            if scanner is None or not self._sheets.is_wanted(number):
                return
            try:
                paper = _paper(scanner.scan())
            except ScanStopped:
                return
            except ScanFailed as failed:
                problem = failed.problem
            except Exception as error:  # noqa: BLE001 -- a driver's surprise must not end the visit
                _log.error("scanner.failed", problem=type(error).__name__)
                problem = ScanProblem.BROKEN
            else:
                self._state(DeviceState.ONLINE)
                if self._sheets.is_wanted(number):
                    self._answer(ev.SheetAccepted(paper), visit)
                return
        _log.warning("scanner.no_picture", problem=problem.value)
        self._state(problem.device)
        if problem in (ScanProblem.OFFLINE, ScanProblem.BROKEN):
            self.thread.soon()
        if self._sheets.is_wanted(number):
            self._answer(ev.SheetRefused(problem.sheet, problem.value), visit)

    def _look(self) -> float | None:
        if self._scanner is None:
            return None
        # While a sheet is scanned the scanner is evidently there.
        if not self._in_use.acquire(blocking=False):
            return _LOOK_LOST_S
        try:
            self._looking.set()
            self._scanner.look()
        except ScanStopped:
            return _LOOK_LOST_S
        except ScanFailed as failed:
            if failed.problem is ScanProblem.BUSY:
                return _LOOK_LOST_S
            self._state(failed.problem.device)
            return _LOOK_LOST_S
        finally:
            self._looking.clear()
            self._in_use.release()
        self._state(DeviceState.ONLINE)
        return _LOOK_WELL_S


def _paper(picture: bytes) -> Paper:
    """What the visit keeps of a sheet. Raises :class:`ScanFailed` for one that is worth nothing."""
    kind = media_type(picture)
    if kind is None:
        raise ScanFailed(ScanProblem.BROKEN)
    if len(picture) > SHEET_MAX_BYTES:
        raise ScanFailed(ScanProblem.TOO_LARGE)
    if is_empty(picture):
        raise ScanFailed(ScanProblem.EMPTY)
    return Paper(picture, kind, hashlib.sha256(picture).hexdigest())


def is_empty(picture: bytes) -> bool:
    """Whether nothing is on a sheet: it lies the wrong way up, or the lid was scanned.

    Raises :class:`ScanFailed` for what is no whole picture.
    """
    content = QByteArray(picture)
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    # Decoded small: the whole sheet would be fifteen megabytes.
    reader.setScaledSize(_SAMPLE)
    image = reader.read()
    if image.isNull():
        raise ScanFailed(ScanProblem.BROKEN)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    shades: Any = grey.constBits()
    stride, width = grey.bytesPerLine(), grey.width()
    rows = [bytes(shades[y * stride : y * stride + width]) for y in range(grey.height())]
    darkest, lightest = min(map(min, rows)), max(map(max, rows))
    return lightest - darkest < _LEAST_CONTRAST
