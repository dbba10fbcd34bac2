"""Building and walking a certification path (RFC 5280, 6.1).

A trust anchor is a certificate that was installed, self-signed or not. What it says about the paths
below it (lengths, names, policies, validity) holds as in any other authority (RFC 5937): whether a
card counts does not depend on which of the authorities above it were installed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509

from cardreader.certification_path.contents import Contents, Malformed, contents_of
from cardreader.certification_path.names import NameSpace, same_name
from cardreader.certification_path.policies import Policies
from cardreader.certification_path.signatures import KeyUnusable, has_signed, public_key_of

_LONGEST = 8
"""Certificates in a path; national PKIs have two to four."""
_MOST_PATHS = 32
"""Paths that are tried: cross-certificates can make any number."""


class Purpose(enum.Enum):
    """What the last certificate's key is used for (RFC 5280, 4.2.1.3)."""

    SIGN_IN = "digital_signature"
    APPLICATION = "non_repudiation"
    """A statement of will: the key that asks for the PIN before every signature."""
    DOCUMENT_SIGNER = "document_signer"
    """Signs identity data (Doc 9303-12, table 5): digitalSignature, where a usage is stated."""


class PathFault(enum.StrEnum):
    """Why a certificate does not count, from what is least to what is most nearly right."""

    NO_PATH = "no-path"
    MALFORMED = "malformed"
    UNKNOWN_CRITICAL = "unknown-critical"
    NOT_AN_AUTHORITY = "not-an-authority"
    TOO_LONG = "too-long"
    NAME_NOT_ALLOWED = "name-not-allowed"
    NO_POLICY = "no-policy"
    NOT_VALID_THEN = "not-valid-then"
    OTHER_PURPOSE = "other-purpose"


_RANK = list(PathFault)


class PathInvalid(Exception):
    """No path leads to an anchor, or none that holds; ``fault`` is that of the best one."""

    def __init__(self, fault: PathFault) -> None:
        super().__init__(f"the certificate does not count: {fault.value}")
        self.fault = fault


def validate(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    purpose: Purpose,
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """The valid path of ``certificate`` to an anchor, itself first and the anchor last.

    ``others`` are authorities that came with it and are believed only if a path through them holds;
    ``at`` is the time, with its time zone, at which every certificate has to be valid. Revocation
    is the caller's business. Raises :class:`PathInvalid`.
    """
    best = PathFault.NO_PATH
    for number, path in enumerate(_paths((certificate,), others, anchors)):
        fault = _fault_of(path, purpose, at)
        if fault is None:
            return path
        best = max(best, fault, key=_RANK.index)
        if number >= _MOST_PATHS:
            break
    raise PathInvalid(best)


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether ``authority`` is named as the issuer (7.1) and its key made the signature."""
    try:
        named = same_name(contents_of(certificate).issuer, contents_of(authority).subject)
    except Malformed:
        return False
    return named and has_signed(authority, certificate)


def _paths(
    begun: tuple[x509.Certificate, ...],
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
) -> Iterator[tuple[x509.Certificate, ...]]:
    last = begun[-1]
    for anchor in anchors:
        # A certificate that is an anchor itself is no end of its own path: nobody vouches for it.
        if anchor not in begun and is_issued_by(last, anchor):
            yield (*begun, anchor)
    if len(begun) < _LONGEST - 1:
        for other in others:
            if other not in begun and other not in anchors and is_issued_by(last, other):
                yield from _paths((*begun, other), others, anchors)


def _fault_of(
    path: tuple[x509.Certificate, ...], purpose: Purpose, at: datetime
) -> PathFault | None:
    """Walk from the anchor down to the end, as 6.1.3 to 6.1.5 do."""
    try:
        told = [contents_of(certificate) for certificate in path]
        for certificate in path:
            public_key_of(certificate)
        return _walk(path, told, at) or _fault_of_use(told[0], purpose)
    except (Malformed, KeyUnusable):
        return PathFault.MALFORMED


def _walk(
    path: tuple[x509.Certificate, ...], told: list[Contents], at: datetime
) -> PathFault | None:
    names, policies = NameSpace(), Policies(len(path) - 1)
    length = len(path)
    for place in range(len(path) - 1, -1, -1):
        contents, is_last, is_anchor = told[place], place == 0, place == len(path) - 1
        if contents.unknown_critical:
            return PathFault.UNKNOWN_CRITICAL
        if not path[place].not_valid_before_utc <= at <= path[place].not_valid_after_utc:
            return PathFault.NOT_VALID_THEN
        if not is_anchor:
            if (is_last or not contents.is_self_issued) and not names.allows(contents):
                return PathFault.NAME_NOT_ALLOWED
            if not policies.enter(contents, is_last=is_last):
                return PathFault.NO_POLICY
        if is_last:
            return None if policies.end(contents) else PathFault.NO_POLICY
        if not _may_issue(contents):
            return PathFault.NOT_AN_AUTHORITY
        if not is_anchor and not contents.is_self_issued:
            if length <= 0:
                return PathFault.TOO_LONG
            length -= 1
        if contents.path_length is not None:
            length = min(length, contents.path_length)
        if contents.name_constraints is not None:
            names.narrow(contents.name_constraints)
        if is_anchor:
            policies.constrain(contents)
        elif not policies.leave(contents):
            return PathFault.NO_POLICY
    return None


def _may_issue(contents: Contents) -> bool:
    """Version 3, cA, and keyCertSign where a usage is stated (6.1.4 k, n)."""
    may_sign = contents.key_usage is None or "key_cert_sign" in contents.key_usage
    return contents.version == 3 and contents.is_authority is True and may_sign


def _fault_of_use(contents: Contents, purpose: Purpose) -> PathFault | None:
    if purpose is Purpose.DOCUMENT_SIGNER:
        usage = contents.key_usage
        allowed = usage is None or bool(usage & {"digital_signature", "non_repudiation"})
    else:
        allowed = contents.key_usage is not None and purpose.value in contents.key_usage
    return None if allowed else PathFault.OTHER_PURPOSE
