"""Whose cards are believed: path validation of card certificates (RFC 5280, clause 6)."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    ClientVerifier,
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

_CIVIL_NUMBER: Final = re.compile(r"[0-9]{4,9}")


class TrustUnavailable(Exception):
    """The trust anchors cannot be read; the message is one sentence."""


class CertificateUntrusted(Exception):
    """No path leads from the certificate to a trust anchor, or it is not for this use."""


class CertificateNotValid(Exception):
    """The certificate was not valid at the time that counts."""


class CertificateRevoked(Exception):
    """The issuer revoked the certificate before the time that counts."""


class Purpose(enum.Enum):
    """What a signature is for; the card has one key for each (RFC 5280, 4.2.1.3)."""

    SIGN_IN = "digitalSignature"
    APPLICATION = "nonRepudiation"
    """A statement of will: the key that asks for the PIN before every signature."""


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """The issuers of card certificates that this central API believes."""

    store: Store
    revocation_lists: tuple[x509.CertificateRevocationList, ...]
    revoked_here: Callable[[x509.Certificate], datetime | None] = lambda _: None
    """When this central API itself revoked a certificate."""

    def check(
        self,
        chain: Sequence[x509.Certificate],
        purpose: Purpose,
        at_any_of: Sequence[datetime],
    ) -> None:
        """Check ``chain``, the card's certificate first, for a purpose at the times that may count.

        One time that holds is enough. Raises :class:`CertificateNotValid` when the certificate is
        valid at none of them, :class:`CertificateRevoked` when it was revoked by then,
        :class:`CertificateUntrusted` when no path holds.
        """
        leaf = chain[0]
        first, last = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        times = [at for at in at_any_of if first <= at <= last]
        if not times:
            raise CertificateNotValid("expired or not yet valid")
        failure: VerificationError | None = None
        revoked_at = self._revoked_at(leaf)
        if revoked_at is not None:
            times = [at for at in times if at < revoked_at]
            if not times:
                raise CertificateRevoked
        for at in times:
            try:
                _verifier(self.store, purpose, at).verify(leaf, list(chain[1:]))
            except VerificationError as error:
                failure = error
            else:
                return
        raise CertificateUntrusted(str(failure)) from failure

    def _revoked_at(self, certificate: x509.Certificate) -> datetime | None:
        revoked_here = self.revoked_here(certificate)
        if revoked_here is not None:
            return revoked_here
        for revocations in self.revocation_lists:
            if revocations.issuer == certificate.issuer:
                entry = revocations.get_revoked_certificate_by_serial_number(
                    certificate.serial_number
                )
                if entry is not None:
                    return entry.revocation_date_utc
        return None


@lru_cache(maxsize=16)
def _verifier(store: Store, purpose: Purpose, at: datetime) -> ClientVerifier:
    """Kept for a moment: all applications of a batch came at one time."""
    return (
        PolicyBuilder()
        .store(store)
        .time(at)
        .extension_policies(ca_policy=_CA_POLICY, ee_policy=_CARD_POLICIES[purpose])
        .build_client_verifier()
    )


def load_trust_anchors(directory: Path) -> TrustAnchors:
    """Read ``issuers/*.pem`` and the revocation lists ``crls/*.pem`` that these issuers signed.

    Raises :class:`TrustUnavailable`.
    """
    anchors: list[x509.Certificate] = []
    revocation_lists: list[x509.CertificateRevocationList] = []
    try:
        for path in sorted((directory / "issuers").glob("*.pem")):
            anchors += x509.load_pem_x509_certificates(path.read_bytes())
        for path in sorted((directory / "crls").glob("*.pem")):
            revocation_lists.append(x509.load_pem_x509_crl(path.read_bytes()))
            _check_signature(revocation_lists[-1], anchors)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise TrustUnavailable(f"The trust file {path} cannot be used.") from error
    if not anchors:
        raise TrustUnavailable(f"There is no trust anchor in {directory / 'issuers'}.")
    return TrustAnchors(Store(anchors), tuple(revocation_lists))


def _check_signature(
    revocations: x509.CertificateRevocationList, anchors: Sequence[x509.Certificate]
) -> None:
    for anchor in anchors:
        key = anchor.public_key()
        if (
            anchor.subject == revocations.issuer
            and isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
            and revocations.is_signature_valid(key)
        ):
            return
    raise ValueError("no trust anchor signed the revocation list")


def civil_number(certificate: x509.Certificate) -> str | None:
    """The holder's civil number: the subject's ``serialNumber`` (X.520, 6.2.9), if it has one."""
    found = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(found) != 1 or not isinstance(found[0].value, str):
        return None
    return found[0].value if _CIVIL_NUMBER.fullmatch(found[0].value) else None


def _require_ca(_: Policy, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("an issuer is not a certification authority")


def _require_sign_in(_: Policy, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature:
        raise ValueError("the certificate is not for signing in")


def _require_application(_: Policy, __: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.content_commitment:
        raise ValueError("the certificate is not for signing documents")


# The library's defaults are those of the web (subject alternative names and so on); a national ID's
# certificates are checked for what RFC 5280 itself asks.
_CA_POLICY = ExtensionPolicy.permit_all().require_present(
    x509.BasicConstraints, Criticality.AGNOSTIC, _require_ca
)
_CARD_POLICIES = {
    purpose: ExtensionPolicy.permit_all().require_present(
        x509.KeyUsage, Criticality.AGNOSTIC, check
    )
    for purpose, check in (
        (Purpose.SIGN_IN, _require_sign_in),
        (Purpose.APPLICATION, _require_application),
    )
}
