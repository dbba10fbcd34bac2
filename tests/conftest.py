"""Settings that every test needs before Qt is imported, and who works beside whom."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"


@pytest.hookimpl(wrapper=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Tests of one file stay together, and so do all that need the machine's only pcscd.

    Those of the printer too: their virtual and foreign printers share the loopback's ports.
    """
    for item in items:
        group = item.path.relative_to(config.rootpath).as_posix()
        if item.get_closest_marker("pcscd") is not None:
            group = "pcscd"
        elif "printer" in item.path.parts:
            group = "printer"
        item.add_marker(pytest.mark.xdist_group(group))
    yield
    # A worker that drops the groups says nothing, and tests disturb each other now and then.
    if "PYTEST_XDIST_WORKER" in os.environ and not all("@" in item.nodeid for item in items):
        raise pytest.UsageError("pytest-xdist and pytest do not agree on test groups")
