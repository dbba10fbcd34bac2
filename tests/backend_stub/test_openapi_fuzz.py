"""A short run of schemathesis; the long one is ``python -m tests.backend_stub.fuzz``."""

from __future__ import annotations

import pytest

from . import fuzz


# A slow machine with other work needs a minute for the boundary values of every field.
@pytest.mark.timeout(300)
def test_boundary_values_of_every_field_and_sequences_of_requests() -> None:
    assert fuzz.run(examples=1, seconds=120, phases="coverage,stateful") == 0
