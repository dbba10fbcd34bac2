"""The card that compares a finger, in bytes (ISO/IEC 7816-4:2020, 11.6.6; 7816-11)."""

from __future__ import annotations

import json

import pytest

from cardreader.simulator import SimulatedCard, issue, persona, personas
from cardreader.simulator.fingerprints import Finger, matches, seen, template
from tests.cardreader.simulator.cards import (
    PIV_AID,
    powered,
    reference,
    select,
    sw,
    tries_left,
    verify,
)

MOC_AID = "A000000030800000000AB10001"
ICAO_AID = "A0000002471001"
IAS_AID = "A0000000180C000001634200"
HOLDER = persona("pin-blocked")
RIGHT, WRONG = seen(template(HOLDER)), seen(template(HOLDER, Finger.OTHER))
NEW = "975310"
ASK = "00200000"
RESET = bytes.fromhex("002C028008") + reference(NEW)


def fingers(persona_id: str = "pin-blocked", **options: object) -> SimulatedCard:
    card = powered(persona_id, **options)
    select(card, MOC_AID)
    return card


def present(card: SimulatedCard, minutiae: bytes, kind: int = 0x81) -> int:
    inner = bytes((kind, len(minutiae))) + minutiae
    data = b"\x7f\x2e" + bytes((len(inner),)) + inner
    return sw(card, b"\x00\x21\x00\x00" + bytes((len(data),)) + data)


def test_two_pictures_of_one_finger_match_and_two_fingers_never_do() -> None:
    kept = {holder.id: template(holder) for holder in personas().values()}
    assert len(set(kept.values())) == len(kept)
    for holder in personas().values():
        assert matches(kept[holder.id], seen(kept[holder.id]))
        assert seen(kept[holder.id]) != kept[holder.id]
        assert not matches(kept[holder.id], seen(template(holder, Finger.OTHER)))
        for other, finger in kept.items():
            assert other == holder.id or not matches(kept[holder.id], finger)


def test_half_a_finger_and_a_finger_with_as_much_again_do_not_match() -> None:
    kept = template(HOLDER)
    assert not matches(kept, kept[: len(kept) // 2])
    assert not matches(kept, kept + template(HOLDER, Finger.OTHER))
    turned = bytes(byte if at % 3 != 2 else byte ^ 0x20 for at, byte in enumerate(kept))
    assert not matches(kept, turned)


def test_asking_costs_nothing() -> None:
    card = fingers()
    assert [sw(card, ASK) for _ in range(5)] == [0x63C3] * 5


def test_the_right_finger_opens_the_pin_once_and_without_a_puk() -> None:
    card = fingers()
    assert present(card, RIGHT) == 0x9000
    assert sw(card, ASK) == 0x9000
    select(card, PIV_AID)
    assert tries_left(card) == 0x63C0
    assert sw(card, RESET) == 0x9000
    assert tries_left(card) == 0x63C3, "unblocking is not verifying"
    assert verify(card, NEW) == 0x9000
    assert sw(card, RESET) == 0x6982


def test_without_a_match_nothing_is_opened() -> None:
    card = powered("pin-blocked")
    select(card, PIV_AID)
    assert sw(card, RESET) == 0x6982
    assert tries_left(card) == 0x63C0


def test_wrong_fingers_count_down_to_blocked_and_the_right_one_comes_too_late() -> None:
    card = fingers()
    assert [present(card, WRONG) for _ in range(3)] == [0x63C2, 0x63C1, 0x63C0]
    assert present(card, RIGHT) == 0x6983
    assert sw(card, ASK) == 0x63C0
    select(card, PIV_AID)
    assert sw(card, RESET) == 0x6982


def test_the_right_finger_gives_its_tries_back() -> None:
    card = fingers()
    assert present(card, WRONG) == 0x63C2
    assert present(card, RIGHT) == 0x9000
    select(card, MOC_AID)
    assert sw(card, ASK) == 0x63C3


@pytest.mark.parametrize("after", ["wrong", "reset", "selected", "elsewhere"])
def test_a_match_does_not_outlive_what_comes_after(after: str) -> None:
    card = fingers()
    assert present(card, RIGHT) == 0x9000
    match after:
        case "wrong":
            assert present(card, WRONG) == 0x63C2
        case "reset":
            card.reset()
        case "selected":
            select(card, MOC_AID)
        case "elsewhere":
            select(card, PIV_AID)
            select(card, ICAO_AID)
    select(card, PIV_AID)
    assert sw(card, RESET) == 0x6982


def test_a_malformed_new_pin_leaves_the_match() -> None:
    card = fingers()
    assert present(card, RIGHT) == 0x9000
    select(card, PIV_AID)
    assert sw(card, bytes.fromhex("002C028008") + reference("12")) == 0x6A80
    assert sw(card, bytes.fromhex("002C028010") + 2 * reference(NEW)) == 0x6700
    assert sw(card, RESET) == 0x9000


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00210000", 0x6A80),
        ("0021000005 7F2E028100", 0x6A80),
        ("0021000007 7F2E0481020102", 0x6A80),  # no whole minutia
        ("0021000008 7F2E0582030A0B40", 0x6A80),  # a format of somebody's own
        ("0021000008 7F600581030A0B40", 0x6A80),
        ("0021000005 81030A0B40", 0x6A80),
        ("0021000008 7F2E0681030A0B40", 0x6A80),  # cut off
        ("0021000008 7F2E8081030A0B40", 0x6A80),  # indefinite length
        ("0021000108 7F2E0581030A0B40", 0x6A88),
        ("0021010008 7F2E0581030A0B40", 0x6A86),
        ("0020000003 0A0B40", 0x6A80),
        ("002C020008 FFFFFFFFFFFFFFFF", 0x6D00),
    ],
)
def test_a_malformed_finger_costs_no_try(command: str, status: int) -> None:
    card = fingers()
    assert sw(card, command.replace(" ", "")) == status
    assert sw(card, ASK) == 0x63C3


def test_a_card_without_a_finger_has_no_such_application() -> None:
    card = powered("resident-worker")
    assert sw(card, f"00A404000D{MOC_AID}") == 0x6A82
    select(card, PIV_AID)
    assert sw(card, RESET) == 0x6A86


def test_a_card_without_a_pin_gets_none_from_a_finger() -> None:
    card = issue("citizen-active")
    card.power_on()
    memory = card._applications[0]._memory
    memory.pin = None
    select(card, MOC_AID)
    assert present(card, seen(template(persona("citizen-active")))) == 0x9000
    select(card, PIV_AID)
    assert sw(card, RESET) == 0x6984


def test_an_ias_card_does_the_same() -> None:
    card = fingers("citizen-letter")
    holder = persona("citizen-letter")
    reset = bytes.fromhex("002C02110C") + NEW.encode().ljust(12, b"\x00")
    select(card, IAS_AID)
    assert sw(card, reset) == 0x6982
    select(card, MOC_AID)
    assert present(card, seen(template(holder))) == 0x9000
    select(card, IAS_AID)
    assert sw(card, bytes.fromhex("002C021106313233343536")) == 0x6700
    assert sw(card, bytes.fromhex("002C02110C") + b"12".ljust(12, b"\x00")) == 0x6A80
    assert sw(card, reset) == 0x9000
    assert sw(card, bytes.fromhex("002000110C") + NEW.encode().ljust(12, b"\x00")) == 0x9000
    assert sw(card, reset) == 0x6982


def test_the_tries_survive_taking_the_card_out(tmp_path) -> None:
    path = tmp_path / "card.json"
    assert present(fingers(state=path), WRONG) == 0x63C2
    assert present(fingers(state=path), WRONG) == 0x63C1
    assert present(fingers(state=path), RIGHT) == 0x9000
    assert sw(fingers(state=path), ASK) == 0x63C3


def test_a_file_from_before_there_were_fingers_is_still_the_card(tmp_path) -> None:
    path = tmp_path / "card.json"
    assert present(fingers(state=path), WRONG) == 0x63C2
    table = json.loads(path.read_bytes())
    del table["finger"], table["finger_tries"]
    path.write_text(json.dumps(table))
    assert present(fingers(state=path), RIGHT) == 0x9000
