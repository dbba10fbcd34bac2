"""Settings that every test needs before Qt is imported, and who works beside whom."""

from __future__ import annotations

import os

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file stay together, and so do all that need the machine's only pcscd."""
    for item in items:
        alone = item.get_closest_marker("pcscd") is not None
        item.add_marker(pytest.mark.xdist_group("pcscd" if alone else str(item.path)))
