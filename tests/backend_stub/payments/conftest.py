from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_stub import Settings

from .office import Office


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Iterator[Office]:
    office = Office(settings, tmp_path).start()
    yield office
    office.stop()
