from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from backend_stub import Settings
from backend_stub.ground.limits import Rates

from .counter import Counter


@pytest.fixture
def counter(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Counter]:
    """A central API with officers; a parameter is the rate of tries from one address."""
    rate = getattr(request, "param", None)
    if rate is not None:
        settings = replace(settings, rates=replace(Rates(), officers=rate))
    counter = Counter.open(settings)
    yield counter
    counter.close()
