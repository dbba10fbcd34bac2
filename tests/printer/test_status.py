"""Replies → status: every mask, every broken stream, and unknown is never ready."""

import itertools

import pytest
from hypothesis import given, strategies as st

from printer.status import (
    Automatic,
    BuffersCleared,
    Cover,
    Cutter,
    Device,
    Noise,
    PaperSensor,
    PaperState,
    PrinterStatus,
    ProcessId,
    Realtime,
    ReplyParser,
    from_automatic,
    from_realtime,
    with_paper,
)

HEALTHY = (0x12, 0x12, 0x12, 0x12)


def parsed(data: bytes) -> list:
    return ReplyParser().feed(data)


def test_each_kind_of_reply():
    assert parsed(b"\x12\x16\x1e") == [Realtime(0x12), Realtime(0x16), Realtime(0x1E)]
    assert parsed(b"\x14\x00\x0c\x0f") == [Automatic(b"\x14\x00\x0c\x0f")]
    assert parsed(b"\x37\x22AB12\x00") == [ProcessId(b"AB12")]
    assert parsed(b"\x37\x25\x00") == [BuffersCleared()]
    assert parsed(b"\x00\x0c") == [PaperSensor(0), PaperSensor(0x0C)]
    assert parsed(b"\x11\x13\xff") == [Noise(b"\x11"), Noise(b"\x13"), Noise(b"\xff")]
    assert parsed(b"\x37\x21x\x00\x12") == [Noise(b"\x37\x21x\x00"), Realtime(0x12)]


def test_an_automatic_status_with_wrong_bits_does_not_swallow_the_next_reply():
    assert parsed(b"\x10\x80\x12") == [Noise(b"\x10"), Noise(b"\x80"), Realtime(0x12)]


def test_a_block_that_never_ends_is_noise():
    replies = parsed(b"\x37" + b"\x22" * 90)
    assert replies[0] == Noise(b"\x37")


@given(st.binary(max_size=60), st.lists(st.integers(0, 60)))
def test_any_bytes_in_any_pieces_give_the_same_replies(data, cuts):
    whole = parsed(data)
    parser = ReplyParser()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [reply for a, b in itertools.pairwise(edges) for reply in parser.feed(data[a:b])]
    assert pieces == whole


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (HEALTHY, (Device.ONLINE, PaperState.FULL, Cover.CLOSED, Cutter.OK)),
        ((0x12, 0x12, 0x12, 0x1E), (Device.ONLINE, PaperState.LOW, Cover.CLOSED, Cutter.OK)),
        ((0x1A, 0x32, 0x12, 0x7E), (Device.OFFLINE, PaperState.OUT, Cover.CLOSED, Cutter.OK)),
        ((0x1A, 0x12, 0x12, 0x72), (Device.OFFLINE, PaperState.OUT, Cover.CLOSED, Cutter.OK)),
        ((0x1A, 0x16, 0x12, 0x12), (Device.OFFLINE, PaperState.FULL, Cover.OPEN, Cutter.OK)),
        (
            (0x1A, 0x52, 0x1A, 0x12),
            (Device.HARDWARE_ERROR, PaperState.FULL, Cover.CLOSED, Cutter.FAULT),
        ),
        (
            (0x12, 0x12, 0x32, 0x12),
            (Device.HARDWARE_ERROR, PaperState.FULL, Cover.CLOSED, Cutter.OK),
        ),
        ((0x1A, 0x12, 0x12, 0x12), (Device.OFFLINE, PaperState.FULL, Cover.CLOSED, Cutter.OK)),
    ],
)
def test_realtime_status(answers, expected):
    status = from_realtime(*answers)
    assert (status.device, status.paper, status.cover, status.cutter) == expected
    assert status.ready is (expected[0] is Device.ONLINE)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x10\0\0\0", (Device.ONLINE, PaperState.FULL, Cover.CLOSED, Cutter.OK)),
        (b"\x10\0\x03\0", (Device.ONLINE, PaperState.LOW, Cover.CLOSED, Cutter.OK)),
        (b"\x18\0\x0f\0", (Device.OFFLINE, PaperState.OUT, Cover.CLOSED, Cutter.OK)),
        (b"\x38\0\0\0", (Device.OFFLINE, PaperState.FULL, Cover.OPEN, Cutter.OK)),
        (b"\x18\x08\0\0", (Device.HARDWARE_ERROR, PaperState.FULL, Cover.CLOSED, Cutter.FAULT)),
    ],
)
def test_automatic_status(data, expected):
    status = from_automatic(Automatic(data))
    assert (status.device, status.paper, status.cover, status.cutter) == expected


def test_the_paper_sensor_changes_only_the_paper():
    status = from_realtime(*HEALTHY)
    assert with_paper(status, PaperSensor(0x03)).paper is PaperState.LOW
    assert with_paper(status, PaperSensor(0x0F)).paper is PaperState.OUT
    assert with_paper(status, PaperSensor(0)) == status


def test_unknown_is_never_ready():
    choices = itertools.product(Device, PaperState, Cover, Cutter)
    ready = [status for values in choices if (status := PrinterStatus(*values)).ready]
    assert {(s.device, s.cover, s.cutter) for s in ready} == {
        (Device.ONLINE, Cover.CLOSED, Cutter.OK)
    }
    assert {s.paper for s in ready} == {PaperState.FULL, PaperState.LOW}
