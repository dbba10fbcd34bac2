"""Whom the terminal believes: the state's signing authorities and the issuers of card certificates.

Both kinds of chain are short by design (ICAO Doc 9303-12, clause 5: CSCA, document signer), so a
certificate is believed when an anchor issued it directly; a subordinate issuer is itself an anchor.
The rules are those of :mod:`cardreader.certification_path`, which the central API asks too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509

from cardreader.certification_path import (
    KeyUnusable,
    Malformed,
    PathFault,
    PathInvalid,
    Purpose,
    contents_of,
    is_issued_by,
    public_key_of,
    validate,
)
from cardreader.certification_path.revocation import (
    RevocationListInvalid,
    is_list_of,
    is_listed,
    newest_of,
    parse_revocation_list,
    with_newest,
)
from cardreader.errors import CardNotGenuine, CardProtocolError, Untrusted

_UNTRUSTED = {
    PathFault.NO_PATH: Untrusted.UNKNOWN_ISSUER,
    PathFault.MALFORMED: Untrusted.MALFORMED,
    PathFault.UNKNOWN_CRITICAL: Untrusted.RULE_BROKEN,
    PathFault.NOT_AN_AUTHORITY: Untrusted.UNKNOWN_ISSUER,
    PathFault.TOO_LONG: Untrusted.RULE_BROKEN,
    PathFault.NAME_NOT_ALLOWED: Untrusted.RULE_BROKEN,
    PathFault.NO_POLICY: Untrusted.RULE_BROKEN,
    PathFault.NOT_VALID_THEN: Untrusted.SIGNER_EXPIRED,
    PathFault.OTHER_PURPOSE: Untrusted.OTHER_PURPOSE,
}

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
            except RevocationListInvalid as error:
                raise TrustStoreInvalid(f"{path}: {error}") from None
            except OSError as error:
                raise TrustStoreInvalid(f"{path}: {error.strerror}") from None
        return cls(csca, issuers, tuple(crls))

    def require_csca_issued(self, certificate: x509.Certificate, now: datetime) -> None:
        """Raise :class:`~cardreader.errors.CardNotGenuine` unless a CSCA issued this."""
        self._require(certificate, self.csca, Purpose.DOCUMENT_SIGNER, now)

    def require_card_issued(
        self, certificate: x509.Certificate, purpose: Purpose, now: datetime
    ) -> None:
        """Raise :class:`~cardreader.errors.CardNotGenuine` unless a card issuer issued this, for
        this purpose.
        """
        self._require(certificate, self.card_issuers, purpose, now)

    def _require(
        self,
        certificate: x509.Certificate,
        anchors: tuple[x509.Certificate, ...],
        purpose: Purpose,
        now: datetime,
    ) -> None:
        try:
            path = validate(certificate, (), anchors, purpose, now)
        except PathInvalid as invalid:
            raise CardNotGenuine(_UNTRUSTED[invalid.fault]) from None
        for crl in self.crls:
            if is_listed(crl, certificate) and is_list_of(crl, path[-1]):
                raise CardNotGenuine(Untrusted.SIGNER_REVOKED)

    def with_revocation_list(self, encoded: bytes) -> TrustStore:
        """This store with a list (DER or PEM) in the place of older ones of the same issuer.

        An older one changes nothing, and the answer is this very store. Raises
        :class:`~cardreader.certification_path.revocation.RevocationListInvalid` when no anchor has
        signed it.
        """
        crl = parse_revocation_list(encoded)
        for anchor in (*self.csca, *self.card_issuers):
            if is_list_of(crl, anchor):
                crls = with_newest(self.crls, crl, anchor)
                return replace(self, crls=crls) if crl in crls else self
        raise RevocationListInvalid("no trust anchor has signed this revocation list")

    def revocations_as_of(self, certificate: x509.Certificate | None = None) -> datetime | None:
        """How far revocations of a card certificate are known: when its issuer's newest list was
        made, or without a certificate the newest of any card issuer; ``None``: there is no list.
        """
        anchors = self.card_issuers
        if certificate is not None:
            anchors = tuple(a for a in anchors if is_issued_by(certificate, a))
        return newest_of(self.crls, anchors)

    def intermediates(self, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The card issuers between ``certificate`` and a root, nearest first, without the root."""
        found: list[x509.Certificate] = []
        while True:
            parent = next((a for a in self.card_issuers if is_issued_by(certificate, a)), None)
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
            read = x509.load_pem_x509_certificates(path.read_bytes())
        except (ValueError, OSError):
            raise TrustStoreInvalid(f"{path}: not a certificate in PEM form") from None
        try:
            for certificate in read:
                contents_of(certificate)
                public_key_of(certificate)
        except (Malformed, KeyUnusable) as error:
            # Taken in silence it would match no card, and every card would look forged.
            raise TrustStoreInvalid(f"{path}: the certificate cannot be used: {error}") from None
        found += read
    if not found:
        raise TrustStoreInvalid(f"{directory}: no certificates")
    return tuple(found)
