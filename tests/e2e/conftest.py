"""One application for all windows; terminals that are switched off whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from tests.e2e.terminal import Terminal
from ui.app import make_application


@pytest.fixture(scope="session")
def qapp() -> QGuiApplication:
    """One application for the whole run; pytest-qt would make a QApplication."""
    return make_application()


@pytest.fixture
def switch_on(qapp: QGuiApplication, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Switch a terminal on; every one is switched off at the end."""
    with ExitStack() as stack:

        def on(directory: Path | None = None, **options: object) -> Terminal:
            return stack.enter_context(Terminal(directory or tmp_path / "state", **options))

        yield on


@pytest.fixture
def terminal(switch_on: Callable[..., Terminal]) -> Terminal:
    """A terminal that never ran before, and serves."""
    return switch_on()
