"""What a card signed: compact JWS with the card's certificate in ``x5c`` (RFC 7515)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn

import rfc8785
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from backend_stub.trust import (
    CertificateNotValid,
    CertificateRevoked,
    CertificateUntrusted,
    Purpose,
    TrustAnchors,
    civil_number,
)

ALGORITHMS: Final = ("RS256", "ES256", "ES384")
_HEADERS: Final = frozenset({"alg", "x5c", "typ", "cty", "kid", "x5t#S256"})
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
_MAX_CHAIN: Final = 4
_BEYOND_BMP: Final = re.compile(rb"[\xf0-\xff]")
"""In UTF-8: a character beyond U+FFFF."""
_SHORT_INTEGER: Final = 15
"""Digits of a number that is surely below 2**53."""
# The library reads a certificate piece by piece, when the piece is asked for.
_MALFORMED: Final = (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)


class SignatureRefused(Exception):
    """What was signed is not believed; ``code`` is one of :mod:`backend_stub.problems`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A JWS whose signature is valid. Whether its certificate is trusted is another question."""

    payload: dict[str, Any] = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)


def read_signed(compact: bytes | str) -> SignedDocument:
    """Verify the signature and the payload's canonical form (RFC 8785).

    Raises :class:`SignatureRefused` with ``application-not-signed``, ``application-signature`` or
    ``application-not-canonical``.
    """
    registry = jws.JWSRegistry(algorithms=ALGORITHMS)
    registry.max_header_length = 16 * 1024  # certificates are in it
    try:
        signed = jws.extract_compact(
            compact if isinstance(compact, bytes) else compact.encode("ascii"), registry=registry
        )
        chain = _certificates(signed.headers())
        key = _public_key(chain[0])
    except (JoseError, TypeError, RecursionError, *_MALFORMED) as error:
        raise SignatureRefused("application-not-signed") from error
    try:
        valid = jws.validate_compact(signed, key, ALGORITHMS, registry)
    except (JoseError, ValueError, TypeError) as error:
        raise SignatureRefused("application-signature") from error
    if not valid:
        raise SignatureRefused("application-signature")
    return SignedDocument(_canonical_object(signed.payload), chain)


def holder(
    document: SignedDocument,
    anchors: TrustAnchors,
    purpose: Purpose,
    at_any_of: Sequence[datetime],
) -> str:
    """The civil number of who signed, once the certificate is trusted at one of the times.

    Raises :class:`SignatureRefused` with ``certificate-untrusted``, ``certificate-not-valid`` or
    ``certificate-revoked``.
    """
    try:
        anchors.check(document.chain, purpose, at_any_of)
    except CertificateNotValid as error:
        raise SignatureRefused("certificate-not-valid") from error
    except CertificateRevoked as error:
        raise SignatureRefused("certificate-revoked") from error
    except (CertificateUntrusted, *_MALFORMED) as error:
        raise SignatureRefused("certificate-untrusted") from error
    number = civil_number(document.chain[0])
    if number is None:
        raise SignatureRefused("certificate-untrusted", "the certificate names no civil number")
    return number


def _certificates(headers: dict[str, Any]) -> tuple[x509.Certificate, ...]:
    if not set(headers) <= _HEADERS:
        raise ValueError("a header parameter is not allowed here")
    encoded = headers.get("x5c")
    if not isinstance(encoded, list) or not 1 <= len(encoded) <= _MAX_CHAIN:
        raise ValueError("x5c is missing or too long")
    try:
        # RFC 7515, clause 4.1.6: plain base64 here, not base64url.
        return tuple(
            x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
            for text in encoded
        )
    except binascii.Error as error:
        raise ValueError("x5c is not base64") from error


def _public_key(certificate: x509.Certificate) -> RSAKey | ECKey:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return RSAKey(key, key)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return ECKey(key, key)
    raise ValueError("the certificate's key is of another kind")


def _canonical_object(payload: bytes) -> dict[str, Any]:
    try:
        parsed, canonical = _parse(payload)
    # A number that RFC 8785 cannot hold, a lone surrogate, nesting without end.
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("application-not-canonical") from error
    if canonical != payload or not isinstance(parsed, dict):
        raise SignatureRefused("application-not-canonical")
    return parsed


def _parse(payload: bytes) -> tuple[Any, bytes]:
    """What ``payload`` says, and the canonical form of that.

    Texts and short integers alone, sorted by code points below U+10000, look the same in RFC 8785
    as in the standard library's JSON, which is ten times faster; most applications are such.
    """
    try:
        if _BEYOND_BMP.search(payload):
            raise _Unusual
        parsed = json.loads(
            payload, parse_int=_short_integer, parse_float=_unusual, parse_constant=_unusual
        )
    except _Unusual:
        parsed = json.loads(payload)
        return parsed, rfc8785.dumps(parsed)
    text = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return parsed, text.encode()


class _Unusual(Exception):
    """Something that RFC 8785 may write otherwise than the standard library."""


def _short_integer(digits: str) -> int:
    return int(digits) if len(digits) <= _SHORT_INTEGER else _unusual(digits)


def _unusual(_: str) -> NoReturn:
    raise _Unusual
