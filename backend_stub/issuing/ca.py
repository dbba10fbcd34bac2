"""The issuing CA of card certificates: profiles, revocation list, chain (RFC 5280).

Which policies a card certificate stands under is what the CA's own certificate says. Where its
revocation list, its status responder and its own certificate are found follows from the setting
``public_url``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from backend_stub.ground.keys import KeysUnavailable, read_secret_file
from backend_stub.issuing.management_keys import is_guid
from kiosk.services.oman_time import MUSCAT

CardKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Purpose = Literal["authentication", "signature"]

MAX_LIFETIME: Final = timedelta(days=5 * 365)
CLOCKS_BEHIND: Final = timedelta(minutes=5)
"""Validity begins this long before the issue, for terminals whose clock is behind."""
CRL_LIFETIME: Final = timedelta(days=7)
_SERIAL_BYTES: Final = 16
_SHA384_FROM_BITS: Final = 384


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate it is."""

    card: str
    """Serial of the card."""
    civil_number: str = field(repr=False)
    name: str = field(repr=False)
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class IssuingCa:
    """The CA's certificate, the chain above it, and the key."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    """The CA's certificate and those above it, the root last, as far as they are installed."""
    public_url: str
    installed: tuple[x509.RevokedCertificate, ...]
    """What the CA had revoked before: entries of the installed revocation lists."""
    _key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)

    def certify(
        self, holder: Holder, purpose: Purpose, key: CardKey, now: datetime, random: bytes
    ) -> x509.Certificate:
        """Issue a certificate. ``random``: 16 bytes for its serial number (RFC 5280, 4.1.2.2).

        authentication: digitalSignature, clientAuth. signature: nonRepudiation alone.
        """
        begin = max(
            now.replace(microsecond=0) - CLOCKS_BEHIND, self.certificate.not_valid_before_utc
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(_subject(holder))
            .issuer_name(self.certificate.subject)
            .public_key(key)
            .serial_number(_serial_number(random))
            .not_valid_before(max(begin, self.certificate.not_valid_before_utc))
            .not_valid_after(self._end(holder, now))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(purpose), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(self._authority_key_identifier(), critical=False)
            .add_extension(self._crl_distribution(), critical=False)
            .add_extension(self._authority_information(), critical=False)
        )
        policies = _policies(self.certificate)
        if policies is not None:
            builder = builder.add_extension(policies, critical=False)
        if is_guid(holder.card):
            urn = uuid.UUID(hex=holder.card).urn
            names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(urn)])
            builder = builder.add_extension(names, critical=False)
        if purpose == "authentication":
            use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            builder = builder.add_extension(use, critical=False)
        return builder.sign(self._key, self._digest())

    def revocation_list(self, revoked: Mapping[int, datetime], now: datetime) -> bytes:
        """The CRL of now, DER: ``revoked`` (serial number, when) and the installed lists."""
        entries = {entry.serial_number: entry for entry in self.installed}
        for number, at in revoked.items():
            # On an installed list it may stand with an earlier time and a reason.
            entries.setdefault(
                number,
                x509.RevokedCertificateBuilder()
                .serial_number(number)
                .revocation_date(at.replace(microsecond=0))
                .build(),
            )
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now.replace(microsecond=0))
            .next_update(now.replace(microsecond=0) + CRL_LIFETIME)
            .add_extension(self._authority_key_identifier(), critical=False)
            # Grows with every list, whichever server makes it (RFC 5280, 5.2.3).
            .add_extension(x509.CRLNumber(int(now.timestamp() * 1_000_000)), critical=False)
        )
        for _, entry in sorted(entries.items()):
            builder = builder.add_revoked_certificate(entry)
        crl = builder.sign(self._key, self._digest())
        return crl.public_bytes(serialization.Encoding.DER)

    def sign_status(self, builder: ocsp.OCSPResponseBuilder) -> ocsp.OCSPResponse:
        """Sign an OCSP response as the CA itself."""
        by = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        return by.sign(self._key, self._digest())

    def chain_pem(self) -> bytes:
        """The chain as ``application/pem-certificate-chain`` (RFC 8555, 9.1)."""
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self.chain)

    def chain_pkcs7(self) -> bytes:
        """The chain as certs-only CMS, DER (RFC 5280, 4.2.2.1)."""
        return pkcs7.serialize_certificates(list(self.chain), serialization.Encoding.DER)

    def _end(self, holder: Holder, now: datetime) -> datetime:
        ends = [now.replace(microsecond=0) + MAX_LIFETIME, self.certificate.not_valid_after_utc]
        if holder.expires_on is not None:
            last = datetime.combine(holder.expires_on, time(23, 59, 59), MUSCAT)
            ends.append(last.astimezone(UTC))
        return min(ends)

    def _digest(self) -> hashes.SHA256 | hashes.SHA384:
        curve = isinstance(self._key, ec.EllipticCurvePrivateKey)
        strong = curve and self._key.key_size >= _SHA384_FROM_BITS
        return hashes.SHA384() if strong else hashes.SHA256()

    def _authority_key_identifier(self) -> x509.AuthorityKeyIdentifier:
        try:
            own = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        except x509.ExtensionNotFound:
            return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)

    def _crl_distribution(self) -> x509.CRLDistributionPoints:
        url = x509.UniformResourceIdentifier(f"{self.public_url}/v1/crl")
        return x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])

    def _authority_information(self) -> x509.AuthorityInformationAccess:
        places = (
            (AuthorityInformationAccessOID.OCSP, "/v1/ocsp"),
            (AuthorityInformationAccessOID.CA_ISSUERS, "/v1/ca.p7c"),
        )
        return x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    method, x509.UniformResourceIdentifier(f"{self.public_url}{path}")
                )
                for method, path in places
            ]
        )


def load_issuing_ca(
    key_file: Path | None,
    certificate_file: Path | None,
    trust_directory: Path,
    revocation_lists: Sequence[x509.CertificateRevocationList],
    public_url: str,
) -> IssuingCa | None:
    """The CA of two PEM files; ``None`` when neither is set. Raises :class:`KeysUnavailable`.

    The certificate's file may go on with the chain; the trust anchors of ``issuers/*.pem`` complete
    it, and one of them has to be the CA or above it.
    """
    if key_file is None and certificate_file is None:
        return None
    if key_file is None or certificate_file is None:
        raise KeysUnavailable("The issuing CA needs both settings: its key and its certificate.")
    pem = read_secret_file(key_file)
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeysUnavailable(f"The file {key_file} holds no private key.") from None
    try:
        certificates = x509.load_pem_x509_certificates(certificate_file.read_bytes())
        anchors = [
            anchor
            for path in sorted((trust_directory / "issuers").glob("*.pem"))
            for anchor in x509.load_pem_x509_certificates(path.read_bytes())
        ]
    except (OSError, ValueError) as error:
        raise KeysUnavailable(f"The file {certificate_file} holds no certificate.") from error
    certificate = certificates[0]
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeysUnavailable(f"The key in {key_file} is neither RSA nor elliptic curve.")
    if key.public_key() != certificate.public_key() or not _is_authority(certificate):
        raise KeysUnavailable(f"The key in {key_file} is not that of the CA in {certificate_file}.")
    chain = _chain(certificate, [*certificates[1:], *anchors])
    if not set(chain) & set(anchors):
        raise KeysUnavailable("The issuing CA leads to none of the trust anchors.")
    installed = tuple(
        entry
        for revocations in revocation_lists
        if revocations.issuer == certificate.subject
        for entry in revocations
    )
    return IssuingCa(certificate, chain, public_url.rstrip("/"), installed, key)


def _chain(
    certificate: x509.Certificate, known: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    chain = [certificate]
    while chain[-1].subject != chain[-1].issuer:
        above = next((one for one in known if one not in chain and _issued(one, chain[-1])), None)
        if above is None:
            break
        chain.append(above)
    return tuple(chain)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    # Another name, another kind of key, or a signature that does not hold.
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca


def _policies(authority: x509.Certificate) -> x509.CertificatePolicies | None:
    try:
        own = authority.extensions.get_extension_for_class(x509.CertificatePolicies)
    except x509.ExtensionNotFound:
        return None
    named = [x509.PolicyInformation(policy.policy_identifier, None) for policy in own.value]
    return x509.CertificatePolicies(named)


def _subject(holder: Holder) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
            x509.NameAttribute(NameOID.COMMON_NAME, holder.name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, holder.civil_number),
        ]
    )


def _serial_number(random: bytes) -> int:
    if len(random) != _SERIAL_BYTES:
        raise ValueError("a serial number is made of 16 random bytes")
    # Positive, never zero, and always of the same length.
    return int.from_bytes(bytes((0x40 | random[0] & 0x3F,)) + random[1:])


def _key_usage(purpose: Purpose) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=purpose == "authentication",
        content_commitment=purpose == "signature",
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
