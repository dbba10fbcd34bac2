"""Keys of the PIV application: signatures, the management key, key generation."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from cardreader.simulator import issue, management_key, persona
from cardreader.simulator.ber import parse, tlv
from tests.cardreader.simulator.cards import (
    MANAGEMENT_KEY,
    PIV_AID,
    challenge,
    general_authenticate,
    get_data,
    piv,
    powered,
    response,
    scratch,
    select,
    send,
    sw,
    verify,
    whole,
)

DIGEST = hashlib.sha256(b"an application").digest()


def certificate(card, tag: str) -> x509.Certificate:
    data, status = get_data(card, tag)
    assert status == 0x9000
    container = dict(parse(dict(parse(data))[0x53]))
    assert container[0x71] == b"\x00"
    return x509.load_der_x509_certificate(container[0x70])


def pkcs1(digest: bytes) -> bytes:
    info = bytes.fromhex("3031300d060960864801650304020105000420") + digest
    return b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info


def authenticate_manager(card, algorithm: int, key: bytes) -> None:
    """Mutual authentication with key 9B, as a personalisation system does it."""
    cipher = Cipher(TripleDES(key) if algorithm == 3 else AES(key), modes.ECB())  # noqa: S305 - the protocol is the bare block cipher
    block = 8 if algorithm == 3 else 16
    reply, status = general_authenticate(card, algorithm, 0x9B, b"\x80\x00")
    assert status == 0x9000
    witness = cipher.decryptor().update(reply[4:])
    own = bytes(range(block))
    reply, status = general_authenticate(
        card, algorithm, 0x9B, tlv(0x80, witness) + tlv(0x81, own) + b"\x82\x00"
    )
    assert status == 0x9000
    assert cipher.decryptor().update(response(reply)) == own


def test_rsa_signs_what_the_certificate_verifies():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    reply, status = general_authenticate(card, 0x07, 0x9A, challenge(pkcs1(DIGEST)))
    assert status == 0x9000
    key = certificate(card, "5FC105").public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(response(reply), DIGEST, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


@pytest.mark.parametrize(
    ("persona_id", "key", "algorithm", "tag", "digest", "pin"),
    [
        ("citizen-active", 0x9C, 0x11, "5FC10A", hashes.SHA256(), "246813"),
        ("resident-worker", 0x9A, 0x11, "5FC105", hashes.SHA256(), "591374"),
        ("employer-owner", 0x9C, 0x14, "5FC10A", hashes.SHA384(), "730528"),
        ("operator", 0x9A, 0x14, "5FC105", hashes.SHA384(), "418265"),
    ],
)
def test_elliptic_curves_sign_what_the_certificate_verifies(
    persona_id, key, algorithm, tag, digest, pin
):
    card = piv(persona_id)
    assert verify(card, pin) == 0x9000
    value = hashlib.new(digest.name, b"an application").digest()
    reply, status = general_authenticate(card, algorithm, key, challenge(value))
    assert status == 0x9000
    public = certificate(card, tag).public_key()
    public.verify(response(reply), value, ec.ECDSA(Prehashed(digest)))


def test_a_chained_request_signs_like_an_extended_one():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    template = b"\x7c\x82\x01\x06" + challenge(pkcs1(DIGEST))
    assert len(template) == 266
    assert sw(card, bytes.fromhex("1087079AFF") + template[:255]) == 0x9000
    reply, status = whole(card, bytes.fromhex("0087079A0B") + template[255:] + b"\x00")
    assert status == 0x9000
    extended, _ = general_authenticate(card, 0x07, 0x9A, challenge(pkcs1(DIGEST)))
    assert reply == extended


@pytest.mark.parametrize(("key", "algorithm"), [(0x9A, 0x07), (0x9C, 0x11)])
def test_no_signature_without_the_pin(key, algorithm):
    value = pkcs1(DIGEST) if algorithm == 0x07 else DIGEST
    assert general_authenticate(piv("citizen-active"), algorithm, key, challenge(value)) == (
        b"",
        0x6982,
    )


def test_9c_signs_once_per_verify():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    assert general_authenticate(card, 0x11, 0x9C, challenge(DIGEST))[1] == 0x9000
    assert general_authenticate(card, 0x11, 0x9C, challenge(DIGEST))[1] == 0x6982
    assert verify(card, "246813") == 0x9000
    assert general_authenticate(card, 0x11, 0x9C, challenge(DIGEST))[1] == 0x9000


def test_9a_signs_as_often_as_asked_once_the_pin_is_there():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    for _ in range(3):
        assert general_authenticate(card, 0x07, 0x9A, challenge(pkcs1(DIGEST)))[1] == 0x9000


def test_a_refused_request_does_not_use_the_verify_up():
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    assert general_authenticate(card, 0x11, 0x9C, challenge(bytes(33)))[1] == 0x6A80
    assert general_authenticate(card, 0x11, 0x9C, challenge(DIGEST))[1] == 0x9000


@pytest.mark.parametrize(
    ("algorithm", "key", "template", "status"),
    [
        (0x11, 0x9A, challenge(DIGEST), 0x6A86),  # 9A is RSA here
        (0x14, 0x9C, challenge(DIGEST), 0x6A86),
        (0x11, 0x9D, challenge(DIGEST), 0x6A88),  # no key in there
        (0x11, 0x42, challenge(DIGEST), 0x6A88),
        (0x07, 0x9A, challenge(bytes(255)), 0x6A80),
        (0x07, 0x9A, challenge(b"\xff" * 256), 0x6A80),  # larger than any modulus
        (0x11, 0x9C, b"\x82\x00", 0x6A80),
        (0x11, 0x9C, b"\x82\x00\x81\x00", 0x6A80),
        (0x11, 0x9C, b"\x81\x7f", 0x6A80),
    ],
)
def test_requests_that_make_no_sense(algorithm, key, template, status):
    card = piv("citizen-active")
    assert verify(card, "246813") == 0x9000
    assert general_authenticate(card, algorithm, key, template) == (b"", status)


def test_data_outside_the_template_is_refused():
    card = piv("citizen-active")
    assert sw(card, "0087119C048200810000") == 0x6A80


def test_signatures_repeat_to_the_bit():
    def signature() -> bytes:
        card = piv("citizen-active")
        verify(card, "246813")
        return general_authenticate(card, 0x11, 0x9C, challenge(DIGEST))[0]

    assert signature() == signature()


class TestManagementKey:
    def test_mutual_authentication_opens_the_card_for_writing(self):
        card, _ = scratch()
        put = "00DB3FFF0A5C035FC10B5303700100"
        assert sw(card, put) == 0x6982
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        assert sw(card, put) == 0x9000
        assert get_data(card, "5FC10B") == (bytes.fromhex("5303700100"), 0x9000)

    def test_the_shipped_key_is_diversified_by_card(self):
        card = piv("citizen-active")
        authenticate_manager(card, 0x0C, management_key(persona("citizen-active").card_serial))
        assert management_key(persona("operator").card_serial) != management_key(
            persona("citizen-active").card_serial
        )

    def test_a_wrong_witness_is_refused_and_spent(self):
        card, _ = scratch()
        general_authenticate(card, 0x0C, 0x9B, b"\x80\x00")
        answer = tlv(0x80, bytes(16)) + tlv(0x81, bytes(16))
        assert general_authenticate(card, 0x0C, 0x9B, answer)[1] == 0x6982
        assert general_authenticate(card, 0x0C, 0x9B, answer)[1] == 0x6985
        assert sw(card, "00DB3FFF0A5C035FC10B5303700100") == 0x6982

    def test_single_authentication(self):
        card, _ = scratch()
        reply, status = general_authenticate(card, 0x0C, 0x9B, b"\x81\x00")
        assert status == 0x9000
        cipher = Cipher(AES(MANAGEMENT_KEY), modes.ECB()).encryptor()  # noqa: S305 - as above
        answer = tlv(0x82, cipher.update(reply[4:]))
        assert general_authenticate(card, 0x0C, 0x9B, answer) == (b"", 0x9000)
        assert general_authenticate(card, 0x0C, 0x9B, answer)[1] == 0x6985, "no replay"

    def test_a_failed_attempt_closes_what_was_open(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        general_authenticate(card, 0x0C, 0x9B, b"\x81\x00")
        general_authenticate(card, 0x0C, 0x9B, tlv(0x82, bytes(16)))
        assert sw(card, "00DB3FFF0A5C035FC10B5303700100") == 0x6982

    def test_reset_closes_it(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        card.reset()
        select(card, PIV_AID)
        assert sw(card, "00DB3FFF0A5C035FC10B5303700100") == 0x6982

    @pytest.mark.parametrize("algorithm", [0x03, 0x08, 0x0A])
    def test_another_algorithm_than_the_keys_is_refused(self, algorithm):
        card, _ = scratch()
        assert general_authenticate(card, algorithm, 0x9B, b"\x80\x00") == (b"", 0x6A86)

    def test_a_challenge_of_the_wrong_size_is_refused(self):
        card, _ = scratch()
        general_authenticate(card, 0x0C, 0x9B, b"\x80\x00")
        wrong = tlv(0x80, bytes(16)) + tlv(0x81, bytes(8))
        assert general_authenticate(card, 0x0C, 0x9B, wrong)[1] == 0x6A80

    def test_it_gives_random_bytes_to_whoever_asks(self):
        card = piv("citizen-active")
        first, status = send(card, "0087009B047C02810000")
        second, _ = send(card, "0087009B047C02810000")
        assert status == 0x9000
        assert len(first) == 20
        assert first != second

    def test_triple_des_as_older_software_has_it(self):
        card, memory = scratch()
        memory.management_algorithm, memory.management_key = 0x03, bytes(range(24))
        authenticate_manager(card, 0x03, bytes(range(24)))
        assert sw(card, "00DB3FFF0A5C035FC10B5303700100") == 0x9000


class TestGenerate:
    @pytest.mark.parametrize(("algorithm", "size"), [(0x11, 32), (0x14, 48)])
    def test_a_new_curve_key_signs(self, algorithm, size):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        reply, status = whole(card, f"0047009A05AC038001{algorithm:02X}00")
        assert status == 0x9000
        point = dict(parse(dict(parse(reply))[0x7F49]))[0x86]
        curve = ec.SECP256R1() if size == 32 else ec.SECP384R1()
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
        self._first_pin(card)
        digest = bytes(range(size))
        reply, status = general_authenticate(card, algorithm, 0x9A, challenge(digest))
        assert status == 0x9000
        hash_algorithm = hashes.SHA256() if size == 32 else hashes.SHA384()
        public.verify(response(reply), digest, ec.ECDSA(Prehashed(hash_algorithm)))

    def test_a_new_rsa_key_signs(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        reply, status = whole(card, "0047009C05AC0380010700")
        assert status == 0x9000
        parts = dict(parse(dict(parse(reply))[0x7F49]))
        public = rsa.RSAPublicNumbers(
            int.from_bytes(parts[0x82], "big"), int.from_bytes(parts[0x81], "big")
        ).public_key()
        self._first_pin(card)
        reply, status = general_authenticate(card, 0x07, 0x9C, challenge(pkcs1(DIGEST)))
        assert status == 0x9000
        public.verify(response(reply), DIGEST, padding.PKCS1v15(), Prehashed(hashes.SHA256()))

    def test_ecdh_with_the_key_management_key(self):
        card, _ = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        reply, _ = whole(card, "0047009D05AC0380011100")
        point = dict(parse(dict(parse(reply))[0x7F49]))[0x86]
        self._first_pin(card)
        own = ec.generate_private_key(ec.SECP256R1())
        numbers = own.public_key().public_numbers()
        encoded = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        reply, status = general_authenticate(card, 0x11, 0x9D, b"\x82\x00" + tlv(0x85, encoded))
        assert status == 0x9000
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        assert response(reply) == own.exchange(ec.ECDH(), other)
        off_curve = b"\x82\x00" + tlv(0x85, b"\x04" + bytes(64))
        assert general_authenticate(card, 0x11, 0x9D, off_curve) == (b"", 0x6A80)

    def test_the_key_is_not_for_everybody_to_replace(self):
        card = piv("citizen-active")
        assert verify(card, "246813") == 0x9000
        assert sw(card, "0047009A05AC0380011100") == 0x6982

    @pytest.mark.parametrize(
        ("command", "status"),
        [
            ("0047009A05AC0380010500", 0x6A80),  # RSA-3072 is not offered
            ("0047009A02AC0000", 0x6A80),
            ("0047009A0380011100", 0x6A80),
            ("0047009B05AC0380011100", 0x6A88),
            ("0047019A05AC0380011100", 0x6A86),
        ],
    )
    def test_requests_that_make_no_sense(self, command, status):
        card, memory = scratch()
        authenticate_manager(card, 0x0C, MANAGEMENT_KEY)
        assert sw(card, command) == status
        assert memory.keys == {}

    @staticmethod
    def _first_pin(card) -> None:
        assert sw(card, bytes.fromhex("0024018008") + b"975310\xff\xff") == 0x9000
        assert verify(card, "975310") == 0x9000


def test_an_activated_card_matches_its_certificates_key_by_key():
    for persona_id in ("citizen-active", "operator", "unknown-issuer", "revoked", "expired"):
        card = powered(persona_id)
        select(card, PIV_AID)
        first, second = certificate(card, "5FC105"), certificate(card, "5FC10A")
        assert first.public_key() != second.public_key()
        assert first.subject == second.subject


def test_a_new_card_has_no_keys_and_no_certificates():
    card = issue("citizen-new")
    card.power_on()
    select(card, PIV_AID)
    assert get_data(card, "5FC105") == (b"", 0x6A82)
    assert get_data(card, "5FC10A") == (b"", 0x6A82)
    assert general_authenticate(card, 0x11, 0x9A, challenge(DIGEST)) == (b"", 0x6A88)
