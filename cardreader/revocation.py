"""Revocation lists (RFC 5280, section 5): whose a list is, how old it is, and which one counts.

A list past its next update still says who was revoked: a terminal without a network goes on with
what it has, and says how old that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm


class RevocationListInvalid(ValueError):
    """This is no revocation list, or nobody whom the terminal believes has signed it."""


def parse_revocation_list(encoded: bytes) -> x509.CertificateRevocationList:
    """A list in DER (``application/pkix-crl``, RFC 2585) or PEM; says nothing about its signature.

    Raises :class:`RevocationListInvalid`.
    """
    try:
        if encoded.startswith(b"-----BEGIN"):
            return x509.load_pem_x509_crl(encoded)
        return x509.load_der_x509_crl(encoded)
    except ValueError:
        raise RevocationListInvalid("this is not a revocation list") from None


def is_list_of(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    """Whether ``authority`` issued and signed this list (RFC 5280, 6.3.3 f and g)."""
    if crl.issuer != authority.subject:
        return False
    try:
        return crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # TypeError below
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def is_listed(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the certificate's serial number is on the list."""
    return crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def with_newest(
    held: Iterable[x509.CertificateRevocationList],
    offered: x509.CertificateRevocationList,
    authority: x509.Certificate,
) -> tuple[x509.CertificateRevocationList, ...]:
    """``held`` with the offered list of ``authority`` in the place of its older ones.

    One that is older than what is held changes nothing: nobody can undo a revocation by playing
    an earlier list again.
    """
    others: list[x509.CertificateRevocationList] = []
    newest = offered
    for crl in held:
        if not is_list_of(crl, authority):
            others.append(crl)
        elif crl.last_update_utc >= newest.last_update_utc:
            newest = crl
    return (*others, newest)


def newest_of(
    held: Iterable[x509.CertificateRevocationList], authorities: Iterable[x509.Certificate]
) -> datetime | None:
    """When the newest list of any of these was made (thisUpdate); ``None``: there is none."""
    anchors = tuple(authorities)
    made = [crl.last_update_utc for crl in held if any(is_list_of(crl, a) for a in anchors)]
    return max(made, default=None)
