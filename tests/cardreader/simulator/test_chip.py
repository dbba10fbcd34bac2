"""The chip between contacts and applications: power, lengths, chaining, both protocols."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st
from smartcard.ATR import ATR

from cardreader.apdu import Protocol7816
from cardreader.errors import CardMute
from cardreader.simulator import issue
from tests.cardreader.simulator.cards import (
    ICAO_AID,
    PIV_AID,
    piv,
    powered,
    select,
    send,
    sw,
    tries_left,
    verify,
    whole,
)

T0, T1 = Protocol7816.T0, Protocol7816.T1
CERTIFICATE_9A = "00CB3FFF055C035FC105"


@pytest.mark.parametrize(("protocol", "t0", "t1"), [(T1, False, True), (T0, True, False)])
def test_the_atr_offers_exactly_the_protocol_of_the_card(protocol, t0, t1):
    atr = issue("citizen-active", protocol=protocol).power_on()
    parsed = ATR(list(atr))
    assert (parsed.isT0Supported(), parsed.isT1Supported()) == (t0, t1)
    assert bytes(parsed.getHistoricalBytes()).endswith(b"MNFDH")
    assert not (atr[1] & 0xF0 == 0x80 and atr[2:4] == b"\x80\x01"), "a contactless pattern"
    if protocol is T1:
        assert parsed.checksumOK


def test_without_power_the_chip_is_silent():
    card = issue("citizen-active")
    with pytest.raises(CardMute):
        card.transmit(bytes.fromhex("00200080"))
    card.power_on()
    card.power_off()
    with pytest.raises(CardMute):
        card.transmit(bytes.fromhex("00200080"))


def test_a_mute_card_has_no_answer_to_reset():
    card = issue("mute")
    assert card.is_mute
    with pytest.raises(CardMute):
        card.power_on()


def test_the_foreign_card_knows_neither_application():
    card = powered("foreign")
    assert sw(card, f"00A4040009{PIV_AID}") == 0x6A82
    assert sw(card, f"00A4040007{ICAO_AID}") == 0x6A82
    assert whole(card, "00A404000AF00000464F524549474E")[1] == 0x9000
    assert sw(card, "00CA000000") == 0x6D00


@pytest.mark.parametrize("aid", ["A000000308000010000100", PIV_AID, "A000000308"])
def test_piv_is_selected_by_its_whole_and_by_its_truncated_name(aid):
    card = powered("citizen-active")
    reply, status = whole(card, f"00A40400{len(aid) // 2:02X}{aid}00")
    assert status == 0x9000
    assert reply.hex().startswith("61354f060000100001007907" + "4f05a000000308")


def test_an_unknown_name_leaves_the_selection_and_the_verified_pin():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    assert sw(card, "00A4040005A000000999") == 0x6A82
    assert tries_left(card) == 0x9000


def test_selecting_the_other_application_takes_the_pin_back():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    select(card, ICAO_AID)
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C3


def test_selecting_the_same_application_again_keeps_the_pin():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    select(card, PIV_AID)
    assert tries_left(card) == 0x9000


def test_reset_takes_the_pin_back_and_the_selection():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    card.reset()
    assert tries_left(card) == 0x6985
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C3


def test_nothing_is_selected_after_power_on():
    card = powered("citizen-active")
    assert sw(card, "00B0000000") == 0x6985


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00", 0x6700),
        ("002000", 0x6700),
        ("0020008008313233", 0x6700),  # Lc says 8, there are 3
        ("00CB3FFF00", 0x6A80),  # Le without a tag list
        ("00CB3FFF0000", 0x6700),
        ("00CB3FFF00000000", 0x6700),  # extended with Lc = 0
        ("00CB3FFF0000055C035F", 0x6700),  # extended, too short
        ("0060000000", 0x6D00),  # INS 6x never exists
        ("0090000000", 0x6D00),
        ("00010000", 0x6D00),
        ("80CB3FFF055C035FC105", 0x6E00),
        ("0CCB3FFF055C035FC105", 0x6882),
        ("01CB3FFF055C035FC105", 0x6881),
        ("00A4040101A0", 0x6A86),
        ("00A4040001A0", 0x6A82),
        ("00A40400", 0x6700),
        ("00C0000000", 0x6985),  # nothing waits
    ],
)
def test_malformed_commands_get_the_word_of_the_standard(command, status):
    assert sw(piv("citizen-active"), command) == status


def test_short_answers_are_cut_and_continued():
    card = piv("citizen-active")
    data, status = send(card, CERTIFICATE_9A + "00")
    assert (len(data), status) == (256, 0x6100)
    cut = data
    while status >> 8 == 0x61:
        data, status = send(card, "00C00000" + f"{status & 0xFF:02X}")
        cut += data
    assert status == 0x9000
    extended, status = send(card, "00CB3FFF0000055C035FC1050000")
    assert status == 0x9000
    assert cut == extended


def test_a_small_le_gives_the_beginning_and_says_how_much_waits():
    card = piv("citizen-active")
    data, status = send(card, "00CB3FFF035C017E08")
    assert (len(data), status) == (8, 0x610C)
    rest, status = send(card, "00C0000004")
    assert (len(rest), status) == (4, 0x6108)
    last, status = send(card, "00C0000008")
    assert (len(last), status) == (8, 0x9000)
    assert data + rest + last == whole(card, "00CB3FFF035C017E00")[0]


def test_another_command_discards_what_waits():
    card = piv("citizen-active")
    assert send(card, CERTIFICATE_9A + "00")[1] == 0x6100
    assert tries_left(card) == 0x63C3
    assert sw(card, "00C0000000") == 0x6985


def test_a_chain_is_put_together():
    card = piv("citizen-active")
    assert sw(card, "10CB3FFF025C03") == 0x9000
    assert sw(card, "10CB3FFF025FC1") == 0x9000
    chained = whole(card, "00CB3FFF010500")
    assert chained == whole(card, CERTIFICATE_9A + "00")


def test_a_chain_broken_by_another_command_is_forgotten():
    card = piv("citizen-active")
    assert sw(card, "10CB3FFF025C03") == 0x9000
    assert sw(card, "00200080") == 0x6883
    assert sw(card, "00CB3FFF035FC10500") == 0x6A80, "the first block must be gone"
    assert tries_left(card) == 0x63C3


def test_a_chain_does_not_survive_reset():
    card = piv("citizen-active")
    assert sw(card, "10CB3FFF025C03") == 0x9000
    card.reset()
    select(card, PIV_AID)
    assert sw(card, "00CB3FFF035FC10500") == 0x6A80


def test_an_endless_chain_is_refused():
    card = piv("citizen-active")
    block = bytes.fromhex("10DB3FFFFF") + bytes(255)
    statuses = [sw(card, block) for _ in range(200)]
    assert statuses[0] == 0x9000
    assert 0x6700 in statuses


def test_a_pin_in_a_chain_counts_once():
    card = piv("citizen-active")
    assert sw(card, bytes.fromhex("1020008004") + b"1112") == 0x9000
    assert sw(card, bytes.fromhex("0020008004") + b"22\xff\xff") == 0x63C2
    assert tries_left(card) == 0x63C2


class TestT0:
    def test_an_answer_to_data_waits_for_get_response(self):
        card = powered("citizen-active", protocol=T0)
        assert sw(card, f"00A4040009{PIV_AID}") == 0x6137
        data, status = send(card, "00C0000037")
        assert (data[0], len(data), status) == (0x61, 0x37, 0x9000)

    def test_le_after_data_does_not_exist(self):
        card = powered("citizen-active", protocol=T0)
        assert sw(card, f"00A4040009{PIV_AID}00") == 0x6137

    def test_too_long_an_le_is_corrected(self):
        card = piv("citizen-active", T0)
        assert sw(card, "00FD000000") == 0x6C03
        assert send(card, "00FD000003") == (b"\x01\x00\x00", 0x9000)

    def test_get_response_with_too_long_an_le_keeps_the_answer(self):
        card = powered("citizen-active", protocol=T0)
        assert sw(card, f"00A4040009{PIV_AID}") == 0x6137
        assert sw(card, "00C0000050") == 0x6C37
        assert len(send(card, "00C0000037")[0]) == 0x37

    def test_long_answers_come_in_pieces(self):
        t0, t1 = piv("citizen-active", T0), piv("citizen-active")
        assert sw(t0, CERTIFICATE_9A) == 0x6100
        assert whole(t0, CERTIFICATE_9A) == whole(t1, CERTIFICATE_9A + "00")

    def test_p3_of_zero_is_a_command_without_data(self):
        card = piv("citizen-active", T0)
        assert sw(card, "0020008000") == 0x63C3
        assert verify(card, "246813") == 0x9000
        assert sw(card, "0020FF8000") == 0x9000
        assert sw(card, "0020008000") == 0x63C3

    def test_extended_lengths_do_not_exist(self):
        assert sw(piv("citizen-active", T0), "00CB3FFF0000055C035FC1050000") == 0x6700


def test_latency_is_spent_once_per_command_through_the_given_sleep():
    slept: list[float] = []
    card = powered("citizen-active", latency=0.052, sleep=slept.append)
    select(card, PIV_AID)
    tries_left(card)
    assert slept == [0.052, 0.052]


def test_a_card_pulled_during_the_latency_does_not_carry_the_command_out():
    card = issue("citizen-active", latency=0.052, sleep=lambda _: pulled and card.power_off())
    pulled = False
    card.power_on()
    select(card, PIV_AID)
    pulled = True
    with pytest.raises(CardMute):
        verify(card, "111222")
    pulled = False
    card.power_on()
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C3


@settings(max_examples=300, deadline=None)
@given(
    protocol=st.sampled_from([T0, T1]),
    commands=st.lists(
        st.one_of(
            st.binary(max_size=64),
            st.builds(
                lambda cla, ins, tail: bytes((cla, ins)) + tail,
                st.sampled_from([0x00, 0x10]),
                st.sampled_from([0x20, 0x24, 0x2C, 0x47, 0x87, 0xA4, 0xB0, 0xC0, 0xCB, 0xDB]),
                st.binary(min_size=2, max_size=40),
            ),
        ),
        max_size=12,
    ),
    application=st.sampled_from([PIV_AID, ICAO_AID]),
)
def test_no_bytes_break_the_chip(protocol, commands, application):
    card = powered("resident-worker", protocol=protocol)
    select(card, application)
    for command in commands:
        reply = card.transmit(command)
        assert 2 <= len(reply) <= 65538
        assert reply[-2] == 0x90 or 0x61 <= reply[-2] <= 0x6F
