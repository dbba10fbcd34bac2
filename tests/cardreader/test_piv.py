"""The PIV profile against hand-assembled exchanges (T=0)."""

from __future__ import annotations

import gzip

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.channel import CardChannel
from cardreader.errors import (
    CardNotSupported,
    CardProtocolError,
    ObjectNotFound,
    PinBlocked,
    PinWrong,
    SecurityStatusNotSatisfied,
)
from cardreader.pin import MalformedPin
from cardreader.pki import KeyPurpose, PinInfo, SignatureAlgorithm
from cardreader.profiles import PivApplication
from cardreader.tlv import build
from tests.cardreader.issuing import Authority, new_key
from tests.cardreader.script import ScriptedConnection

GET_CHUID = "00CB3FFF055C035FC102"
GET_9A = "00CB3FFF055C035FC105"
VERIFY = "0020008008313233343536FFFF"
EMPTY_VERIFY = "0020008000"


def application(*script: tuple[str, str]) -> tuple[PivApplication, ScriptedConnection]:
    connection = ScriptedConnection(*script)
    return PivApplication(CardChannel(connection)), connection


def answered(command: str, data: bytes) -> list[tuple[str, str]]:
    """The T=0 exchanges that bring ``data``: 61xx, then GET RESPONSE in full blocks."""
    blocks = [data[i : i + 256] for i in range(0, len(data), 256)]

    def status(remaining: bytes) -> str:
        return f"61{min(len(remaining), 256) & 0xFF:02X}"

    script = [(command, status(data))]
    for index, block in enumerate(blocks):
        rest = data[(index + 1) * 256 :]
        request = f"00C00000{len(block) & 0xFF:02X}"
        script.append((request, block.hex() + (status(rest) if rest else "9000")))
    return script


def test_serial_is_the_guid_wherever_it_stands() -> None:
    guid = bytes(range(16))
    chuid = [build(0x35, b"20300101"), build(0x99, b"extra"), build(0x34, guid), build(0xFE)]
    piv, _ = application(*answered(GET_CHUID, build(0x53, chuid)))
    assert piv.serial() == guid.hex().upper()


def test_serial_of_a_long_chuid_takes_its_first_block_only() -> None:
    guid = bytes(range(16))
    chuid = build(0x53, [build(0x30, bytes(25)), build(0x34, guid), build(0x3E, bytes(900))])
    piv, connection = application(*answered(GET_CHUID, chuid)[:2])
    assert piv.serial() == guid.hex().upper()
    assert connection.finished()


def test_serial_behind_the_signature_takes_the_whole_chuid() -> None:
    guid = bytes(range(16))
    script = answered(GET_CHUID, build(0x53, [build(0x3E, bytes(900)), build(0x34, guid)]))
    piv, connection = application(*script[:2], *script)
    assert piv.serial() == guid.hex().upper()
    assert connection.finished()


def test_selecting_does_not_fetch_what_nobody_reads() -> None:
    piv, connection = application(("00A4040009A00000030800001000", "6137"))
    piv.select()
    assert connection.finished()


@pytest.mark.parametrize("chuid", [b"", build(0x34, bytes(16)), build(0x34, b"short")])
def test_a_card_without_a_serial_is_not_supported(chuid: bytes) -> None:
    piv, _ = application(*whole_chuid(chuid), ("00F8000000", "6D00"))
    with pytest.raises(CardNotSupported):
        piv.serial()


def whole_chuid(chuid: bytes) -> list[tuple[str, str]]:
    """Without a GUID in the first part the whole object is read."""
    script = answered(GET_CHUID, build(0x53, chuid))
    return script if chuid.startswith(b"\x34") else script + script


def test_a_card_without_a_chuid_is_known_by_its_own_number() -> None:
    piv, connection = application(
        (GET_CHUID, "6A82"), ("00F8000000", "6C04"), ("00F8000004", "8112345690 00")
    )
    assert piv.serial() == "81123456"
    assert connection.finished()


@pytest.mark.parametrize("own", ["9000", "0000000090 00", "010290 00", "00" * 17 + "9000"])
def test_what_is_no_number_of_a_card_is_refused(own: str) -> None:
    piv, _ = application((GET_CHUID, "6A82"), ("00F8000000", own))
    with pytest.raises(CardNotSupported):
        piv.serial()


@pytest.mark.parametrize("form", ["plain", "gzip", "gzip-wrong-bit"])
def test_certificates_plain_and_compressed(form: str) -> None:
    certificate = Authority().issue(new_key())
    der = certificate.public_bytes(Encoding.DER)
    content = gzip.compress(der, mtime=0) if form.startswith("gzip") else der
    info = {"plain": b"\x00", "gzip": b"\x01", "gzip-wrong-bit": b"\x80"}[form]
    stored = build(0x53, [build(0x71, info), build(0x70, content), build(0xFE)])
    piv, connection = application(*answered(GET_9A, stored))
    assert piv.certificate(KeyPurpose.AUTHENTICATION) == certificate
    assert connection.finished()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x30\x03\x02\x01\x00", id="not a certificate"),
        pytest.param(b"\x1f\x8b\x08garbage", id="broken gzip"),
        pytest.param(gzip.compress(bytes(1_000_000), mtime=0), id="gzip bomb"),
    ],
)
def test_a_damaged_certificate_is_a_typed_error(content: bytes) -> None:
    piv, _ = application(*answered(GET_9A, build(0x53, build(0x70, content))))
    with pytest.raises(CardProtocolError):
        piv.certificate(KeyPurpose.AUTHENTICATION)


def test_a_deleted_certificate_is_object_not_found() -> None:
    piv, _ = application(*answered(GET_9A, build(0x53)))
    with pytest.raises(ObjectNotFound):
        piv.certificate(KeyPurpose.AUTHENTICATION)


def test_a_certificate_that_is_nothing_at_all_is_object_not_found() -> None:
    piv, _ = application((GET_9A, "9000"))
    with pytest.raises(ObjectNotFound):
        piv.certificate(KeyPurpose.AUTHENTICATION)


def test_a_chuid_that_is_nothing_at_all_is_passed_over() -> None:
    piv, _ = application((GET_CHUID, "9000"), ("00F8000000", "81123456" + "9000"))
    assert piv.serial() == "81123456"


def test_a_missing_certificate_is_object_not_found() -> None:
    piv, _ = application(("00CB3FFF055C035FC10A", "6A82"))
    with pytest.raises(ObjectNotFound):
        piv.certificate(KeyPurpose.SIGNATURE)


@pytest.mark.parametrize(
    ("status", "info"),
    [
        ("63C3", PinInfo(3, blocked=False)),
        ("63C0", PinInfo(0, blocked=True)),
        ("6983", PinInfo(0, blocked=True)),
        ("9000", PinInfo(None, blocked=False)),
    ],
)
def test_tries_left_from_an_empty_verify(status: str, info: PinInfo) -> None:
    piv, _ = application((EMPTY_VERIFY, status))
    assert piv.pin_info() == info


def test_pin_is_padded_and_wiped_when_right() -> None:
    piv, connection = application((VERIFY, "9000"))
    pin = bytearray(b"123456")
    piv.verify_pin(pin)
    assert pin == bytearray(6)
    assert not any(any(buffer) for buffer in connection.buffers)


@pytest.mark.parametrize(
    ("script", "tries"),
    [([(VERIFY, "63C2")], 2), ([(VERIFY, "6300"), (EMPTY_VERIFY, "63C1")], 1)],
)
def test_a_wrong_pin_tells_the_tries_left_and_is_wiped(
    script: list[tuple[str, str]], tries: int
) -> None:
    piv, connection = application(*script)
    pin = bytearray(b"123456")
    with pytest.raises(PinWrong) as wrong:
        piv.verify_pin(pin)
    assert wrong.value.tries_left == tries
    assert pin == bytearray(6)
    assert connection.finished()
    assert "123456" not in repr(wrong.value)


@pytest.mark.parametrize("status", ["63C0", "6983"])
def test_a_blocked_pin(status: str) -> None:
    piv, _ = application((VERIFY, status))
    pin = bytearray(b"123456")
    with pytest.raises(PinBlocked):
        piv.verify_pin(pin)
    assert pin == bytearray(6)


@pytest.mark.parametrize("text", [b"", b"12345", b"1234567", b"12345a", "١٢٣".encode(), b"1" * 20])
def test_what_is_no_pin_is_not_sent_and_wiped_all_the_same(text: bytes) -> None:
    piv, _ = application()
    pin = bytearray(text)
    with pytest.raises(MalformedPin):
        piv.verify_pin(pin)
    assert not any(pin)


def test_p256_signature_request_and_answer() -> None:
    block, der = bytes(range(32)), bytes.fromhex("3006020101020101")
    request = "0087119A26" + "7C24" + "8200" + "8120" + block.hex()
    piv, connection = application(*answered(request, build(0x7C, build(0x82, der))))
    assert piv.sign(KeyPurpose.AUTHENTICATION, SignatureAlgorithm.ES256, block) == der
    assert connection.finished()


def test_rsa_block_goes_out_in_a_chain_and_comes_back_in_two() -> None:
    digest, signature = bytes(range(32)), bytes(range(256))
    info = bytes.fromhex("3031300d060960864801650304020105000420") + digest
    block = b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info
    template = build(0x7C, [build(0x82), build(0x81, block)])
    script = [("1087079CFF" + template[:255].hex(), "9000")]
    rest = template[255:]
    script += answered(f"0087079C{len(rest):02X}" + rest.hex(), build(0x7C, build(0x82, signature)))
    piv, connection = application(*script)
    assert piv.sign(KeyPurpose.SIGNATURE, SignatureAlgorithm.RS256, digest) == signature
    assert connection.finished()


def test_signing_without_a_verified_pin() -> None:
    piv, _ = application(("0087119C26" + "7C24" + "8200" + "8120" + "00" * 32, "6982"))
    with pytest.raises(SecurityStatusNotSatisfied):
        piv.sign(KeyPurpose.SIGNATURE, SignatureAlgorithm.ES256, bytes(32))
