"""Reading eMRTD files: few commands, and every way a card ends a file."""

from __future__ import annotations

import pytest

from cardreader.apdu import Protocol7816
from cardreader.channel import CardChannel
from cardreader.errors import CardProtocolError, CommandRefused, ObjectNotFound
from cardreader.profiles import ElementaryFile, IcaoApplication
from cardreader.tlv import build
from tests.cardreader.script import T1_EXTENDED_ATR, ScriptedConnection

FILE = build(0x61, bytes(range(250)) * 2)
assert len(FILE) == 504
SELECT_DG11 = "00A4020C02010B"


def application(*script: tuple[str, str]) -> tuple[IcaoApplication, ScriptedConnection]:
    connection = ScriptedConnection(*script)
    return IcaoApplication(CardChannel(connection)), connection


def test_selects_the_application_without_an_answer() -> None:
    icao, connection = application(("00A4040C07A0000002471001", "9000"))
    icao.select()
    assert connection.finished()


def test_a_file_takes_one_command_per_block() -> None:
    icao, connection = application(
        ("00B08B0000", FILE[:256].hex() + "9000"), ("00B00100F8", FILE[256:].hex() + "9000")
    )
    assert icao.read(ElementaryFile.DG11) == FILE
    assert connection.finished()


@pytest.mark.parametrize("status", ["9000", "6282"])
def test_a_short_file_takes_one_command(status: str) -> None:
    small = build(0x61, b"small")
    icao, _ = application(("00B08B0000", small.hex() + status))
    assert icao.read(ElementaryFile.DG11) == small


def test_a_short_file_on_a_card_that_insists_on_the_exact_length() -> None:
    small = build(0x61, b"small")
    icao, _ = application(("00B08B0000", "6C07"), ("00B08B0007", small.hex() + "9000"))
    assert icao.read(ElementaryFile.DG11) == small


def test_padding_after_the_object_is_not_part_of_the_file() -> None:
    icao, _ = application(("00B08B0000", build(0x61, b"x").hex() + "FFFFFF9000"))
    assert icao.read(ElementaryFile.DG11) == build(0x61, b"x")


def test_short_chunks_and_long_chunks_are_both_taken() -> None:
    icao, connection = application(
        ("00B08B0000", FILE[:100].hex() + "9000"),
        ("00B0006400", FILE[100:300].hex() + "6282"),
        ("00B0012CCC", FILE[300:].hex() + "AABB9000"),
    )
    assert icao.read(ElementaryFile.DG11) == FILE
    assert connection.finished()


@pytest.mark.parametrize("end", ["6B00", "6282", "9000"])
def test_a_file_that_is_cut_off_is_a_typed_error(end: str) -> None:
    icao, _ = application(("00B08B0000", FILE[:256].hex() + "9000"), ("00B00100F8", end))
    with pytest.raises(CardProtocolError):
        icao.read(ElementaryFile.DG11)


@pytest.mark.parametrize("start", ["9000", "619000", "61829000", "618301FFFF9000"])
def test_a_file_without_a_sensible_length_is_a_typed_error(start: str) -> None:
    icao, _ = application(("00B08B0000", start))
    with pytest.raises(CardProtocolError):
        icao.read(ElementaryFile.DG11)


def test_a_card_without_short_identifiers_is_asked_by_select_from_then_on() -> None:
    small = build(0x61, b"x").hex()
    icao, connection = application(
        ("00B08B0000", "6A86"),
        (SELECT_DG11, "9000"),
        ("00B0000000", small + "9000"),
        (SELECT_DG11, "9000"),
        ("00B0000000", small + "9000"),
    )
    icao.read(ElementaryFile.DG11)
    icao.read(ElementaryFile.DG11)
    assert connection.finished()


def test_a_missing_file() -> None:
    icao, _ = application(("00B08D0000", "6A82"), ("00A4020C02010D", "6A82"))
    with pytest.raises(ObjectNotFound):
        icao.read(ElementaryFile.DG13)


def test_a_file_that_may_not_be_read() -> None:
    icao, _ = application(("00B08B0000", "6982"), (SELECT_DG11, "9000"), ("00B0000000", "6982"))
    with pytest.raises(CommandRefused):
        icao.read(ElementaryFile.DG11)


def test_beyond_32_kib_the_odd_instruction_is_used() -> None:
    large = build(0x75, bytes(range(256)) * 129)
    script = []
    for offset in range(0, 0x8000, 4096):
        p1 = f"82{0:02X}" if offset == 0 else f"{offset:04X}"
        script.append((f"00B0{p1}001000", large[offset : offset + 4096].hex() + "9000"))
    rest = large[0x8000:]
    wrapped = build(0x53, rest).hex() + "9000"
    script.append((f"00B10000000004{'54028000'}{len(rest) + 4:04X}", wrapped))
    connection = ScriptedConnection(*script, protocol=Protocol7816.T1, atr=T1_EXTENDED_ATR)
    icao = IcaoApplication(CardChannel(connection))
    assert icao.read(ElementaryFile.DG2) == large
    assert connection.finished()


MRZ = build(0x61, build(0x5F1F, b"<" * 90))


def test_the_machine_readable_zone_is_asked_for_at_its_usual_length() -> None:
    """Under T=0 a card answers 6Cxx to any other length: a round trip for nothing."""
    icao, connection = application(("00B081005F", MRZ.hex() + "9000"))
    assert icao.read(ElementaryFile.DG1) == MRZ
    assert connection.finished()


def test_a_zone_of_another_length_is_read_all_the_same() -> None:
    short, long = build(0x61, b"x" * 70), build(0x61, b"x" * 120)
    icao, _ = application(("00B081005F", "6C48"), ("00B0810048", short.hex() + "9000"))
    assert icao.read(ElementaryFile.DG1) == short
    icao, connection = application(
        ("00B081005F", long[:95].hex() + "9000"), ("00B0005F1B", long[95:].hex() + "9000")
    )
    assert icao.read(ElementaryFile.DG1) == long
    assert connection.finished()
