"""The card's end of the vpcd protocol, against a socket that plays the virtual reader."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from cardreader.simulator import issue
from cardreader.simulator.card import answer_to_reset
from cardreader.simulator.vpcd import serve
from tests.cardreader.simulator.cards import PIV_AID

OFF, ON, RESET, ATR = b"\x00", b"\x01", b"\x02", b"\x04"


class Reader:
    """A listening socket and the card that has connected to it."""

    def __init__(self, listener: socket.socket) -> None:
        self.connection, _ = listener.accept()
        self.connection.settimeout(5)

    def tell(self, message: bytes) -> None:
        self.connection.sendall(len(message).to_bytes(2, "big") + message)

    def ask(self, message: bytes) -> bytes:
        self.tell(message)
        return self.read(int.from_bytes(self.read(2), "big"))

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.connection.recv(size - len(data))
            assert part, "the card hung up"
            data += part
        return data


@contextlib.contextmanager
def serving(persona_id: str):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        stop = threading.Event()
        port = listener.getsockname()[1]
        card = issue(persona_id)
        server = threading.Thread(target=serve, args=(card, "127.0.0.1", port, stop))
        server.start()
        try:
            yield listener
        finally:
            stop.set()
            server.join(5)
            assert not server.is_alive()


@pytest.fixture
def listener():
    with serving("citizen-active") as listener:
        yield listener


def test_power_atr_and_commands(listener):
    reader = Reader(listener)
    assert reader.ask(ATR) == answer_to_reset(issue("citizen-active").protocol)
    reader.tell(ON)
    assert reader.ask(bytes.fromhex(f"00A4040009{PIV_AID}"))[-2:] == b"\x90\x00"
    assert reader.ask(bytes.fromhex("0020008008") + b"246813\xff\xff") == b"\x90\x00"
    assert reader.ask(ATR), "the reader asks all the time whether the card is there"
    assert reader.ask(bytes.fromhex("00200080")) == b"\x90\x00"


@pytest.mark.parametrize("signals", [(RESET,), (OFF, ON)])
def test_reset_and_power_cycle_forget_the_pin(listener, signals):
    reader = Reader(listener)
    reader.tell(ON)
    reader.ask(bytes.fromhex(f"00A4040009{PIV_AID}"))
    reader.ask(bytes.fromhex("0020008008") + b"246813\xff\xff")
    for signal in signals:
        reader.tell(signal)
    reader.ask(bytes.fromhex(f"00A4040009{PIV_AID}"))
    assert reader.ask(bytes.fromhex("00200080")) == b"\x63\xc3"


def test_without_power_the_answer_is_empty(listener):
    reader = Reader(listener)
    assert reader.ask(bytes.fromhex("00200080")) == b""


def test_an_unknown_signal_is_ignored(listener):
    reader = Reader(listener)
    reader.tell(b"\x07")
    assert reader.ask(ATR)


def test_messages_in_pieces_and_two_at_once(listener):
    reader = Reader(listener)
    for byte in b"\x00\x01\x01\x00\x01\x04":
        reader.connection.sendall(bytes((byte,)))
    assert reader.read(2) == (19).to_bytes(2, "big")
    reader.read(19)
    reader.connection.sendall(b"\x00\x01\x04\x00\x01\x04")
    assert len(reader.read(42)) == 42


def test_the_card_comes_back_after_the_reader_went_away(listener):
    first = Reader(listener)
    first.tell(ON)
    first.ask(bytes.fromhex(f"00A4040009{PIV_AID}"))
    first.ask(bytes.fromhex("0020008008") + b"246813\xff\xff")
    first.connection.close()
    second = Reader(listener)
    second.tell(ON)
    second.ask(bytes.fromhex(f"00A4040009{PIV_AID}"))
    assert second.ask(bytes.fromhex("00200080")) == b"\x63\xc3", "the PIN did not survive"


def test_the_reader_hanging_up_in_mid_message_is_survived(listener):
    first = Reader(listener)
    first.connection.sendall(b"\x00\x10\x00\xa4")
    first.connection.close()
    assert Reader(listener).ask(ATR)


def test_a_mute_card_is_there_but_gives_no_atr():
    with serving("mute") as listener:
        reader = Reader(listener)
        reader.tell(ON)
        assert len(reader.ask(ATR)) > 33, "longer than any ATR: present, and not to be powered"
        assert reader.ask(bytes.fromhex("00200080")) == b""


def test_it_waits_for_a_reader_that_is_not_there_yet():
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    stop = threading.Event()
    card = issue("citizen-active")
    server = threading.Thread(target=serve, args=(card, "127.0.0.1", port, stop))
    server.start()
    try:
        with socket.create_server(("127.0.0.1", port)) as listener:
            listener.settimeout(5)
            assert Reader(listener).ask(ATR)
    finally:
        stop.set()
        server.join(5)
    assert not server.is_alive()


def test_stop_takes_the_card_out():
    with serving("citizen-active") as listener:
        reader = Reader(listener)
        reader.tell(ON)
        reader.ask(ATR)
    assert reader.connection.recv(1) == b""
