"""The user interface's thread as the terminal's loop: calls from other threads, and timers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from kiosk.session.events import Timer


class QtLoop(QObject):
    """Runs calls of any thread in the thread that made this object, in order."""

    _called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    def call(self, function: Callable[[], None]) -> None:
        """Run ``function`` soon in the loop's thread. Any thread may ask."""
        self._called.emit(function)

    def close(self) -> None:
        """From now on every call is dropped, those that wait already too."""
        self._closed = True

    @Slot(object)
    def _run(self, function: Callable[[], None]) -> None:
        if not self._closed:
            function()


class QtTimers(QObject):
    """The visit's timers as single-shot timers of the loop's thread."""

    def __init__(self, fired: Callable[[Timer], None]) -> None:
        super().__init__()
        self._fired = fired
        self._timers: dict[Timer, QTimer] = {}

    def start(self, timer: Timer, seconds: float) -> None:
        """Start or restart."""
        running = self._timers.get(timer)
        if running is None:
            running = QTimer(self, singleShot=True)
            running.timeout.connect(lambda: self._fired(timer))
            self._timers[timer] = running
        running.start(round(seconds * 1000))

    def stop_all(self) -> None:
        """Stop every timer."""
        for running in self._timers.values():
            running.stop()

    def stop(self, timer: Timer) -> None:
        """Stop; nothing happens when it does not run."""
        running = self._timers.get(timer)
        if running is not None:
            running.stop()


class QtTicks(QObject):
    """Calls a function again and again in the loop's thread."""

    def __init__(self, seconds: float, tick: Callable[[], None]) -> None:
        """``seconds`` lie between two calls."""
        super().__init__()
        self._timer = QTimer(self, interval=round(seconds * 1000))
        self._timer.timeout.connect(tick)

    def start(self) -> None:
        """Begin; the first call comes after the first interval."""
        self._timer.start()

    def stop(self) -> None:
        """No call any more."""
        self._timer.stop()
