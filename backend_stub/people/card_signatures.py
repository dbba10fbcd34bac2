"""What a card signed: compact JWS with the card's certificate in ``x5c`` (RFC 7515)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn

import msgspec
import rfc8785
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from backend_stub.ground.trust import (
    CertificateNotValid,
    CertificateRevoked,
    CertificateUntrusted,
    Purpose,
    TrustAnchors,
    civil_number,
)

ALGORITHMS: Final = ("RS256", "ES256", "ES384")
_REGISTRY: Final = jws.JWSRegistry(algorithms=ALGORITHMS)
_REGISTRY.max_header_length = 16 * 1024  # certificates are in it
_HEADERS: Final = frozenset({"alg", "x5c", "typ", "cty", "kid", "x5t#S256"})
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
_MAX_CHAIN: Final = 4
_KINDS: Final = bytes.maketrans(b"123456789" + bytes(range(0xF0, 0x100)), b"0" * 9 + b"\xff" * 16)
"""In UTF-8: every digit as 0, whatever begins a character beyond U+FFFF as FF."""
_LONG_INTEGER: Final = b"0" * 16
"""Shorter ones are surely below 2**53."""
# The library reads a certificate piece by piece, when the piece is asked for.
_MALFORMED: Final = (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)


class SignatureRefused(Exception):
    """What was signed is not believed; ``code`` is one of :mod:`backend_stub.ground.problems`."""

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
    try:
        signed = jws.extract_compact(
            compact if isinstance(compact, bytes) else compact.encode("ascii"), registry=_REGISTRY
        )
        chain = _certificates(signed.headers())
        key = _public_key(chain[0])
    except (JoseError, TypeError, RecursionError, *_MALFORMED) as error:
        raise SignatureRefused("application-not-signed") from error
    try:
        valid = jws.validate_compact(signed, key, ALGORITHMS, _REGISTRY)
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


class _OfCertificate:
    """A key that has none of a JWK's members, so none are made in order to look for them."""

    def get(self, _: str, default: str | list[str] | None = None) -> str | list[str] | None:
        return default


class _RsaKey(_OfCertificate, RSAKey):
    pass


class _EcKey(_OfCertificate, ECKey):
    pass


def _public_key(certificate: x509.Certificate) -> RSAKey | ECKey:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return _RsaKey(key, key)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return _EcKey(key, key)
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
    as msgspec writes them, far faster; most applications are such.
    """
    kinds = payload.translate(_KINDS)
    if b"\xff" not in kinds and _LONG_INTEGER not in kinds:
        try:
            parsed = _USUAL.decode(payload)
        except _Fraction:
            pass
        else:
            return parsed, msgspec.json.encode(parsed, order="sorted")
    parsed = json.loads(payload)
    return parsed, rfc8785.dumps(parsed)


class _Fraction(Exception):
    """A number with a fraction or an exponent, which RFC 8785 may write otherwise than msgspec."""


def _refuse_fraction(_: str) -> NoReturn:
    raise _Fraction


_USUAL: Final = msgspec.json.Decoder(float_hook=_refuse_fraction)
