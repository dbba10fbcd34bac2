"""A visit disturbed at any command: the card is taken, or it answers nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from cardreader import CardError, CardRemoved, Protocol7816
from cardreader.simulator import READER, SimulatedReaders
from tests.cardreader.disturbed import Cut, Garbled
from tests.cardreader.opening import pin_of, whole_visit
from tests.cardreader.script import RepeatingConnection


def test_a_card_taken_at_any_command_is_card_removed_and_the_pin_is_wiped() -> None:
    readers = SimulatedReaders(protocol=Protocol7816.T0)
    readers.insert("citizen-active")
    counting = Cut(readers, 0)
    whole_visit(counting, pin_of("citizen-active"))
    counting.disconnect()
    total = counting.count
    # The portrait is one command like the other many times over: its middle is not repeated.
    for at in [*range(1, 20), *range(total - 20, total + 1)]:
        readers.insert("citizen-active")
        pin = pin_of("citizen-active")
        cut = Cut(readers, at)
        with pytest.raises(CardRemoved):
            whole_visit(cut, pin)
        assert cut.count == at


@pytest.mark.parametrize(
    "reply", [b"", b"\x90", b"\x90\x00", b"\x6f\x00", b"\x61\x10", bytes(256) + b"\x90\x00"]
)
def test_nonsense_at_any_command_is_a_typed_error(reply: bytes) -> None:
    readers = SimulatedReaders(protocol=Protocol7816.T1)
    readers.insert("citizen-active")
    failed = 0
    for at in range(1, 40):
        connection = readers.connect(READER)
        try:
            whole_visit(Garbled(connection, at, reply), pin_of("citizen-active"))
        except CardError:
            failed += 1
        connection.disconnect()
    assert failed


@settings(max_examples=40, deadline=None)
@given(
    replies=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.binary(max_size=40).map(lambda data: data + b"\x90\x00"),
            st.just(bytes.fromhex("5312341001020304050607080910111213141516") + b"\x90\x00"),
            st.just(b"\x61\x10"),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_card_that_answers_anything_ends_in_a_typed_error(replies: list[bytes]) -> None:
    card = RepeatingConnection(replies)
    with pytest.raises(CardError):
        whole_visit(card, pin_of("citizen-active"))
    assert card.count < 1000
