"""Whom the terminal believes: the state's signing authorities and the issuers of card certificates.

Both kinds of chain are short by design (ICAO Doc 9303-12, clause 5: CSCA, document signer), so a
certificate is believed when an anchor issued it directly; a subordinate issuer is itself an anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from cardreader.errors import CardNotGenuine, CardProtocolError, Untrusted
from cardreader.revocation import (
    RevocationListInvalid,
    is_list_of,
    is_listed,
    newest_of,
    parse_revocation_list,
    with_newest,
)

Clock = Callable[[], datetime]
"""Tells the time, with its time zone."""


class TrustStoreInvalid(ValueError):
    """A file of the trust store cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The anchors: ``csca`` signs document signers, ``card_issuers`` sign card certificates.

    ``crls`` are the revocation lists of either; one counts only when the issuer's anchor signed it.
    """

    csca: tuple[x509.Certificate, ...]
    card_issuers: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()

    @classmethod
    def load(cls, directory: Path) -> TrustStore:
        """Read ``csca/*.pem``, ``issuers/*.pem`` and, where there are any, ``crls/*.pem``.

        Raises :class:`TrustStoreInvalid` when a file is malformed or either kind of anchor is
        missing: a terminal that believes nobody must not look as if every card were forged.
        """
        csca = _certificates(directory / "csca")
        issuers = _certificates(directory / "issuers")
        crls: list[x509.CertificateRevocationList] = []
        for path in sorted((directory / "crls").glob("*.pem")):
            try:
                crls.append(parse_revocation_list(path.read_bytes()))
            except (RevocationListInvalid, OSError):
                raise TrustStoreInvalid(f"{path}: not a revocation list") from None
        return cls(csca, issuers, tuple(crls))

    def require_csca_issued(self, certificate: x509.Certificate, now: datetime) -> None:
        """Raise :class:`~cardreader.errors.CardNotGenuine` unless a CSCA issued this."""
        _require_issued(certificate, self.csca, self.crls, now)

    def require_card_issued(self, certificate: x509.Certificate, now: datetime) -> None:
        """Raise :class:`~cardreader.errors.CardNotGenuine` unless a card issuer issued this."""
        _require_issued(certificate, self.card_issuers, self.crls, now)

    def with_revocation_list(self, encoded: bytes) -> TrustStore:
        """This store with a list (DER or PEM) in the place of older ones of the same issuer.

        Raises :class:`~cardreader.revocation.RevocationListInvalid` when no anchor has signed it.
        """
        crl = parse_revocation_list(encoded)
        for anchor in (*self.csca, *self.card_issuers):
            if is_list_of(crl, anchor):
                return replace(self, crls=with_newest(self.crls, crl, anchor))
        raise RevocationListInvalid("no trust anchor has signed this revocation list")

    def revocations_as_of(self, certificate: x509.Certificate | None = None) -> datetime | None:
        """How far revocations of a card certificate are known: when its issuer's newest list was
        made, or without a certificate the newest of any card issuer; ``None``: there is no list.
        """
        anchors = self.card_issuers
        if certificate is not None:
            anchors = tuple(a for a in anchors if _issued(certificate, a))
        return newest_of(self.crls, anchors)

    def intermediates(self, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The card issuers between ``certificate`` and a root, nearest first, without the root."""
        found: list[x509.Certificate] = []
        while True:
            parent = next((a for a in self.card_issuers if _issued(certificate, a)), None)
            if parent is None or parent.issuer == parent.subject or parent in found:
                return tuple(found)
            found.append(parent)
            certificate = parent


def parse_certificate(der: bytes) -> x509.Certificate:
    """A certificate as a card stores it; says nothing about who issued it.

    Raises :class:`~cardreader.errors.CardProtocolError`.
    """
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        raise CardProtocolError("a certificate is malformed") from None


def _certificates(directory: Path) -> tuple[x509.Certificate, ...]:
    found: list[x509.Certificate] = []
    for path in sorted(directory.glob("*.pem")):
        try:
            found += x509.load_pem_x509_certificates(path.read_bytes())
        except (ValueError, OSError):
            raise TrustStoreInvalid(f"{path}: not a certificate in PEM form") from None
    if not found:
        raise TrustStoreInvalid(f"{directory}: no certificates")
    return tuple(found)


def _require_issued(
    certificate: x509.Certificate,
    anchors: Iterable[x509.Certificate],
    crls: Iterable[x509.CertificateRevocationList],
    now: datetime,
) -> None:
    """Check issuer, signature, validity, revocation, in that order (Doc 9303-11, 5.1; RFC 5280)."""
    issuing = [anchor for anchor in anchors if _issued(certificate, anchor)]
    if not issuing:
        raise CardNotGenuine(Untrusted.UNKNOWN_ISSUER)
    # An authority may have renewed its certificate and kept its key: one valid one is enough.
    if not _is_valid(certificate, now) or not any(_is_valid(anchor, now) for anchor in issuing):
        raise CardNotGenuine(Untrusted.SIGNER_EXPIRED)
    _require_signing(certificate)
    for crl in crls:
        if is_listed(crl, certificate) and any(is_list_of(crl, anchor) for anchor in issuing):
            raise CardNotGenuine(Untrusted.SIGNER_REVOKED)


def _is_valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _issued(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        constraints = anchor.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not constraints.ca:
            return False
        certificate.verify_directly_issued_by(anchor)
    except (x509.ExtensionNotFound, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _require_signing(certificate: x509.Certificate) -> None:
    """Key usage, where it is stated, lets the key sign (RFC 5280, 4.2.1.3).

    Certificates for signatures that bind often allow contentCommitment and nothing else
    (ETSI EN 319 412-2, 4.3.2).
    """
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise CardNotGenuine(Untrusted.MALFORMED) from None
    if not (usage.digital_signature or usage.content_commitment):
        raise CardNotGenuine(Untrusted.UNKNOWN_ISSUER)
