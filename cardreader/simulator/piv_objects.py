"""The data objects that a PIV application carries when the card leaves the office.

Containers and their fields: SP 800-73-5 part 1, section 3 and appendix A.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.simulator.ber import tlv
from cardreader.simulator.identity import face_record
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    SIGNATURE,
    CardKey,
    card_certificate,
    issuer,
)
from cardreader.simulator.personas import Persona
from cardreader.simulator.security_objects import chuid_signature, lds_security_object

AID = bytes.fromhex("A000000308000010000100")
"""Application identifier of PIV, version 1.0."""

CHUID = 0x5FC102
CCC = 0x5FC107
DISCOVERY = 0x7E
SECURITY_OBJECT = 0x5FC106
FACE = 0x5FC108
PRINTED_INFORMATION = 0x5FC109
CERTIFICATES = {0x9A: 0x5FC105, 0x9C: 0x5FC10A, 0x9D: 0x5FC10B, 0x9E: 0x5FC101}
"""Key reference to the container of its certificate."""
PIN_PROTECTED = frozenset({0x5FC103, FACE, PRINTED_INFORMATION, 0x5FC121})
"""Fingerprints, face, printed information, iris: only after VERIFY."""

_AGENCY, _SYSTEM = "9999", "9999"
_CONTAINER_IDS = {CHUID: 0x3000, CCC: 0xDB00, FACE: 0x6030, PRINTED_INFORMATION: 0x3001}
_EMPTY_ERROR_CODE = tlv(0xFE)


def piv_objects(holder: Persona, keys: dict[int, CardKey]) -> dict[int, bytes]:
    """What GET DATA finds, by tag; the value is what stands inside tag 53.

    A certificate is there for every key of ``keys``.
    """
    objects = {
        CHUID: _chuid(holder),
        CCC: _ccc(holder),
        FACE: _face(holder),
        PRINTED_INFORMATION: _printed_information(holder),
    }
    objects[SECURITY_OBJECT] = _security_object(holder, objects)
    for slot in (AUTHENTICATION, SIGNATURE):
        if slot in keys:
            certificate = card_certificate(holder, slot, keys[slot].public_key())
            encoded = certificate.public_bytes(Encoding.DER)
            objects[CERTIFICATES[slot]] = certificate_container(encoded)
    return objects


def certificate_container(certificate: bytes) -> bytes:
    """The inside of a certificate's container: 70 certificate, 71 uncompressed, FE."""
    return tlv(0x70, certificate) + tlv(0x71, b"\x00") + _EMPTY_ERROR_CODE


def discovery_object() -> bytes:
    """Tag 7E: only the application's own PIN exists (SP 800-73-5 part 1, 3.3.2)."""
    return tlv(DISCOVERY, tlv(0x4F, AID), tlv(0x5F2F, b"\x40\x00"))


def fascn(credential: str, holder_number: str) -> bytes:
    """The FASC-N, 25 bytes: five-bit characters with odd parity (PACS implementation guidance 2.3).

    Agency 9999 says that the card is not a federal one and its GUID is the identifier.
    """
    start, separator, end = 0b11010, 0b10110, 0b11111
    characters: list[int] = [start]
    for group in (_AGENCY, _SYSTEM, credential, "0", "1"):
        characters += [*map(_bcd_odd_parity, group), separator]
    # Person identifier; then category, organisation and association as for non-federal issuers.
    characters += map(_bcd_odd_parity, holder_number + "300001")
    characters.append(end)
    check = 0
    for character in characters:
        check ^= character >> 1
    characters.append(check << 1 | (1 - check.bit_count() % 2))
    bits = 0
    for character in characters:
        bits = bits << 5 | character
    return bits.to_bytes(25, "big")


def _bcd_odd_parity(digit: str) -> int:
    """Four bits, least significant first, then the bit that makes their number odd."""
    value = int(digit)
    reversed_bits = int(f"{value:04b}"[::-1], 2)
    return reversed_bits << 1 | (1 - value.bit_count() % 2)


def _holder_fascn(holder: Persona) -> bytes:
    credential = holder.guid.int % 1_000_000
    return fascn(f"{credential:06}", f"{holder.guid.int % 10**10:010}")


def _chuid(holder: Persona) -> bytes:
    signed = (
        tlv(0x30, _holder_fascn(holder))
        + tlv(0x34, holder.guid.bytes)
        + tlv(0x35, holder.expires.strftime("%Y%m%d").encode("ascii"))
    )
    signer = issuer(holder.issuer).document_signer
    signature = chuid_signature(signer, signed + _EMPTY_ERROR_CODE, holder.issued)
    return signed + tlv(0x3E, signature) + _EMPTY_ERROR_CODE


def _ccc(holder: Persona) -> bytes:
    """Card capability container: card identifier, versions, the rest is empty by design."""
    identifier = b"\xa0\x00\x00\x01\x16" + b"\xff\x02" + holder.guid.bytes[:14]
    return (
        tlv(0xF0, identifier)
        + tlv(0xF1, b"\x21")
        + tlv(0xF2, b"\x21")
        + tlv(0xF3)
        + tlv(0xF4, b"\x00")
        + tlv(0xF5, b"\x10")
        + b"".join(tlv(tag) for tag in (0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE))
    )


def _printed_information(holder: Persona) -> bytes:
    return (
        tlv(0x01, holder.name_en.encode("ascii"))
        + tlv(0x02, holder.kind.encode("ascii"))
        + tlv(0x04, holder.expires.strftime("%Y%b%d").upper().encode("ascii"))
        + tlv(0x05, holder.document_number.encode("ascii"))
        + tlv(0x06, b"MANFADH-SIM-001")
        + _EMPTY_ERROR_CODE
    )


def _face(holder: Persona) -> bytes:
    """The portrait behind the patron format PIV header, 88 bytes (SP 800-76-2, section 9)."""
    record = face_record(holder)
    begin = holder.issued.strftime("%Y%m%d")
    header = (
        b"\x03\x0d"  # version; signed
        + len(record).to_bytes(4, "big")
        + (0).to_bytes(2, "big")
        + b"\x00\x1b\x05\x01"
        + _cbeff_date(begin)
        + _cbeff_date(begin)
        + _cbeff_date(holder.expires.strftime("%Y%m%d"))
        + b"\x00\x00\x02\x20\xfe"  # facial image, raw, quality not rated
        + b"MANFADH SIMULATION"
        + _holder_fascn(holder)
        + bytes(4)
    )
    return tlv(0xBC, header + record) + _EMPTY_ERROR_CODE


def _cbeff_date(day: str) -> bytes:
    return bytes.fromhex(day) + b"\x00\x00\x00Z"


def _security_object(holder: Persona, objects: dict[int, bytes]) -> bytes:
    """Hashes of the containers, signed, and the map from number to container (3.1.7)."""
    numbered = list(enumerate(objects, start=1))
    mapping = b"".join(
        bytes((number,)) + _CONTAINER_IDS[tag].to_bytes(2, "big") for number, tag in numbered
    )
    signed = lds_security_object(
        issuer(holder.issuer).document_signer,
        {number: objects[tag] for number, tag in numbered},
        holder.issued,
    )
    return tlv(0xBA, mapping) + tlv(0xBB, signed) + _EMPTY_ERROR_CODE
