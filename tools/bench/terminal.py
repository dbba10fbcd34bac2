"""A measured process: the real ``kiosk run``, which tells when its attract page is on screen.

Arguments are those of the ``kiosk`` command. Nothing of the terminal is replaced; the window only
gets a listener for its frames.
"""

from __future__ import annotations

import time

MAIN = time.monotonic()

import sys  # noqa: E402 - the clock starts before the imports
from typing import Any  # noqa: E402

from kiosk.loop.lean_imports import load_msgspec, use_plain_imports  # noqa: E402
from kiosk.loop.memory import load_without_collecting  # noqa: E402

load_without_collecting()  # first of all, as the command does
use_plain_imports()
load_msgspec()

from ui import app  # noqa: E402


def main() -> None:
    """Run the command."""
    make = app.KioskWindow.__init__

    def watched(self: app.KioskWindow, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        _watch(self)

    app.KioskWindow.__init__ = watched  # type: ignore[method-assign] # the listener
    sys.argv[0] = "kiosk"
    from kiosk.cli import main as kiosk

    kiosk()


def _watch(kiosk_window: app.KioskWindow) -> None:
    window = kiosk_window.window
    seen: list[float] = []

    def swapped() -> None:
        at, work = time.monotonic(), time.process_time()
        if not seen and kiosk_window.settled and window.property("opened") == "attract":
            seen.append(at)
            from tools.bench.child import say
            from tools.bench.pixels import colours

            say(frame=at, main=MAIN, work=work, colours=colours(window))

    window.frameSwapped.connect(swapped)


if __name__ == "__main__":
    main()
