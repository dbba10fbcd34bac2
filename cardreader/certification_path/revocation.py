"""Revocation lists (RFC 5280, section 5): whose one is, whether it is complete, which one counts.

A list past its next update still says who was revoked: a terminal without a network goes on with
what it has, and says how old that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from asn1crypto import crl as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.certification_path.contents import Malformed, contents_of
from cardreader.certification_path.names import same_name
from cardreader.certification_path.signatures import has_signed_list

_PEM = b"-----BEGIN X509 CRL-----"
_DISTRIBUTION_POINT = "2.5.29.28"
_UNDERSTOOD = frozenset({_DISTRIBUTION_POINT, "2.5.29.20", "2.5.29.35"})
"""Extensions of a list that may be critical: issuingDistributionPoint, cRLNumber, the issuer's key.
deltaCRLIndicator is always critical (5.2.4) and not among them."""
_PARTIAL = (
    "only_contains_ca_certs",
    "only_contains_attribute_certs",
    "indirect_crl",
)


class RevocationListInvalid(ValueError):
    """This is no complete revocation list, or nobody who is believed has signed it."""


def parse_revocation_list(encoded: bytes) -> x509.CertificateRevocationList:
    """A complete list in DER (``application/pkix-crl``, RFC 2585) or PEM, text before it or not
    (RFC 7468, 2); says nothing about its signature.

    Raises :class:`RevocationListInvalid`, also for a list that does not name every revoked
    certificate of cardholders: taken for a complete one it would undo revocations.
    """
    try:
        begin = encoded.find(_PEM)
        if begin >= 0:
            parsed = x509.load_pem_x509_crl(encoded[begin:])
        else:
            parsed = x509.load_der_x509_crl(encoded)
    except ValueError:
        raise RevocationListInvalid("this is not a revocation list") from None
    if not _contents(_der(parsed))[1]:
        raise RevocationListInvalid("this revocation list is not a complete one")
    return parsed


def is_list_of(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    """Whether ``authority`` issued and signed this list (RFC 5280, 6.3.3 f and g)."""
    try:
        subject = contents_of(authority).subject
    except Malformed:
        return False
    return same_name(_contents(_der(crl))[0], subject) and has_signed_list(authority, crl)


def is_listed(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the certificate's serial number is on the list."""
    return crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def revoked_at(
    crls: Iterable[x509.CertificateRevocationList], certificate: x509.Certificate
) -> datetime | None:
    """When a list of the certificate's issuer says that it was revoked; ``None``: none does.

    The lists' signatures were checked when they came.
    """
    for crl in crls:
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and same_name(
            _contents(_der(crl))[0], contents_of(certificate).issuer
        ):
            return entry.revocation_date_utc
    return None


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


def _der(crl: x509.CertificateRevocationList) -> bytes:
    return crl.public_bytes(Encoding.DER)


@lru_cache(maxsize=8)
def _contents(encoded: bytes) -> tuple[asn1.x509.Name, bool]:
    """The issuer, and whether the list names every revoked certificate of a cardholder."""
    try:
        tbs = asn1.CertificateList.load(encoded)["tbs_cert_list"]
        complete = True
        for extension in tbs["crl_extensions"] or ():
            identifier = extension["extn_id"].dotted
            if extension["critical"].native and identifier not in _UNDERSTOOD:
                complete = False
            if identifier == _DISTRIBUTION_POINT:
                point = asn1.IssuingDistributionPoint.load(extension["extn_value"].contents)
                some = point["only_some_reasons"].native is not None
                complete &= not some and not any(point[name].native for name in _PARTIAL)
        return tbs["issuer"], complete
    except (ValueError, TypeError, KeyError) as error:
        raise RevocationListInvalid("this is not a revocation list") from error
