"""The invented state that issues the simulated cards.

Two public key infrastructures, as for a real national card: the country signing CA with a document
signer for the identity data (ICAO Doc 9303-12), and a root and an issuing CA for the certificates
of the card holder. A second set, ``other``, belongs to an issuer that nobody trusts.

Keys are shipped as files; certificates are computed from them with deterministic ECDSA (RFC 6979)
and fixed dates, so they are the same bytes on every machine.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from importlib import resources

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cardreader.simulator.personas import Persona, personas

CardKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""What a key slot of the card can hold."""

AUTHENTICATION = 0x9A
"""Key reference of PIV authentication (SP 800-73-5 part 1, table 4)."""
SIGNATURE = 0x9C
"""Key reference of digital signature."""

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
"""Start of validity of every issuer certificate."""
SIGNERS_END = datetime(2035, 12, 31, 23, 59, 59, tzinfo=UTC)
"""End of validity of document signer and issuing CA; no card outlives it."""
ROOTS_END = datetime(2044, 12, 31, 23, 59, 59, tzinfo=UTC)

POLICY = x509.ObjectIdentifier("2.25.147829630414237083165203949726384501269")
"""Certificate policy of the simulation. 2.25 is the arc that needs no registration (X.667)."""
CRL_URL = "http://pki.manfadh.invalid/{name}-issuing-ca.crl"
MANAGEMENT_MASTER = "state-management-master.simulation-key.json"
"""File name of the master key of all card management keys, below ``data/keys``."""
NO_LEGAL_VALUE = "Manfadh Simulation - no legal value"


class KeyFileMissing(LookupError):
    """A simulation key is not there; ``python -m tests.cardreader.simulator.making`` makes it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An issuer: its certificate and the private key behind it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issuer:
    """All authorities behind one card."""

    name: str
    csca: Authority
    document_signer: Authority
    root: Authority
    issuing: Authority


def key_path(name: str) -> str:
    """Where the key ``name`` (``state-csca``, ``citizen-active-9a``) lies below ``data/keys``."""
    return f"{name}.simulation-key.pem"


def load_key(name: str) -> CardKey:
    """A shipped private key. Raises :class:`KeyFileMissing`."""
    path = resources.files(__package__) / "data" / "keys" / key_path(name)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError as error:
        raise KeyFileMissing(name) from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyFileMissing(f"{name} is neither RSA nor elliptic curve")
    return key


def _load_issuer_key(name: str) -> ec.EllipticCurvePrivateKey:
    key = load_key(name)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyFileMissing(f"{name} is not an elliptic curve key")
    return key


@functools.cache
def issuer(name: str) -> Issuer:
    """The issuer ``state`` or ``other``. Raises :class:`KeyFileMissing`."""
    csca = _certify_authority(f"{name}-csca", "Country Signing CA", None, path_length=0)
    signer_key = _load_issuer_key(f"{name}-document-signer")
    document_signer = Authority(
        _document_signer_certificate(name, signer_key.public_key(), csca), signer_key
    )
    root = _certify_authority(f"{name}-root-ca", "ID Card Root CA", None, path_length=1)
    issuing = _certify_authority(f"{name}-issuing-ca", "ID Card Issuing CA", root, path_length=0)
    return Issuer(name, csca, document_signer, root, issuing)


def card_certificate(
    holder: Persona, slot: int, public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> x509.Certificate:
    """The card holder's certificate for key ``slot``: :data:`AUTHENTICATION` or :data:`SIGNATURE`.

    Authentication carries digitalSignature and clientAuth; signature carries nonRepudiation alone
    (RFC 5280, 4.2.1.3). The subject is C=OM, CN=the name in English, serialNumber=civil number.
    """
    by = issuer(holder.issuer).issuing
    usage = _key_usage(
        digital_signature=slot == AUTHENTICATION, content_commitment=slot == SIGNATURE
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(
            x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
                    x509.NameAttribute(NameOID.COMMON_NAME, holder.name_en),
                    x509.NameAttribute(NameOID.SERIAL_NUMBER, holder.civil_number),
                ]
            )
        )
        .issuer_name(by.certificate.subject)
        .public_key(public_key)
        .serial_number(certificate_serial(holder, slot))
        .not_valid_before(_midnight(holder.issued))
        .not_valid_after(datetime.combine(holder.expires, time(23, 59, 59), UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_authority_key_identifier(by.certificate), critical=False)
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False
        )
        .add_extension(_crl_distribution(holder.issuer), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(holder.guid.urn)]),
            critical=False,
        )
    )
    if slot == AUTHENTICATION:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    return builder.sign(by.key, _digest(by.key), ecdsa_deterministic=True)


def certificate_serial(holder: Persona, slot: int) -> int:
    """The serial number of a card holder's certificate: 16 octets, positive, always the same."""
    digest = hashlib.sha256(f"{holder.id}/{holder.card_serial}/{slot:02X}".encode()).digest()
    return int.from_bytes(b"\x4d" + digest[:15], "big")


def revocation_list(name: str) -> x509.CertificateRevocationList:
    """The issuing CA's CRL (RFC 5280, section 5): both certificates of every revoked persona."""
    by = issuer(name).issuing
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(BEGIN)
        .next_update(SIGNERS_END)
        .add_extension(_authority_key_identifier(by.certificate), critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for holder in personas().values():
        if not holder.revoked or holder.issuer != name:
            continue
        for slot in (AUTHENTICATION, SIGNATURE):
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(certificate_serial(holder, slot))
                .revocation_date(datetime(2026, 3, 1, 8, tzinfo=UTC))
                .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
                .build()
            )
    return builder.sign(by.key, _digest(by.key), ecdsa_deterministic=True)


def management_key(card_serial: str) -> bytes:
    """The card management key 9B of one card, AES-256, diversified from the issuer's master key.

    CMAC in counter mode over label and card serial (NIST SP 800-108, section 4.1). The master key
    stays with the central API; a terminal only relays challenges.
    """
    path = resources.files(__package__) / "data" / "keys" / MANAGEMENT_MASTER
    master = bytes.fromhex(json.loads(path.read_text(encoding="ascii"))["key"])
    context = b"manfadh piv 9B\x00" + bytes.fromhex(card_serial) + (256).to_bytes(2, "big")
    derived = b""
    for counter in (1, 2):
        mac = CMAC(AES(master))
        mac.update(bytes((counter,)) + context)
        derived += mac.finalize()
    return derived


def _certify_authority(
    key_name: str, title: str, parent: Authority | None, *, path_length: int
) -> Authority:
    key = _load_issuer_key(key_name)
    subject = _authority_name(key_name.partition("-")[0], title)
    signing_key = key if parent is None else parent.key
    public_key = key.public_key()
    issuer_name = subject if parent is None else parent.certificate.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(public_key)
        .serial_number(_authority_serial(key_name))
        .not_valid_before(BEGIN)
        .not_valid_after(ROOTS_END if parent is None else SIGNERS_END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()),
            critical=False,
        )
    )
    if parent is not None:
        builder = builder.add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False
        )
    return Authority(builder.sign(signing_key, _digest(signing_key), ecdsa_deterministic=True), key)


def _document_signer_certificate(
    name: str, public_key: ec.EllipticCurvePublicKey, csca: Authority
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_authority_name(name, "Document Signer 01"))
        .issuer_name(csca.certificate.subject)
        .public_key(public_key)
        .serial_number(_authority_serial(f"{name}-document-signer"))
        .not_valid_before(BEGIN)
        .not_valid_after(SIGNERS_END)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_authority_key_identifier(csca.certificate), critical=False)
        .sign(csca.key, _digest(csca.key), ecdsa_deterministic=True)
    )


def _authority_name(name: str, title: str) -> x509.Name:
    if name == "other":
        title = f"Unrecognised {title}"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, NO_LEGAL_VALUE),
            x509.NameAttribute(NameOID.COMMON_NAME, title),
        ]
    )


def _authority_serial(key_name: str) -> int:
    return int.from_bytes(b"\x4d" + hashlib.sha256(key_name.encode()).digest()[:15], "big")


def _authority_key_identifier(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    subject_key = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_key.value)


def _crl_distribution(name: str) -> x509.CRLDistributionPoints:
    url = x509.UniformResourceIdentifier(CRL_URL.format(name=name))
    return x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _digest(key: ec.EllipticCurvePrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if key.key_size > 256 else hashes.SHA256()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
