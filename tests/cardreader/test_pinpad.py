"""A reader with keys of its own, made of the structure that PC/SC part 10 gives it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import structlog

from cardreader.apdu import Protocol7816
from cardreader.errors import (
    CardNotGenuine,
    CardProtocolError,
    CardTimeout,
    CommandRefused,
    PinBlocked,
    PinEntryCancelled,
    PinWrong,
)
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pcsc import PcscConnection, PcscReaders
from cardreader.pin import MalformedPin
from cardreader.pinpad import NoPinPad, has_pin_pad, verify_block, verify_on_pad
from cardreader.pki import KeyPurpose
from cardreader.simulator import READER, TRUST, Profile, SimulatedReaders, issue
from cardreader.trust import TrustStore
from kiosk.cli.card_options import wait
from tests.cardreader.virtual_reader import in_virtual_reader
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

STORE = TrustStore.load(TRUST)
CODE = 0x42330006
VERIFY_DIRECT = struct.pack(">BBI", 0x06, 4, CODE)
MODIFY_DIRECT = struct.pack(">BBI", 0x07, 4, 0x42330007)
RIGHT = b"246813"


class Pad:
    """What stands between computer and card: reads the structure, lets somebody type, sends."""

    def __init__(
        self,
        transmit: Callable[[bytes], bytes],
        typed: bytes = RIGHT,
        *,
        features: bytes = MODIFY_DIRECT + VERIFY_DIRECT,
        says: bytes | None = None,
    ) -> None:
        self._transmit = transmit
        self._typed = typed
        self._features = features
        self._says = says
        self.asked = 0
        self.timeout = 0.0

    def features(self) -> bytes:
        return self._features

    def control(self, code: int, data: bytes, timeout: float) -> bytes:
        assert code == CODE
        self.asked += 1
        self.timeout = timeout
        if self._says is not None:
            return self._says
        head = struct.unpack_from("<BBBBBHBBHB3sI", data)
        first, further, form, block, length, sizes, complete, messages, *_, size = head
        command = bytearray(data[19:])
        assert (form, length, complete, messages) == (0x82, 0, 2, 0)
        assert (sizes >> 8, sizes & 0xFF) == (6, 6)
        assert (size, command[4], block) == (len(command), block, len(command) - 5)
        assert first + further < timeout
        command[5 : 5 + len(self._typed)] = self._typed
        return self._transmit(bytes(command))[-2:]


def opened(profile: Profile, persona_id: str = "citizen-active") -> tuple[NationalIdCard, Callable]:
    readers = SimulatedReaders(protocol=Protocol7816.T0, profile=profile)
    readers.insert(persona_id)
    connection = readers.connect(READER)
    now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    return open_card(connection, STORE, lambda: now), connection.transmit


def test_the_structure_byte_by_byte():
    assert verify_block(bytes.fromhex("00200080"), 8, 0xFF).hex() == (
        "1e1e"  # 30 s, and 30 s again
        "82"  # bytes, offset 0, left, ASCII
        "08"  # no length beside it, block of eight
        "00"
        "0606"  # six digits at least and at most
        "02"  # until the validation key
        "00"  # no message
        "0904"  # wLangId, little-endian
        "00"
        "000000"
        "0d000000"  # thirteen bytes of command, little-endian
        "0020008008ffffffffffffffff"
    )


@pytest.mark.parametrize("profile", list(Profile))
def test_the_right_pin_at_the_reader_lets_the_card_sign(profile):
    card, transmit = opened(profile)
    pad = Pad(transmit)
    assert has_pin_pad(pad)
    verify_on_pad(pad, card)
    card.sign(KeyPurpose.AUTHENTICATION, b"message")
    assert pad.asked == 1


@pytest.mark.parametrize("profile", list(Profile))
def test_a_wrong_pin_at_the_reader_costs_one_try_and_then_it_is_blocked(profile):
    card, transmit = opened(profile)
    pad = Pad(transmit, b"000000")
    for left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            verify_on_pad(pad, card)
        assert wrong.value.tries_left == left
    for _ in range(2):
        with pytest.raises(PinBlocked):
            verify_on_pad(pad, card)
    assert pad.asked == 4


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("6400", CardTimeout),
        ("6401", PinEntryCancelled),
        ("6403", MalformedPin),
        ("6D00", CommandRefused),
        ("", CardProtocolError),
        ("90", CardProtocolError),
        ("900000", CardProtocolError),
    ],
)
def test_what_the_reader_says_itself(says, error):
    card, transmit = opened(Profile.PIV)
    with pytest.raises(error):
        verify_on_pad(Pad(transmit, says=bytes.fromhex(says)), card)
    assert card.pin_info().tries_left == 3


@pytest.mark.parametrize(
    "features", [b"", MODIFY_DIRECT, VERIFY_DIRECT[:-1], b"\x06\x02" + bytes(4), bytes(600)]
)
def test_a_reader_without_keys(features):
    card, transmit = opened(Profile.PIV)
    pad = Pad(transmit, features=features)
    assert not has_pin_pad(pad)
    with pytest.raises(NoPinPad):
        verify_on_pad(pad, card)
    assert pad.asked == 0


def test_no_pin_is_asked_for_a_card_that_is_not_genuine():
    card, transmit = opened(Profile.PIV, "forged")
    pad = Pad(transmit)
    with pytest.raises(CardNotGenuine):
        verify_on_pad(pad, card)
    assert pad.asked == 0


def test_no_log_holds_what_was_typed():
    card, transmit = opened(Profile.PIV)
    with structlog.testing.capture_logs() as logs:
        verify_on_pad(Pad(transmit), card)
        with pytest.raises(PinWrong):
            verify_on_pad(Pad(transmit, b"907152"), card)
    assert "907152" not in str(logs) and RIGHT.decode() not in str(logs)


@pytest.mark.pcscd
def test_the_virtual_reader_has_no_keys_and_the_connection_stays_usable(
    pcscd: Pcscd,  # noqa: F811 - the fixture
) -> None:
    with in_virtual_reader(issue("citizen-active")):
        readers = PcscReaders()
        readers.start(lambda _event: None)
        try:
            taken = wait(lambda: [r for r in readers.readers() if r.slot != "empty"] or None)
            assert taken is not None
            connection: PcscConnection = readers.connect(taken[0].reader)
            card = open_card(connection, STORE, lambda: datetime.now(UTC))
            assert not has_pin_pad(connection)
            with pytest.raises(NoPinPad):
                verify_on_pad(connection, card)
            card.verify_pin(bytearray(RIGHT))
            connection.disconnect()
        finally:
            readers.stop()
