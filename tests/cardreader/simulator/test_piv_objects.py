"""Data objects of the PIV application: what is in them and who may read and write."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms

from cardreader.simulator import persona
from cardreader.simulator.ber import parse
from cardreader.simulator.piv_objects import fascn
from tests.cardreader.simulator.cards import (
    MANAGEMENT_KEY,
    get_data,
    piv,
    scratch,
    send,
    sw,
    verify,
)
from tests.cardreader.simulator.test_issuer import data_group_hashes
from tests.cardreader.simulator.test_piv_keys import authenticate_manager


def fields(card, tag: str) -> dict[int, bytes]:
    data, status = get_data(card, tag)
    assert status == 0x9000
    ((outer, value),) = parse(data)
    assert outer == 0x53
    return dict(parse(value))


def test_the_fascn_is_the_published_example():
    # The non-federal FASC-N that PIV implementations quote: 9999-9999-999999-0-1, 0000000000-3-...
    expected = "D4E739DA739CED39CE739D836858210842108421C84210C3EB"
    assert fascn("999999", "0000000000").hex().upper() == expected


def test_the_chuid_names_the_card():
    chuid = fields(piv("citizen-active"), "5FC102")
    holder = persona("citizen-active")
    assert chuid[0x30][:5].hex().upper() == "D4E739DA73", "agency 9999"
    assert len(chuid[0x30]) == 25
    assert chuid[0x34] == holder.guid.bytes
    assert chuid[0x35] == b"20340114"
    assert chuid[0xFE] == b""
    signed = cms.ContentInfo.load(chuid[0x3E])["content"]
    assert signed["encap_content_info"]["content_type"].dotted == "2.16.840.1.101.3.6.1"


def test_every_card_has_its_own_guid():
    assert fields(piv("operator"), "5FC102")[0x34] != fields(piv("expired"), "5FC102")[0x34]


def test_the_discovery_object_stands_bare():
    data, status = get_data(piv("citizen-active"), "7E")
    assert status == 0x9000
    ((tag, value),) = parse(data)
    assert tag == 0x7E
    assert dict(parse(value)) == {
        0x4F: bytes.fromhex("A000000308000010000100"),
        0x5F2F: b"\x40\x00",
    }


def test_the_security_object_covers_the_containers():
    card = piv("citizen-active")
    verify(card, "246813")
    security = fields(card, "5FC106")
    signed = cms.ContentInfo.load(security[0xBB])["content"]
    hashes = data_group_hashes(signed["encap_content_info"]["content"].native)
    containers = {0x3000: "5FC102", 0xDB00: "5FC107", 0x6030: "5FC108", 0x3001: "5FC109"}
    mapping = security[0xBA]
    assert len(mapping) == 3 * len(containers)
    for at in range(0, len(mapping), 3):
        tag = containers.pop(int.from_bytes(mapping[at + 1 : at + 3], "big"))
        ((_, value),) = parse(get_data(card, tag)[0])
        assert hashes[mapping[at]] == hashlib.sha256(value).digest()
    assert containers == {}


@pytest.mark.parametrize("tag", ["5FC108", "5FC109"])
def test_face_and_printed_information_need_the_pin(tag):
    card = piv("citizen-active")
    assert get_data(card, tag) == (b"", 0x6982)
    assert verify(card, "246813") == 0x9000
    assert get_data(card, tag)[1] == 0x9000


def test_what_is_printed_and_the_face():
    card = piv("citizen-active")
    verify(card, "246813")
    printed = fields(card, "5FC109")
    assert printed[0x01] == b"Salim Hamad Said Al Harthi"
    assert printed[0x04] == b"2034JAN14"
    face = fields(card, "5FC108")[0xBC]
    assert face[0] == 0x03
    assert face[88:92] == b"FAC\x00"
    assert int.from_bytes(face[2:6], "big") == len(face) - 88
    assert face.endswith(persona("citizen-active").face)


def test_fingerprints_are_behind_the_pin_and_then_not_there():
    card = piv("citizen-active")
    assert get_data(card, "5FC103") == (b"", 0x6982)
    verify(card, "246813")
    assert get_data(card, "5FC103") == (b"", 0x6A82)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00CB3FFF055C035FC1FF00", 0x6A82),
        ("00CB3FFF035C01AA00", 0x6A82),
        ("00CB3F00055C035FC10500", 0x6A86),
        ("00CB3FFF045C025FC100", 0x6A82),
        ("00CB3FFF025C0000", 0x6A80),
        ("00CB3FFF055D035FC10500", 0x6A80),
        ("00CB3FFF055C045FC10500", 0x6A80),
        ("00CB3FFF055C835FC10500", 0x6A80),
    ],
)
def test_get_data_that_finds_nothing(command, status):
    assert sw(piv("citizen-active"), command) == status


class TestPutData:
    def test_a_certificate_is_written_read_back_and_removed(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        value = bytes(range(256)) * 4
        body = bytes.fromhex("5C035FC10553820400") + value
        extended = bytes.fromhex("00DB3FFF00") + len(body).to_bytes(2, "big") + body
        assert sw(card, extended) == 0x9000
        assert get_data(card, "5FC105") == (b"\x53\x82\x04\x00" + value, 0x9000)
        assert sw(card, "00DB3FFF075C035FC1055300") == 0x9000
        assert get_data(card, "5FC105") == (b"", 0x6A82)

    @pytest.mark.parametrize(
        ("command", "status"),
        [
            ("00DB3FFF075C035FC1FF5300", 0x6A82),
            ("00DB3FFF055C017E5300", 0x6A82),
            ("00DB3FFF055C035FC105", 0x6A80),
            ("00DB3FFF025300", 0x6A80),
            ("00DB3FFF075C035FC1057000", 0x6A80),
            ("00DB3F00075C035FC1055300", 0x6A86),
        ],
    )
    def test_what_cannot_be_written(self, command, status):
        card, memory = scratch()
        before = dict(memory.objects)
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        assert sw(card, command) == status
        assert memory.objects == before

    def test_there_is_an_end_to_the_memory(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        body = bytes.fromhex("5C035FC105538250 01".replace(" ", "")) + bytes(0x5001)
        extended = bytes.fromhex("00DB3FFF00") + len(body).to_bytes(2, "big") + body
        assert sw(card, extended) == 0x6A84

    def test_the_holder_may_not_write(self):
        card = piv("citizen-active")
        verify(card, "246813")
        assert sw(card, "00DB3FFF075C035FC1055300") == 0x6982
        assert get_data(card, "5FC105")[1] == 0x9000


def test_other_vendors_tools_get_a_version():
    assert send(piv("citizen-active"), "00FD000000") == (b"\x01\x00\x00", 0x9000)
    assert sw(piv("citizen-active"), "00FD010000") == 0x6A86
