"""A document signed by the card as CMS SignedData, which ``openssl cms -verify`` and mail programs
read (RFC 5652; with the signer's certificate bound in as in CAdES-B-B, ETSI EN 319 122-1, 6.3).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from asn1crypto import algos, cms, core, tsp, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.certification_request import SIGNED_DIGESTS
from cardreader.channel import wipe
from cardreader.national_id import NationalIdCard
from cardreader.pki import KeyPurpose, Signature, SignatureAlgorithm, algorithm_of


def sign_cms(
    card: NationalIdCard,
    purpose: KeyPurpose,
    content: bytes,
    pin: bytearray | None,
    signed_at: datetime,
) -> bytes:
    """SignedData with ``content`` inside, the card's certificate and those that lead to it; DER.

    ``signed_at`` is what the terminal's clock says, no trusted time stamp. ``pin`` is wiped; raises
    what :meth:`~cardreader.national_id.NationalIdCard.sign` raises.
    """
    try:
        certificate = card.certificate(purpose)
        algorithm = algorithm_of(certificate)
        digest_name = "sha384" if algorithm is SignatureAlgorithm.ES384 else "sha256"
        attributes = _attributes(certificate, digest_name, content, signed_at)
        # Signed as the SET that they are, not with the tag under which they travel (5.4).
        signature = card.sign(purpose, attributes.dump(), pin)
    finally:
        if pin is not None:
            wipe(pin)
    signer = _loaded(certificate)
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": digest_name}],
            "encap_content_info": {"content_type": "data", "content": content},
            "certificates": [
                cms.CertificateChoices({"certificate": member})
                for member in (signer, *map(_loaded, card.intermediates(certificate)))
            ],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        {
                            "issuer_and_serial_number": {
                                "issuer": signer.issuer,
                                "serial_number": signer.serial_number,
                            }
                        }
                    ),
                    "digest_algorithm": {"algorithm": digest_name},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": SIGNED_DIGESTS[algorithm]},
                    "signature": _value(signature),
                }
            ],
        }
    )
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return encoded


def _attributes(
    certificate: x509.Certificate, digest_name: str, content: bytes, signed_at: datetime
) -> cms.CMSAttributes:
    """Content type, digest, time, and which certificate it was (RFC 5035, 3)."""
    encoded = certificate.public_bytes(Encoding.DER)
    binding = tsp.SigningCertificateV2(
        {
            "certs": [
                {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": digest_name}),
                    "cert_hash": hashlib.new(digest_name, encoded).digest(),
                }
            ]
        }
    )
    digest = hashlib.new(digest_name, content).digest()
    return cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [digest]},
            {
                "type": "signing_time",
                "values": [cms.Time({"utc_time": core.UTCTime(signed_at.replace(microsecond=0))})],
            },
            {"type": "signing_certificate_v2", "values": [binding]},
        ]
    )


def _loaded(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _value(signature: Signature) -> bytes:
    """From JOSE's form to that of X.509: ECDSA as a DER sequence."""
    if signature.algorithm is SignatureAlgorithm.RS256:
        return signature.value
    half = len(signature.value) // 2
    r, s = signature.value[:half], signature.value[half:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
