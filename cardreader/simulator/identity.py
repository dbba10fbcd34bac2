"""The identity data of a card: data groups, EF.COM and EF.SOD (ICAO Doc 9303-10, section 4)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from cardreader.simulator.ber import tlv
from cardreader.simulator.issuer import issuer
from cardreader.simulator.mrz import td1
from cardreader.simulator.personas import Persona, personas
from cardreader.simulator.security_objects import lds_security_object

EF_COM = 0x011E
EF_SOD = 0x011D
DG1 = 0x0101
DG2 = 0x0102
DG11 = 0x010B
DG13 = 0x010D

_WIDTH, _HEIGHT = 480, 600
_GROUP_TAGS = {1: 0x61, 2: 0x75, 11: 0x6B, 13: 0x6D}
_GROUP_FILES = {1: DG1, 2: DG2, 11: DG11, 13: DG13}


@functools.lru_cache(maxsize=32)
def identity_files(holder: Persona) -> Mapping[int, bytes]:
    """Every elementary file of the identity application, by file identifier.

    The same bytes each time, so they are signed once: putting a card in takes no time then.

    On a forged card the name, the occupation and the portrait belong to somebody else than the
    person whose data groups the state had signed.
    """
    genuine = _data_groups(holder)
    sod = lds_security_object(issuer(holder.issuer).document_signer, genuine, holder.issued)
    on_card = _data_groups(_impostor(holder)) if holder.forged else genuine
    common = tlv(
        0x60,
        tlv(0x5F01, b"0107"),
        tlv(0x5F36, b"040000"),
        tlv(0x5C, bytes(_GROUP_TAGS[number] for number in on_card)),
    )
    files = {_GROUP_FILES[number]: content for number, content in on_card.items()}
    return MappingProxyType(files | {EF_COM: common, EF_SOD: tlv(0x77, sod)})


def _data_groups(holder: Persona) -> dict[int, bytes]:
    return {1: _dg1(holder), 2: _dg2(holder), 11: _dg11(holder), 13: _dg13(holder)}


def _impostor(holder: Persona) -> Persona:
    """The same card with another person's portrait (looked up by id), name and occupation."""
    other = personas()["pin-blocked"]
    return replace(
        holder,
        id=other.id,
        given_en=other.given_en,
        surname_en=other.surname_en,
        name_ar=other.name_ar,
        occupation_ar=other.occupation_ar,
        occupation_en=other.occupation_en,
    )


def _dg1(holder: Persona) -> bytes:
    return tlv(0x61, tlv(0x5F1F, td1(holder).encode("ascii")))


def _dg2(holder: Persona) -> bytes:
    """The portrait: one CBEFF biometric information template (Doc 9303-10, 4.7.2)."""
    header = tlv(
        0xA1,
        tlv(0x80, b"\x01\x01"),  # ICAO header version
        tlv(0x81, b"\x02"),  # facial features
        tlv(0x87, b"\x01\x01"),  # format owner: ISO/IEC JTC 1/SC 37
        tlv(0x88, b"\x00\x08"),  # format type: ISO/IEC 19794-5
    )
    record = face_record(holder)
    template = tlv(0x7F60, header, tlv(0x5F2E, record))
    return tlv(0x75, tlv(0x7F61, tlv(0x02, b"\x01"), template))


def face_record(holder: Persona) -> bytes:
    """A facial record with one full frontal JPEG (ISO/IEC 19794-5:2005, clause 5)."""
    image = holder.face
    facial_information = (
        (20 + 12 + len(image)).to_bytes(4, "big")
        + (0).to_bytes(2, "big")  # no feature points
        + (b"\x01" if holder.sex == "M" else b"\x02")
        + bytes((0, 0))  # eye and hair colour unspecified
        + bytes(3)  # properties
        + bytes(2)  # expression
        + bytes(3)  # pose: yaw, pitch, roll
        + bytes(3)  # its uncertainty
    )
    image_information = (
        bytes((0x01, 0x00))  # full frontal, JPEG
        + _WIDTH.to_bytes(2, "big")
        + _HEIGHT.to_bytes(2, "big")
        + bytes((0x01, 0x00))  # 24 bit RGB, source unspecified
        + bytes(4)  # device type and quality unspecified
    )
    body = facial_information + image_information + image
    return b"FAC\x00010\x00" + (14 + len(body)).to_bytes(4, "big") + b"\x00\x01" + body


def _dg11(holder: Persona) -> bytes:
    """Additional personal details: the name in Arabic, civil number, full date of birth."""
    return tlv(
        0x6B,
        tlv(0x5C, b"\x5f\x0e\x5f\x10\x5f\x2b"),
        tlv(0x5F0E, holder.name_ar.encode()),
        tlv(0x5F10, holder.civil_number.encode("ascii")),
        tlv(0x5F2B, bytes.fromhex(holder.born.strftime("%Y%m%d"))),
    )


def _dg13(holder: Persona) -> bytes:
    """Optional national data (Doc 9303-10, 4.7.13 leaves the content to the state).

    5F20 name in English as printed, 5F21 ``citizen`` or ``resident``, 5F22 occupation in Arabic,
    5F23 occupation in English; all UTF-8.
    """
    return tlv(
        0x6D,
        tlv(0x5F20, holder.name_en.encode()),
        tlv(0x5F21, holder.kind.encode("ascii")),
        tlv(0x5F22, holder.occupation_ar.encode()),
        tlv(0x5F23, holder.occupation_en.encode()),
    )
