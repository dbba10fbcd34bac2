"""Certificates: whom the central API believes, for what, when; and what damaged ones do."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import ECKey

import cardreader
from backend_stub.ground.trust import (
    CertificateNotValid,
    CertificateRevoked,
    Purpose,
    TrustAnchors,
    TrustUnavailable,
    civil_number,
    load_trust_anchors,
)
from backend_stub.people.card_signatures import ALGORITHMS, SignatureRefused, holder, read_signed

from .cards import FROM, UNTIL, Card, Issuer, usage

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER


@pytest.fixture
def trust(tmp_path: Path, issuer: Issuer) -> Path:
    for name in ("issuers", "crls"):
        (tmp_path / name).mkdir()
    (tmp_path / "issuers" / "ca.pem").write_bytes(issuer.pem())
    return tmp_path


@pytest.fixture
def anchors(trust: Path) -> TrustAnchors:
    return load_trust_anchors(trust)


def sign_with(key: ec.EllipticCurvePrivateKey, certificate: bytes) -> str:
    pem = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    registry = jws.JWSRegistry(algorithms=ALGORITHMS)
    registry.max_header_length = 65536
    header = {"alg": "ES256", "x5c": [base64.b64encode(certificate).decode()]}
    return jws.serialize_compact(header, b'{"a":1}', ECKey.import_key(pem), ALGORITHMS, registry)


def test_damaged_certificates_are_refused_and_nothing_else_happens(
    anchors: TrustAnchors, card: Card
) -> None:
    key, certificate = card.signature
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    good = certificate.public_bytes(DER)
    signer = holder(read_signed(sign_with(key, good)), anchors, Purpose.APPLICATION, [NOW])
    assert signer == card.civil_number
    rng = random.Random(20260601)
    for _ in range(400):
        damaged = bytearray(good)
        for _ in range(rng.choice((1, 1, 2, 8))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if damaged == good:
            continue
        with pytest.raises(SignatureRefused):
            holder(read_signed(sign_with(key, bytes(damaged))), anchors, Purpose.APPLICATION, [NOW])


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
        ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["ed25519", "secp256k1", "brainpool", "p521"],
)
def test_keys_of_other_kinds_are_refused(
    card: Card, issuer: Issuer, key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    signing_key = card.signature[0]
    assert isinstance(signing_key, ec.EllipticCurvePrivateKey)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "99014521")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(usage(content_commitment=True), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )
    with pytest.raises(SignatureRefused):
        read_signed(sign_with(signing_key, certificate.public_bytes(DER)))


def test_civil_number_is_digits_once(issuer: Issuer) -> None:
    def of(*values: str) -> str | None:
        names = [x509.NameAttribute(NameOID.SERIAL_NUMBER, value) for value in values]
        names.append(x509.NameAttribute(NameOID.COMMON_NAME, "x"))
        return civil_number(Card.make(issuer, subject=x509.Name(names)).signature[1])

    assert of("99014521") == "99014521"
    for values in ((), ("123",), ("1234567890",), ("PNOOM-99014521",), ("99014521", "9907245")):
        assert of(*values) is None


def test_the_simulated_state_is_trusted_and_its_revocations_count() -> None:
    directory = Path(cardreader.__file__).parent / "simulator" / "data" / "trust"
    anchors = load_trust_anchors(directory)
    revoked = [entry.serial_number for crl in anchors.revocation_lists for entry in crl]
    assert len(revoked) == len(set(revoked)) >= 2


def test_revocation_counts_from_its_date(trust: Path, issuer: Issuer, card: Card) -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    publish = publisher(trust, card, moment)
    publish(issuer)
    anchors = load_trust_anchors(trust)
    chain = [card.signature[1]]
    before, after = moment - timedelta(days=1), moment + timedelta(days=1)
    with pytest.raises(CertificateRevoked):
        anchors.check(chain, Purpose.APPLICATION, [after])
    # Signed while it was good, delivered later: it counts.
    anchors.check(chain, Purpose.APPLICATION, [after, before])
    # The other certificate of the same card is not on the list.
    anchors.check([card.authentication[1]], Purpose.SIGN_IN, [after])
    with pytest.raises(CertificateNotValid):
        anchors.check(chain, Purpose.APPLICATION, [moment.replace(year=2020)])


def test_revocation_list_of_a_stranger_is_not_accepted(trust: Path, card: Card) -> None:
    publisher(trust, card, NOW)(Issuer.make("Issuing CA of the tests"))
    with pytest.raises(TrustUnavailable, match=r"ca\.pem"):
        load_trust_anchors(trust)


def publisher(trust: Path, card: Card, moment: datetime) -> Callable[[Issuer], None]:
    def publish(signer: Issuer) -> None:
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(moment)
            .next_update(moment + timedelta(days=900))
            .add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(card.signature[1].serial_number)
                .revocation_date(moment)
                .build()
            )
            .sign(signer.key, hashes.SHA256())
        )
        (trust / "crls" / "ca.pem").write_bytes(crl.public_bytes(PEM))

    return publish
