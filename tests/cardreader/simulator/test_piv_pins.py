"""PIN and PUK of the PIV application, the happy way and every other (SP 800-73-5 part 2, 3.2)."""

from __future__ import annotations

import pytest

from tests.cardreader.simulator.cards import (
    MANAGEMENT_KEY,
    PIV_AID,
    get_data,
    piv,
    reference,
    scratch,
    select,
    sw,
    tries_left,
    verify,
)
from tests.cardreader.simulator.test_piv_keys import authenticate_manager

PIN, PUK, NEW = "246813", "83612479", "975310"


def change_pin(card, old: str, new: str) -> int:
    return sw(card, bytes.fromhex("0024008010") + reference(old) + reference(new))


def change_puk(card, old: str, new: str) -> int:
    return sw(card, bytes.fromhex("0024008110") + reference(old) + reference(new))


def unblock(card, puk: str, new: str) -> int:
    return sw(card, bytes.fromhex("002C008010") + reference(puk) + reference(new))


def test_an_empty_verify_asks_and_costs_nothing():
    card = piv("citizen-active")
    assert [tries_left(card) for _ in range(5)] == [0x63C3] * 5


def test_after_the_right_pin_an_empty_verify_says_so():
    card = piv("citizen-active")
    assert verify(card, PIN) == 0x9000
    assert tries_left(card) == 0x9000


def test_wrong_pins_count_down_to_blocked_and_the_right_one_comes_too_late():
    card = piv("citizen-active")
    assert [verify(card, "111222") for _ in range(3)] == [0x63C2, 0x63C1, 0x63C0]
    assert verify(card, "111222") == 0x6983
    assert verify(card, PIN) == 0x6983
    assert tries_left(card) == 0x63C0
    assert change_pin(card, PIN, NEW) == 0x6983


def test_the_counter_survives_reset():
    card = piv("citizen-active")
    assert verify(card, "111222") == 0x63C2
    card.reset()
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C2


def test_the_right_pin_gives_all_tries_back():
    card = piv("citizen-active")
    assert verify(card, "111222") == 0x63C2
    assert verify(card, PIN) == 0x9000
    card.reset()
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C3


def test_a_wrong_pin_takes_the_verified_state_away():
    card = piv("citizen-active")
    assert verify(card, PIN) == 0x9000
    assert verify(card, "111222") == 0x63C2
    assert get_data(card, "5FC109")[1] == 0x6982


def test_unverify_takes_the_pin_back():
    card = piv("citizen-active")
    assert verify(card, PIN) == 0x9000
    assert sw(card, "0020FF80") == 0x9000
    assert tries_left(card) == 0x63C3
    assert get_data(card, "5FC109")[1] == 0x6982


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("0020008008" + "31323334FFFFFFFF", 0x6A80),  # four digits
        ("0020008008" + "313233343536FF37", 0x6A80),  # padding inside
        ("0020008008" + "3132333435360000", 0x6A80),  # zero padding
        ("0020008008" + "4142434445466768", 0x6A80),  # letters
        ("0020008006" + "313233343536", 0x6700),
        ("0020008009" + "313233343536FFFFFF", 0x6700),
        ("0020000008" + "323436383133FFFF", 0x6A88),  # the global PIN does not exist
        ("0020008108" + "323436383133FFFF", 0x6A88),
        ("0020018008" + "323436383133FFFF", 0x6A86),
        ("0020FF8008" + "323436383133FFFF", 0x6A80),
    ],
)
def test_a_malformed_verify_costs_no_try(command, status):
    card = piv("citizen-active")
    assert sw(card, command) == status
    assert tries_left(card) == 0x63C3


def test_the_last_try_and_the_blocked_card():
    card = piv("last-try")
    assert tries_left(card) == 0x63C1
    assert verify(card, "958162") == 0x9000
    blocked = piv("pin-blocked")
    assert tries_left(blocked) == 0x63C0
    assert verify(blocked, "629407") == 0x6983


def test_the_pin_is_changed():
    card = piv("citizen-active")
    assert change_pin(card, PIN, NEW) == 0x9000
    card.reset()
    select(card, PIV_AID)
    assert verify(card, PIN) == 0x63C2
    assert verify(card, NEW) == 0x9000


def test_a_wrong_old_pin_changes_nothing_and_costs_a_try():
    card = piv("citizen-active")
    assert change_pin(card, "111222", NEW) == 0x63C2
    assert tries_left(card) == 0x63C2
    assert verify(card, PIN) == 0x9000


@pytest.mark.parametrize("new", ["1234", "12345a", "123 456"])
def test_a_malformed_new_pin_costs_nothing(new):
    card = piv("citizen-active")
    assert change_pin(card, PIN, new) == 0x6A80
    assert tries_left(card) == 0x63C3
    assert verify(card, PIN) == 0x9000


@pytest.mark.parametrize(("header", "status"), [("00240082", 0x6A88), ("00240280", 0x6A86)])
def test_change_of_what_does_not_exist(header, status):
    command = bytes.fromhex(header + "10") + reference(PIN) + reference(NEW)
    assert sw(piv("citizen-active"), command) == status


def test_a_puk_of_the_wrong_length_is_refused():
    assert sw(piv("citizen-active"), bytes.fromhex("0024008108") + reference(PUK)) == 0x6700


def test_change_with_half_the_data_is_refused():
    assert sw(piv("citizen-active"), bytes.fromhex("0024008008") + reference(PIN)) == 0x6700


def test_the_puk_unblocks_and_sets_a_new_pin():
    card = piv("pin-blocked")
    assert unblock(card, "16839245", NEW) == 0x9000
    assert tries_left(card) == 0x63C3, "unblocking is not verifying"
    assert verify(card, "629407") == 0x63C2
    assert verify(card, NEW) == 0x9000


def test_wrong_puks_count_down_to_blocked_and_leave_the_pin_alone():
    card = piv("citizen-active")
    statuses = [unblock(card, "11112222", NEW) for _ in range(4)]
    assert statuses == [0x63C2, 0x63C1, 0x63C0, 0x6983]
    assert unblock(card, PUK, NEW) == 0x6983
    assert verify(card, PIN) == 0x9000


def test_the_right_puk_gives_its_tries_back():
    card = piv("citizen-active")
    assert unblock(card, "11112222", NEW) == 0x63C2
    assert unblock(card, PUK, NEW) == 0x9000
    assert unblock(card, "11112222", NEW) == 0x63C2


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (bytes.fromhex("002C008010") + reference(PUK) + reference("12"), 0x6A80),
        (bytes.fromhex("002C008008") + reference(PUK), 0x6700),
        (bytes.fromhex("002C008110") + reference(PUK) + reference(NEW), 0x6A88),
        (bytes.fromhex("002C018010") + reference(PUK) + reference(NEW), 0x6A86),
    ],
)
def test_a_malformed_reset_retry_counter_costs_no_try(command, status):
    card = piv("citizen-active")
    assert sw(card, command) == status
    assert unblock(card, "11112222", NEW) == 0x63C2, "this is the first try that counts"


def test_the_puk_is_changed():
    card = piv("citizen-active")
    assert change_puk(card, "11112222", "99887766") == 0x63C2
    assert change_puk(card, PUK, "12") == 0x6A80
    assert change_puk(card, PUK, "99887766") == 0x9000
    assert unblock(card, PUK, NEW) == 0x63C2
    assert unblock(card, "99887766", NEW) == 0x9000


class TestTransportState:
    """A card that is not activated has no PIN, and so none that could be guessed."""

    def test_no_pin_is_right(self):
        card = piv("citizen-new")
        assert tries_left(card) == 0x6984
        assert verify(card, "123456") == 0x6984
        assert verify(card, "000000") == 0x6984
        assert change_pin(card, "123456", NEW) == 0x6984

    def test_the_first_pin_needs_the_management_key(self):
        card, _ = scratch()
        first = bytes.fromhex("0024018008") + reference(NEW)
        assert sw(card, first) == 0x6982
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        assert sw(card, first) == 0x9000
        assert verify(card, NEW) == 0x9000
        assert sw(card, first) == 0x6985, "only once"

    def test_a_malformed_first_pin_is_refused(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        assert sw(card, bytes.fromhex("0024018008") + reference("1234")) == 0x6A80
        assert sw(card, bytes.fromhex("0024018006") + b"135790") == 0x6700
        assert tries_left(card) == 0x6984

    def test_the_puk_sets_the_first_pin_too(self):
        card = piv("citizen-new")
        assert unblock(card, "51720964", NEW) == 0x9000
        assert verify(card, NEW) == 0x9000
