"""What a card's certificates say, and the keys that get none."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from backend_stub import Settings
from cardreader.simulator.issuing_files import ISSUING_CA_CERTIFICATE

from .conftest import RunningCentral, Start
from .issuing_card import NEW, Relay, approved, b64, new_chip, on_sqlite, refusal, register, subject


@on_sqlite
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256"])
def test_profiles(issuing_settings: Settings, start_central: Start, algorithm: str) -> None:
    office = start_central(issuing_settings)
    relay = approved(office)
    relay.chip.algorithm = algorithm
    certificates = relay.activate()
    authority = x509.load_pem_x509_certificate(ISSUING_CA_CERTIFICATE.read_bytes())
    numbers = {one.serial_number for one in certificates.values()}
    assert len(numbers) == 2
    for purpose, certificate in certificates.items():
        certificate.verify_directly_issued_by(authority)
        assert certificate.public_key() == relay.chip.keys[purpose].public_key()
        assert certificate.serial_number.bit_length() > 120
        assert subject(certificate) == ["OM", NEW.name_en, NEW.civil_number]
        assert certificate.not_valid_before_utc == office.clock.now - timedelta(minutes=5)
        assert certificate.not_valid_after_utc == office.clock.now + timedelta(days=5 * 365)
        found = {one.oid: one for one in certificate.extensions}
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert basic.critical
        assert basic.value == x509.BasicConstraints(ca=False, path_length=None)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert usage.critical
        assert usage.value.digital_signature == (purpose == "authentication")
        assert usage.value.content_commitment == (purpose == "signature")
        assert not usage.value.key_encipherment
        assert not usage.value.key_cert_sign
        assert (x509.ExtendedKeyUsage.oid in found) == (purpose == "authentication")
        subject_key = found[x509.SubjectKeyIdentifier.oid].value
        assert subject_key == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
        own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        issuer_key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        assert issuer_key.value.key_identifier == own.digest
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert (
            policies == authority.extensions.get_extension_for_class(x509.CertificatePolicies).value
        )
        (crl,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert crl.full_name == [x509.UniformResourceIdentifier("https://central.test/v1/crl")]
        places = {
            one.access_method: one.access_location.value
            for one in certificate.extensions.get_extension_for_class(
                x509.AuthorityInformationAccess
            ).value
        }
        assert places == {
            AuthorityInformationAccessOID.OCSP: "https://central.test/v1/ocsp",
            AuthorityInformationAccessOID.CA_ISSUERS: "https://central.test/v1/ca.p7c",
        }
    use = certificates["authentication"].extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert list(use.value) == [ExtendedKeyUsageOID.CLIENT_AUTH]


@on_sqlite
def test_no_certificate_outlives_the_card(issuing_settings: Settings, start_central: Start) -> None:
    office = start_central(issuing_settings)
    office.clock.now = datetime(2034, 11, 30, 10, tzinfo=UTC)
    certificate = approved(office).activate()["signature"]
    # The card's last day ends at midnight in Muscat.
    assert certificate.not_valid_after_utc == datetime(2034, 11, 30, 19, 59, 59, tzinfo=UTC)
    office.clock.advance(days=1)
    assert refusal(Relay(office, new_chip()).ask_for_code(NEW.civil_number)) == "not-eligible"


def test_racing_requests_for_two_keys_get_one_certificate(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(6)]
    start = threading.Barrier(len(keys))

    def certify(key: ec.EllipticCurvePrivateKey) -> int:
        start.wait(10)
        return relay.certify("signature", key=key).status_code

    with ThreadPoolExecutor(len(keys)) as pool:
        assert sorted(pool.map(certify, keys)) == [200, 422, 422, 422, 422, 422]


@on_sqlite
def test_another_key_for_a_purpose_that_has_a_certificate(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    relay.certified("signature")
    del relay.chip.keys["signature"]
    assert refusal(relay.certify("signature")) == "key-refused"


def test_one_key_for_both_purposes(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    relay.certified("signature")
    relay.chip.keys["authentication"] = relay.chip.keys["signature"]
    assert refusal(relay.certify("authentication")) == "key-refused"


def test_a_key_of_another_card(office: RunningCentral) -> None:
    other = Relay(office, register(office))
    other.activate()
    relay = approved(office)
    relay.chip.keys = other.chip.keys
    relay.begin()
    relay.authenticate()
    assert refusal(relay.certify("signature")) == "key-refused"


REQUESTS: dict[str, dict[str, Any]] = {
    "another purpose": {"common_name": "authentication"},
    "another card": {"serial": "00" * 16},
    "a second serial number": {
        "more": [x509.NameAttribute(NameOID.SERIAL_NUMBER, NEW.card_serial)]
    },
    "a country": {"more": [x509.NameAttribute(NameOID.COUNTRY_NAME, "OM")]},
    "attributes": {"extensions": [x509.BasicConstraints(ca=True, path_length=None)]},
    "SHA-384 by P-256": {"digest": hashes.SHA384()},
    "a weak curve": {"key": ec.generate_private_key(ec.SECP224R1())},
    "a curve unknown here": {"key": ec.generate_private_key(ec.SECP521R1())},
    "a short RSA key": {"key": rsa.generate_private_key(65537, 1024)},  # noqa: S505 - to be refused
    "a long RSA key": {"key": rsa.generate_private_key(65537, 3072)},
    "exponent 3": {"key": rsa.generate_private_key(3, 2048)},
}


@on_sqlite
def test_requests_that_are_refused(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    for what, changes in REQUESTS.items():
        assert refusal(relay.certify("signature", **changes)) == "key-refused", what
    relay.certified("signature")


@on_sqlite
def test_a_request_that_the_key_did_not_sign(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    good = relay.chip.request("signature")
    edwards = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.load_der_x509_csr(good).subject)
        .sign(ed25519.Ed25519PrivateKey.generate(), None)
        .public_bytes(serialization.Encoding.DER)
    )
    flipped = bytearray(good)
    flipped[-1] ^= 1
    for request in (bytes(flipped), good[:-1], good + b"\x00", b"", b"\x30\x00", edwards):
        body = {"purpose": "signature", "request": b64(request)}
        assert refusal(relay.post("/certificates", body)) == "key-refused"
