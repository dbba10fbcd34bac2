"""Generated certificate chains: mostly right, each with a few things that may be wrong with it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from cardreader.certification_path import Purpose

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_DAY = timedelta(days=1)
_POLICIES = [ObjectIdentifier(f"2.999.1.{number}") for number in range(1, 4)]
_ANY = ObjectIdentifier("2.5.29.32.0")
_UNKNOWN = ObjectIdentifier("2.999.7")
_QC_STATEMENTS = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
_CURVES: tuple[ec.EllipticCurve, ...] = (
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Chain:
    """A card's certificate first, the root last. ``described``: what was done to it."""

    certificates: tuple[x509.Certificate, ...]
    purpose: Purpose
    described: tuple[str, ...]


class Generator:
    """Makes chains from a seed. Keys are made once: they decide nothing."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._rsa = [rsa.generate_private_key(65537, 2048) for _ in range(3)]
        self._ec = [ec.generate_private_key(curve) for curve in _CURVES for _ in range(3)]
        self._serial = 1

    def chain(self) -> Chain:
        """The next one: two to four certificates, each with up to two oddities."""
        dice, described = self._dice, list[str]()
        purpose = dice.choice([Purpose.SIGN_IN, Purpose.APPLICATION])
        length = dice.choice([2, 3, 3, 4])
        names = [self._name(f"Authority {place}") for place in range(length)]
        keys: list[PrivateKey] = [dice.choice([*self._rsa, *self._ec]) for _ in range(length)]
        policy = dice.choice(_POLICIES)
        made: list[x509.Certificate] = []
        for place in range(length):
            is_leaf, is_root = place == length - 1, place == 0
            builder = (
                x509.CertificateBuilder()
                .subject_name(self._holder() if is_leaf else names[place])
                .issuer_name(names[max(0, place - 1)])
                .public_key(keys[place].public_key())
                .serial_number(self._next_serial())
            )
            builder = self._validity(builder, described)
            if is_leaf:
                builder = self._leaf(builder, purpose, policy, described)
            else:
                builder = self._authority(builder, policy, described, is_root=is_root)
            signer = keys[max(0, place - 1)]
            if not is_root and self._happens(0.03):
                described.append("another signer")
                signer = dice.choice([key for key in (*self._rsa, *self._ec) if key is not signer])
            made.append(self._signed(builder, signer, described))
        return Chain(tuple(reversed(made)), purpose, tuple(described))

    def _happens(self, probability: float) -> bool:
        return self._dice.random() < probability

    def _next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def _name(self, common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._dice.choice(["ROP", "TRA"])),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def _holder(self) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._dice.choice(["ROP", "MOL"])),
                x509.NameAttribute(NameOID.COMMON_NAME, "Holder"),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, "99014521"),
            ]
        )

    def _validity(
        self, builder: x509.CertificateBuilder, described: list[str]
    ) -> x509.CertificateBuilder:
        begin, end = NOW - 400 * _DAY, NOW + 400 * _DAY
        if self._happens(0.03):
            described.append("expired")
            end = NOW - _DAY
        elif self._happens(0.02):
            described.append("not yet valid")
            begin = NOW + _DAY
        return builder.not_valid_before(begin).not_valid_after(end)

    def _leaf(
        self,
        builder: x509.CertificateBuilder,
        purpose: Purpose,
        policy: ObjectIdentifier,
        described: list[str],
    ) -> x509.CertificateBuilder:
        wrong = self._happens(0.08)
        if wrong:
            described.append("usage of the other key")
        sign_in = (purpose is Purpose.SIGN_IN) is not wrong
        builder = builder.add_extension(_usage(sign_in=sign_in), self._happens(0.8))
        builder = self._policies(builder, policy, described)
        if self._happens(0.3):
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
            )
        if self._happens(0.3):
            names = [x509.DNSName(self._dice.choice(["card.gov.om", "card.example"]))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return self._oddity(builder, described)

    def _authority(
        self,
        builder: x509.CertificateBuilder,
        policy: ObjectIdentifier,
        described: list[str],
        *,
        is_root: bool,
    ) -> x509.CertificateBuilder:
        dice = self._dice
        is_ca = not self._happens(0.03)
        length = dice.choice([None, None, 0, 1, 2]) if is_ca else None
        if not is_ca or length is not None:
            described.append(f"cA {is_ca}, length {length}")
        builder = builder.add_extension(x509.BasicConstraints(is_ca, length), critical=True)
        if self._happens(0.9):
            signs = not self._happens(0.03)
            if not signs:
                described.append("no keyCertSign")
            builder = builder.add_extension(_authority_usage(signs), critical=True)
        if self._happens(0.12):
            described.append("name constraints")
            builder = builder.add_extension(self._constraints(), critical=True)
        # OpenSSL, like RFC 5280, asks nothing of an anchor's policies.
        if is_root:
            return builder
        builder = self._policies(builder, policy, described)
        if self._happens(0.25):
            required = dice.choice([None, 0, 0, 1])
            inhibited = dice.choice([None, 0, 1]) if required is not None else 0
            described.append(f"policyConstraints {required} {inhibited}")
            constraints = x509.PolicyConstraints(required, inhibited)
            builder = builder.add_extension(constraints, critical=self._happens(0.7))
        if self._happens(0.15):
            described.append("inhibitAnyPolicy")
            skip = dice.choice([0, 1])
            builder = builder.add_extension(x509.InhibitAnyPolicy(skip), critical=True)
        if self._happens(0.15):
            described.append("policyMappings")
            builder = builder.add_extension(self._mappings(), critical=self._happens(0.5))
        return self._oddity(builder, described)

    def _policies(
        self,
        builder: x509.CertificateBuilder,
        policy: ObjectIdentifier,
        described: list[str],
    ) -> x509.CertificateBuilder:
        named = {policy}
        roll = self._dice.random()
        if roll < 0.15:
            described.append("no policies")
            return builder
        if roll < 0.3:
            described.append("another policy")
            named = {self._dice.choice(_POLICIES)}
        elif roll < 0.5:
            described.append("anyPolicy")
            named = {_ANY} if self._happens(0.5) else {policy, _ANY}
        told = [x509.PolicyInformation(one, None) for one in sorted(named, key=str)]
        critical = self._happens(0.4)
        return builder.add_extension(x509.CertificatePolicies(told), critical=critical)

    def _mappings(self) -> x509.UnrecognizedExtension:
        """policyMappings, which the builder does not know."""
        mapping = {
            "issuer_domain_policy": self._dice.choice(_POLICIES).dotted_string,
            "subject_domain_policy": self._dice.choice(_POLICIES).dotted_string,
        }
        encoded = asn1.PolicyMappings([asn1.PolicyMapping(mapping)]).dump()
        return x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.33"), encoded)

    def _constraints(self) -> x509.NameConstraints:
        def directory(organisation: str) -> x509.GeneralName:
            return x509.DirectoryName(
                x509.Name(
                    [
                        x509.NameAttribute(NameOID.COUNTRY_NAME, "om"),
                        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
                    ]
                )
            )

        match self._dice.randrange(5):
            case 0:
                return x509.NameConstraints([directory("rop"), directory("TRA")], None)
            case 1:
                return x509.NameConstraints(None, [directory("MOL")])
            case 2:
                return x509.NameConstraints([x509.DNSName("gov.om")], None)
            case 3:
                return x509.NameConstraints(None, [x509.DNSName("example")])
            case _:
                country = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "OM")])
                return x509.NameConstraints([x509.DirectoryName(country)], None)

    def _oddity(
        self, builder: x509.CertificateBuilder, described: list[str]
    ) -> x509.CertificateBuilder:
        if self._happens(0.05):
            critical = self._happens(0.5)
            described.append(f"unknown extension, critical {critical}")
            odd = x509.UnrecognizedExtension(_UNKNOWN, b"\x05\x00")
            builder = builder.add_extension(odd, critical=critical)
        if self._happens(0.05):
            critical = self._happens(0.5)
            described.append(f"qcStatements, critical {critical}")
            statements = bytes.fromhex("300A3008060604008E460101")
            odd = x509.UnrecognizedExtension(_QC_STATEMENTS, statements)
            builder = builder.add_extension(odd, critical=critical)
        return builder

    def _signed(
        self, builder: x509.CertificateBuilder, key: PrivateKey, described: list[str]
    ) -> x509.Certificate:
        digest = self._dice.choice([hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
        if isinstance(key, rsa.RSAPrivateKey) and self._happens(0.5):
            salt = self._dice.choice([0, 20, digest.digest_size, 64])
            described.append(f"PSS, salt {salt}")
            return builder.sign(key, digest, rsa_padding=padding.PSS(padding.MGF1(digest), salt))
        return builder.sign(key, digest)


def pem(certificates: tuple[x509.Certificate, ...]) -> bytes:
    """One after the other."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _usage(*, sign_in: bool) -> x509.KeyUsage:
    return x509.KeyUsage(sign_in, not sign_in, *([False] * 7))


def _authority_usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(False, False, False, False, False, signs, True, False, False)
