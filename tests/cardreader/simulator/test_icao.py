"""The identity application: files, reading, and what stands in them (ICAO Doc 9303-10)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from cardreader.apdu import Protocol7816
from cardreader.simulator import Chip, Profile, persona, personas
from cardreader.simulator.ber import parse
from cardreader.simulator.mrz import check_digit, td1
from tests.cardreader.simulator.cards import ICAO_AID, powered, select, send, sw

FILES = {"COM": 0x011E, "SOD": 0x011D, "DG1": 0x0101, "DG2": 0x0102, "DG11": 0x010B, "DG13": 0x010D}


def identity(
    persona_id: str, protocol: Protocol7816 = Protocol7816.T1, profile: Profile | None = None
):
    card = powered(persona_id, protocol=protocol, profile=profile)
    select(card, ICAO_AID)
    return card


def read_file(card, identifier: int) -> bytes:
    assert sw(card, f"00A4020C02{identifier:04X}") == 0x9000
    content = b""
    while True:
        part, status = send(card, f"00B0{len(content):04X}00")
        if status == 0x6B00:
            return content
        assert status == 0x9000
        content += part


def values(card, name: str) -> dict[int, bytes]:
    ((_, inside),) = parse(read_file(card, FILES[name]))
    return dict(parse(inside))


def test_select_answers_with_its_name_when_asked():
    card = powered("citizen-active")
    reply, status = send(card, f"00A4040007{ICAO_AID}00")
    assert (reply.hex(), status) == ("6f098407a0000002471001", 0x9000)
    assert sw(card, f"00A4040C07{ICAO_AID}") == 0x9000


def test_com_lists_what_is_there():
    common = values(identity("citizen-active"), "COM")
    assert common[0x5F01] == b"0107"
    assert common[0x5F36] == b"040000"
    assert common[0x5C] == bytes((0x61, 0x75, 0x6B, 0x6D))


@pytest.mark.parametrize("holder", personas().values(), ids=lambda holder: holder.id)
def test_the_zone_has_its_check_digits(holder):
    zone = td1(holder)
    assert len(zone) == 90
    upper, middle, name = zone[:30], zone[30:60], zone[60:]
    assert upper[14] == check_digit(upper[5:14])
    assert middle[6] == check_digit(middle[:6])
    assert middle[14] == check_digit(middle[8:14])
    assert middle[29] == check_digit(upper[5:] + middle[:7] + middle[8:15] + middle[18:29])
    assert upper[15:].rstrip("<") == holder.civil_number
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")


def test_check_digits_of_the_standard():
    # Doc 9303-3, 4.9, and the TD1 specimen of Doc 9303-5, appendix B.
    assert check_digit("520727") == "3"
    assert check_digit("AB2134<<<") == "5"
    assert check_digit("D23145890") == "7"
    specimen = "D231458907<<<<<<<<<<<<<<<" + "7408122" + "1204159" + "<" * 11
    assert check_digit(specimen) == "6"


def test_dg1_carries_the_zone():
    zone = values(identity("resident-worker"), "DG1")[0x5F1F].decode("ascii")
    assert zone == td1(persona("resident-worker"))
    assert zone.startswith("IROMNRM7734092")
    assert zone[45:48] == "BGD"


def test_dg2_carries_a_portrait_in_its_wrappings():
    ((tag, groups),) = parse(read_file(identity("citizen-active"), FILES["DG2"]))
    assert tag == 0x75
    (number, template) = parse(dict(parse(groups))[0x7F61])
    assert number == (0x02, b"\x01")
    inside = dict(parse(template[1]))
    assert dict(parse(inside[0xA1])) == {
        0x80: b"\x01\x01",
        0x81: b"\x02",
        0x87: b"\x01\x01",
        0x88: b"\x00\x08",
    }
    record = inside[0x5F2E]
    assert record[:8] == b"FAC\x00010\x00"
    assert int.from_bytes(record[8:12], "big") == len(record)
    assert int.from_bytes(record[12:14], "big") == 1
    assert int.from_bytes(record[14:18], "big") == len(record) - 14
    image = record[14 + 20 + 12 :]
    assert image == persona("citizen-active").face
    assert (int.from_bytes(record[36:38], "big"), int.from_bytes(record[38:40], "big")) == (
        Image.open(io.BytesIO(image)).size
    )


def test_dg11_carries_name_number_and_birth():
    holder = persona("citizen-active")
    details = values(identity("citizen-active"), "DG11")
    assert details[0x5C] == bytes.fromhex("5F0E5F105F2B")
    assert details[0x5F0E].decode() == holder.name_ar
    assert details[0x5F10].decode() == holder.civil_number
    assert details[0x5F2B].hex() == "19890314"


@pytest.mark.parametrize("persona_id", ["citizen-active", "resident-worker"])
def test_dg13_carries_the_national_data(persona_id):
    holder = persona(persona_id)
    national = {tag: value.decode() for tag, value in values(identity(persona_id), "DG13").items()}
    assert national == {
        0x5F20: holder.name_en,
        0x5F21: holder.kind,
        0x5F22: holder.occupation_ar,
        0x5F23: holder.occupation_en,
    }


@pytest.mark.parametrize("name", FILES)
def test_short_identifiers_reach_the_same_files(name):
    card = identity("citizen-active")
    by_identifier = read_file(card, FILES[name])
    data, status = send(card, f"00B0{0x80 | FILES[name] & 0x1F:02X}0000")
    assert status == 0x9000
    assert data == by_identifier[:256]


def test_a_short_identifier_makes_the_file_current():
    card = identity("citizen-active")
    first, _ = send(card, "00B0810004")
    again, _ = send(card, "00B0000004")
    assert first == again
    assert first[0] == 0x61


def test_an_extended_read_takes_the_portrait_at_once():
    card = identity("citizen-active")
    assert sw(card, "00A4020C020102") == 0x9000
    data, status = send(card, "00B00000000000")
    assert status == 0x9000
    assert data == read_file(card, 0x0102)


class TestEndOfFile:
    def test_a_definite_length_past_the_end_is_a_warning_with_data(self):
        card = identity("citizen-active")
        size = len(read_file(card, 0x0101))
        data, status = send(card, f"00B0{size - 10:04X}20")
        assert (len(data), status) == (10, 0x6282)

    def test_an_open_length_is_none(self):
        card = identity("citizen-active")
        size = len(read_file(card, 0x0101))
        data, status = send(card, f"00B0{size - 10:04X}00")
        assert (len(data), status) == (10, 0x9000)

    def test_beyond_the_end_is_an_error(self):
        card = identity("citizen-active")
        size = len(read_file(card, 0x0101))
        assert sw(card, f"00B0{size:04X}01") == 0x6B00
        assert sw(card, f"00B0{size + 1:04X}00") == 0x6B00
        assert sw(card, "00B07FFF00") == 0x6B00

    def test_under_t0_the_length_is_corrected_first(self):
        card = identity("citizen-active", Protocol7816.T0)
        assert sw(card, "00A4020C020101") == 0x9000
        assert sw(card, "00B0000000") == 0x6C5F
        data, status = send(card, "00B000005F")
        assert (len(data), status) == (0x5F, 0x9000)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00A4020C020103", 0x6A82),  # fingerprints are not there
        ("00A4020C02011C", 0x6A82),  # no CardAccess: no PACE over contacts
        ("00A4020C0101", 0x6700),
        ("00A4080C020101", 0x6A86),
        ("00A40208020101", 0x6A86),
        ("00B0000000", 0x6986),  # no file is current
        ("00B0830000", 0x6A82),
        ("00B0E10000", 0x6A86),
        ("00B000000101", 0x6700),
        ("00200080", 0x6D00),
        ("0084000008", 0x6D00),
        ("00D6000001FF", 0x6D00),  # nothing can be written
    ],
)
def test_what_is_refused(command, status):
    assert sw(identity("citizen-active"), command) == status


def test_a_failed_select_keeps_the_current_file():
    card = identity("citizen-active")
    assert sw(card, "00A4020C020101") == 0x9000
    assert sw(card, "00A4020C020103") == 0x6A82
    assert send(card, "00B0000001") == (b"\x61", 0x9000)


def test_select_of_a_file_with_control_information():
    card = identity("citizen-active")
    reply, status = send(card, "00A4020402010100")
    assert status == 0x9000
    ((tag, control),) = parse(reply)
    assert tag == 0x62
    assert dict(parse(control))[0x80] == (95).to_bytes(2, "big")


@pytest.mark.parametrize(
    "persona_id", [h.id for h in personas().values() if h.chip is Chip.NATIONAL]
)
def test_every_national_card_is_readable_without_any_pin(persona_id):
    card = identity(persona_id, profile=Profile.PIV)
    for identifier in FILES.values():
        assert read_file(card, identifier)
