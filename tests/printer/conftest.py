"""The printer's tests run without a display: Qt must hear so before it is imported."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator

import pytest

from printer.virtual import VirtualPrinter


@pytest.fixture(scope="session", autouse=True)
def qt(qapp):
    """The one QGuiApplication that layouts need, shared with the tests of the window."""
    return qapp


class Tray:
    """What came out of the virtual printer, and a way to wait for it."""

    def __init__(self) -> None:
        import threading

        self.receipts: list[tuple[bytes, bytes]] = []
        self._changed = threading.Condition()

    def __call__(self, png: bytes, raw: bytes) -> None:
        with self._changed:
            self.receipts.append((png, raw))
            self._changed.notify_all()

    def wait(self, count: int = 1, timeout: float = 10) -> list[tuple[bytes, bytes]]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.receipts) >= count, timeout)
            return list(self.receipts)


@pytest.fixture
def tray() -> Tray:
    return Tray()


@pytest.fixture
def virtual(tray) -> Iterator[VirtualPrinter]:
    printer = VirtualPrinter(on_receipt=tray)
    yield printer
    printer.stop()
