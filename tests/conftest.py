"""Settings that every test needs before Qt is imported, and who works beside whom."""

from __future__ import annotations

import os

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file stay together, and so do all that need the machine's only pcscd.

    Those of the printer too: their virtual and foreign printers share the loopback's ports.
    """
    for item in items:
        group = str(item.path)
        if item.get_closest_marker("pcscd") is not None:
            group = "pcscd"
        elif "printer" in item.path.parts:
            group = "printer"
        item.add_marker(pytest.mark.xdist_group(group))
