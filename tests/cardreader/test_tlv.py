"""BER-TLV: what is accepted, what is refused, and that nothing else happens."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings, strategies as st

from cardreader.tlv import Tlv, TlvError, build, get, header, parse, require


def test_nested_lookup() -> None:
    data = bytes.fromhex("5308") + bytes.fromhex("7003AABBCC") + bytes.fromhex("710100")
    assert get(data, 0x53, 0x70) == b"\xaa\xbb\xcc"
    assert get(data, 0x53, 0x72) is None
    with pytest.raises(TlvError):
        require(data, 0x53, 0x72)


def test_lengths_need_not_be_minimal_and_zero_padding_means_nothing() -> None:
    assert parse(bytes.fromhex("0000 53820002AABB 00 5F2E8101CC 0000")) == (
        Tlv(0x53, b"\xaa\xbb"),
        Tlv(0x5F2E, b"\xcc"),
    )


@pytest.mark.parametrize(
    "broken",
    [
        "53",
        "5302AA",
        "5380AABB0000",
        "5F",
        "5F81",
        "5F818181010000",
        "5381",
        "5384000000",
        "5383020000",
    ],
)
def test_malformed_objects_are_refused(broken: str) -> None:
    with pytest.raises(TlvError):
        parse(bytes.fromhex(broken))


def test_header_needs_no_value() -> None:
    head = header(bytes.fromhex("75820FA0"))
    assert (head.tag, head.header_length, head.total_length) == (0x75, 4, 4004)


def test_repr_shows_no_value() -> None:
    assert "secret" not in repr(Tlv(0x53, b"secret"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=64))
def test_any_bytes_parse_or_raise_the_typed_error(data: bytes) -> None:
    with contextlib.suppress(TlvError):
        parse(data)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0x53, 0x70, 0x5F2E, 0x7F61, 0x5F1F]), st.binary(max_size=400)),
        max_size=4,
    )
)
def test_what_is_built_is_parsed(items: list[tuple[int, bytes]]) -> None:
    encoded = b"".join(build(tag, value) for tag, value in items)
    assert parse(encoded) == tuple(Tlv(tag, value) for tag, value in items)
