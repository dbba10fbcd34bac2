"""The driver against the simulated card: in the same process, and through the real pcscd.

Driver and card share the seam and nothing else: what one writes by the standard, the other reads.
"""

from __future__ import annotations

import base64
import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings, strategies as st
from jwcrypto import jwk, jws

from cardreader import (
    CardConnection,
    CardError,
    CardInserted,
    CardMute,
    CardMuteInserted,
    CardNotGenuine,
    CardNotSupported,
    CardRemoved,
    CardTaken,
    CardWorker,
    HolderKind,
    KeyPurpose,
    NationalIdCard,
    ObjectNotFound,
    PinBlocked,
    PinInfo,
    PinWrong,
    Protocol7816,
    ReaderEvent,
    SecurityStatusNotSatisfied,
    SignatureAlgorithm,
    TrustStore,
    Untrusted,
    open_card,
    sign_compact,
)
from cardreader.pcsc import PcscReaders
from cardreader.simulator import (
    CONTACT_LATENCY,
    READER,
    TRUST,
    Profile,
    SimulatedReaders,
    issue,
    persona,
    personas,
)
from cardreader.simulator.ber import parse
from cardreader.simulator.piv_objects import CERTIFICATES, certificate_container
from cardreader.simulator.state import personalised
from cardreader.simulator.vpcd import serve
from tests.cardreader.script import RepeatingConnection
from tests.pcscd import VPCD_PORTS, Pcscd, pcscd  # noqa: F401 - a fixture

STORE = TrustStore.load(TRUST)
PURPOSES = list(KeyPurpose)
VIRTUAL_READER = "Virtual PCD 00 00"


def clock() -> datetime:
    return datetime(2026, 11, 1, 9, tzinfo=UTC)


def open_persona(
    persona_id: str, protocol: Protocol7816 = Protocol7816.T0, trust: TrustStore = STORE
) -> NationalIdCard:
    readers = SimulatedReaders(protocol=protocol)
    readers.insert(persona_id)
    return open_card(readers.connect(READER), trust, clock)


def pin_of(persona_id: str) -> bytearray:
    pin = persona(persona_id).pin
    assert pin is not None
    return bytearray(pin.encode())


def verify(
    certificate: x509.Certificate, algorithm: SignatureAlgorithm, value: bytes, message: bytes
) -> None:
    """Check a JOSE signature with nothing of the driver in between."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        assert algorithm is SignatureAlgorithm.RS256
        key.verify(value, message, padding.PKCS1v15(), hashes.SHA256())
        return
    assert isinstance(key, ec.EllipticCurvePublicKey)
    half = key.curve.key_size // 8
    assert len(value) == 2 * half
    r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
    hashed = hashes.SHA384() if algorithm is SignatureAlgorithm.ES384 else hashes.SHA256()
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashed))


@pytest.mark.parametrize("protocol", list(Protocol7816))
@pytest.mark.parametrize("persona_id", ["citizen-active", "resident-worker"])
def test_identity(persona_id: str, protocol: Protocol7816) -> None:
    holder = persona(persona_id)
    card = open_persona(persona_id, protocol)
    assert card.serial == holder.card_serial
    assert card.profile == "piv"
    identity = card.identity()
    assert identity.civil_number == holder.civil_number
    assert identity.name_ar == holder.name_ar
    assert identity.name_en == holder.name_en
    assert identity.birth_date == holder.born
    assert identity.expiry_date == holder.expires
    assert identity.sex == holder.sex
    assert identity.nationality == holder.nationality
    assert identity.document_number == holder.document_number
    assert identity.kind is HolderKind(holder.kind)
    assert identity.occupation_ar == holder.occupation_ar
    assert identity.occupation_en == holder.occupation_en
    assert card.photo() == holder.face


def test_everything_is_read_once() -> None:
    card = open_persona("citizen-active")
    card.identity()
    card.photo()
    before = card.exchanges
    card.identity()
    card.photo()
    assert card.exchanges == before


@pytest.mark.parametrize("profile", list(Profile))
def test_few_commands(profile: Profile) -> None:
    """A contact exchange takes 52 ms, and the name is to be on the screen within 1.5 s."""
    readers = SimulatedReaders(protocol=Protocol7816.T0, profile=profile)
    readers.insert("citizen-active")
    card = open_card(readers.connect(READER), STORE, clock)
    assert card.exchanges <= 6
    card.identity()
    assert card.exchanges * CONTACT_LATENCY <= 1.0
    before = card.exchanges
    portrait_blocks = -(-len(card.photo()) // 256)
    assert card.exchanges - before <= portrait_blocks + 2
    before = card.exchanges
    card.pin_info()
    card.verify_pin(pin_of("citizen-active"))
    assert card.exchanges - before <= 4


def test_the_name_is_there_long_before_a_second_and_a_half() -> None:
    """With the latency of a contact card, on the wall clock: what computing adds is included."""
    readers = SimulatedReaders(protocol=Protocol7816.T0, latency=CONTACT_LATENCY)
    readers.insert("citizen-active")
    began = time.monotonic()
    card = open_card(readers.connect(READER), STORE, clock)
    assert card.identity().name_ar == persona("citizen-active").name_ar
    assert time.monotonic() - began <= 1.5


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("protocol", list(Protocol7816))
@pytest.mark.parametrize(
    "persona_id", [p.id for p in personas().values() if p.pin and not p.forged][:4]
)
def test_sign(persona_id: str, protocol: Protocol7816, purpose: KeyPurpose) -> None:
    card = open_persona(persona_id, protocol)
    pin = pin_of(persona_id)
    signature = card.sign(purpose, b"message", pin)
    assert pin == bytearray(6)
    verify(card.certificate(purpose), signature.algorithm, signature.value, b"message")


def test_one_pin_is_enough_for_the_authentication_key_but_not_for_the_signature_key() -> None:
    card = open_persona("citizen-active")
    card.verify_pin(pin_of("citizen-active"))
    card.sign(KeyPurpose.AUTHENTICATION, b"one")
    card.sign(KeyPurpose.AUTHENTICATION, b"two")
    with pytest.raises(ValueError, match="every signature"):
        card.sign(KeyPurpose.SIGNATURE, b"three")


def test_no_signature_without_a_pin() -> None:
    with pytest.raises(SecurityStatusNotSatisfied):
        open_persona("citizen-active").sign(KeyPurpose.AUTHENTICATION, b"message")


def test_reset_at_the_end_of_a_visit_forgets_the_pin() -> None:
    readers = SimulatedReaders()
    readers.insert("citizen-active")
    connection = readers.connect(READER)
    open_card(connection, STORE, clock).verify_pin(pin_of("citizen-active"))
    connection.disconnect()
    card = open_card(readers.connect(READER), STORE, clock)
    with pytest.raises(SecurityStatusNotSatisfied):
        card.sign(KeyPurpose.AUTHENTICATION, b"message")


def test_wrong_right_wrong_until_blocked() -> None:
    card = open_persona("citizen-active")
    assert card.pin_info() == PinInfo(3, blocked=False)
    for tries_left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            card.verify_pin(bytearray(b"000000"))
        assert wrong.value.tries_left == tries_left
    assert card.pin_info() == PinInfo(1, blocked=False)
    card.verify_pin(pin_of("citizen-active"))
    for _ in range(2):
        with pytest.raises(PinWrong):
            card.verify_pin(bytearray(b"000000"))
    with pytest.raises(PinBlocked):
        card.verify_pin(bytearray(b"000000"))
    assert card.pin_info() == PinInfo(0, blocked=True)
    with pytest.raises(PinBlocked):
        card.verify_pin(pin_of("citizen-active"))


def test_personas_with_a_worn_counter() -> None:
    assert open_persona("last-try").pin_info() == PinInfo(1, blocked=False)
    assert open_persona("pin-blocked").pin_info() == PinInfo(0, blocked=True)


def test_a_wrong_pin_signs_nothing() -> None:
    card = open_persona("citizen-active")
    with pytest.raises(PinWrong):
        card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(b"000000"))
    assert card.pin_info().tries_left == 2


@pytest.mark.parametrize(
    ("persona_id", "reason"),
    [("forged", Untrusted.HASH_MISMATCH), ("unknown-issuer", Untrusted.UNKNOWN_ISSUER)],
)
def test_a_card_that_is_not_genuine_gets_no_pin(persona_id: str, reason: Untrusted) -> None:
    card = open_persona(persona_id)
    pin = bytearray(b"123456")
    steps: list[Callable[[], object]] = [
        card.identity,
        lambda: card.certificate(KeyPurpose.AUTHENTICATION),
        lambda: card.verify_pin(pin),
        lambda: card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(b"123456")),
    ]
    for step in steps:
        with pytest.raises(CardNotGenuine) as refused:
            step()
        assert refused.value.reason is reason
    assert pin == bytearray(6)
    assert card.pin_info().tries_left == 3


def test_revoked_certificates() -> None:
    card = open_persona("revoked")
    card.identity()
    with pytest.raises(CardNotGenuine) as refused:
        card.certificate(KeyPurpose.AUTHENTICATION)
    assert refused.value.reason is Untrusted.SIGNER_REVOKED
    unaware = open_persona("revoked", trust=replace(STORE, crls=()))
    assert unaware.certificate(KeyPurpose.AUTHENTICATION)


def test_a_card_that_is_not_activated_has_no_certificate() -> None:
    card = open_persona("citizen-new")
    assert card.identity().civil_number == persona("citizen-new").civil_number
    with pytest.raises(ObjectNotFound):
        card.certificate(KeyPurpose.AUTHENTICATION)


def test_a_foreign_card_is_not_supported() -> None:
    with pytest.raises(CardNotSupported):
        open_persona("foreign")


def test_a_mute_card_cannot_be_connected_to() -> None:
    with pytest.raises(CardMute):
        open_persona("mute")


class Spliced:
    """Two cards in one body: PIV commands go to one, identity files to the other."""

    def __init__(self, pki: CardConnection, identity: CardConnection) -> None:
        self.reader, self.atr, self.protocol = pki.reader, pki.atr, pki.protocol
        self._pki, self._identity = pki, identity
        self._current = pki

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        if bytes(apdu[:3]) == b"\x00\xa4\x04":
            self._current = self._identity if b"\xa0\x00\x00\x02\x47" in apdu else self._pki
        return self._current.transmit(apdu)

    def disconnect(self, *, reset: bool = True) -> None:
        pass


def test_the_keys_of_one_person_beside_the_identity_of_another() -> None:
    connections = []
    for persona_id in ("citizen-active", "resident-worker"):
        readers = SimulatedReaders(protocol=Protocol7816.T0)
        readers.insert(persona_id)
        connections.append(readers.connect(READER))
    card = open_card(Spliced(*connections), STORE, clock)
    card.identity()
    with pytest.raises(CardNotGenuine) as refused:
        card.certificate(KeyPurpose.SIGNATURE)
    assert refused.value.reason is Untrusted.IDENTITY_MISMATCH


class Cut:
    """Pulls the card out at the ``at``-th command."""

    def __init__(self, readers: SimulatedReaders, at: int) -> None:
        self._readers, self._at = readers, at
        self._inner = readers.connect(READER)
        self.reader, self.atr, self.protocol = READER, self._inner.atr, self._inner.protocol
        self.count = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count == self._at:
            self._readers.remove()
        return self._inner.transmit(apdu)

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)


def whole_visit(connection: CardConnection, pin: bytearray) -> None:
    card = open_card(connection, STORE, clock)
    card.identity()
    card.photo()
    card.verify_pin(pin)
    card.sign(KeyPurpose.SIGNATURE, b"message", pin_of("citizen-active"))


def test_a_card_taken_at_any_command_is_card_removed_and_the_pin_is_wiped() -> None:
    readers = SimulatedReaders(protocol=Protocol7816.T0)
    readers.insert("citizen-active")
    counting = Cut(readers, 0)
    whole_visit(counting, pin_of("citizen-active"))
    counting.disconnect()
    total = counting.count
    # The portrait is one command like the other many times over: its middle is not repeated.
    for at in [*range(1, 20), *range(total - 20, total + 1)]:
        readers.insert("citizen-active")
        pin = pin_of("citizen-active")
        cut = Cut(readers, at)
        with pytest.raises(CardRemoved):
            whole_visit(cut, pin)
        assert cut.count == at


class Garbled:
    """Answers everything as the card does, but the ``at``-th reply is ``reply``."""

    def __init__(self, inner: CardConnection, at: int, reply: bytes) -> None:
        self._inner, self._at, self._reply = inner, at, reply
        self.reader, self.atr, self.protocol = inner.reader, inner.atr, inner.protocol
        self.count = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        reply = self._inner.transmit(apdu)
        return self._reply if self.count == self._at else reply

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)


@pytest.mark.parametrize(
    "reply", [b"", b"\x90", b"\x90\x00", b"\x6f\x00", b"\x61\x10", bytes(256) + b"\x90\x00"]
)
def test_nonsense_at_any_command_is_a_typed_error(reply: bytes) -> None:
    readers = SimulatedReaders(protocol=Protocol7816.T1)
    readers.insert("citizen-active")
    failed = 0
    for at in range(1, 40):
        connection = readers.connect(READER)
        try:
            whole_visit(Garbled(connection, at, reply), pin_of("citizen-active"))
        except CardError:
            failed += 1
        connection.disconnect()
    assert failed


@settings(max_examples=40, deadline=None)
@given(
    replies=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.binary(max_size=40).map(lambda data: data + b"\x90\x00"),
            st.just(bytes.fromhex("5312341001020304050607080910111213141516") + b"\x90\x00"),
            st.just(b"\x61\x10"),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_card_that_answers_anything_ends_in_a_typed_error(replies: list[bytes]) -> None:
    card = RepeatingConnection(replies)
    with pytest.raises(CardError):
        whole_visit(card, pin_of("citizen-active"))
    assert card.count < 1000


def test_no_log_holds_a_pin_or_a_person(caplog: pytest.LogCaptureFixture) -> None:
    holder = persona("citizen-active")
    with structlog.testing.capture_logs() as logs, caplog.at_level(logging.DEBUG):
        card = open_persona("citizen-active")
        with pytest.raises(PinWrong):
            card.verify_pin(bytearray(b"135790"))
        card.sign(KeyPurpose.SIGNATURE, b"message", pin_of("citizen-active"))
        with pytest.raises(ObjectNotFound):
            open_persona("citizen-new").certificate(KeyPurpose.SIGNATURE)
    assert logs
    written = repr(logs) + caplog.text + repr(card) + repr(card.identity())
    for secret in ("135790", holder.pin, holder.civil_number, holder.name_ar, holder.surname_en):
        assert secret is not None
        assert secret not in written
        assert secret.encode().hex() not in written


def test_jws_is_verified_by_an_independent_library() -> None:
    for persona_id in ("citizen-active", "resident-worker"):
        card = open_persona(persona_id)
        pin = pin_of(persona_id)
        token = sign_compact(card, KeyPurpose.SIGNATURE, b'{"a":1}', pin, "application+json")
        assert pin == bytearray(6)
        head = token.split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        assert header["typ"] == "application+json"
        leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
        assert leaf == card.certificate(KeyPurpose.SIGNATURE)
        public = leaf.public_key()
        token_read = jws.JWS()
        token_read.deserialize(token, jwk.JWK.from_pyca(public))
        assert token_read.payload == b'{"a":1}'


def test_jws_with_a_wrong_pin() -> None:
    card, pin = open_persona("citizen-active"), bytearray(b"000000")
    with pytest.raises(PinWrong):
        sign_compact(card, KeyPurpose.SIGNATURE, b"{}", pin, "application+json")
    assert pin == bytearray(6)


def test_through_a_worker() -> None:
    readers = SimulatedReaders()
    readers.insert("citizen-active")
    worker = CardWorker(lambda: readers.connect(READER))
    card = worker.submit(lambda connection: open_card(connection, STORE, clock)).result(10)
    identity = worker.submit(lambda _: card.identity()).result(10)
    assert identity.civil_number == persona("citizen-active").civil_number
    readers.remove()
    assert isinstance(worker.submit(lambda _: card.pin_info()).exception(10), CardRemoved)
    worker.close()


# Through the real pcscd -------------------------------------------------------------------------


@contextmanager
def in_virtual_reader(persona_id: str) -> Iterator[None]:
    stop = threading.Event()
    card = issue(persona(persona_id), protocol=Protocol7816.T0)
    serving = threading.Thread(target=serve, args=(card, "127.0.0.1", VPCD_PORTS[0], stop))
    serving.start()
    try:
        yield
    finally:
        stop.set()
        serving.join(10)


@contextmanager
def watched() -> Iterator[tuple[PcscReaders, Callable[[type[ReaderEvent]], ReaderEvent]]]:
    events: queue.Queue[ReaderEvent] = queue.Queue()
    readers = PcscReaders()
    readers.start(events.put)

    def expect(kind: type[ReaderEvent]) -> ReaderEvent:
        give_up = time.monotonic() + 10
        while True:
            event = events.get(timeout=max(0.01, give_up - time.monotonic()))
            if isinstance(event, kind):
                return event

    try:
        yield readers, expect
    finally:
        readers.stop()


@pytest.mark.pcscd
def test_a_visit_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with watched() as (readers, expect):
        with in_virtual_reader("citizen-active"):
            inserted = expect(CardInserted)
            assert isinstance(inserted, CardInserted)
            worker = CardWorker(lambda: readers.connect(inserted.reader))

            def visit(connection: CardConnection) -> None:
                assert connection.atr == inserted.atr
                card = open_card(connection, STORE, clock)
                holder = persona("citizen-active")
                assert card.serial == holder.card_serial
                assert card.identity().name_ar == holder.name_ar
                assert card.photo() == holder.face
                assert card.pin_info() == PinInfo(3, blocked=False)
                with pytest.raises(PinWrong):
                    card.verify_pin(bytearray(b"000000"))
                card.verify_pin(pin_of("citizen-active"))
                for purpose in PURPOSES:
                    signature = card.sign(purpose, b"message", pin_of("citizen-active"))
                    certificate = card.certificate(purpose)
                    verify(certificate, signature.algorithm, signature.value, b"message")

            worker.submit(visit).result(30)
            worker.close()
        expect(CardTaken)


@pytest.mark.pcscd
def test_bad_cards_through_the_real_pcscd(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with watched() as (readers, expect):
        with in_virtual_reader("forged"):
            expect(CardInserted)
            connection = readers.connect(VIRTUAL_READER)
            with pytest.raises(CardNotGenuine):
                open_card(connection, STORE, clock).identity()
            connection.disconnect()
        expect(CardTaken)
        with in_virtual_reader("mute"):
            expect(CardMuteInserted)
            with pytest.raises(CardMute):
                readers.connect(VIRTUAL_READER)
        expect(CardTaken)
        with in_virtual_reader("foreign"):
            expect(CardInserted)
            connection = readers.connect(VIRTUAL_READER)
            with pytest.raises(CardNotSupported):
                open_card(connection, STORE, clock)
            connection.disconnect()


def test_an_impostor_who_calls_himself_like_the_states_issuer() -> None:
    """Same names, same key identifiers, same serial number; only the signature is another's."""
    memory = personalised(persona("citizen-active"))
    container = memory.objects[CERTIFICATES[0x9A]]
    genuine = x509.load_der_x509_certificate(dict(parse(container))[0x70])
    builder = (
        x509.CertificateBuilder()
        .subject_name(genuine.subject)
        .issuer_name(genuine.issuer)
        .public_key(genuine.public_key())
        .serial_number(genuine.serial_number)
        .not_valid_before(genuine.not_valid_before_utc)
        .not_valid_after(genuine.not_valid_after_utc)
    )
    for extension in genuine.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    forged = builder.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA384())
    memory.objects[CERTIFICATES[0x9A]] = certificate_container(forged.public_bytes(Encoding.DER))
    readers = SimulatedReaders()
    readers.insert_card(issue("citizen-active", state=memory))
    card = open_card(readers.connect(READER), STORE, clock)
    pin = pin_of("citizen-active")
    with pytest.raises(CardNotGenuine) as refused:
        card.sign(KeyPurpose.AUTHENTICATION, b"message", pin)
    assert refused.value.reason is Untrusted.UNKNOWN_ISSUER
    assert pin == bytearray(6)
    # The other certificate is the state's and stays good.
    assert card.certificate(KeyPurpose.SIGNATURE)
