"""Activation of simulated cards: national ones and other makers', interrupted anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources

import pytest
import structlog
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from cardreader.activation import Activation, ActivationStep, activate, card_state
from cardreader.apdu import CardConnection, CommandApdu, Protocol7816, ResponseApdu
from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    AuthorityUnavailable,
    CardAuthority,
    CertificateConflict,
    ManagementAlgorithm,
    ManagerAnswer,
    RefusalReason,
)
from cardreader.errors import (
    CardNotGenuine,
    CardRemoved,
    PinBlocked,
    PinWrong,
    PukBlocked,
    PukWrong,
)
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pin import MalformedPin
from cardreader.pki import KeyPurpose, PinInfo, Signature
from cardreader.simulator import (
    READER,
    TRUST,
    KeyType,
    SimulatedCard,
    SimulatedReaders,
    management_key,
    persona,
)
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.issuer import MANAGEMENT_MASTER
from cardreader.simulator.piv import PivApplication
from cardreader.simulator.state import CardMemory, padded
from cardreader.simulator.status import Refusal, Status
from cardreader.trust import TrustStore

STORE = TrustStore.load(TRUST)
NEW = persona("citizen-new")
PIN = b"482913"
VENDOR_KEY = bytes(range(1, 9)) * 3
T0, T1 = Protocol7816.T0, Protocol7816.T1


def clock() -> datetime:
    return datetime(2026, 11, 1, 9, tzinfo=UTC)


def authority() -> SimulatedAuthority:
    office = SimulatedAuthority()
    office.register(NEW)
    return office


def opened(readers: SimulatedReaders) -> NationalIdCard:
    return open_card(readers.connect(READER), STORE, clock)


def test_management_key_as_documented() -> None:
    """The derivation of :class:`CardAuthority`'s docstring, written a second time."""
    file = resources.files("cardreader.simulator") / "data" / "keys" / MANAGEMENT_MASTER
    master = bytes.fromhex(json.loads(file.read_text())["key"])
    key = b""
    for counter in (b"\x01", b"\x02"):
        mac = CMAC(AES(master))
        mac.update(counter + b"manfadh piv 9B\x00" + bytes.fromhex(NEW.card_serial) + b"\x01\x00")
        key += mac.finalize()
    assert management_key(NEW.card_serial) == key


@pytest.mark.parametrize("protocol", [T0, T1])
def test_a_new_card_is_activated_and_signs(protocol: Protocol7816) -> None:
    readers = SimulatedReaders(protocol=protocol)
    readers.insert(NEW.id)
    card, office, steps = opened(readers), authority(), list[ActivationStep]()
    assert card_state(card).pin == PinInfo(None, blocked=False, transport=True)
    assert not card_state(card).certificates
    pin = bytearray(PIN)
    result = activate(card, office, pin, steps.append)
    assert pin == bytearray(6)
    assert steps == list(ActivationStep)
    assert not result.was_active
    assert set(result.certificates) == set(KeyPurpose)
    assert office.issued == 2
    assert card_state(card).is_complete
    readers.remove()
    readers.insert(NEW.id)
    card = opened(readers)
    for purpose in KeyPurpose:
        card.sign(purpose, b"message", bytearray(PIN))
    assert card.pin_info() == PinInfo(None, blocked=False)


def test_an_active_card_is_left_alone() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    office = authority()
    activate(opened(readers), office, bytearray(PIN))
    readers.insert(NEW.id)
    card = opened(readers)
    again = activate(card, office, bytearray(b"907152"))
    assert again.was_active
    assert office.issued == 2
    assert card.pin_info() == PinInfo(3, blocked=False)


@pytest.mark.parametrize("kind", list(KeyType))
def test_every_kind_of_key(kind: KeyType) -> None:
    readers = SimulatedReaders(protocol=T0)
    readers.insert(NEW.id)
    office = SimulatedAuthority()
    office.register(replace(NEW, authentication_key=kind, signature_key=kind))
    activate(opened(readers), office, bytearray(PIN))


class Cut:
    """Pulls the card before or after its ``at``-th command."""

    def __init__(self, readers: SimulatedReaders, at: int, *, after: bool) -> None:
        self._readers, self._at, self._after = readers, at, after
        self._inner = readers.connect(READER)
        self.reader, self.atr, self.protocol = READER, self._inner.atr, self._inner.protocol
        self.count = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count == self._at and not self._after:
            self._readers.remove()
        reply = self._inner.transmit(apdu)
        if self.count == self._at:
            self._readers.remove()
            raise CardRemoved("power failed before the answer arrived")
        return reply

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)


@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_between_any_two_commands_is_made_good(after: bool) -> None:
    """The card is put back after every cut; in the end one certificate for each key, one PIN."""
    at, cuts = 1, 0
    while True:
        readers, office = SimulatedReaders(protocol=T0), authority()
        readers.insert(NEW.id)
        connection = Cut(readers, at, after=after)
        try:
            activate(open_card(connection, STORE, clock), office, bytearray(PIN))
        except CardRemoved:
            cuts += 1
            readers.insert(NEW.id)
            activate(opened(readers), office, bytearray(PIN))
        else:
            break
        assert office.issued == 2
        readers.insert(NEW.id)
        card = opened(readers)
        for purpose in KeyPurpose:
            card.sign(purpose, b"message", bytearray(PIN))
        at += 1
    assert cuts > 30


class Interrupted:
    """An authority whose ``at``-th call is done, but whose answer gets lost, or not done at all."""

    def __init__(self, inner: CardAuthority, at: int, *, done: bool) -> None:
        self._inner, self._at, self._done = inner, at, done
        self.count = 0

    def _call(self, call: Callable[[], object]) -> object:
        self.count += 1
        if self.count != self._at:
            return call()
        if self._done:
            call()
        raise AuthorityUnavailable("the network is gone")

    def begin(self, serial: str) -> ActivationRecord:
        return self._call(lambda: self._inner.begin(serial))

    def answer_witness(self, serial: str, witness: bytes) -> ManagerAnswer:
        return self._call(lambda: self._inner.answer_witness(serial, witness))

    def check_response(self, serial: str, response: bytes) -> None:
        self._call(lambda: self._inner.check_response(serial, response))

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        return self._call(lambda: self._inner.certify(serial, purpose, request))

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        self._call(lambda: self._inner.complete(serial, proofs))


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_lost_network_at_any_call_is_made_good(at: int, done: bool) -> None:
    readers, office = SimulatedReaders(), authority()
    readers.insert(NEW.id)
    card, pin = opened(readers), bytearray(PIN)
    with pytest.raises(AuthorityUnavailable):
        activate(card, Interrupted(office, at, done=done), pin)
    assert pin == bytearray(6)
    activate(card, office, bytearray(PIN))
    assert office.issued == 2
    card.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))


def test_another_pin_in_the_second_attempt_is_a_wrong_pin() -> None:
    readers, office = SimulatedReaders(), authority()
    readers.insert(NEW.id)
    card = opened(readers)
    with pytest.raises(AuthorityUnavailable):
        activate(card, Interrupted(office, 4, done=False), bytearray(PIN))
    with pytest.raises(PinWrong) as wrong:
        activate(card, office, bytearray(b"907152"))
    assert wrong.value.tries_left == 2
    activate(card, office, bytearray(PIN))
    assert card.pin_info().blocked is False


def test_a_card_that_does_not_know_its_management_key() -> None:
    readers, office = SimulatedReaders(), SimulatedAuthority()
    readers.insert(NEW.id)
    office.register(NEW, key=bytes(32))
    card = opened(readers)
    with pytest.raises(ActivationRefused) as refused:
        activate(card, office, bytearray(PIN))
    assert refused.value.reason is RefusalReason.CARD_NOT_AUTHENTIC
    assert card_state(card).pin.transport


def test_an_unknown_card() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with pytest.raises(ActivationRefused) as refused:
        activate(opened(readers), SimulatedAuthority(), bytearray(PIN))
    assert refused.value.reason is RefusalReason.UNKNOWN_CARD


@pytest.mark.parametrize("pin", [b"", b"12345", b"12345x"])
def test_what_is_no_pin_touches_nothing(pin: bytes) -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with pytest.raises(MalformedPin):
        activate(opened(readers), authority(), bytearray(pin))


def test_a_forged_card_gets_no_pin() -> None:
    readers = SimulatedReaders()
    readers.insert("forged")
    with pytest.raises(CardNotGenuine):
        activate(opened(readers), authority(), bytearray(PIN))


def test_a_key_that_somebody_else_made_later() -> None:
    """The certificate stands on the card and the key is another: found by the test signature."""
    memory = vendor_memory()
    office = vendor_authority()
    connection = inserted(memory)
    with pytest.raises(AuthorityUnavailable):
        activate(vendor_card(connection), Interrupted(office, 6, done=False), bytearray(PIN))
    memory.keys[0x9C] = memory.keys[0x9A]
    with pytest.raises(CertificateConflict):
        activate(vendor_card(inserted(memory)), office, bytearray(PIN))


def test_a_key_that_the_chip_has_lost() -> None:
    memory, office = vendor_memory(), vendor_authority()
    with pytest.raises(AuthorityUnavailable):
        activate(vendor_card(inserted(memory)), Interrupted(office, 6, done=False), bytearray(PIN))
    del memory.keys[0x9C]
    pin = bytearray(PIN)
    with pytest.raises(CertificateConflict, match="lost the certificate's key"):
        activate(vendor_card(inserted(memory)), office, pin)
    assert pin == bytearray(6)
    assert office.issued == 2


@pytest.mark.parametrize("empty", [False, True])
def test_a_certificate_that_the_chip_has_lost(empty: bool) -> None:
    """The authority's record says "complete", and the card has nothing to show for it."""
    memory, office = vendor_memory(), vendor_authority()
    activate(vendor_card(inserted(memory)), office, bytearray(PIN))
    [written] = [tag for tag in memory.objects if tag == 0x5FC10A]
    if empty:
        memory.objects[written] = b""
    else:
        del memory.objects[written]
    with pytest.raises(CertificateConflict, match="lost the certificate"):
        activate(vendor_card(inserted(memory)), office, bytearray(PIN))
    assert office.issued == 2


# Cards of other makers ---------------------------------------------------------------------------


class VendorApplication(PivApplication):
    """A PIV application with no object at all, its maker's PIN, and a number of its own."""

    def __init__(
        self, memory: CardMemory, *, metadata: bool = False, insists_on_82: bool = False
    ) -> None:
        super().__init__(memory)
        self._metadata, self._insists = metadata, insists_on_82
        self.commands: list[int] = []

    def process(self, command: CommandApdu) -> ResponseApdu:
        self.commands.append(command.ins)
        if command.ins == 0xF8:
            return ResponseApdu(bytes.fromhex("00BC614E"), Status.OK)
        if command.ins == 0xF7 and self._metadata and command.p2 == 0x80:
            default = self._memory.pin == padded("123456")
            return ResponseApdu(bytes((0x05, 0x01, default)), Status.OK)
        if command.ins == 0x87 and command.p2 == 0x9B and self._insists:
            data = bytes(command.data)
            if b"\x81" in data and not data.endswith(b"\x82\x00"):
                raise Refusal(Status.WRONG_DATA)
        if command.ins == 0x47 and b"\x80\x01\x14" in bytes(command.data):
            raise Refusal(Status.WRONG_DATA)
        return super().process(command)


def vendor_memory(
    algorithm: ManagementAlgorithm = ManagementAlgorithm.TRIPLE_DES, key: bytes = VENDOR_KEY
) -> CardMemory:
    return CardMemory(padded("123456"), 5, b"12345678", 3, algorithm, key)


def vendor_authority(
    algorithm: ManagementAlgorithm = ManagementAlgorithm.TRIPLE_DES,
    key: bytes = VENDOR_KEY,
    kind: KeyType = KeyType.P_256,
) -> SimulatedAuthority:
    office = SimulatedAuthority()
    holder = replace(NEW, authentication_key=kind, signature_key=kind)
    office.register(holder, "00BC614E", algorithm, key)
    return office


def insert_vendor_card(readers: SimulatedReaders, memory: CardMemory, **quirks: bool) -> None:
    application = VendorApplication(memory, **quirks)
    readers.insert_card(SimulatedCard([application], bytes.fromhex("3B80018081"), protocol=T0))


def inserted(memory: CardMemory, **quirks: bool) -> CardConnection:
    readers = SimulatedReaders()
    insert_vendor_card(readers, memory, **quirks)
    return readers.connect(READER)


def vendor_card(connection: CardConnection) -> NationalIdCard:
    return open_card(connection, STORE, clock, identity_required=False)


MANAGEMENT_KEYS = {
    ManagementAlgorithm.TRIPLE_DES: VENDOR_KEY,
    ManagementAlgorithm.AES_128: bytes(range(16)),
    ManagementAlgorithm.AES_192: bytes(range(24)),
    ManagementAlgorithm.AES_256: bytes(range(32)),
}


@pytest.mark.parametrize("quirks", [{}, {"metadata": True}, {"insists_on_82": True}])
@pytest.mark.parametrize("algorithm", list(ManagementAlgorithm))
def test_a_card_of_another_maker(algorithm: ManagementAlgorithm, quirks: dict[str, bool]) -> None:
    key = MANAGEMENT_KEYS[algorithm]
    memory = vendor_memory(algorithm, key)
    card = vendor_card(inserted(memory, **quirks))
    assert card.serial == "00BC614E"
    assert not card.has_identity
    activate(card, vendor_authority(algorithm, key), bytearray(PIN))
    again = vendor_card(inserted(memory, **quirks))
    again.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
    assert again.pin_info().tries_left is None
    assert memory.pin == padded(PIN.decode())


def test_a_kind_of_key_that_the_card_does_not_make_is_passed_over() -> None:
    card = vendor_card(inserted(vendor_memory()))
    result = activate(card, vendor_authority(kind=KeyType.P_384), bytearray(PIN))
    key = result.certificates[KeyPurpose.SIGNATURE].public_key()
    assert key.key_size == 2048


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("metadata", [False, True])
def test_a_power_cut_in_a_card_of_another_maker(after: bool, metadata: bool) -> None:
    at = 1
    while True:
        memory, office, readers = vendor_memory(), vendor_authority(), SimulatedReaders()
        insert_vendor_card(readers, memory, metadata=metadata)
        try:
            activate(vendor_card(Cut(readers, at, after=after)), office, bytearray(PIN))
        except CardRemoved:
            insert_vendor_card(readers, memory, metadata=metadata)
            activate(vendor_card(readers.connect(READER)), office, bytearray(PIN))
        else:
            break
        assert office.issued == 2
        assert memory.pin == padded(PIN.decode())
        at += 1
    assert at > 40


def test_the_vendors_pin_is_not_tried_when_a_try_is_precious() -> None:
    memory = vendor_memory()
    memory.pin, memory.pin_tries = padded("907152"), 2
    with pytest.raises(PinWrong) as wrong:
        activate(vendor_card(inserted(memory)), vendor_authority(), bytearray(PIN))
    assert wrong.value.tries_left == 1


# Change and unblock ------------------------------------------------------------------------------


@pytest.fixture
def active() -> Iterator[NationalIdCard]:
    readers = SimulatedReaders(protocol=T0)
    readers.insert("citizen-active")
    yield opened(readers)


def test_change_pin(active: NationalIdCard) -> None:
    old, new = bytearray(b"246813"), bytearray(PIN)
    active.change_pin(old, new)
    assert old == new == bytearray(6)
    active.sign(KeyPurpose.SIGNATURE, b"message", bytearray(PIN))
    with pytest.raises(PinWrong):
        active.verify_pin(bytearray(b"246813"))


def test_change_with_a_wrong_pin_until_blocked(active: NationalIdCard) -> None:
    for left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            active.change_pin(bytearray(b"000000"), bytearray(PIN))
        assert wrong.value.tries_left == left
    for _ in range(2):
        with pytest.raises(PinBlocked):
            active.change_pin(bytearray(b"000000"), bytearray(PIN))


@pytest.mark.parametrize(("old", "new"), [(b"24681", PIN), (b"246813", b"1234567"), (b"", b"")])
def test_change_with_what_is_no_pin_costs_no_try(
    active: NationalIdCard, old: bytes, new: bytes
) -> None:
    first, second = bytearray(old), bytearray(new)
    with pytest.raises(MalformedPin):
        active.change_pin(first, second)
    assert not any(first + second)
    assert active.pin_info().tries_left == 3


def test_unblock(active: NationalIdCard) -> None:
    for _ in range(3):
        with pytest.raises((PinWrong, PinBlocked)):
            active.verify_pin(bytearray(b"000000"))
    with pytest.raises(PukWrong) as wrong:
        active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    assert wrong.value.tries_left == 2
    puk, new = bytearray(b"83612479"), bytearray(PIN)
    active.unblock_pin(puk, new)
    assert not any(puk + new)
    active.verify_pin(bytearray(PIN))


def test_a_blocked_puk(active: NationalIdCard) -> None:
    for _ in range(2):
        with pytest.raises(PukWrong):
            active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    for _ in range(2):
        with pytest.raises(PukBlocked):
            active.unblock_pin(bytearray(b"00000000"), bytearray(PIN))
    # The PIN itself goes on to work.
    active.verify_pin(bytearray(b"246813"))


def test_no_log_holds_a_secret() -> None:
    readers = SimulatedReaders()
    readers.insert(NEW.id)
    with structlog.testing.capture_logs() as logs:
        card = opened(readers)
        result = activate(card, authority(), bytearray(PIN))
        with pytest.raises(PukWrong):
            card.unblock_pin(bytearray(b"98765432"), bytearray(b"907152"))
        card.change_pin(bytearray(PIN), bytearray(b"907152"))
    written = repr(logs) + repr(card) + repr(ManagerAnswer(b"secret", b"public"))
    assert isinstance(result, Activation)
    assert any(entry["event"] == "card.activated" for entry in logs)
    for secret in (PIN.decode(), "98765432", "907152", "secret", NEW.civil_number, NEW.puk):
        assert secret not in written
        assert secret.encode().hex() not in written
