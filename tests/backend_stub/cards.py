"""Issuers and cards of the tests: real keys, real certificates, real JWS."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
FROM = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL = datetime(2035, 1, 1, tzinfo=UTC)


def new_key(kind: str) -> PrivateKey:
    match kind:
        case "RS256":
            return rsa.generate_private_key(65537, 2048)
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Issuer:
    key: PrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, name: str, parent: Issuer | None = None, ca: bool = True) -> Issuer:
        key = new_key("ES256")
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer = parent.key if parent else key
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(parent.certificate.subject if parent else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage(key_cert_sign=ca, digital_signature=not ca), critical=True)
            .sign(signer, hashes.SHA256())
        )
        return cls(key, certificate)

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass
class Card:
    civil_number: str
    algorithm: str
    authentication: tuple[PrivateKey, x509.Certificate]
    signature: tuple[PrivateKey, x509.Certificate]
    intermediates: tuple[x509.Certificate, ...] = ()

    @classmethod
    def make(
        cls,
        issuer: Issuer,
        civil_number: str = "99014521",
        algorithm: str = "ES256",
        *,
        valid: tuple[datetime, datetime] = (FROM, UNTIL),
        intermediates: tuple[x509.Certificate, ...] = (),
        subject: x509.Name | None = None,
    ) -> Card:
        def certified(**use: bool) -> tuple[PrivateKey, x509.Certificate]:
            key = new_key(algorithm)
            certificate = (
                x509.CertificateBuilder()
                .subject_name(subject or holder_name(civil_number))
                .issuer_name(issuer.certificate.subject)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(valid[0])
                .not_valid_after(valid[1])
                .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                .add_extension(usage(**use), critical=True)
                .sign(issuer.key, hashes.SHA256())
            )
            return key, certificate

        return cls(
            civil_number,
            algorithm,
            certified(digital_signature=True),
            certified(content_commitment=True),
            intermediates,
        )

    def sign(self, payload: dict[str, Any] | bytes) -> str:
        return self._jws(self.signature, payload)

    def answer(
        self, challenge: dict[str, Any], kiosk: str, changes: dict[str, Any] | None = None
    ) -> str:
        payload = {
            "aud": "manfadh-central",
            "challenge_id": challenge["challenge_id"],
            "kiosk": kiosk,
            "nonce": challenge["nonce"],
        }
        return self._jws(self.authentication, payload | (changes or {}))

    def _jws(
        self,
        slot: tuple[PrivateKey, x509.Certificate],
        payload: dict[str, Any] | bytes,
    ) -> str:
        key, certificate = slot
        content = payload if isinstance(payload, bytes) else rfc8785.dumps(payload)
        chain = [
            base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode()
            for one in (certificate, *self.intermediates)
        ]
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kind = RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey
        registry = jws.JWSRegistry(algorithms=[self.algorithm])
        registry.max_header_length = 65536
        return jws.serialize_compact(
            {"alg": self.algorithm, "x5c": chain},
            content,
            kind.import_key(pem),
            [self.algorithm],
            registry,
        )


def holder_name(civil_number: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Card Holder"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, civil_number),
        ]
    )


def usage(**set_bits: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: set_bits.get(name, False) for name in names})
