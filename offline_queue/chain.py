"""The chain that makes every change to the outbox show: records, signatures, countersigned heads.

Each record names the SHA-256 of the record before it, so one record fixes all that came earlier.
The terminal's device key signs each record (ECDSA P-256 with SHA-256, FIPS 186-5, in the fixed
``r || s`` form of RFC 7518, clause 3.4). A chain alone cannot show that its end was cut off:
therefore the central API countersigns how far it holds the chain (Ed25519, RFC 8032). What is
signed is always RFC 8785 canonical JSON; a field that has no value is left out of it.

A record says in ``terms`` what travels beside the envelope, so the one signature covers the case,
its order, the key and the time too. A transaction that will never be sent, or not as it is, leaves
no hole: its record goes without the envelope, as a ``void`` item (``wire.BatchItem`` says how it is
answered), with a notice that the device signs. What waits in an epoch whose chain was closed goes
beside the new chain, as a ``stranded`` item, vouched for by the same kind of notice.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from offline_queue.sealing import key_id
from offline_queue.wire import (
    AttachmentRef,
    BatchItem,
    ChainRecord,
    EnrolmentRequest,
    EnrolmentStatement,
    FolderManifest,
    HeadStatement,
    ItemKind,
    ItemNotice,
    SignedHead,
    SignedManifest,
    SignedNotice,
    VoidReason,
)
from offline_queue.wire_model import WireModel

GENESIS: Final = "0" * 64
"""``prev`` of an epoch's first record, and the head of an empty chain."""

_P256_COORDINATE: Final = 32
_ECDSA_SHA256: Final = ec.ECDSA(hashes.SHA256())


class ChainBroken(Exception):
    """A signature of the chain or of its head does not verify."""


def b64url(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648, clause 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode base64url without padding, refusing every other spelling of the same bytes.

    Raises ``ValueError`` for foreign characters, padding, an impossible length or stray bits.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if b64url(data) != text:
        raise ValueError("not base64url in its one canonical spelling")
    return data


def canonical(message: WireModel) -> bytes:
    """Serialise a message as RFC 8785 canonical JSON: the bytes that are hashed and signed."""
    return _plain(message) if isinstance(message, ChainRecord) else rfc8785.dumps(message.plain())


def _plain(content: ChainRecord | dict[str, Any]) -> bytes:
    """Serialise what holds only texts, whole numbers and lists of such, under ASCII names.

    For these msgspec writes what RFC 8785 asks for (clause 3.2.2.2 for the texts, ASCII order for
    the names), far sooner than the library for all of JSON; every transaction needs it twice.
    """
    return msgspec.json.encode(content, order="sorted")


def timestamp(moment: dt.datetime) -> str:
    """Write a moment so that text order is time order: UTC, RFC 3339, always microseconds."""
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def terms_hash(
    case_ref: str,
    case_seq: int,
    schema_version: int,
    key_id: str,
    confirmed_at: str,
    attachments: Sequence[AttachmentRef],
) -> str:
    """Return SHA-256 of an item's ``wire.ItemTerms`` in lower-case hexadecimal.

    ``confirmed_at`` is as ``timestamp`` writes it.
    """
    terms = {
        "case_ref": case_ref,
        "case_seq": case_seq,
        "schema_version": schema_version,
        "key_id": key_id,
        "confirmed_at": confirmed_at,
        "attachments": list(attachments),
    }
    return hashlib.sha256(_plain(terms)).hexdigest()


def check_terms(item: BatchItem) -> None:
    """Check that an item says beside its envelope what the device signed.

    An item of the first release, whose record has no terms, may name no attachments. Raises
    ``ChainBroken``.
    """
    if item.record.terms is None:
        if item.attachments:
            raise ChainBroken("the attachments are not signed for")
        return
    try:
        confirmed_at = timestamp(item.confirmed_at)
    except (OverflowError, ValueError) as error:
        raise ChainBroken("the time is out of range") from error
    found = terms_hash(
        item.case_ref,
        item.case_seq,
        item.schema_version,
        item.key_id,
        confirmed_at,
        item.attachments,
    )
    if found != item.record.terms:
        raise ChainBroken("what travels beside the envelope is not what was signed")


def record_hash(record: ChainRecord) -> str:
    """Return SHA-256 of the record's canonical bytes, lower-case hexadecimal: the chain's link."""
    return hashlib.sha256(canonical(record)).hexdigest()


def envelope_hash(envelope: bytes) -> str:
    """Return SHA-256 of a sealed envelope in lower-case hexadecimal."""
    return hashlib.sha256(envelope).hexdigest()


def sign_record(device_key: ec.EllipticCurvePrivateKey, record: ChainRecord) -> str:
    """Sign a record with the terminal's P-256 key: base64url of ``r || s``, 64 bytes.

    Raises ``ValueError`` when the key is on another curve.
    """
    return sign_by_device(device_key, canonical(record))


def sign_by_device(device_key: ec.EllipticCurvePrivateKey, message: bytes) -> str:
    """Sign canonical bytes with the terminal's P-256 key: base64url of ``r || s``, 64 bytes.

    Raises ``ValueError`` when the key is on another curve.
    """
    if not isinstance(device_key.curve, ec.SECP256R1):
        raise ValueError("the device key must be on P-256")
    r, s = decode_dss_signature(device_key.sign(message, _ECDSA_SHA256))
    return b64url(r.to_bytes(_P256_COORDINATE, "big") + s.to_bytes(_P256_COORDINATE, "big"))


def verify_by_device(
    public_key: ec.EllipticCurvePublicKey, message: WireModel, signature: str
) -> None:
    """Check the terminal's signature over a message's canonical JSON; raises ``ChainBroken``."""
    verify_signature(public_key, canonical(message), signature)


def verify_record(
    public_key: ec.EllipticCurvePublicKey, record: ChainRecord, signature: str
) -> None:
    """Check the terminal's signature over a record; raises ``ChainBroken`` when it is not valid."""
    verify_signature(public_key, canonical(record), signature)


def sign_enrolment(
    kiosk: str,
    code: str,
    device_key: ec.EllipticCurvePrivateKey,
    former_key: ec.EllipticCurvePrivateKey | None = None,
) -> EnrolmentRequest:
    """Ask that ``device_key`` be taken up; ``former_key`` vouches that it replaces this one."""
    public_pem = device_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    statement = canonical(enrolment_statement(kiosk, code, public_pem.decode("ascii")))
    return EnrolmentRequest(
        code=code,
        device_public_key=public_pem.decode("ascii"),
        proof=sign_by_device(device_key, statement),
        voucher=None if former_key is None else sign_by_device(former_key, statement),
    )


def enrolment_statement(kiosk: str, code: str, device_public_key: str) -> EnrolmentStatement:
    """What is signed for an enrolment."""
    return EnrolmentStatement(
        kiosk=kiosk,
        code_sha256=hashlib.sha256(code.encode()).hexdigest(),
        device_key_sha256=hashlib.sha256(device_public_key.encode()).hexdigest(),
    )


def sign_notice(
    device_key: ec.EllipticCurvePrivateKey,
    kind: ItemKind,
    record: ChainRecord,
    epoch: int,
    reason: VoidReason | None = None,
) -> SignedNotice:
    """Make the notice that a void or stranded item needs in a batch of ``epoch``."""
    notice = ItemNotice(
        kind=kind, kiosk=record.kiosk, epoch=epoch, record=record_hash(record), reason=reason
    )
    return SignedNotice(notice=notice, signature=sign_by_device(device_key, canonical(notice)))


def verify_notice(public_key: ec.EllipticCurvePublicKey, item: BatchItem, epoch: int) -> None:
    """Check that the key of the batch's ``epoch`` stands behind a void or stranded item.

    Raises ``ChainBroken``; also when the record is of a later epoch than the batch, or a stranded
    one is of the batch's own.
    """
    signed = item.notice
    if signed is None:
        raise ChainBroken("the item has no notice")
    notice = signed.notice
    named = (notice.kiosk, notice.epoch, notice.record)
    if named != (item.record.kiosk, epoch, record_hash(item.record)):
        raise ChainBroken("the notice is for another record")
    if item.record.epoch > epoch or (item.kind is ItemKind.STRANDED and item.record.epoch == epoch):
        raise ChainBroken("the record is not of an epoch that such an item may be of")
    if (item.kind is ItemKind.VOID) != (notice.reason is not None):
        raise ChainBroken("a void item has a reason, and only a void item")
    verify_by_device(public_key, notice, signed.signature)


def verify_signature(public_key: ec.EllipticCurvePublicKey, message: bytes, signature: str) -> None:
    """Check what ``sign_by_device`` made of these bytes; raises ``ChainBroken``."""
    try:
        raw = b64url_decode(signature)
        if len(raw) != 2 * _P256_COORDINATE:
            raise ValueError("a P-256 signature is 64 bytes")
        der = encode_dss_signature(
            int.from_bytes(raw[:_P256_COORDINATE], "big"),
            int.from_bytes(raw[_P256_COORDINATE:], "big"),
        )
        public_key.verify(der, message, _ECDSA_SHA256)
    except (InvalidSignature, ValueError) as error:
        raise ChainBroken("the device's signature is not valid") from error


def sign_head(head_key: Ed25519PrivateKey, statement: HeadStatement) -> SignedHead:
    """Countersign how far a terminal's chain is held: the central API's side."""
    return SignedHead(
        statement=statement,
        key_id=key_id(head_key.public_key().public_bytes_raw()),
        signature=b64url(head_key.sign(canonical(statement))),
    )


def verify_head(head_public_key: bytes, signed: SignedHead) -> HeadStatement:
    """Check the central API's countersignature and return what it states.

    ``head_public_key`` is the raw 32-byte Ed25519 key. Raises ``ChainBroken`` when the signature
    is not valid or names another key.
    """
    _verify_by_central(head_public_key, signed.statement, signed.key_id, signed.signature)
    return signed.statement


def sign_results(head_key: Ed25519PrivateKey, manifest: FolderManifest) -> SignedManifest:
    """Sign the manifest of a folder with results: the central API's side."""
    return SignedManifest(
        manifest=manifest,
        key_id=key_id(head_key.public_key().public_bytes_raw()),
        signature=b64url(head_key.sign(canonical(manifest))),
    )


def verify_results(head_public_key: bytes, signed: SignedManifest) -> FolderManifest:
    """Check that results come from the central API; raises ``ChainBroken`` when not."""
    _verify_by_central(head_public_key, signed.manifest, signed.key_id, signed.signature)
    return signed.manifest


def _verify_by_central(
    head_public_key: bytes, message: WireModel, named_key: str, signature: str
) -> None:
    if named_key != key_id(head_public_key):
        raise ChainBroken("the head is signed with another key")
    try:
        Ed25519PublicKey.from_public_bytes(head_public_key).verify(
            b64url_decode(signature), canonical(message)
        )
    except (InvalidSignature, ValueError) as error:
        raise ChainBroken("the head's signature is not valid") from error
