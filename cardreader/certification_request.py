"""A certification request that a card signs (PKCS#10, RFC 2986): proof that it holds the key."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import algos, csr, keys, x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardreader.pki import PublicKey, SignatureAlgorithm, algorithm_of_key

SIGNED_DIGESTS = {
    SignatureAlgorithm.RS256: "sha256_rsa",
    SignatureAlgorithm.ES256: "sha256_ecdsa",
    SignatureAlgorithm.ES384: "sha384_ecdsa",
}
"""The algorithms as asn1crypto names their identifiers."""


def certification_request(
    public_key: PublicKey, purpose: str, serial: str, sign: Callable[[bytes], bytes]
) -> bytes:
    """A request for ``CN=purpose, serialNumber=serial`` without attributes, DER.

    ``sign`` gets the bytes to be signed and returns the signature as X.509 carries it (RSA: PKCS#1
    v1.5; ECDSA: DER). Whatever it raises passes through.
    """
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": asn1_x509.Name.build({"common_name": purpose, "serial_number": serial}),
            "subject_pk_info": keys.PublicKeyInfo.load(spki),
            "attributes": [],
        }
    )
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": algos.SignedDigestAlgorithm(
                {"algorithm": SIGNED_DIGESTS[algorithm_of_key(public_key)]}
            ),
            "signature": sign(info.dump()),
        }
    )
    encoded: bytes = request.dump()
    return encoded
