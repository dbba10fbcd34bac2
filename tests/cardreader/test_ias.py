"""The IAS Classic profile: by hand-assembled exchanges, and against the simulated card (T=0)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader import (
    CardNotSupported,
    CardProtocolError,
    CommandRefused,
    KeyPurpose,
    ObjectNotFound,
    PinBlocked,
    PinInfo,
    PinWrong,
    PukBlocked,
    PukWrong,
    SecurityStatusNotSatisfied,
    SignatureAlgorithm,
    activate,
    card_state,
    open_card,
)
from cardreader.channel import CardChannel
from cardreader.pin import MalformedPin
from cardreader.profiles import IasClassicApplication
from cardreader.simulator import (
    READER,
    Profile,
    SimulatedReaders,
    issue,
    persona,
)
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.card import transport_pin
from tests.cardreader.issuing import Authority, new_key
from tests.cardreader.opening import STORE, clock, opened, pin_of
from tests.cardreader.script import ScriptedConnection
from tests.cardreader.virtual_reader import connected, in_virtual_reader, seated, watched
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

PIN_STATE = "00CB00FF05A003830111"
VERIFY = "002000110C313233343536" + "00" * 6


def application(*script: tuple[str, str]) -> tuple[IasClassicApplication, ScriptedConnection]:
    connection = ScriptedConnection(*script)
    return IasClassicApplication(CardChannel(connection)), connection


# By hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "info"),
    [
        ("DF210103DF2F0101", PinInfo(3, blocked=False, transport=False)),
        ("DF210103DF2F0100", PinInfo(3, blocked=False, transport=True)),
        ("DF2F0101DF210100", PinInfo(0, blocked=True, transport=False)),
        ("DF210102", PinInfo(2, blocked=False)),
    ],
)
def test_pin_state(state: str, info: PinInfo) -> None:
    answer = f"A0{len(state) // 2 + 3:02X}830111{state}"
    fetch = f"00C00000{len(answer) // 2:02X}"
    ias, connection = application(
        (PIN_STATE, f"61{len(answer) // 2:02X}"), (fetch, answer + "9000")
    )
    assert ias.pin_info() == info
    assert connection.finished()


@pytest.mark.parametrize("answer", ["A003830111", "A000", "A007830111DF210203", "5301"])
def test_a_pin_state_that_says_nothing_is_a_typed_error(answer: str) -> None:
    ias, _ = application((PIN_STATE, answer + "9000"))
    with pytest.raises(CardProtocolError):
        ias.pin_info()


def test_pin_is_filled_with_zeroes_and_wiped() -> None:
    ias, connection = application((VERIFY, "9000"))
    pin = bytearray(b"123456")
    ias.verify_pin(pin)
    assert pin == bytearray(6)
    assert not any(any(buffer) for buffer in connection.buffers)


@pytest.mark.parametrize(("status", "tries"), [("63C2", 2), ("63C1", 1)])
def test_a_wrong_pin(status: str, tries: int) -> None:
    ias, _ = application((VERIFY, status))
    with pytest.raises(PinWrong) as wrong:
        ias.verify_pin(bytearray(b"123456"))
    assert wrong.value.tries_left == tries


@pytest.mark.parametrize("status", ["63C0", "6983"])
def test_a_blocked_pin(status: str) -> None:
    ias, _ = application((VERIFY, status))
    with pytest.raises(PinBlocked):
        ias.verify_pin(bytearray(b"123456"))


def test_what_is_no_pin_is_not_sent() -> None:
    ias, _ = application()
    for call in (
        lambda: ias.verify_pin(bytearray(b"1234567890123")),
        lambda: ias.change_pin(bytearray(b"123456"), bytearray(b"12345")),
        lambda: ias.unblock_pin(bytearray(b"12345"), bytearray(b"123456")),
    ):
        with pytest.raises(MalformedPin):
            call()


@pytest.mark.parametrize(
    ("algorithm", "reference", "size"),
    [(SignatureAlgorithm.ES256, "44", 32), (SignatureAlgorithm.ES384, "54", 48)],
)
def test_ecdsa(algorithm: SignatureAlgorithm, reference: str, size: int) -> None:
    key = new_key()
    certificate = Authority().issue(key).public_bytes(Encoding.DER)
    digest, r, s = bytes(range(size)), 7, 11
    raw = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    ias, connection = application(
        *certificate_file(bytes.fromhex("01FE14000403B00004") + certificate),
        (f"002241B6068001{reference}840104", "9000"),
        (f"002A90A0{size + 2:02X}90{size:02X}" + digest.hex(), "9000"),
        ("002A9E9A00", f"6C{2 * size:02X}"),
        (f"002A9E9A{2 * size:02X}", raw.hex() + "9000"),
    )
    purpose = next(p for p in KeyPurpose if holds(ias, p))
    assert ias.sign(purpose, algorithm, digest) == encode_dss_signature(r, s)
    assert connection.finished()


def holds(ias: IasClassicApplication, purpose: KeyPurpose) -> bool:
    try:
        ias.certificate(purpose)
    except ObjectNotFound:
        return False
    return True


def certificate_file(content: bytes) -> list[tuple[str, str]]:
    file = (len(content) + 2).to_bytes(2, "big") + content
    script = [("00A408000416000004", "610A")]
    at = 0
    while at < len(file):
        length = 256 if at == 0 else min(256, len(file) - at)
        block = file[at : at + length].ljust(length, b"\xff")
        script.append((f"00B0{at:04X}{length & 0xFF:02X}", block.hex() + "9000"))
        at += length
    return script


@pytest.mark.parametrize(
    "content",
    [
        bytes.fromhex("01FE14000403B00004") + b"\x30\x82\x04\x00" + bytes(20),
        bytes.fromhex("01FE14000403B00004") + b"\x30\x82\x00\x04" + bytes(20),
    ],
)
def test_a_damaged_certificate_file_is_a_typed_error(content: bytes) -> None:
    ias, _ = application(*certificate_file(content))
    with pytest.raises(CardProtocolError):
        ias.certificate(KeyPurpose.SIGNATURE)


@pytest.mark.parametrize("content", [b"", b"\x01", bytes.fromhex("01F0000303B00003") * 12])
def test_a_file_without_certificates(content: bytes) -> None:
    ias, _ = application(*certificate_file(content))
    with pytest.raises(ObjectNotFound):
        ias.certificate(KeyPurpose.SIGNATURE)


@pytest.mark.parametrize("reply", ["6A88", "9000", "9F7F0411223344" + "9000", "00" * 42 + "9000"])
def test_a_card_without_production_data_is_not_supported(reply: str) -> None:
    ias, _ = application(("80CA9F7F00", reply))
    with pytest.raises(CardNotSupported):
        ias.serial()


# Against the simulated card ----------------------------------------------------------------------


def inserted(persona_id: str, folder: Path | None = None) -> SimulatedReaders:
    readers = SimulatedReaders(profile=Profile.IAS_CLASSIC, state_folder=folder)
    readers.insert(persona_id)
    return readers


@pytest.mark.parametrize("persona_id", ["citizen-active", "employer-owner", "operator"])
def test_who_and_signature(persona_id: str) -> None:
    """Between them the personas have RSA-2048, P-256 and P-384."""
    card = opened(inserted(persona_id))
    assert card.profile == "ias-classic"
    assert card.serial == persona(persona_id).guid.bytes[:10].hex().upper()
    assert card.identity().civil_number == persona(persona_id).civil_number
    assert card.pin_info() == PinInfo(3, blocked=False, transport=False)
    for purpose in KeyPurpose:
        pin = pin_of(persona_id)
        card.sign(purpose, b"message", pin)
        assert pin == bytearray(6)
    assert card_state(card).is_complete


def test_few_commands() -> None:
    card = opened(inserted("citizen-active"))
    assert card.exchanges <= 6
    card.identity()
    before = card.exchanges
    for purpose in KeyPurpose:
        card.certificate(purpose)
    assert card.exchanges - before <= 10


def test_one_pin_for_the_authentication_key_one_each_for_the_signature_key() -> None:
    card = opened(inserted("citizen-active"))
    with pytest.raises(SecurityStatusNotSatisfied):
        card.sign(KeyPurpose.AUTHENTICATION, b"message")
    card.verify_pin(pin_of("citizen-active"))
    card.sign(KeyPurpose.AUTHENTICATION, b"one")
    card.sign(KeyPurpose.AUTHENTICATION, b"two")


def test_wrong_change_unblock(tmp_path: Path) -> None:
    readers = inserted("citizen-active", tmp_path)
    card = opened(readers)
    with pytest.raises(PinWrong) as wrong:
        card.change_pin(bytearray(b"000000"), bytearray(b"907152"))
    assert wrong.value.tries_left == 2
    card.change_pin(pin_of("citizen-active"), bytearray(b"907152"))
    # What it remembers outlasts its stay in the reader.
    readers.insert("citizen-active")
    card = opened(readers)
    for _ in range(2):
        with pytest.raises(PinWrong):
            card.verify_pin(pin_of("citizen-active"))
    with pytest.raises(PinBlocked):
        card.verify_pin(pin_of("citizen-active"))
    with pytest.raises(PinBlocked):
        card.verify_pin(bytearray(b"907152"))
    with pytest.raises(PukWrong) as puk:
        card.unblock_pin(bytearray(b"00000000"), bytearray(b"482913"))
    assert puk.value.tries_left == 2
    card.unblock_pin(bytearray(persona("citizen-active").puk.encode()), bytearray(b"482913"))
    card.verify_pin(bytearray(b"482913"))


def test_a_blocked_puk() -> None:
    card = opened(inserted("citizen-active"))
    for _ in range(2):
        with pytest.raises(PukWrong):
            card.unblock_pin(bytearray(b"00000000"), bytearray(b"482913"))
    for _ in range(2):
        with pytest.raises(PukBlocked):
            card.unblock_pin(bytearray(b"00000000"), bytearray(b"482913"))


def test_the_letters_pin_is_seen_and_replaced(tmp_path: Path) -> None:
    """Keys and certificates from the maker: nothing but the PIN is still to be done."""
    holder = persona("citizen-letter")
    readers = SimulatedReaders(state_folder=tmp_path)
    readers.insert(holder.id)
    card = opened(readers)
    assert card.profile == "ias-classic"
    assert card.pin_info() == PinInfo(3, blocked=False, transport=True)
    assert not card_state(card).is_complete
    assert card.issuing() is None
    card.change_pin(pin_of(holder.id), bytearray(b"482913"))
    readers.insert(holder.id)
    card = opened(readers)
    assert card.pin_info() == PinInfo(3, blocked=False, transport=False)
    assert card_state(card).is_complete
    with pytest.raises(PinWrong):
        card.verify_pin(pin_of(holder.id))
    signature = card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(b"482913"))
    assert signature.algorithm is SignatureAlgorithm.RS256


def test_a_transport_pin_is_seen_and_replaced(tmp_path: Path) -> None:
    readers = inserted("citizen-new", tmp_path)
    card = opened(readers)
    assert card.pin_info() == PinInfo(3, blocked=False, transport=True)
    with pytest.raises(ObjectNotFound):
        card.certificate(KeyPurpose.SIGNATURE)
    with pytest.raises(CardNotSupported):
        activate(card, registered(), bytearray(b"482913"))
    card.change_pin(bytearray(transport_pin(persona("citizen-new")).encode()), bytearray(b"482913"))
    readers.insert("citizen-new")
    assert opened(readers).pin_info() == PinInfo(3, blocked=False, transport=False)


def registered() -> SimulatedAuthority:
    office = SimulatedAuthority()
    office.register(persona("citizen-new"), persona("citizen-new").guid.bytes[:10].hex().upper())
    return office


def test_neither_application() -> None:
    readers = SimulatedReaders()
    readers.insert("foreign")
    with pytest.raises(CardNotSupported):
        opened(readers)


def test_the_pin_can_be_taken_back() -> None:
    connection = inserted("citizen-active").connect(READER)
    channel = CardChannel(connection)
    ias = IasClassicApplication(channel)
    ias.select()
    ias.verify_pin(pin_of("citizen-active"))
    assert connection.transmit(bytes.fromhex("0020FF1100")) == b"\x90\x00"
    with pytest.raises(SecurityStatusNotSatisfied):
        ias.sign(KeyPurpose.AUTHENTICATION, SignatureAlgorithm.RS256, bytes(32))


def test_what_the_simulated_card_refuses() -> None:
    channel = CardChannel(inserted("citizen-active").connect(READER))
    ias = IasClassicApplication(channel)
    ias.select()
    with pytest.raises(CommandRefused):
        ias.sign(KeyPurpose.AUTHENTICATION, SignatureAlgorithm.ES256, bytes(32))


@pytest.mark.pcscd
def test_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    simulated = issue("citizen-active", profile=Profile.IAS_CLASSIC)
    with watched() as readers, in_virtual_reader(simulated):
        connection = connected(readers)
        card = open_card(connection, STORE, clock)
        assert card.profile == "ias-classic"
        for purpose in KeyPurpose:
            card.sign(purpose, b"message", pin_of("citizen-active"))
        connection.disconnect()


OPENSC_CONF = """
app default {
    card_atr 3B:7A:96:00:00:80:65:B0:85:20:04:02:72:D6:41 {
        driver = "gemsafeV1";
        type = 21003;
    }
}
"""


@pytest.mark.pcscd
def test_opensc_reads_the_same_certificates(pcscd: Pcscd, tmp_path: Path) -> None:  # noqa: F811
    """docs/cards-ias.md says what OpenSC's driver can and cannot do with this card."""
    if shutil.which("pkcs15-tool") is None:
        pytest.skip("OPENSC NOT TESTED: it is not installed (apt-get install opensc)")
    configuration = tmp_path / "opensc.conf"
    configuration.write_text(OPENSC_CONF)
    environment = {**os.environ, "OPENSC_CONF": str(configuration)}
    card = opened(inserted("citizen-active"))
    with in_virtual_reader(issue("citizen-active", profile=Profile.IAS_CLASSIC)):
        with watched() as readers:
            assert seated(readers)
        for identifier, purpose in (
            ("45", KeyPurpose.AUTHENTICATION),
            ("46", KeyPurpose.SIGNATURE),
        ):
            done = subprocess.run(
                ["pkcs15-tool", "--read-certificate", identifier],
                env=environment,
                capture_output=True,
                check=False,
                timeout=30,
            )
            assert done.returncode == 0, done.stderr
            read = x509.load_pem_x509_certificate(done.stdout)
            assert read == card.certificate(purpose)
