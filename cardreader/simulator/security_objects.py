"""Signed lists of hashes: the document security object of the identity data and of PIV.

Both are a CMS SignedData (RFC 5652) over an LDSSecurityObject, signed by the document signer
(ICAO Doc 9303-10, 4.6.2; SP 800-73-5 part 1, 3.1.7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from asn1crypto import algos, cms, core, x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cardreader.simulator.issuer import Authority

LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
"""id-icao-mrtd-security-ldsSecurityObject."""
PIV_CHUID_SECURITY_OBJECT = "2.16.840.1.101.3.6.1"
"""id-PIV-CHUIDSecurityObject (FIPS 201-3, section 4.2.1)."""


class _DataGroupHash(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012 - its way


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]  # asn1crypto ships no types
    _child_spec = _DataGroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    _fields = [  # noqa: RUF012 - its way
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _DataGroupHashes),
    ]


def lds_security_object(signer: Authority, groups: Mapping[int, bytes], signed_on: date) -> bytes:
    """CMS SignedData over the SHA-256 of every data group, DER.

    ``groups`` maps the data group's number to the whole file as read from the card.
    """
    content = _LdsSecurityObject(
        {
            "version": 0,
            "hash_algorithm": {"algorithm": "sha256"},
            "hashes": [
                {"number": number, "value": hashlib.sha256(file).digest()}
                for number, file in sorted(groups.items())
            ],
        }
    ).dump()
    return _signed_data(signer, LDS_SECURITY_OBJECT, content, signed_on, detached=False)


def chuid_signature(signer: Authority, signed_fields: bytes, signed_on: date) -> bytes:
    """Detached CMS signature over the CHUID's fields (FIPS 201-3, 4.2.1), DER."""
    return _signed_data(signer, PIV_CHUID_SECURITY_OBJECT, signed_fields, signed_on, detached=True)


def _signed_data(
    signer: Authority, content_type: str, content: bytes, signed_on: date, *, detached: bool
) -> bytes:
    certificate = asn1_x509.Certificate.load(
        signer.certificate.public_bytes(serialization.Encoding.DER)
    )
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": [content_type]},
            {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            {
                "type": "signing_time",
                "values": [
                    cms.Time({"utc_time": datetime.combine(signed_on, time(8), UTC)}),
                ],
            },
        ]
    )
    signature = signer.key.sign(
        attributes.dump(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    )
    encapsulated: dict[str, object] = {"content_type": content_type}
    if not detached:
        encapsulated["content"] = core.ParsableOctetString(content)
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": encapsulated,
            "certificates": [cms.CertificateChoices({"certificate": certificate})],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        {
                            "issuer_and_serial_number": {
                                "issuer": certificate.issuer,
                                "serial_number": certificate.serial_number,
                            }
                        }
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signature,
                }
            ],
        }
    )
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return encoded
