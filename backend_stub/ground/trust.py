"""Whose cards are believed; by the rules of the terminal, :mod:`cardreader.certification_path`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from cardreader.certification_path import (
    Malformed,
    PathInvalid,
    Purpose,
    contents_of,
    public_key_of,
    validate,
)
from cardreader.certification_path.revocation import (
    RevocationListInvalid,
    is_list_of,
    parse_revocation_list,
    revoked_at,
)

__all__ = [
    "CertificateNotValid",
    "CertificateRevoked",
    "CertificateUntrusted",
    "Purpose",
    "TrustAnchors",
    "TrustUnavailable",
    "civil_number",
    "load_trust_anchors",
]

_CIVIL_NUMBER: Final = re.compile(r"[0-9]{4,9}")


class TrustUnavailable(Exception):
    """The trust anchors cannot be read; the message is one sentence."""


class CertificateUntrusted(Exception):
    """No path leads from the certificate to a trust anchor, or it is not for this use."""


class CertificateNotValid(Exception):
    """The certificate was not valid at the time that counts."""


class CertificateRevoked(Exception):
    """The issuer revoked the certificate before the time that counts."""


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """The issuers of card certificates that this central API believes."""

    anchors: tuple[x509.Certificate, ...]
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
        ended = self._revoked_at(leaf)
        if ended is not None:
            times = [at for at in times if at < ended]
            if not times:
                raise CertificateRevoked
        failure: PathInvalid | None = None
        for at in times:
            try:
                validate(leaf, chain[1:], self.anchors, purpose, at)
            except PathInvalid as invalid:
                failure = invalid
            else:
                return
        raise CertificateUntrusted(str(failure)) from failure

    def _revoked_at(self, certificate: x509.Certificate) -> datetime | None:
        revoked_here = self.revoked_here(certificate)
        if revoked_here is not None:
            return revoked_here
        try:
            return revoked_at(self.revocation_lists, certificate)
        except Malformed as error:
            raise CertificateUntrusted(str(error)) from error


def load_trust_anchors(directory: Path) -> TrustAnchors:
    """Read ``issuers/*.pem`` and the revocation lists ``crls/*.pem`` that these issuers signed.

    Raises :class:`TrustUnavailable`.
    """
    anchors: list[x509.Certificate] = []
    revocation_lists: list[x509.CertificateRevocationList] = []
    try:
        for path in sorted((directory / "issuers").glob("*.pem")):
            anchors += x509.load_pem_x509_certificates(path.read_bytes())
            for anchor in anchors:
                contents_of(anchor)
                public_key_of(anchor)
        for path in sorted((directory / "crls").glob("*.pem")):
            revocation_lists.append(parse_revocation_list(path.read_bytes()))
            if not any(is_list_of(revocation_lists[-1], anchor) for anchor in anchors):
                raise RevocationListInvalid("no trust anchor signed the revocation list")
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise TrustUnavailable(f"The trust file {path} cannot be used: {error}.") from error
    if not anchors:
        raise TrustUnavailable(f"There is no trust anchor in {directory / 'issuers'}.")
    return TrustAnchors(tuple(anchors), tuple(revocation_lists))


def civil_number(certificate: x509.Certificate) -> str | None:
    """The holder's civil number: the subject's ``serialNumber`` (X.520, 6.2.9), if it has one."""
    found = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(found) != 1 or not isinstance(found[0].value, str):
        return None
    return found[0].value if _CIVIL_NUMBER.fullmatch(found[0].value) else None
