"""A small issuing state for tests: authorities, security objects, data groups, certificates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, cms, core, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from cardreader.mrz import check_digit
from cardreader.tlv import build
from cardreader.trust import TrustStore

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DER = serialization.Encoding.DER
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_serials = iter(range(1000, 100_000))


def clock() -> datetime:
    return NOW


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def name(common_name: str, serial_number: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "OM")]
    if serial_number is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.Name(parts)


@dataclass
class Authority:
    """A self-signed authority and whatever it issues."""

    common_name: str = "Test CSCA"
    key: PrivateKey = field(default_factory=new_key)
    ca: bool = True
    not_after: datetime = NOW + timedelta(days=3650)

    def __post_init__(self) -> None:
        self.certificate = self._sign(
            self._builder(name(self.common_name), self.key, self.not_after).add_extension(
                x509.BasicConstraints(ca=self.ca, path_length=None), critical=True
            )
        )

    def issue(
        self,
        key: PrivateKey,
        subject: x509.Name | None = None,
        not_after: datetime = NOW + timedelta(days=365),
        digital_signature: bool = True,
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature,
            False,
            not digital_signature,
            False,
            False,
            False,
            False,
            False,
            False,
        )
        builder = self._builder(subject or name("Test signer"), key, not_after)
        return self._sign(builder.add_extension(usage, critical=True))

    def crl(
        self, *revoked: x509.Certificate, made: datetime = NOW - timedelta(days=60)
    ) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(name(self.common_name))
            .last_update(made)
            .next_update(made + timedelta(days=30))
        )
        for certificate in revoked:
            entry = x509.RevokedCertificateBuilder(certificate.serial_number, NOW)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256())

    def _builder(
        self, subject: x509.Name, key: PrivateKey, not_after: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .issuer_name(name(self.common_name))
            .subject_name(subject)
            .serial_number(next(_serials))
            .public_key(key.public_key())
            .not_valid_before(min(NOW, not_after) - timedelta(days=3650))
            .not_valid_after(not_after)
        )

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self.key, hashes.SHA256())


class _Hash(core.Sequence):
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012


class _Hashes(core.SequenceOf):
    _child_spec = _Hash


class _Lds(core.Sequence):
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("algorithm", algos.DigestAlgorithm),
        ("hashes", _Hashes),
    ]


def security_object(
    data_groups: dict[int, bytes],
    signer: PrivateKey,
    certificate: x509.Certificate,
    *,
    digest: str = "sha256",
    pss: bool = False,
    digest_override: bytes | None = None,
    content_type: str = "2.23.136.1.1.1",
) -> bytes:
    """EF.SOD over ``data_groups``, signed by ``signer``; the options each break one thing."""
    content = _Lds(
        {
            "version": 0,
            "algorithm": {"algorithm": digest},
            "hashes": [
                {"number": number, "value": hashlib.new(digest, data).digest()}
                for number, data in data_groups.items()
            ],
        }
    ).dump()
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": [content_type]},
            {
                "type": "message_digest",
                "values": [digest_override or hashlib.new(digest, content).digest()],
            },
        ]
    )
    chosen = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha1": hashes.SHA1()}[digest]  # noqa: S303 - to be refused
    signed = attributes.dump()
    algorithm: dict[str, Any]
    if isinstance(signer, ec.EllipticCurvePrivateKey):
        signature = signer.sign(signed, ec.ECDSA(chosen))
        algorithm = {"algorithm": f"{digest}_ecdsa"}
    elif pss:
        signature = signer.sign(signed, padding.PSS(padding.MGF1(chosen), 32), chosen)
        algorithm = {
            "algorithm": "rsassa_pss",
            "parameters": {
                "hash_algorithm": {"algorithm": digest},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
                "salt_length": 32,
            },
        }
    else:
        signature = signer.sign(signed, padding.PKCS1v15(), chosen)
        algorithm = {"algorithm": "rsassa_pkcs1v15"}
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(DER))
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": {
                    "issuer": parsed.issuer,
                    "serial_number": parsed.serial_number,
                }
            }
        ),
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": attributes,
        "signature_algorithm": algorithm,
        "signature": signature,
    }
    signed_data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": digest}],
            "encap_content_info": {
                "content_type": content_type,
                "content": core.ParsableOctetString(content),
            },
            "certificates": [cms.CertificateChoices({"certificate": parsed})],
            "signer_infos": [signer_info],
        }
    )
    return build(
        0x77, cms.ContentInfo({"content_type": "signed_data", "content": signed_data}).dump()
    )


# Invented: no real person has this number, name or document.
CIVIL_NUMBER = "12345678"


def mrz(nationality: str = "OMN", birth: str = "900115", expiry: str = "310630") -> str:
    number = "AB1234567"
    first = "IDOMN" + number + check_digit(number) + "<" * 15
    second = birth + check_digit(birth) + "F" + expiry + check_digit(expiry) + nationality
    second += "<" * 11
    second += check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
    return first + second + "AL TAJRIBI<<MARYAM<SALIM".replace(" ", "<").ljust(30, "<")


def facial_record(image: bytes, points: int = 0) -> bytes:
    length = 20 + 8 * points + 12 + len(image)
    body = length.to_bytes(4, "big") + points.to_bytes(2, "big") + bytes(14)
    body += bytes(8 * points) + bytes(12) + image
    return b"FAC\x00010\x00" + (14 + length).to_bytes(4, "big") + b"\x00\x01" + body


JPEG = b"\xff\xd8\xff\xe0" + bytes(700) + b"\xff\xd9"


def data_groups(
    *, zone: str | None = None, image: bytes = JPEG, with_national: bool = True
) -> dict[int, bytes]:
    """DG1, DG2, DG11 and, unless told otherwise, DG13 of the invented cardholder."""
    groups = {
        1: build(0x61, build(0x5F1F, (zone or mrz()).encode())),
        2: build(
            0x75,
            build(
                0x7F61,
                [
                    build(0x02, b"\x01"),
                    build(
                        0x7F60,
                        [
                            build(0xA1, build(0x87, b"\x01\x01")),
                            build(0x5F2E, facial_record(image, points=2)),
                        ],
                    ),
                ],
            ),
        ),
        11: build(
            0x6B,
            [
                build(0x5C, bytes.fromhex("5F0E5F10")),
                build(0x5F0E, "مريم بنت سالم<التجريبية".encode()),
                build(0x5F10, CIVIL_NUMBER.encode()),
            ],
        ),
    }
    if with_national:
        groups[13] = build(
            0x6D,
            [
                build(0x5F20, b"Maryam Salim Al Tajribi"),
                build(0x5F21, b"citizen"),
                build(0x5F22, "مهندسة".encode()),
                build(0x5F23, b"Engineer"),
            ],
        )
    return groups


def trust(
    csca: Authority, issuer: Authority | None = None, *crls: x509.CertificateRevocationList
) -> TrustStore:
    return TrustStore(
        (csca.certificate,), (issuer.certificate,) if issuer is not None else (), tuple(crls)
    )
