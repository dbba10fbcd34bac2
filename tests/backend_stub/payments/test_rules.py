"""What the rules of payment say, one by one."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from backend_stub.payments.money import AmountRefused, Limits, divide, shown
from backend_stub.payments.records import Way
from backend_stub.payments.rules import closed_until, ends_when_left
from backend_stub.payments.schedule import ClosedHours, wait_before
from backend_stub.payments.states import DEAD, LIVING, MOVES, IllegalMove, State, check_move
from kiosk.services.oman_time import MUSCAT


def test_the_table_has_every_state_and_nothing_else_is_legal() -> None:
    assert set(MOVES) == set(State)
    for old, new in itertools.product(State, State):
        if new in MOVES[old]:
            check_move(old, new)
        else:
            with pytest.raises(IllegalMove):
                check_move(old, new)


def test_nothing_is_forced_to_an_end_that_nobody_said() -> None:
    # Out of "unknown" lead only what a gateway can say; money never becomes "declined".
    assert MOVES[State.UNKNOWN] >= DEAD | {State.CAPTURED}
    for state in set(State) - LIVING - DEAD | {State.AUTHORISED}:
        assert not MOVES[state] & DEAD


def test_every_living_state_can_end_and_money_can_always_go_back() -> None:
    for state in set(State) - {State.CREATED, State.REFUNDED, State.REFUND_DUE}:
        assert State.REFUND_DUE in MOVES[state]


@pytest.mark.parametrize(
    ("baisa", "text"),
    [(1500, "1.500"), (100, "0.100"), (5, "0.005"), (0, "0.000"), (210_700, "210.700")],
)
def test_an_amount_is_shown_with_three_decimals(baisa: int, text: str) -> None:
    assert shown(baisa) == text


def test_a_large_amount_and_one_that_went_back_are_readable() -> None:
    assert shown(9_999_000) == "9,999.000"
    assert shown(-1500) == "-1.500"


@given(st.lists(st.integers(100, 9_999_000), min_size=1, max_size=60))
def test_no_part_is_above_the_maximum_and_nothing_is_lost(amounts: list[int]) -> None:
    parts = divide(amounts, Limits())
    assert parts == sorted(parts)
    sums = [0] * (max(parts) + 1)
    for amount, part in zip(amounts, parts, strict=True):
        sums[part] += amount
    assert all(100 <= each <= 9_999_000 for each in sums)
    assert sum(sums) == sum(amounts)


def test_two_thousand_workers_are_paid_in_parts_of_whole_workers() -> None:
    parts = divide([301_000] * 2000, Limits())
    assert max(parts) + 1 == 61  # 33 workers each
    assert parts.count(0) == 33


def test_what_is_left_below_the_minimum_borrows_from_the_part_before() -> None:
    assert divide([9_998_000, 950, 60], Limits()) == [0, 1, 1]
    with pytest.raises(AmountRefused):
        divide([60], Limits())
    with pytest.raises(AmountRefused):
        divide([9_999_001], Limits())


def test_nothing_to_pay_is_one_part() -> None:
    assert divide([0, 0], Limits()) == [0, 0]


def test_questions_back_off_and_never_stop() -> None:
    waits = [wait_before(asked).total_seconds() for asked in range(8)]
    assert waits == [10, 30, 120, 300, 3600, 3600, 3600, 3600]


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-06-01 22:59", None),
        ("2026-06-01 23:00", "2026-06-02 01:00"),
        ("2026-06-02 00:59", "2026-06-02 01:00"),
        ("2026-06-02 01:00", None),
    ],
)
def test_closed_hours_are_those_of_oman(local: str, opens: str | None) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=MUSCAT).astimezone(UTC)
    expected = opens and datetime.fromisoformat(opens).replace(tzinfo=MUSCAT)
    assert closed_until(Way.GATEWAY, ClosedHours(), now) == expected


def test_the_card_terminal_keeps_no_hours() -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=MUSCAT)
    assert closed_until(Way.CARD, ClosedHours(), late) is None


def test_only_a_plain_no_ends_an_open_attempt() -> None:
    assert ends_when_left(False, State.AWAITING)
    assert not ends_when_left(None, State.AWAITING)
    assert not ends_when_left(True, State.AWAITING)
    assert not ends_when_left(False, State.AUTHORISED)


def test_hours_that_do_not_span_midnight() -> None:
    hours = ClosedHours(begin=time(12), end=time(13))
    noon = datetime(2026, 6, 1, 12, 30, tzinfo=MUSCAT)
    assert hours.opens_at(noon) == noon + timedelta(minutes=30)
    assert hours.opens_at(noon - timedelta(hours=1)) is None
