"""What the issuing CA says about its certificates, checked by openssl and by pyca/cryptography."""

from __future__ import annotations

import base64
import dataclasses
import json
import shutil
import subprocess
import tomllib
import urllib.parse
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

import backend_stub
import cardreader.simulator
from backend_stub import CentralUnavailable, Settings, create_app
from backend_stub.console.card_office import CardRefused, revoke_card
from backend_stub.ground.database import Database
from backend_stub.ground.settings import DATA_DIRECTORY
from backend_stub.issuing.revocations import OwnRevocations
from cardreader.simulator import Chip as ChipKind, management_key, persona, personas
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    SIGNATURE,
    card_certificate,
    certificate_serial,
    load_key,
)
from cardreader.simulator.issuing_files import ISSUING_CA_CERTIFICATE

from .cards import Issuer
from .conftest import RunningCentral, Start
from .issuing_card import NEW, PURPOSES, VENDOR, Chip, Relay, approved, on_sqlite, register, unb64

AUTHORITY = x509.load_pem_x509_certificate(ISSUING_CA_CERTIFICATE.read_bytes())


@pytest.fixture
def certificates(office: RunningCentral) -> dict[str, x509.Certificate]:
    return approved(office).activate()


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def openssl(*arguments: object) -> str:
    if shutil.which("openssl") is None:
        pytest.skip("NOT CHECKED BY OPENSSL: it is not installed (apt-get install openssl)")
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout + done.stderr


def revoke(office: RunningCentral, serial: str, *, activate_again: bool = False) -> int:
    return revoke_card(
        office.settings.database_url,
        serial=serial,
        activate_again=activate_again,
        clock=office.clock,
    )


# Chain and revocation list -----------------------------------------------------------------------


@on_sqlite
def test_openssl_verifies_chain_and_revocation(
    office: RunningCentral, certificates: dict[str, x509.Certificate], tmp_path: Path
) -> None:
    reply = office.get("/v1/ca")
    assert reply.headers["Content-Type"] == "application/pem-certificate-chain"
    (tmp_path / "chain.pem").write_bytes(reply.content)
    at = int(office.clock.now.timestamp())

    def verify(purpose: str, use: str) -> str:
        (tmp_path / "crl.pem").write_bytes(crl_of(office).public_bytes(serialization.Encoding.PEM))
        (tmp_path / "card.pem").write_bytes(pem(certificates[purpose]))
        options = ["-x509_strict", "-crl_check", "-attime", at, "-purpose", use]
        files = ["-CAfile", tmp_path / "chain.pem", "-CRLfile", tmp_path / "crl.pem"]
        return openssl("verify", *options, *files, tmp_path / "card.pem")

    assert verify("authentication", "sslclient").endswith("OK\n")
    assert verify("signature", "smimesign").endswith("OK\n")
    # The wrong way round neither is good for anything.
    assert "unsuitable certificate purpose" in verify("signature", "sslclient")
    assert revoke(office, NEW.card_serial) == 2
    for purpose, use in (("authentication", "sslclient"), ("signature", "smimesign")):
        assert "certificate revoked" in verify(purpose, use)


@on_sqlite
def test_cryptography_verifies_the_chain(
    office: RunningCentral, certificates: dict[str, x509.Certificate]
) -> None:
    chain = x509.load_pem_x509_certificates(office.get("/v1/ca").content)
    assert chain[0] == AUTHORITY
    assert chain[-1].subject == chain[-1].issuer
    reply = office.get("/v1/ca.p7c")
    assert reply.headers["Content-Type"] == "application/pkcs7-mime"
    assert set(pkcs7.load_der_pkcs7_certificates(reply.content)) == set(chain)
    verifier = (
        PolicyBuilder()
        .store(Store(chain[-1:]))
        .time(office.clock.now)
        .extension_policies(
            ca_policy=ExtensionPolicy.permit_all().require_present(
                x509.BasicConstraints, Criticality.CRITICAL, None
            ),
            ee_policy=ExtensionPolicy.permit_all().require_present(
                x509.KeyUsage, Criticality.CRITICAL, None
            ),
        )
        .build_client_verifier()
    )
    for certificate in certificates.values():
        assert verifier.verify(certificate, chain[1:-1] + chain[:1]).chain[-1] == chain[-1]


def crl_of(office: RunningCentral) -> x509.CertificateRevocationList:
    reply = office.get("/v1/crl")
    assert reply.headers["Content-Type"] == "application/pkix-crl"
    crl = x509.load_der_x509_crl(reply.content)
    assert crl.is_signature_valid(AUTHORITY.public_key())
    return crl


def number_of(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_the_list_keeps_what_was_on_it_before(
    office: RunningCentral, certificates: dict[str, x509.Certificate]
) -> None:
    before = crl_of(office)
    earlier = certificate_serial(persona("revoked"), SIGNATURE)
    entry = before.get_revoked_certificate_by_serial_number(earlier)
    assert entry is not None
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value
    assert reason.reason is x509.ReasonFlags.key_compromise
    assert len(before) == 2
    office.clock.advance(hours=1)
    revoke(office, NEW.card_serial)
    after = crl_of(office)
    assert len(after) == 4
    assert after.next_update_utc == office.clock.now + timedelta(days=7)
    assert number_of(after) > number_of(before)
    for certificate in certificates.values():
        entry = after.get_revoked_certificate_by_serial_number(certificate.serial_number)
        assert entry is not None
        assert entry.revocation_date_utc == office.clock.now


# OCSP --------------------------------------------------------------------------------------------


@on_sqlite
def test_a_revocation_counts_from_the_whole_second(
    office: RunningCentral, certificates: dict[str, x509.Certificate]
) -> None:
    """Applications say in whole seconds when they were signed: the later half second is after."""
    second = office.clock.now
    office.clock.advance(milliseconds=400)
    revoke(office, NEW.card_serial)
    with closing(Database(office.settings.database_url)) as database:
        here = OwnRevocations(AUTHORITY.subject, database)
        assert {here.revoked_at(each) for each in certificates.values()} == {second}


@on_sqlite
def test_openssl_asks_for_the_status(
    office: RunningCentral, certificates: dict[str, x509.Certificate], tmp_path: Path
) -> None:
    (tmp_path / "chain.pem").write_bytes(office.get("/v1/ca").content)
    (tmp_path / "card.pem").write_bytes(pem(certificates["signature"]))

    def ask() -> str:
        return openssl(
            *("ocsp", "-issuer", ISSUING_CA_CERTIFICATE, "-cert", tmp_path / "card.pem"),
            *("-CAfile", tmp_path / "chain.pem", "-url", f"{office.url}/v1/ocsp", "-nonce"),
            # The central API's clock stands still.
            *("-validity_period", 10**9),
        )

    good = ask()
    assert "Response verify OK" in good
    assert "card.pem: good" in good
    assert "WARNING" not in good
    revoke(office, NEW.card_serial)
    assert "card.pem: revoked" in ask()


def status_of(office: RunningCentral, request: ocsp.OCSPRequest | bytes) -> ocsp.OCSPResponse:
    if not isinstance(request, bytes):
        request = request.public_bytes(serialization.Encoding.DER)
    posted = office.post("/v1/ocsp", data=request)
    assert posted.headers["Content-Type"] == "application/ocsp-response"
    path = urllib.parse.quote(base64.b64encode(request).decode(), safe="")
    got = office.get(f"/v1/ocsp/{path}")
    response = ocsp.load_der_ocsp_response(posted.content)
    assert ocsp.load_der_ocsp_response(got.content).response_status is response.response_status
    return response


@on_sqlite
@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303 - names, not signs
def test_status_of_every_kind(
    office: RunningCentral,
    certificates: dict[str, x509.Certificate],
    digest: hashes.SHA1 | hashes.SHA256,
) -> None:
    def asked(number: int) -> ocsp.OCSPResponse:
        about = ocsp.OCSPRequestBuilder().add_certificate(
            certificates["signature"], AUTHORITY, digest
        )
        by_hash = about.build()
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
            by_hash.issuer_name_hash, by_hash.issuer_key_hash, number, digest
        )
        nonce = x509.OCSPNonce(b"n" * 32)
        response = status_of(office, builder.add_extension(nonce, critical=False).build())
        found = response.extensions.get_extension_for_class(x509.OCSPNonce)
        assert found.value == nonce
        AUTHORITY.public_key().verify(
            response.signature,
            response.tbs_response_bytes,
            ec.ECDSA(response.signature_hash_algorithm),
        )
        assert response.serial_number == number
        return response

    good, unknown = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.UNKNOWN
    assert asked(certificates["signature"].serial_number).certificate_status is good
    assert asked(4711).certificate_status is unknown
    earlier = asked(certificate_serial(persona("revoked"), SIGNATURE))
    assert earlier.certificate_status is ocsp.OCSPCertStatus.REVOKED


@on_sqlite
def test_requests_that_are_none(office: RunningCentral, issuer: Issuer) -> None:
    malformed = ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    for request in (b"", b"\x30\x00", b"x" * 300):
        if request:
            assert status_of(office, request).response_status is malformed
    assert office.post("/v1/ocsp").status_code == 200
    assert office.get("/v1/ocsp/not+base64!").status_code == 200
    other = ocsp.OCSPRequestBuilder().add_certificate(
        issuer.certificate, issuer.certificate, hashes.SHA256()
    )
    answer = status_of(office, other.build())
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


# Revoking ----------------------------------------------------------------------------------------


def test_a_revoked_card_is_used_no_more(office: RunningCentral) -> None:
    relay = approved(office)
    relay.activate()
    revoke(office, NEW.card_serial)
    assert relay.post("").json()["code"] == "not-eligible"
    assert relay.ask_for_code(NEW.civil_number).json()["code"] == "not-eligible"
    office.restart()
    # The data file says that the card is registered; what happened since counts.
    assert relay.ask_for_code(NEW.civil_number).json()["code"] == "not-eligible"
    with pytest.raises(CardRefused, match="registered"):
        revoke(office, "00" * 16)


def test_a_card_that_made_other_keys_is_activated_again(office: RunningCentral) -> None:
    chip = register(office)
    relay = Relay(office, chip)
    first = relay.activate()
    assert revoke(office, VENDOR, activate_again=True) == 2
    record = relay.begin()
    assert (record["completed"], record["certificates"]) == (False, {})
    relay.authenticate()
    # The old keys have had their certificates.
    assert relay.certify("signature").json()["code"] == "key-refused"
    chip.keys.clear()
    second = relay.activate()
    assert {first[purpose] == second[purpose] for purpose in PURPOSES} == {False}
    revoked = crl_of(office)
    for purpose in PURPOSES:
        of_first = revoked.get_revoked_certificate_by_serial_number(first[purpose].serial_number)
        of_second = revoked.get_revoked_certificate_by_serial_number(second[purpose].serial_number)
        assert of_first is not None
        assert of_second is None


# Registers and settings --------------------------------------------------------------------------


def test_the_register_knows_the_cards_of_the_personas() -> None:
    def read(package: Any, *path: str) -> dict[str, Any]:
        file = Path(package.__file__).parent.joinpath(*path)
        return tomllib.loads(file.read_text(encoding="utf-8"))

    rows = {row["serial"]: row for row in read(backend_stub, "data", "cards.toml")["cards"]}
    tables = read(cardreader.simulator, "personas.toml")
    expected = {}
    for name, table in tables.items():
        if table.get("chip") == "foreign" or table.get("issuer") == "other":
            continue
        state = "activated" if table.get("activated", True) else "registered"
        expected[persona(name).card_serial] = {
            "serial": persona(name).card_serial,
            "civil_number": table["civil_number"],
            "holder_name": f"{table['given_en']} {table['surname_en']}",
            "expires_on": table["expires"],
            "management": "derived",
            "state": "revoked" if table.get("revoked") else state,
        }
    assert rows == expected


def test_the_register_knows_the_certificates_of_the_personas() -> None:
    """What the simulator computes; ``backend_stub/data/card_certificates.pem`` follows it."""
    file = DATA_DIRECTORY / "card_certificates.pem"
    expected = []
    for holder in personas().values():
        for slot in (AUTHENTICATION, SIGNATURE):
            # The mute card has no keys, the foreign one nothing of the state.
            if holder.activated and holder.issuer == "state" and holder.chip is ChipKind.NATIONAL:
                key = load_key(f"{holder.id}-{slot:02x}").public_key()
                expected.append(card_certificate(holder, slot, key))
    assert x509.load_pem_x509_certificates(file.read_bytes()) == expected


def test_cards_that_were_activated_long_ago(office: RunningCentral) -> None:
    holder = persona("citizen-active")
    chip = Chip(holder.card_serial, "aes256", management_key(holder.card_serial))
    record = Relay(office, chip).be_approved(holder.civil_number).begin()
    assert record["completed"] is True
    numbers = set()
    for purpose, slot in (("authentication", AUTHENTICATION), ("signature", SIGNATURE)):
        certificate = x509.load_der_x509_certificate(unb64(record["certificates"][purpose]))
        assert certificate.serial_number == certificate_serial(holder, slot)
        numbers.add(certificate.serial_number)
    assert revoke(office, holder.card_serial) == 2
    assert numbers < {entry.serial_number for entry in crl_of(office)}


@on_sqlite
def test_a_file_of_certificates_that_is_wrong_is_named(
    issuing_settings: Settings, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA_DIRECTORY, data)
    settings = dataclasses.replace(issuing_settings, data_directory=data)
    (data / "card_certificates.pem").write_text("-----BEGIN CERTIFICATE-----")
    with pytest.raises(CentralUnavailable, match=r"card_certificates\.pem"):
        create_app(settings)
    (data / "card_certificates.pem").unlink()
    register = data / "cards.toml"
    register.write_text(register.read_text("utf-8").replace("B49D5BB6", "B49D"), "utf-8")
    with pytest.raises(CentralUnavailable, match=r"cards\.toml: cards\.1\.serial"):
        create_app(settings)


@on_sqlite
def test_without_a_ca_or_a_master_key_nothing_is_issued(
    issuing_settings: Settings, start_central: Start
) -> None:
    no_ca = dataclasses.replace(issuing_settings, issuing_ca_key=None, issuing_ca_certificate=None)
    office = start_central(no_ca)
    assert approved(office).post("").json()["code"] == "issuing-unavailable"
    for path in ("/v1/ca", "/v1/ca.p7c", "/v1/crl", "/v1/ocsp/MAA="):
        assert office.get(path).json()["code"] == "issuing-unavailable"
    office.stop()
    office = start_central(dataclasses.replace(issuing_settings, card_master_key=None))
    assert approved(office).post("").json()["code"] == "issuing-unavailable"
    # A card with a key of its own needs no master key.
    assert Relay(office, register(office)).activate()


@on_sqlite
def test_settings_that_are_wrong_are_named(
    issuing_settings: Settings, tmp_path: Path, issuer: Issuer
) -> None:
    def sentence(**changes: Path | None) -> str:
        with pytest.raises(CentralUnavailable) as unavailable:
            create_app(dataclasses.replace(issuing_settings, **changes))
        return str(unavailable.value)

    key = issuer.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    own_key, own_certificate = tmp_path / "own.key", tmp_path / "own.pem"
    own_key.write_bytes(key)
    own_certificate.write_bytes(issuer.pem())
    own_key.chmod(0o644)
    assert "chmod 600" in sentence(issuing_ca_key=own_key)
    own_key.chmod(0o600)
    assert "both settings" in sentence(issuing_ca_key=None)
    assert "not that of the CA" in sentence(issuing_ca_key=own_key)
    both = {"issuing_ca_key": own_key, "issuing_ca_certificate": own_certificate}
    assert "none of the trust anchors" in sentence(**both)
    assert "no certificate" in sentence(issuing_ca_certificate=own_key)
    assert "no private key" in sentence(issuing_ca_key=private(tmp_path / "no.key", b"x"))
    assert "cannot be used" in sentence(issuing_ca_key=tmp_path / "absent")
    for content in (b"x", b"{}", json.dumps({"algorithm": "AES-256", "key": "00"}).encode()):
        file = private(tmp_path / "master.json", content)
        assert "no card master key" in sentence(card_master_key=file)


def private(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@on_sqlite
def test_a_ca_of_the_offices_own(issuing_settings: Settings, start_central: Start) -> None:
    """The CA need not be an anchor itself, nor have a key identifier or policies."""
    root = Issuer.make("Root of the tests")
    authority = Issuer.make("CA of the tests", root)
    directory = issuing_settings.key_file.parent if issuing_settings.key_file else Path()
    (directory / "anchors" / "issuers").mkdir(parents=True)
    (directory / "anchors" / "issuers" / "root.pem").write_bytes(root.pem())
    key = authority.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    office = start_central(
        dataclasses.replace(
            issuing_settings,
            trust_directory=directory / "anchors",
            issuing_ca_key=private(directory / "ca.key", key),
            issuing_ca_certificate=private(directory / "ca.pem", authority.pem()),
        )
    )
    certificate = approved(office).activate()["signature"]
    certificate.verify_directly_issued_by(authority.certificate)
    (name,) = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "CA of the tests"
    assert office.get("/v1/ca").content == authority.pem() + root.pem()
    assert len(x509.load_der_x509_crl(office.get("/v1/crl").content)) == 0
