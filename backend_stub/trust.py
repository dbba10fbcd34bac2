"""Whose cards are believed: path validation of card certificates (RFC 5280, clause 6)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)


class TrustUnavailable(Exception):
    """The trust anchors cannot be read; the message is one sentence."""


class CertificateUntrusted(Exception):
    """No path leads from the certificate to a trust anchor, or it is not for this use."""


class CertificateNotValid(Exception):
    """The certificate was not valid at the time that counts."""


class Purpose(enum.Enum):
    """What a signature is for; the card has one key for each (RFC 5280, 4.2.1.3)."""

    SIGN_IN = "digitalSignature"
    APPLICATION = "nonRepudiation"
    """A statement of will: the key that asks for the PIN before every signature."""


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """The issuers of card certificates that this central API believes."""

    store: Store

    def check(
        self,
        chain: Sequence[x509.Certificate],
        purpose: Purpose,
        at_any_of: Sequence[datetime],
    ) -> None:
        """Check ``chain``, the card's certificate first, for a purpose at the times that may count.

        One time that holds is enough. Raises :class:`CertificateNotValid` when the certificate is
        valid at none of them, :class:`CertificateUntrusted` when no path holds.
        """
        leaf = chain[0]
        times = [
            at for at in at_any_of if leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc
        ]
        if not times:
            raise CertificateNotValid("expired or not yet valid")
        failure: VerificationError | None = None
        for at in times:
            verifier = (
                PolicyBuilder()
                .store(self.store)
                .time(at)
                .extension_policies(ca_policy=_CA_POLICY, ee_policy=_CARD_POLICIES[purpose])
                .build_client_verifier()
            )
            try:
                verifier.verify(leaf, list(chain[1:]))
            except VerificationError as error:
                failure = error
            else:
                return
        raise CertificateUntrusted(str(failure)) from failure


def load_trust_anchors(directory: Path) -> TrustAnchors:
    """Read ``issuers/*.pem``. Raises :class:`TrustUnavailable`."""
    anchors: list[x509.Certificate] = []
    try:
        for path in sorted((directory / "issuers").glob("*.pem")):
            anchors += x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TrustUnavailable(f"The trust anchor {path} cannot be read.") from error
    if not anchors:
        raise TrustUnavailable(f"There is no trust anchor in {directory / 'issuers'}.")
    return TrustAnchors(Store(anchors))


def civil_number(certificate: x509.Certificate) -> str | None:
    """The holder's civil number: the subject's ``serialNumber`` (X.520, 6.2.9), if it has one."""
    found = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(found) != 1 or not isinstance(found[0].value, str):
        return None
    return found[0].value


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
