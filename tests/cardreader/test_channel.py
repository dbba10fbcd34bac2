"""The pipeline between profiles and the wire: hand-assembled exchanges."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings, strategies as st

from cardreader.apdu import CommandApdu, Protocol7816
from cardreader.atr import allows_extended_length, historical_bytes
from cardreader.channel import MAX_EXCHANGES, CardChannel
from cardreader.errors import (
    CardError,
    CardProtocolError,
    CommandRefused,
    ObjectNotFound,
    PinBlocked,
    SecurityStatusNotSatisfied,
)
from tests.cardreader.script import (
    T0_ATR,
    T1_EXTENDED_ATR,
    RepeatingConnection,
    ScriptedConnection,
)

SELECT = CommandApdu(0x00, 0xA4, 0x04, 0x00, bytes.fromhex("A0000001"), 256)


def test_t0_case_4_leaves_le_to_get_response() -> None:
    card = ScriptedConnection(("00A4040004A0000001", "6103"), ("00C0000003", "0102039000"))
    channel = CardChannel(card)
    assert channel.send(SELECT).data == b"\x01\x02\x03"
    assert card.finished()
    assert channel.exchanges == 2


def test_t1_case_4_carries_le() -> None:
    card = ScriptedConnection(("00A4040004A000000100", "019000"), protocol=Protocol7816.T1)
    assert CardChannel(card).send(SELECT).data == b"\x01"


def test_t0_case_1_has_p3_zero() -> None:
    card = ScriptedConnection(("0020008000", "63C2"))
    assert CardChannel(card).send(CommandApdu(0x00, 0x20, 0x00, 0x80)).sw == 0x63C2


def test_more_data_in_several_steps_with_a_wrong_le_in_between() -> None:
    card = ScriptedConnection(
        ("00CB3FFF025C00", "6100"),
        ("00C0000000", "6C02"),
        ("00C0000002", "AABB6101"),
        ("00C0000001", "CC6282"),
    )
    answer = CardChannel(card).send(CommandApdu(0x00, 0xCB, 0x3F, 0xFF, b"\x5c\x00", 256))
    assert (answer.data, answer.sw) == (b"\xaa\xbb\xcc", 0x6282)


def test_61xx_after_data_is_followed_under_t1_too() -> None:
    card = ScriptedConnection(
        ("00B0000000", "AA6101"), ("00C0000001", "BB9000"), protocol=Protocol7816.T1
    )
    assert CardChannel(card).send(CommandApdu(0, 0xB0, 0, 0, le=256)).data == b"\xaa\xbb"


def test_wrong_le_is_corrected_once_and_not_for_ever() -> None:
    card = ScriptedConnection(("00B0000000", "6C10"), ("00B0000010", "6C10"))
    with pytest.raises(CommandRefused) as refused:
        CardChannel(card).send(CommandApdu(0, 0xB0, 0, 0, le=256))
    assert refused.value.sw == 0x6C10


def test_a_pin_is_never_sent_again_whatever_the_card_says() -> None:
    card = ScriptedConnection(("0020008008313233343536FFFF", "6C08"))
    with pytest.raises(CommandRefused):
        CardChannel(card).send(CommandApdu(0, 0x20, 0, 0x80, bytearray(b"123456\xff\xff")))


def test_long_data_is_chained() -> None:
    data = bytes(range(256)) + b"\xee\xff"
    card = ScriptedConnection(
        ("10DB3FFFFF" + data[:255].hex(), "9000"), ("00DB3FFF03" + data[255:].hex(), "9000")
    )
    CardChannel(card).send(CommandApdu(0, 0xDB, 0x3F, 0xFF, data))
    assert card.finished()


def test_an_error_within_a_chain_ends_it() -> None:
    card = ScriptedConnection(("10DB3FFFFF" + "00" * 255, "6982"))
    with pytest.raises(SecurityStatusNotSatisfied):
        CardChannel(card).send(CommandApdu(0, 0xDB, 0x3F, 0xFF, bytes(300)))


def test_extended_length_that_the_application_does_not_take_after_all() -> None:
    """The first refusal is enough: from then on the command goes out in short ones."""
    long = CommandApdu(0x00, 0xDB, 0x3F, 0xFF, bytes(300))
    chain = [
        ("10DB3FFFFF" + bytes(255).hex(), "9000"),
        ("00DB3FFF2D" + bytes(45).hex(), "9000"),
    ]
    refused = ("00DB3FFF00012C" + bytes(300).hex(), "6700")
    card = ScriptedConnection(
        refused, *chain, *chain, protocol=Protocol7816.T1, atr=T1_EXTENDED_ATR
    )
    channel = CardChannel(card)
    channel.send(long)
    assert channel.max_read == 256
    channel.send(long)
    assert card.finished()


def test_a_wrong_length_of_a_short_command_is_not_tried_again() -> None:
    card = ScriptedConnection(
        ("0020008008" + bytes(8).hex(), "6700"), protocol=Protocol7816.T1, atr=T1_EXTENDED_ATR
    )
    with pytest.raises(CommandRefused):
        CardChannel(card).send(CommandApdu(0x00, 0x20, 0x00, 0x80, bytes(8)))
    assert card.finished()


def test_extended_length_only_where_protocol_and_card_allow_it() -> None:
    long = CommandApdu(0, 0xDB, 0x3F, 0xFF, bytes(300), 256)
    extended = ScriptedConnection(
        ("00DB3FFF00012C" + "00" * 300 + "0100", "9000"),
        protocol=Protocol7816.T1,
        atr=T1_EXTENDED_ATR,
    )
    CardChannel(extended).send(long)
    short = ScriptedConnection(
        ("10DB3FFFFF" + "00" * 255, "9000"),
        ("00DB3FFF2D" + "00" * 45, "9000"),
        atr=T1_EXTENDED_ATR,
    )
    CardChannel(short).send(long)


def test_every_encoded_buffer_is_wiped() -> None:
    card = ScriptedConnection(("0020008008313233343536FFFF", "9000"))
    CardChannel(card).send(CommandApdu(0, 0x20, 0, 0x80, bytearray(b"123456\xff\xff")))
    assert all(not any(buffer) for buffer in card.buffers)


@pytest.mark.parametrize(
    ("sw", "error"),
    [
        ("6A82", ObjectNotFound),
        ("6A88", ObjectNotFound),
        ("6982", SecurityStatusNotSatisfied),
        # About a PIN only where there is one.
        ("6983", CommandRefused),
        ("6D00", CommandRefused),
        ("6B00", CommandRefused),
    ],
)
def test_status_words_become_typed_errors(sw: str, error: type[CardError]) -> None:
    card = ScriptedConnection(("00B0000010", sw))
    with pytest.raises(error):
        CardChannel(card).send(CommandApdu(0, 0xB0, 0, 0, le=16))


@pytest.mark.parametrize("ins", [0x20, 0x24, 0x2A, 0x2C, 0x87])
def test_blocked_is_about_the_pin_where_a_pin_is_wanted(ins: int) -> None:
    card = ScriptedConnection((f"00{ins:02X}000000", "6983"))
    with pytest.raises(PinBlocked):
        CardChannel(card).send(CommandApdu(0, ins, 0, 0))


@pytest.mark.parametrize("reply", ["", "90", "0000", "FFFF", "6000", "00" * 257 + "9000"])
def test_replies_that_no_card_may_send(reply: str) -> None:
    with pytest.raises(CardProtocolError):
        CardChannel(ScriptedConnection(("00B0000010", reply))).send(
            CommandApdu(0, 0xB0, 0, 0, le=16)
        )


def test_a_longer_answer_than_asked_reaches_the_caller() -> None:
    card = ScriptedConnection(("00B0000001", "AABB9000"))
    assert CardChannel(card).send(CommandApdu(0, 0xB0, 0, 0, le=1)).data == b"\xaa\xbb"


def test_a_card_that_always_has_more_is_given_up() -> None:
    card = RepeatingConnection([b"\x00\x61\x01"])
    with pytest.raises(CardProtocolError):
        CardChannel(card).send(SELECT)
    assert card.count == MAX_EXCHANGES


@settings(max_examples=150, deadline=None)
@given(
    replies=st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.tuples(
                st.binary(max_size=8),
                st.sampled_from([0x61, 0x6C, 0x90, 0x62]),
                st.integers(0, 255),
            ).map(lambda t: t[0] + bytes(t[1:])),
        ),
        min_size=1,
        max_size=5,
    ),
    protocol=st.sampled_from(Protocol7816),
)
def test_any_replies_end_in_an_answer_or_a_typed_error(
    replies: list[bytes], protocol: Protocol7816
) -> None:
    card = RepeatingConnection(replies, protocol)
    with contextlib.suppress(CardError):
        CardChannel(card).send(SELECT)
    assert card.count <= MAX_EXCHANGES


def test_historical_bytes_and_capabilities() -> None:
    assert historical_bytes(T0_ATR) == bytes.fromhex("8065B08520040272D641")
    assert not allows_extended_length(T0_ATR)
    assert allows_extended_length(T1_EXTENDED_ATR)
    for cut in range(len(T1_EXTENDED_ATR)):
        allows_extended_length(T1_EXTENDED_ATR[:cut])
