"""Random histories, the small version of ``make payment-histories``, and its controls."""

from __future__ import annotations

import pytest

from .careless import CARELESS
from .histories import judged

SEEDS = range(1_500)
CONTROL_SEEDS = range(3_000)


@pytest.mark.parametrize("tens", range(0, len(SEEDS), 500))
def test_money_and_effect_agree_at_the_end_of_every_history(tens: int) -> None:
    wrong = {seed: found for seed in SEEDS[tens : tens + 500] if (found := judged(seed))}
    assert wrong == {}


@pytest.mark.parametrize("rule", CARELESS)
def test_a_careless_rule_is_caught(rule: str) -> None:
    assert any(judged(seed, CARELESS[rule]) for seed in CONTROL_SEEDS)
