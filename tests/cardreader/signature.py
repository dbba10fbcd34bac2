"""JOSE signatures checked with nothing of the driver in between."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cardreader import SignatureAlgorithm


def verify(
    certificate: x509.Certificate, algorithm: SignatureAlgorithm, value: bytes, message: bytes
) -> None:
    """Check a JOSE signature with nothing of the driver in between."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        assert algorithm is SignatureAlgorithm.RS256
        key.verify(value, message, padding.PKCS1v15(), hashes.SHA256())
        return
    assert isinstance(key, ec.EllipticCurvePublicKey)
    half = key.curve.key_size // 8
    assert len(value) == 2 * half
    r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
    hashed = hashes.SHA384() if algorithm is SignatureAlgorithm.ES384 else hashes.SHA256()
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashed))
