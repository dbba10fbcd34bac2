"""The rules for certificates that terminal and central API share: RFC 5280, sections 5 and 6."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys, x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from backend_stub.ground.trust import TrustUnavailable, load_trust_anchors
from cardreader.certification_path import (
    PathFault,
    PathInvalid,
    Purpose,
    contents_of,
    is_issued_by,
    public_key_of,
    validate,
)
from cardreader.certification_path.revocation import RevocationListInvalid
from cardreader.errors import CardNotGenuine, Untrusted
from cardreader.trust import TrustStore, TrustStoreInvalid
from tests.cardreader.certificate_differential import compared
from tests.cardreader.issuing import NOW, Authority, new_key, trust

DER = Encoding.DER
POLICIES = ObjectIdentifier("2.5.29.32")
ISSUER = Authority("Test issuer")


def issued(
    *extensions: tuple[x509.ExtensionType, bool],
    issuer_name: x509.Name | None = None,
    sign_in: bool = True,
) -> x509.Certificate:
    key = new_key()
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer_name or ISSUER.certificate.subject)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, "12345678")]))
        .serial_number(77)
        .public_key(key.public_key())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.KeyUsage(sign_in, not sign_in, *([False] * 7)), critical=True)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(ISSUER.key, hashes.SHA256())


def fault(certificate: x509.Certificate, purpose: Purpose = Purpose.SIGN_IN) -> PathFault | None:
    try:
        validate(certificate, (), (ISSUER.certificate,), purpose, NOW)
    except PathInvalid as invalid:
        return invalid.fault
    return None


def raw(identifier: str, value: str) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(ObjectIdentifier(identifier), bytes.fromhex(value))


LATIN_CPS = "30133011" + "06022a03" + "300b3009" + "06022a04" + "1603" + "68e969"
"""certificatePolicies with a qualifier whose text is Latin-1 where ASCII is meant."""


@pytest.mark.parametrize(
    "extension",
    [
        (x509.CertificatePolicies([x509.PolicyInformation(POLICIES, None)]), True),
        (raw("2.5.29.32", LATIN_CPS), False),
        (raw("2.5.29.32", LATIN_CPS), True),
        # An empty EKU, and a name in Latin-1 where nobody constrains names.
        (raw("2.5.29.37", "3000"), False),
        (raw("2.5.29.17", "300582036869e9"), False),
        (raw("1.3.6.1.5.5.7.1.3", "04017f"), False),
    ],
    ids=["critical-policies", "latin-cps", "critical-latin-cps", "eku", "san", "qc"],
)
def test_what_decides_nothing_ends_nothing(extension: tuple[x509.ExtensionType, bool]) -> None:
    assert fault(issued(extension)) is None


@pytest.mark.parametrize("identifier", ["1.3.6.1.5.5.7.1.3", "2.999.7"])
def test_an_unknown_critical_extension_is_refused(identifier: str) -> None:
    assert fault(issued((raw(identifier, "0500"), True))) is PathFault.UNKNOWN_CRITICAL


@pytest.mark.parametrize("sign_in", [True, False])
def test_each_key_is_for_one_purpose(sign_in: bool) -> None:
    certificate = issued(sign_in=sign_in)
    right, wrong = Purpose.SIGN_IN, Purpose.APPLICATION
    if not sign_in:
        right, wrong = wrong, right
    assert fault(certificate, right) is None
    assert fault(certificate, wrong) is PathFault.OTHER_PURPOSE
    with pytest.raises(CardNotGenuine) as refused:
        trust(Authority(), ISSUER).require_card_issued(certificate, wrong, NOW)
    assert refused.value.reason is Untrusted.OTHER_PURPOSE


@pytest.mark.parametrize(
    ("country", "common", "same"),
    [
        ("OM", "Test issuer", True),
        ("om", "  TEST   Issuer ", True),
        ("OM", "Test issuer 2", False),
        ("QA", "Test issuer", False),
    ],
)
def test_names_are_compared_by_what_they_say(country: str, common: str, same: bool) -> None:
    """RFC 5280, 7.1: case and inner spaces do not count, nor the kind of string."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    assert is_issued_by(issued(issuer_name=name), ISSUER.certificate) is same


@pytest.mark.parametrize(
    "curve", [ec.BrainpoolP256R1(), ec.BrainpoolP384R1(), ec.BrainpoolP512R1()]
)
def test_curve_parameters_that_are_spelled_out(curve: ec.EllipticCurve) -> None:
    """Doc 9303-12 wants them in CSCA and signers; the key is the same as with the curve's name."""
    authority = Authority("Explicit CSCA", ec.generate_private_key(curve))
    explicit = spelled_out(authority)
    assert public_key_of(explicit) == authority.key.public_key()
    signer = authority.issue(new_key())
    store = TrustStore((explicit,), ())
    store.require_csca_issued(signer, NOW)


def test_a_curve_that_is_nearly_a_known_one_is_refused_when_it_is_installed(
    tmp_path: Path,
) -> None:
    """Another base point under a known curve makes a key to anybody's certificate."""
    authority = Authority("Explicit CSCA", ec.generate_private_key(ec.BrainpoolP256R1()))
    wrong = spelled_out(authority, order=-1)
    for folder in ("csca", "issuers"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "anchor.pem").write_bytes(wrong.public_bytes(Encoding.PEM))
    with pytest.raises(TrustStoreInvalid, match="curve"):
        TrustStore.load(tmp_path)
    with pytest.raises(TrustUnavailable, match="curve"):
        load_trust_anchors(tmp_path)


def spelled_out(authority: Authority, *, order: int = 0) -> x509.Certificate:
    """The authority's certificate with explicit parameters; its own signature is not looked at."""
    assert isinstance(authority.key, ec.EllipticCurvePrivateKey)
    from cardreader.certification_path.signatures import _KNOWN

    prime, a, b, x, n, cofactor = _KNOWN[authority.key.curve.name]
    size = authority.key.key_size // 8
    base = (b"\x04" + x.to_bytes(size, "big") + bytes(size)).hex()
    domain = asn1_keys.SpecifiedECDomain(
        {
            "version": "ecdpVer1",
            "field_id": {"field_type": "prime_field", "parameters": prime},
            "curve": {"a": a.to_bytes(size, "big"), "b": b.to_bytes(size, "big")},
            "base": bytes.fromhex(base),
            "order": n + order,
            "cofactor": cofactor,
        }
    )
    parsed = asn1.Certificate.load(authority.certificate.public_bytes(DER))
    spki = parsed["tbs_certificate"]["subject_public_key_info"]
    spki["algorithm"]["parameters"] = asn1_keys.ECDomainParameters("specified", domain)
    return x509.load_der_x509_certificate(parsed.dump(force=True))


# Revocation lists --------------------------------------------------------------------------------


def revocations(*extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ISSUER.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=7))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(ISSUER.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def point(**only: bool | frozenset[x509.ReasonFlags]) -> x509.IssuingDistributionPoint:
    name = x509.UniformResourceIdentifier("http://crl.example/1")
    said = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_contains_attribute_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        **only,
    }
    return x509.IssuingDistributionPoint([name], None, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(1),
        point(only_contains_ca_certs=True),
        point(only_contains_attribute_certs=True),
        point(indirect_crl=True),
        point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
        x509.UnrecognizedExtension(ObjectIdentifier("2.999.7"), b"\x05\x00"),
    ],
    ids=["delta", "only-ca", "only-attribute", "indirect", "some-reasons", "unknown"],
)
def test_a_part_is_not_taken_for_the_complete_list(
    extension: x509.ExtensionType, tmp_path: Path
) -> None:
    card = issued()
    held = trust(Authority(), ISSUER, ISSUER.crl(card))
    part = revocations((extension, True))
    with pytest.raises(RevocationListInvalid, match="complete"):
        held.with_revocation_list(part)
    for folder in ("csca", "issuers", "crls"):
        (tmp_path / folder).mkdir()
    anchor = ISSUER.certificate.public_bytes(Encoding.PEM)
    for folder in ("csca", "issuers"):
        (tmp_path / folder / "anchor.pem").write_bytes(anchor)
    (tmp_path / "crls" / "part.pem").write_bytes(part)
    with pytest.raises(TrustStoreInvalid, match="complete"):
        TrustStore.load(tmp_path)
    with pytest.raises(TrustUnavailable, match="complete"):
        load_trust_anchors(tmp_path)


def test_a_list_for_cardholders_alone_is_complete_for_cards() -> None:
    held = trust(Authority(), ISSUER)
    renewed = held.with_revocation_list(revocations((point(only_contains_user_certs=True), True)))
    assert renewed.revocations_as_of() == NOW


def test_text_before_the_pem_is_text(tmp_path: Path) -> None:
    """As `openssl crl -text` writes it (RFC 7468, 2)."""
    told = "Certificate Revocation List (CRL): \u00e9\n".encode("latin-1") + revocations()
    assert trust(Authority(), ISSUER).with_revocation_list(told).revocations_as_of() == NOW


def test_an_older_list_changes_nothing() -> None:
    held = trust(Authority(), ISSUER).with_revocation_list(revocations())
    older = ISSUER.crl(made=NOW - timedelta(days=3)).public_bytes(DER)
    assert held.with_revocation_list(older) is held


# Everybody else ----------------------------------------------------------------------------------


def test_terminal_central_api_and_openssl_answer_the_same() -> None:
    """The long run: ``make certificate-differential``."""
    different = [
        (answers, chain.described)
        for chain, answers in compared(20260601, 250)
        if not answers.agree
    ]
    assert different == []


def test_the_rules_read_a_certificate_once() -> None:
    certificate = issued()
    assert contents_of(certificate) is contents_of(certificate)
