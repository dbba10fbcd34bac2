"""Card issuing: every step of the protocol, in order, out of order, twice, and tampered with."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from backend_stub import Settings
from backend_stub.limits import Rate, Rates
from backend_stub.office import CardRefused
from cardreader.simulator import persona
from cardreader.simulator.issuing_files import (
    ISSUING_CA_CERTIFICATE,
)

from .conftest import RunningCentral
from .issuing_card import (
    KINDS,
    NEW,
    PURPOSES,
    Chip,
    Relay,
    answered,
    approved,
    b64,
    last_code,
    new_chip,
    on_sqlite,
    proof,
    refusal,
    register,
    unb64,
)

Start = Callable[[Settings], RunningCentral]


# The way it goes ---------------------------------------------------------------------------------


def test_a_new_card_is_activated_and_its_holder_told(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    sent = answered(relay.ask_for_code(NEW.civil_number))
    assert sent["sent_to"] == "•••••110"
    assert sent["expires_at"] == "2026-06-01T06:35:00Z"
    notice = office.notices()[-1]
    assert (notice["channel"], notice["recipient"]) == ("sms", "+96892001110")
    assert NEW.civil_number not in str(notice)
    code = last_code(office)
    approval = answered(relay.enter(code))
    assert approval["expires_at"] == "2026-06-01T07:00:00Z"
    relay.token = approval["token"]
    # Once used, the code stands nowhere any more.
    assert code not in str(office.notices())
    record = relay.begin()
    assert record["management_algorithm"] == 12
    assert (record["certificates"], record["completed"]) == ({}, False)
    assert set(record["key_algorithms"]) == set(PURPOSES)
    relay.authenticate()
    certificates = {purpose: relay.certified(purpose) for purpose in PURPOSES}
    assert relay.complete(record["challenge"]).status_code == 204
    assert "activated" in office.notices()[-1]["text_en"]
    again = relay.begin()
    assert again["completed"] is True
    assert again["challenge"] == record["challenge"]
    for purpose, certificate in certificates.items():
        assert unb64(again["certificates"][purpose]) == der(certificate)


def test_every_step_may_come_twice(office: RunningCentral) -> None:
    relay = approved(office)
    assert relay.begin() == relay.begin()
    relay.authenticate()
    relay.authenticate()
    first = [relay.certified(purpose) for purpose in PURPOSES]
    assert [relay.certified(purpose) for purpose in PURPOSES] == first
    challenge = relay.begin()["challenge"]
    for _ in range(2):
        assert relay.complete(challenge).status_code == 204
    told = [notice for notice in office.notices() if "activated" in notice["text_en"]]
    assert len(told) == 1


def test_it_goes_on_after_a_restart_between_any_two_steps(office: RunningCentral) -> None:
    relay = approved(office)
    office.restart()
    challenge = relay.begin()["challenge"]
    office.restart()
    answer = answered(relay.post("/witness", {"witness": b64(relay.chip.ask_for_witness())}))
    office.restart()
    response = {"response": b64(relay.chip.encrypted(unb64(answer["challenge"])))}
    assert relay.post("/response", response).status_code == 204
    office.restart()
    first = relay.certified("authentication")
    office.restart()
    assert relay.certified("authentication") == first
    relay.certified("signature")
    office.restart()
    assert relay.begin()["challenge"] == challenge
    assert relay.complete(challenge).status_code == 204
    office.restart()
    assert relay.begin()["completed"] is True


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_a_card_of_another_maker_needs_no_code(office: RunningCentral, kind: str) -> None:
    relay = Relay(office, register(office, kind))
    certificates = relay.activate()
    for certificate in certificates.values():
        assert subject(certificate) == ["OM", "Salim Hamad Said Al Harthi", "99014521"]
        assert certificate.not_valid_after_utc - office.clock.now == timedelta(days=5 * 365)
    with pytest.raises(CardRefused, match="revoked first"):
        register(office, kind)


@on_sqlite
def test_a_holder_without_another_card_is_named_by_number(office: RunningCentral) -> None:
    relay = Relay(office, register(office, civil_number="5550001"))
    assert subject(relay.activate()["signature"]) == ["OM", "5550001", "5550001"]


# Certificates ------------------------------------------------------------------------------------


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


# Codes -------------------------------------------------------------------------------------------


def test_three_tries_and_then_another_code(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for left in (2, 1, 0, 0):
        reply = relay.enter(wrong)
        assert (refusal(reply), reply.json()["tries_left"]) == ("code-wrong", left)
    assert refusal(relay.enter(code)) == "code-wrong"
    answered(relay.ask_for_code(NEW.civil_number))
    answered(relay.enter(last_code(office)))


def test_a_code_is_good_once(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    answered(relay.enter(code))
    assert refusal(relay.enter(code)) == "code-wrong"


def test_of_two_that_enter_a_code_at_once_one_gets_in(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    code = last_code(office)
    start = threading.Barrier(4)

    def enter(_: int) -> int:
        start.wait(10)
        return relay.enter(code).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, range(4))) == [200, 403, 403, 403]


def test_a_code_expires(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    office.clock.advance(minutes=5)
    reply = relay.enter(last_code(office))
    assert (refusal(reply), reply.json()["tries_left"]) == ("code-wrong", 0)


def test_a_later_code_replaces_the_one_before(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    answered(relay.ask_for_code(NEW.civil_number))
    first = last_code(office)
    answered(relay.ask_for_code(NEW.civil_number))
    second = last_code(office)
    if first != second:
        assert refusal(relay.enter(first)) == "code-wrong"
    answered(relay.enter(second))


def test_five_codes_an_hour(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    for _ in range(5):
        answered(relay.ask_for_code(NEW.civil_number))
        office.clock.advance(minutes=2)
    reply = relay.ask_for_code(NEW.civil_number)
    assert refusal(reply) == "too-many-codes"
    assert reply.headers["Retry-After"] == "3001"
    assert len(office.notices()) == 5
    office.clock.advance(minutes=50, seconds=1)
    answered(relay.ask_for_code(NEW.civil_number))
    # Codes that nobody entered do not stay readable either.
    stale = [notice["text_en"] for notice in office.notices()[:1]]
    assert not any(character.isdigit() for text in stale for character in text)


@on_sqlite
def test_a_code_goes_to_the_registered_holder_only(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    assert refusal(relay.ask_for_code("99014521")) == "not-eligible"
    unknown = Relay(office, Chip("00" * 16, "aes256", bytes(32)))
    assert refusal(unknown.ask_for_code(NEW.civil_number)) == "unknown-card"
    assert refusal(unknown.enter("123456")) == "unknown-card"
    revoked = persona("revoked")
    other = Relay(office, Chip(revoked.card_serial, "aes256", bytes(32)))
    assert refusal(other.ask_for_code(revoked.civil_number)) == "not-eligible"
    expired = persona("expired")
    other = Relay(office, Chip(expired.card_serial, "aes256", bytes(32)))
    assert refusal(other.ask_for_code(expired.civil_number)) == "not-eligible"
    assert office.notices() == []
    assert relay.enter("12345").status_code == 422
    assert "12345" not in relay.enter("12345").text


@on_sqlite
def test_a_holder_without_a_telephone(office: RunningCentral) -> None:
    relay = Relay(office, register(office, civil_number="5550001"))
    assert refusal(relay.ask_for_code("5550001")) == "no-mobile"


# Approvals ---------------------------------------------------------------------------------------


@on_sqlite
def test_nothing_is_done_without_an_approval(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    block = b64(bytes(16))
    steps: dict[str, dict[str, Any] | None] = {
        "": None,
        "/witness": {"witness": block},
        "/response": {"response": block},
        "/certificates": {"purpose": "signature", "request": block},
        "/completion": {"proofs": {}},
    }
    for token in (None, "", "somebody-elses"):
        relay.token = token
        for step, body in steps.items():
            reply = relay.post(step, body)
            assert refusal(reply) == "not-approved"
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_an_approval_is_for_one_card_and_half_an_hour(office: RunningCentral) -> None:
    relay = approved(office)
    active = persona("citizen-active")
    other = Relay(office, Chip(active.card_serial, "aes256", bytes(32)), relay.token)
    assert refusal(other.post("")) == "not-approved"
    office.clock.advance(minutes=29, seconds=59)
    relay.begin()
    office.clock.advance(seconds=1)
    assert refusal(relay.post("")) == "not-approved"


# Mutual authentication ---------------------------------------------------------------------------


@on_sqlite
def test_a_card_that_does_not_know_the_key(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    answer = answered(relay.post("/witness", {"witness": b64(relay.chip.ask_for_witness())}))
    relay.chip.key = bytes(32)
    forged = relay.chip.encrypted(unb64(answer["challenge"]))
    for value in (forged, forged[:8], b"", forged + forged):
        assert refusal(relay.post("/response", {"response": b64(value)})) == "card-not-authentic"
    assert refusal(relay.certify("signature")) == "card-not-authentic"


def test_an_old_response_is_not_good_for_a_new_challenge(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    first = unb64(answered(relay.post("/witness", witness))["challenge"])
    response = {"response": b64(relay.chip.encrypted(first))}
    for _ in range(2):
        assert relay.post("/response", response).status_code == 204
    second = unb64(answered(relay.post("/witness", witness))["challenge"])
    assert first != second
    assert refusal(relay.post("/response", response)) == "card-not-authentic"
    assert refusal(relay.certify("signature")) == "card-not-authentic"


def test_each_attempt_asks_the_card_again(office: RunningCentral) -> None:
    relay = approved(office)
    relay.begin()
    relay.authenticate()
    relay.certified("authentication")
    relay.begin()
    assert refusal(relay.certify("signature")) == "card-not-authentic"
    relay.authenticate()
    relay.certified("signature")


@on_sqlite
@pytest.mark.parametrize("witness", [b"", b"x" * 8, b"x" * 15, b"x" * 32])
def test_a_witness_of_another_length(office: RunningCentral, witness: bytes) -> None:
    relay = approved(office)
    relay.begin()
    assert refusal(relay.post("/witness", {"witness": b64(witness)})) == "card-not-authentic"


@on_sqlite
def test_steps_before_the_first_are_refused(office: RunningCentral) -> None:
    relay = approved(office)
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    assert refusal(relay.post("/witness", witness)) == "card-not-authentic"
    relay.begin()
    response = {"response": b64(bytes(16))}
    assert refusal(relay.post("/response", response)) == "card-not-authentic"


@on_sqlite
def test_the_management_key_is_no_oracle_without_end(
    issuing_settings: Settings, start_central: Start
) -> None:
    rates = Rates(card_witnesses=Rate(0.001, 3))
    office = start_central(dataclasses.replace(issuing_settings, rates=rates))
    relay = approved(office)
    relay.begin()
    witness = {"witness": b64(relay.chip.ask_for_witness())}
    for _ in range(3):
        answered(relay.post("/witness", witness))
    reply = relay.post("/witness", witness)
    assert refusal(reply) == "too-many-requests"
    assert int(reply.headers["Retry-After"]) > 900


def test_two_terminals_at_once_only_the_later_goes_on(office: RunningCentral) -> None:
    first = approved(office)
    first.begin()
    first.authenticate()
    second = Relay(office, first.chip).be_approved(NEW.civil_number)
    second.begin()
    # What the card showed at the first terminal opens nothing, here or there.
    assert refusal(second.certify("signature")) == "card-not-authentic"
    assert refusal(first.certify("signature")) == "card-not-authentic"
    second.authenticate()
    certificate = second.certified("signature")
    first.begin()
    first.authenticate()
    assert first.certified("signature") == certificate


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


# Keys --------------------------------------------------------------------------------------------


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


# Completion --------------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_proofs_that_do_not_hold(
    issuing_settings: Settings, start_central: Start, algorithm: str
) -> None:
    office = start_central(issuing_settings)
    relay = approved(office)
    relay.chip.algorithm = algorithm
    challenge = relay.begin()["challenge"]
    assert refusal(relay.complete(challenge)) == "key-refused"
    relay.authenticate()
    relay.certified("authentication")
    assert refusal(relay.complete(challenge)) == "key-refused"
    relay.certified("signature")
    swapped = relay.chip.proof("authentication", b"anything else")
    assert refusal(relay.complete(challenge, authentication=swapped)) == "key-refused"
    assert refusal(relay.complete(b64(bytes(32)))) == "key-refused"
    for broken in (
        proof("ES384", bytes(96)),
        proof(algorithm, b""),
        proof(algorithm, bytes(64)),
        proof(algorithm, bytes(256)),
    ):
        assert refusal(relay.complete(challenge, signature=broken)) == "key-refused"
    missing = relay.post("/completion", {"proofs": {"signature": proof(algorithm, bytes(64))}})
    assert refusal(missing) == "key-refused"
    assert relay.begin()["completed"] is False
    assert not any("activated" in notice["text_en"] for notice in office.notices())
    assert relay.complete(challenge).status_code == 204


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def subject(certificate: x509.Certificate) -> list[str | bytes]:
    names = [NameOID.COUNTRY_NAME, NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER]
    assert [one.oid for one in certificate.subject] == names
    return [one.value for one in certificate.subject]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_messages_come_in_the_language_of_the_visit(office: RunningCentral, language: str) -> None:
    relay = Relay(office, new_chip())
    wanted = {"civil_number": NEW.civil_number, "language": language}
    answered(office.post(f"/v1/cards/{relay.chip.serial}/codes", json=wanted))
    assert office.notices()[-1]["language"] == language
    relay.token = answered(relay.enter(last_code(office)))["token"]
    record = relay.begin()
    relay.authenticate()
    for purpose in PURPOSES:
        relay.certified(purpose)
    assert relay.complete(record["challenge"]).status_code == 204
    assert "activated" in office.notices()[-1]["text_en"]
    assert office.notices()[-1]["language"] == language


def test_a_language_that_is_not_spoken_here_is_refused(office: RunningCentral) -> None:
    relay = Relay(office, new_chip())
    wanted = {"civil_number": NEW.civil_number, "language": "fr"}
    refused = office.post(f"/v1/cards/{relay.chip.serial}/codes", json=wanted)
    assert refused.json()["code"] == "invalid"
    assert office.notices() == []
