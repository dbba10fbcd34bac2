"""From data groups to a person: the machine readable zone, the portrait, both languages."""

from __future__ import annotations

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from cardreader import tlv
from cardreader.errors import CardProtocolError
from cardreader.identity import CardIdentity, HolderKind, parse_identity, parse_portrait
from cardreader.mrz import MrzError, PartialDate, Sex, check_digit, parse_td1
from cardreader.tlv import build
from tests.cardreader.issuing import CIVIL_NUMBER, JPEG, NOW, data_groups, facial_record, mrz

TODAY = NOW.date()

# The specimen of Doc 9303-5, appendix A: the state of Utopia.
SPECIMEN = (
    "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)


def read(groups: dict[int, bytes]) -> CardIdentity:
    return parse_identity(groups[1], groups[11], groups.get(13), TODAY)


def test_the_whole_record() -> None:
    identity = read(data_groups())
    assert identity == CardIdentity(
        civil_number=CIVIL_NUMBER,
        name_ar="مريم بنت سالم التجريبية",
        name_en="Maryam Salim Al Tajribi",
        birth_date=date(1990, 1, 15),
        expiry_date=date(2031, 6, 30),
        sex=Sex.FEMALE,
        nationality="OMN",
        document_number="AB1234567",
        kind=HolderKind.CITIZEN,
        occupation_ar="مهندسة",
        occupation_en="Engineer",
    )
    assert parse_portrait(data_groups()[2]) == JPEG


def test_repr_shows_nothing_personal() -> None:
    shown = repr(read(data_groups()))
    for personal in (CIVIL_NUMBER, "مريم", "Maryam", "1990", "AB1234567", "Engineer"):
        assert personal not in shown


@pytest.mark.parametrize(
    ("nationality", "kind"), [("OMN", HolderKind.CITIZEN), ("BGD", HolderKind.RESIDENT)]
)
def test_without_national_data(nationality: str, kind: HolderKind) -> None:
    identity = read(data_groups(zone=mrz(nationality), with_national=False))
    assert identity.name_en == "MARYAM SALIM AL TAJRIBI"
    assert identity.kind is kind
    assert identity.nationality == nationality
    assert (identity.occupation_ar, identity.occupation_en) == (None, None)


@pytest.mark.parametrize("number", [b"", b"123", b"1234567890", b"12A45678", "١٢٣٤".encode()])
def test_a_personal_number_that_is_no_civil_number(number: bytes) -> None:
    groups = data_groups()
    groups[11] = build(0x6B, [build(0x5F0E, "مريم".encode()), build(0x5F10, number)])
    with pytest.raises(CardProtocolError):
        read(groups)


@pytest.mark.parametrize(
    ("number", "content"),
    [
        (11, build(0x6B, build(0x5F10, b"12345678"))),
        (11, build(0x6B, [build(0x5F0E, b"\xff\xfe"), build(0x5F10, b"12345678")])),
        (13, build(0x6D, build(0x5F21, b"diplomat"))),
        (1, build(0x61, build(0x5F1F, b"\xff" * 90))),
        (1, build(0x60)),
    ],
)
def test_malformed_data_groups_are_typed_errors(number: int, content: bytes) -> None:
    with pytest.raises(CardProtocolError):
        read({**data_groups(), number: content})


def test_specimen_of_the_standard() -> None:
    zone = parse_td1(SPECIMEN, TODAY)
    assert zone.document_number == "D23145890"
    assert (zone.surname, zone.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert zone.birth_date == date(1974, 8, 12)
    assert zone.expiry_date == date(2012, 4, 15)
    assert zone.issuer == "UTO"


def test_every_check_digit_counts() -> None:
    for position in [*range(5, 15), *range(30, 37), *range(38, 45), 59]:
        digit = SPECIMEN[position]
        changed = SPECIMEN[:position] + ("1" if digit != "1" else "2") + SPECIMEN[position + 1 :]
        with pytest.raises(MrzError):
            parse_td1(changed, TODAY)


def test_a_long_document_number_goes_on_in_the_optional_data() -> None:
    number = "AB1234567890"
    first = "IDOMN" + number[:9] + "<" + number[9:] + check_digit(number) + "<" * 11
    second = SPECIMEN[30:59]
    composite = check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
    zone = parse_td1(first + second + composite + SPECIMEN[60:], TODAY)
    assert zone.document_number == number


def test_a_birth_year_is_never_in_the_future() -> None:
    assert parse_td1(mrz(birth="260531"), TODAY).birth_date == date(2026, 5, 31)
    assert parse_td1(mrz(birth="260602"), TODAY).birth_date == date(1926, 6, 2)


@pytest.mark.parametrize("birth", ["900230", "901301", "9001A5"])
def test_dates_that_do_not_exist(birth: str) -> None:
    with pytest.raises(MrzError):
        parse_td1(mrz(birth=birth), TODAY)


def test_a_jpeg_2000_portrait_becomes_a_jpeg() -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 40), "#888888").save(out, "JPEG2000")
    photo = parse_portrait(data_groups(image=out.getvalue())[2])
    with Image.open(io.BytesIO(photo)) as converted:
        assert (converted.format, converted.size) == ("JPEG", (30, 40))


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"FAC\x00010\x00",
        facial_record(b""),
        facial_record(b"no image at all"),
        facial_record(JPEG)[:-1],
        b"XXX" + facial_record(JPEG)[3:],
    ],
)
def test_portraits_that_are_none(record: bytes) -> None:
    with pytest.raises(CardProtocolError):
        parse_portrait(build(0x75, build(0x7F61, build(0x7F60, build(0x5F2E, record)))))


@settings(max_examples=150, deadline=None)
@given(number=st.sampled_from([1, 2, 11, 13]), data=st.data())
def test_any_changed_byte_is_a_result_or_a_typed_error(number: int, data: st.DataObject) -> None:
    groups = data_groups()
    broken = bytearray(groups[number])
    position = data.draw(st.integers(0, min(len(broken), 150) - 1))
    broken[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CardProtocolError):
        changed = {**groups, number: bytes(broken)}
        read(changed)
        parse_portrait(changed[2])


@pytest.mark.parametrize(
    ("birth", "full", "right"),
    [
        ("90<<<<", "", PartialDate(1990, None)),
        ("9001<<", "", PartialDate(1990, 1)),
        ("900000", "", PartialDate(1990, None)),
        ("900100", "", PartialDate(1990, 1)),
        ("<<<<<<", "", PartialDate(None, None)),
        ("90<<<<", "19900115", date(1990, 1, 15)),
        ("<<<<<<", "19900000", PartialDate(1990, None)),
        # Somebody of 101: the zone has two digits for the year, DG11 has four.
        ("250301", "19250301", date(1925, 3, 1)),
        ("250301", "", date(2025, 3, 1)),
        # What says something else than the zone does not count.
        ("900115", "19910115", date(1990, 1, 15)),
        ("900115", "nonsense", date(1990, 1, 15)),
        ("260602", "", date(1926, 6, 2)),
    ],
)
def test_dates_of_birth(birth: str, full: str, right: date | PartialDate) -> None:
    assert parse_td1(mrz(birth=birth), TODAY, full).birth_date == right


def test_nobody_was_born_after_the_card_had_expired() -> None:
    assert parse_td1(mrz(birth="220101", expiry="210630"), TODAY).birth_date == date(1922, 1, 1)


def test_the_full_date_of_birth_comes_from_dg11() -> None:
    groups = data_groups(zone=mrz(birth="25<<<<"))
    for told in (bytes.fromhex("19250301"), b"19250301"):
        dg11 = build(0x6B, [tlv.require(groups[11], 0x6B), build(0x5F2B, told)])
        identity = parse_identity(groups[1], dg11, None, TODAY)
        assert identity.full_birth_date == date(1925, 3, 1)
    unknown = parse_identity(groups[1], groups[11], None, TODAY)
    assert unknown.full_birth_date is None
