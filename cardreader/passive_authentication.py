"""Passive authentication: proof that the issuing state wrote the identity data on a card.

EF.SOD is a CMS SignedData over the hashes of all data groups (ICAO Doc 9303-10, clause 4.6.2;
RFC 5652). It says nothing about whether the chip is a copy: that is what a signature with the
card's own key shows (:mod:`cardreader.national_id`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from cardreader import tlv
from cardreader.certification_path import public_key_of
from cardreader.errors import CardNotGenuine, Untrusted
from cardreader.trust import TrustStore, parse_certificate

_SOD_TAG = 0x77
_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class _DataGroupHash(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012 - asn1crypto's way


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = _DataGroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("data_group_hashes", _DataGroupHashes),
        ("lds_version", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """The verified content of EF.SOD: which data groups there are, and their hashes."""

    hash_name: str
    hashes: Mapping[int, bytes]

    def __contains__(self, data_group: int) -> bool:
        return data_group in self.hashes

    def require(self, data_group: int, content: bytes) -> None:
        """Raise :class:`~cardreader.errors.CardNotGenuine` unless ``content`` is what was signed.

        ``content`` is the whole file, its outer tag included.
        """
        if self.hashes.get(data_group) != hashlib.new(self.hash_name, content).digest():
            raise CardNotGenuine(Untrusted.HASH_MISMATCH)


def verify_security_object(ef_sod: bytes, trust: TrustStore, now: datetime) -> SecurityObject:
    """Check EF.SOD (the whole file) from the signature up to the CSCA (Doc 9303-11, 5.1).

    Raises :class:`~cardreader.errors.CardNotGenuine` with the reason; nothing else.
    """
    try:
        signed_data, content = _open(ef_sod)
        signer_info, certificate = _signer(signed_data)
        _require_signature(signer_info, certificate, content)
        trust.require_csca_issued(certificate, now)
        return _security_object(content)
    except CardNotGenuine:
        raise
    except Exception:  # noqa: BLE001 - a hostile structure ends in a refusal, whatever it breaks
        raise CardNotGenuine(Untrusted.MALFORMED) from None


def _open(ef_sod: bytes) -> tuple[Any, bytes]:
    content_info = cms.ContentInfo.load(tlv.require(ef_sod, _SOD_TAG), strict=True)
    if content_info["content_type"].native != "signed_data":
        raise CardNotGenuine(Untrusted.MALFORMED)
    signed_data = content_info["content"]
    encapsulated = signed_data["encap_content_info"]
    if encapsulated["content_type"].dotted != _LDS_SECURITY_OBJECT:
        raise CardNotGenuine(Untrusted.MALFORMED)
    content = encapsulated["content"]
    if isinstance(content, core.Any):
        # A SignedData of version 1 leaves the type open (PKCS#7); the LDS knows octets only.
        content = content.parse(core.OctetString)
    return signed_data, bytes(content)


def _signer(signed_data: Any) -> tuple[Any, x509.Certificate]:
    """The only signer and the certificate that its identifier names (RFC 5652, 5.3)."""
    signer_infos = signed_data["signer_infos"]
    if len(signer_infos) != 1:
        raise CardNotGenuine(Untrusted.MALFORMED)
    signer_info = signer_infos[0]
    identifier = signer_info["sid"]
    for choice in signed_data["certificates"]:
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        if identifier.name == "issuer_and_serial_number":
            named = identifier.chosen
            # Compared as written first: preparing the names takes as long as half of all the rest.
            matches = certificate.serial_number == named["serial_number"].native and (
                certificate.issuer.dump() == named["issuer"].dump()
                or certificate.issuer == named["issuer"]
            )
        else:
            matches = certificate.key_identifier == identifier.chosen.native
        if matches:
            return signer_info, parse_certificate(certificate.dump())
    raise CardNotGenuine(Untrusted.MALFORMED)


def _require_signature(signer_info: Any, certificate: x509.Certificate, content: bytes) -> None:
    digest_name = signer_info["digest_algorithm"]["algorithm"].native
    digest = _hash(digest_name)
    attributes = signer_info["signed_attrs"]
    values: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in values or len(attribute["values"]) != 1:
            raise CardNotGenuine(Untrusted.MALFORMED)
        values[name] = attribute["values"][0]
    if values["content_type"].dotted != _LDS_SECURITY_OBJECT:
        raise CardNotGenuine(Untrusted.MALFORMED)
    if values["message_digest"].native != hashlib.new(digest_name, content).digest():
        raise CardNotGenuine(Untrusted.HASH_MISMATCH)
    # The signature is over the attributes as a SET, not with the tag they carry (RFC 5652, 5.4).
    signed = b"\x31" + attributes.dump()[1:]
    signature = signer_info["signature"].native
    key = public_key_of(certificate)
    algorithm = signer_info["signature_algorithm"]
    kind = algorithm.signature_algo
    try:
        if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(_signature_hash(algorithm, digest)))
        elif kind == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            parameters = algorithm["parameters"]
            mask_hash = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
            scheme = padding.PSS(padding.MGF1(_hash(mask_hash)), parameters["salt_length"].native)
            pss_hash = _hash(parameters["hash_algorithm"]["algorithm"].native)
            key.verify(signature, signed, scheme, pss_hash)
        elif kind == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), _signature_hash(algorithm, digest))
        else:
            raise CardNotGenuine(Untrusted.BAD_SIGNATURE)
    except (InvalidSignature, UnsupportedAlgorithm):
        raise CardNotGenuine(Untrusted.BAD_SIGNATURE) from None


def _signature_hash(algorithm: Any, digest: hashes.HashAlgorithm) -> hashes.HashAlgorithm:
    """The hash that the signature algorithm names; plain rsaEncryption leaves it to the digest."""
    if algorithm["algorithm"].native == "rsassa_pkcs1v15":
        return digest
    return _hash(algorithm.hash_algo)


def _hash(name: str) -> hashes.HashAlgorithm:
    """A hash that Doc 9303-11 (clause 4.4) allows; SHA-1 is history."""
    if name not in _HASHES:
        raise CardNotGenuine(Untrusted.BAD_SIGNATURE)
    return _HASHES[name]()


def _security_object(content: bytes) -> SecurityObject:
    """LDSSecurityObject (Doc 9303-10, 4.6.2.2)."""
    parsed = _LdsSecurityObject.load(content, strict=True)
    hash_name = parsed["hash_algorithm"]["algorithm"].native
    _hash(hash_name)
    found: dict[int, bytes] = {}
    for item in parsed["data_group_hashes"]:
        number = item["number"].native
        if number in found or not 1 <= number <= 16:
            raise CardNotGenuine(Untrusted.MALFORMED)
        found[number] = item["value"].native
    return SecurityObject(hash_name, found)
