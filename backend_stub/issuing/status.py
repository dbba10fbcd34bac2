"""What became of card certificates: the revocation list, and answers to OCSP (RFC 6960, RFC 5019).

The CA signs its answers itself (RFC 6960, 4.2.2.2).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp

from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.issuing.ca import IssuingCa
from backend_stub.issuing.revocations import read_revocations
from backend_stub.issuing.tables import CardCertificate

_GOOD_FOR: Final = timedelta(hours=1)
_MAX_NONCE: Final = 128


def issuing_ca(central: Central) -> IssuingCa:
    """The CA. Raises :class:`ProblemError` ``issuing-unavailable`` when none is configured."""
    if central.issuing_ca is None:
        raise ProblemError("issuing-unavailable")
    return central.issuing_ca


def revocation_list(central: Central) -> bytes:
    """The issuing CA's CRL of now, DER. Raises as :func:`issuing_ca`."""
    ca = issuing_ca(central)
    return ca.revocation_list(read_revocations(central.database), central.clock())


def status_response(central: Central, request: bytes) -> bytes:
    """The OCSP response to an OCSP request, DER both. Raises as :func:`issuing_ca`."""
    ca = issuing_ca(central)
    try:
        asked = ocsp.load_der_ocsp_request(request)
        ours = _is_about(asked, ca.certificate)
        nonce = _nonce(asked)
    # Several certificates in one request are not supported by the library, nor wanted (RFC 5019).
    except (ValueError, NotImplementedError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not ours:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    known, revoked_at = _look_up(central, ca, asked.serial_number)
    now = central.clock().replace(microsecond=0)
    status = ocsp.OCSPCertStatus.GOOD if known else ocsp.OCSPCertStatus.UNKNOWN
    if revoked_at is not None:
        status = ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        asked.issuer_name_hash,
        asked.issuer_key_hash,
        asked.serial_number,
        asked.hash_algorithm,
        status,
        now,
        now + _GOOD_FOR,
        revoked_at.replace(microsecond=0) if revoked_at is not None else None,
        None,
    )
    if nonce is not None:
        builder = builder.add_extension(nonce, critical=False)
    return ca.sign_status(builder).public_bytes(serialization.Encoding.DER)


def _look_up(central: Central, ca: IssuingCa, number: int) -> tuple[bool, datetime | None]:
    """Whether the certificate is known, and when it was revoked."""
    with central.database.read() as session:
        row = session.get(CardCertificate, f"{number:x}")
        if row is not None:
            return True, row.revoked_at
    earlier = next((entry for entry in ca.installed if entry.serial_number == number), None)
    return earlier is not None, earlier.revocation_date_utc if earlier is not None else None


def _is_about(asked: ocsp.OCSPRequest, authority: x509.Certificate) -> bool:
    """Whether the request names this CA (RFC 6960, 4.1.1)."""
    name = hashlib.new(asked.hash_algorithm.name, authority.subject.public_bytes()).digest()
    key = hashlib.new(asked.hash_algorithm.name, _key_bits(authority.public_key())).digest()
    return (name, key) == (asked.issuer_name_hash, asked.issuer_key_hash)


def _key_bits(key: object) -> bytes:
    """The BIT STRING of a SubjectPublicKeyInfo: the key without its algorithm."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    raise ValueError("a CA of another kind")


def _nonce(asked: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    """The request's nonce, to be sent back (RFC 9654, 2.1: at most 128 bytes)."""
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    return nonce if 1 <= len(nonce.nonce) <= _MAX_NONCE else None


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    response = ocsp.OCSPResponseBuilder.build_unsuccessful(status)
    return response.public_bytes(serialization.Encoding.DER)
