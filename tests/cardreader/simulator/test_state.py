"""What a card remembers between two visits, and what happens to its file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from cardreader.simulator import CardStateUnreadable, SimulatedReaders, issue, persona
from cardreader.simulator.state import personalised, remembered
from tests.cardreader.simulator.cards import (
    MANAGEMENT_KEY,
    PIV_AID,
    challenge,
    general_authenticate,
    get_data,
    powered,
    select,
    sw,
    tries_left,
    verify,
    whole,
)
from tests.cardreader.simulator.test_piv_keys import authenticate_manager


def put_in(persona_id: str, path: Path):
    card = powered(persona_id, state=path)
    select(card, PIV_AID)
    return card


def test_counters_survive_taking_the_card_out(tmp_path):
    path = tmp_path / "card.json"
    assert verify(put_in("citizen-active", path), "111222") == 0x63C2
    assert verify(put_in("citizen-active", path), "111222") == 0x63C1
    assert verify(put_in("citizen-active", path), "246813") == 0x9000
    assert tries_left(put_in("citizen-active", path)) == 0x63C3


def test_a_try_is_spent_before_the_card_answers(tmp_path):
    path = tmp_path / "card.json"
    counted: list[int] = []
    memory = remembered(persona("citizen-active"), path)
    save = memory.save

    def watching() -> None:
        counted.append(memory.pin_tries)
        save()

    memory.save = watching
    card = powered("citizen-active", state=memory)
    select(card, PIV_AID)
    assert verify(card, "246813") == 0x9000
    assert counted == [2, 3]


def test_reading_writes_no_file(tmp_path):
    path = tmp_path / "card.json"
    card = put_in("citizen-active", path)
    assert get_data(card, "5FC105")[1] == 0x9000
    assert tries_left(card) == 0x63C3
    assert not path.exists()


def test_a_generated_key_and_a_written_object_survive(tmp_path):
    path = tmp_path / "card.json"
    memory = remembered(persona("citizen-new"), path)
    memory.management_key = MANAGEMENT_KEY
    card = powered("citizen-new", state=memory)
    select(card, PIV_AID)
    authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
    for slot, algorithm in ((0x9A, 0x07), (0x9C, 0x14)):
        command = bytes((0x00, 0x47, 0x00, slot, 5, 0xAC, 3, 0x80, 1, algorithm, 0))
        assert whole(card, command)[1] == 0x9000
    assert sw(card, "00DB3FFF0A5C035FC1055303700100") == 0x9000
    assert sw(card, bytes.fromhex("0024018008") + b"975310\xff\xff") == 0x9000

    again = put_in("citizen-new", path)
    assert get_data(again, "5FC105") == (bytes.fromhex("5303700100"), 0x9000)
    assert verify(again, "975310") == 0x9000
    value = bytes(range(48))
    assert general_authenticate(again, 0x14, 0x9C, challenge(value))[1] == 0x9000
    assert general_authenticate(again, 0x14, 0x9C, challenge(value))[1] == 0x6982
    assert general_authenticate(again, 0x07, 0x9A, challenge(bytes(256)))[1] == 0x9000
    authenticate_manager(again, 0x0C, MANAGEMENT_KEY)


def test_the_file_is_for_its_owner_only(tmp_path):
    path = tmp_path / "card.json"
    verify(put_in("citizen-active", path), "111222")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_a_crash_while_writing_keeps_the_old_state(tmp_path, monkeypatch):
    path = tmp_path / "card.json"
    verify(put_in("citizen-active", path), "111222")

    def crash(_descriptor: int) -> None:
        raise OSError("power is gone")

    card = put_in("citizen-active", path)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", crash)
        with pytest.raises(OSError, match="power is gone"):
            verify(card, "111222")
    assert tries_left(put_in("citizen-active", path)) == 0x63C2


def test_another_cards_file_is_refused(tmp_path):
    path = tmp_path / "card.json"
    verify(put_in("citizen-active", path), "111222")
    with pytest.raises(CardStateUnreadable, match="another card"):
        issue("operator", state=path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda table: b"",
        lambda table: b"\xff\xfe",
        lambda table: b"[]",
        lambda table: b"{}",
        lambda table: json.dumps(table | {"format": 99}).encode(),
        lambda table: json.dumps(table | {"pin": "not hex"}).encode(),
        lambda table: json.dumps(table | {"keys": {"9A": "AAAA"}}).encode(),
        lambda table: json.dumps(table | {"objects": {"5FC105": "%"}}).encode(),
        lambda table: json.dumps(table | {"objects": None}).encode(),
        lambda table: json.dumps(table)[:-20].encode(),
    ],
)
def test_a_damaged_file_is_refused_without_quoting_it(tmp_path, damage):
    path = tmp_path / "card.json"
    verify(put_in("citizen-active", path), "111222")
    path.write_bytes(damage(json.loads(path.read_bytes())))
    with pytest.raises(CardStateUnreadable) as caught:
        issue("citizen-active", state=path)
    assert caught.value.__cause__ is None
    assert b"246813".hex() not in str(caught.value)


def test_the_memory_does_not_show_itself():
    shown = repr(personalised(persona("citizen-active")))
    assert "246813" not in shown
    assert "pin" not in shown


def test_readers_keep_the_card_between_insertions():
    readers = SimulatedReaders()
    for expected in (0x63C2, 0x63C1):
        readers.insert("citizen-active")
        connection = readers.connect("Simulated Reader 00 00")
        connection.transmit(bytes.fromhex(f"00A4040009{PIV_AID}"))
        reply = connection.transmit(bytes.fromhex("0020008008") + b"111222\xff\xff")
        assert reply == expected.to_bytes(2, "big")
        readers.remove()


def test_readers_keep_the_card_in_a_folder(tmp_path):
    for expected in (0x63C2, 0x63C1):
        readers = SimulatedReaders(state_folder=tmp_path / "cards")
        readers.insert("citizen-active")
        connection = readers.connect("Simulated Reader 00 00")
        connection.transmit(bytes.fromhex(f"00A4040009{PIV_AID}"))
        reply = connection.transmit(bytes.fromhex("0020008008") + b"111222\xff\xff")
        assert reply == expected.to_bytes(2, "big")
    assert [path.name for path in (tmp_path / "cards").iterdir()] == ["citizen-active.card.json"]
