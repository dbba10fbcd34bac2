from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend_stub import Settings

from .counter import Counter


@pytest.fixture
def counter(settings: Settings) -> Iterator[Counter]:
    counter = Counter.open(settings)
    yield counter
    counter.close()
