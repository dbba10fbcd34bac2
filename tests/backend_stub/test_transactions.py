"""The pieces in which a batch's places are read, whatever a terminal names."""

from __future__ import annotations

from hypothesis import given, strategies as st

from backend_stub.ingest.transactions import runs

PLACES = st.sets(
    st.tuples(st.integers(1, 3), st.integers(1, 40) | st.integers(1, 2**53 - 1)), max_size=50
)


@given(PLACES)
def test_a_batchs_places_are_read_with_their_neighbours_and_nothing_else(
    places: set[tuple[int, int]],
) -> None:
    read = [(epoch, seq) for epoch, first, last in runs(places) for seq in range(first, last + 1)]
    assert sorted(read) == sorted(
        {(epoch, seq + step) for epoch, seq in places for step in (-1, 0, 1)}
    )


def test_a_whole_batch_is_one_piece() -> None:
    assert list(runs([(2, seq) for seq in range(51, 101)])) == [(2, 50, 101)]
