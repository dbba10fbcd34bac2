"""The baseline: PySide6 and one empty Qt Quick window of the terminal's size, nothing else."""

from __future__ import annotations

import time

MAIN = time.monotonic()

from PySide6.QtGui import QGuiApplication  # noqa: E402 - the clock starts before the imports
from PySide6.QtQml import QQmlApplicationEngine  # noqa: E402
from PySide6.QtQuick import QQuickWindow  # noqa: E402

_WINDOW = b"""
import QtQuick
Window { width: 1080; height: 1920; visible: true; color: "white" }
"""


def main() -> None:
    """Report the first frame, then stay until told to end."""
    application = QGuiApplication([])
    engine = QQmlApplicationEngine()
    engine.loadData(_WINDOW)
    window = engine.rootObjects()[0]
    if not isinstance(window, QQuickWindow):
        raise SystemExit("there is no window")
    seen: list[float] = []

    def swapped() -> None:
        if not seen:
            seen.append(time.monotonic())
            work = time.process_time()
            # Late: what the measurement itself needs must not be in the figure.
            from tools.bench.child import say
            from tools.bench.pixels import colours

            say(frame=seen[0], main=MAIN, work=work, colours=colours(window))

    window.frameSwapped.connect(swapped)
    application.exec()


if __name__ == "__main__":
    main()
