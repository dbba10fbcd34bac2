"""The ingest protocol: what the terminal and the central API say to each other about envelopes.

These types are the contract. The terminal's syncer and the central API's ingest both parse with
them, so that neither side ever handles an unchecked field. Binary values travel as base64url
without padding (RFC 4648, clause 5), hashes are SHA-256 in lower-case hexadecimal, times are
RFC 3339 in UTC.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from offline_queue.wire_model import (
    END,
    Base64Url,
    Count,
    Epoch,
    KeyId,
    KioskId,
    Moment,
    SequenceNumber,
    Sha256Hex,
    TxId,
    WireModel,
)

BATCH_MAX_ITEMS = 50
"""Most items in one batch."""

BATCH_MAX_BYTES = 256 * 1024
"""Longest batch body before compression, in bytes."""

ENVELOPE_MAX_BYTES = 64 * 1024
"""Longest sealed envelope, in bytes; anything larger is an attachment."""

ATTACHMENT_MAX_BYTES = 5 * 1024 * 1024
"""Longest attachment before sealing, in bytes."""

ATTACHMENTS_MAX = 8
"""Most attachments of one transaction."""

ATTACHMENT_CHUNK_BYTES = 64 * 1024
"""Length of each sealed chunk of an attachment but the last, in bytes."""

ATTACHMENT_RANGE_MAX_BYTES = 4 * ATTACHMENT_CHUNK_BYTES
"""Most bytes of an attachment in one request."""

SCHEMA_VERSION_MAX = 9999
"""Highest number of an envelope's schema."""

TICKET_HEADER = "Manfadh-Ticket"
"""Request header with a ``SignedTicket``: its JSON as base64url."""


class ChainRecord(WireModel, frozen=True, kw_only=True, omit_defaults=True):
    """What the terminal's device key signs for each envelope, as RFC 8785 canonical JSON.

    ``prev`` is the SHA-256 of the previous record's canonical bytes (64 zeroes for the first of an
    epoch), so each record fixes everything before it.
    """

    kiosk: KioskId
    epoch: Epoch
    seq: SequenceNumber
    tx_id: TxId
    prev: Sha256Hex
    sha256: Sha256Hex
    """SHA-256 of the sealed envelope."""
    terms: Sha256Hex | None = None
    """SHA-256 of what travels beside the envelope: see ``ItemTerms``. Terminals of the first
    release left it out; then it is not in the canonical JSON either."""


class AttachmentRef(WireModel, frozen=True, kw_only=True):
    """An attachment of a transaction, which is uploaded after it."""

    sha256: Sha256Hex
    """SHA-256 of the sealed bytes, all chunks one after the other."""
    size: Annotated[int, Meta(ge=1, le=2 * ATTACHMENT_MAX_BYTES)]
    """How many sealed bytes there are."""


class ItemTerms(WireModel, frozen=True, kw_only=True):
    """What an item says beside its envelope, as the device signs it through ``record.terms``.

    The hash is over RFC 8785 canonical JSON, with ``confirmed_at`` in UTC and always with six
    digits of a second.
    """

    case_ref: Sha256Hex
    case_seq: SequenceNumber
    schema_version: int
    key_id: str
    confirmed_at: str
    attachments: list[AttachmentRef]


class ItemKind(enum.StrEnum):
    """What an item asks the central API to do with its record."""

    SEALED = "sealed"
    """The usual: the next transaction of the chain of the batch's epoch, with its envelope."""
    VOID = "void"
    """The record without its envelope: the place in the chain is taken, nothing takes effect."""
    STRANDED = "stranded"
    """A transaction of an earlier epoch whose chain is closed, with its envelope."""


class VoidReason(enum.StrEnum):
    """Why the terminal sends a record without its envelope."""

    EXPIRED = "expired"
    """Given up for good before it was ever sent: should the envelope come all the same (from an
    older copy of the terminal's disk), it is rejected with the code ``voided``."""
    UNREADABLE = "unreadable"
    """The central API could not read the item. The envelope may follow, and is then taken."""
    DAMAGED = "damaged"
    """The terminal's disk damaged the envelope. As ``unreadable``, should it be recovered."""


class ItemNotice(WireModel, frozen=True, kw_only=True, omit_defaults=True):
    """What the device key of the batch's epoch signs for an item that is not ``sealed``.

    Without it, whoever sits between could turn a transaction into a void one, or pass on what a
    revoked key signed.
    """

    kind: ItemKind
    kiosk: KioskId
    epoch: Epoch
    """The batch's epoch; the record's is the same or, for what is left of it, an earlier one."""
    record: Sha256Hex
    """SHA-256 of the record's canonical JSON."""
    reason: VoidReason | None = None


class SignedNotice(WireModel, frozen=True, kw_only=True):
    """A notice with the device's signature, made like that of a record."""

    notice: ItemNotice
    signature: Base64Url


class BatchItem(WireModel, frozen=True, kw_only=True, omit_defaults=True):
    """One transaction on its way to the central API.

    How the central API answers a ``void`` item: the record takes its place in the chain of
    ``record.epoch`` (so that ``ack_seq`` goes on) and its ``tx_id`` is taken by this record:
    ``accepted``. When that transaction was decided before: ``duplicate`` with the first ``result``
    or ``problem``, and the terminal corrects itself. The same void again: ``duplicate`` with
    neither.

    How it answers a ``stranded`` item: the record is proven with the key of ``record.epoch`` even
    when that epoch is revoked, for the notice is proven with the key of the batch's epoch. There
    is no place in any chain for it to take: ``tx_id`` and record hash alone decide whether it is
    new (it takes effect: ``accepted``), known (``duplicate``) or in ``conflict``.
    """

    record: ChainRecord
    signature: Base64Url
    """ECDSA P-256 / SHA-256 over the record's canonical JSON: 64 bytes, r then s."""
    case_ref: Sha256Hex
    """Pseudonym of the case (an HMAC): orders the transactions of one case, names nobody."""
    case_seq: SequenceNumber
    schema_version: Annotated[int, Meta(ge=1, le=SCHEMA_VERSION_MAX)]
    key_id: KeyId
    """Which central sealing key the envelope is sealed to."""
    envelope: Annotated[Base64Url, Meta(max_length=ENVELOPE_MAX_BYTES * 4 // 3 + 4)] = ""
    """Empty in a ``void`` item and in no other."""
    confirmed_at: Moment
    """When the citizen was told; the terminal's clock, never used for ordering."""
    kind: ItemKind = ItemKind.SEALED
    notice: SignedNotice | None = None
    """There unless the item is ``sealed``."""
    attachments: Annotated[list[AttachmentRef], Meta(max_length=ATTACHMENTS_MAX)] = field(
        default_factory=list
    )

    def __post_init__(self) -> None:
        if (self.kind is ItemKind.SEALED) != (self.notice is None):
            raise ValueError("a notice belongs to void and stranded items, and only to them")
        if self.notice is not None and self.notice.notice.kind is not self.kind:
            raise ValueError("the notice is for another kind of item")
        if (self.kind is ItemKind.VOID) != (self.envelope == ""):
            raise ValueError("a void item has no envelope, every other has one")


class BatchRequest(WireModel, frozen=True, kw_only=True):
    """``POST /v1/batches``."""

    kiosk: KioskId
    epoch: Epoch
    items: Annotated[list[BatchItem], Meta(min_length=1, max_length=BATCH_MAX_ITEMS)]


class Outcome(enum.StrEnum):
    """What became of one item."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """Already there with the same hash; ``result`` is that of the first time."""
    CONFLICT = "conflict"
    """The ``tx_id`` or the sequence number is already there with another hash."""
    REJECTED = "rejected"
    """Final: the transaction breaks a rule; ``problem`` says which."""
    RETRY_AFTER = "retry_after"
    """Not now; the same bytes again after ``retry_after_s``."""


class Hearing(WireModel, frozen=True, kw_only=True):
    """The hearing that the labour office proposes."""

    starts_at: Moment
    place_ar: str
    place_en: str


class TransactionResult(WireModel, frozen=True, kw_only=True):
    """What the central API did with a transaction: safe to keep in clear, names nobody."""

    state: str
    """For example ``registered``."""
    number: str
    """The office's own number, for example ``C-2026-000017``."""
    hearing: Hearing | None = None


class Mistake(
    WireModel, frozen=True, kw_only=True, forbid_unknown_fields=False, omit_defaults=True
):
    """One of the things that are wrong, without the value."""

    field: str = ""
    """Which answer of an application, or"""
    pointer: str = ""
    """which place in a request (RFC 6901)."""
    code: str
    detail: str = ""


class Problem(WireModel, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """RFC 9457 problem details, the part of it that an item or an error body carries."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""
    """Machine-readable reason, for example ``bad-signature``."""
    errors: list[Mistake] | UnsetType = UNSET


class ItemAnswer(WireModel, frozen=True, kw_only=True):
    """The central API's answer to one item, in the order of the request."""

    tx_id: TxId
    outcome: Outcome
    result: TransactionResult | None = None
    problem: Problem | None = None
    retry_after_s: Annotated[float, Meta(ge=0)] | None = None
    release_case: bool = False
    """With a refusal: the later transactions of the case do not depend on this one and may go."""


class HeadStatement(WireModel, frozen=True, kw_only=True):
    """What the central API countersigns: how far it holds this terminal's chain.

    ``ack_seq`` is the highest sequence number below which nothing is missing; ``head`` is the
    SHA-256 of that record's canonical bytes.
    """

    kiosk: KioskId
    epoch: Epoch
    ack_seq: Count
    head: Sha256Hex
    backed_up_seq: Count = 0
    """Up to here the central API could be restored from its backups. The terminal keeps every
    payload beyond it, to send again should the central API come back from an older day. It
    never passes a transaction of which an attachment is not in the backups yet."""


class SignedHead(WireModel, frozen=True, kw_only=True):
    """A head statement with the central API's signature: Ed25519 over its canonical JSON."""

    statement: HeadStatement
    key_id: KeyId
    signature: Base64Url


class BatchAnswer(WireModel, frozen=True, kw_only=True):
    """Answer to ``POST /v1/batches``: always 200 when the batch itself could be read."""

    answers: list[ItemAnswer]
    head: SignedHead
    next_sync_in_s: Annotated[float, Meta(ge=0, le=86_400)] | None = None


class AttachmentTicket(WireModel, frozen=True, kw_only=True):
    """What the terminal's device key signs to upload an attachment, or to ask how far it came."""

    kiosk: KioskId
    epoch: Epoch
    """The terminal's epoch now: its key signs, also for transactions of an earlier epoch."""
    tx_id: TxId
    sha256: Sha256Hex
    size: Annotated[int, Meta(ge=1, le=2 * ATTACHMENT_MAX_BYTES)]


class SignedTicket(WireModel, frozen=True, kw_only=True):
    """A ticket with the device's signature, made like that of a record."""

    ticket: AttachmentTicket
    signature: Base64Url


class AttachmentStatus(WireModel, frozen=True, kw_only=True):
    """How much of an attachment the central API holds.

    ``GET /v1/attachments/{sha256}`` and ``PUT`` of the same answer it with 200. A ``PUT`` carries
    at most ``ATTACHMENT_RANGE_MAX_BYTES`` of ``application/octet-stream`` and says which with
    ``Content-Range: bytes first-last/size`` (RFC 9110, clause 14.4); both carry the ticket in
    ``TICKET_HEADER``. Bytes that are there already are ignored, a range that begins behind
    ``received`` changes nothing, and nothing is ever taken twice: the terminal goes on from
    ``received``, whatever became of its last request. When the last byte makes a content with
    another hash, all of it is thrown away: 422 ``attachment-mismatch``. A transaction that the
    central API does not hold, or that does not name the attachment: 404 ``attachment-unknown``.
    """

    sha256: Sha256Hex
    size: Annotated[int, Meta(ge=1)]
    received: Annotated[int, Meta(ge=0)]
    complete: bool


FileName = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.-]{0,99}" + END)]


class FolderFile(WireModel, frozen=True, kw_only=True):
    """One file of a folder that is carried by hand."""

    name: FileName
    size: Annotated[int, Meta(ge=0)]
    sha256: Sha256Hex


class FolderManifest(WireModel, frozen=True, kw_only=True):
    """What is in a folder that is carried by hand between a terminal and the central API.

    From the terminal (``export``): files ``batch-NNNNNN.json``, each a ``BatchRequest`` that the
    central API takes exactly like ``POST /v1/batches``, and ``attachment-SHA256.bin`` with
    ``attachment-SHA256.json``, its ``SignedTicket``. From the central API (``results``): for each
    batch ``answer-NNNNNN.json``, the ``BatchAnswer``.
    """

    version: Literal[1] = 1
    content: Literal["export", "results"]
    kiosk: KioskId
    epoch: Epoch
    export_id: TxId
    """Names the export (a UUIDv7); its results carry the same."""
    created_at: Moment
    files: Annotated[list[FolderFile], Meta(max_length=100_000)]


class SignedManifest(WireModel, frozen=True, kw_only=True):
    """``manifest.json``, the last file that is written: without it, there is nothing to import.

    An export is signed by the device key of ``epoch`` (like a record), results by the central
    API's head key (like a head). ``key_id`` names the head key and is empty in an export.
    """

    manifest: FolderManifest
    key_id: Annotated[str, Meta(pattern="^([0-9a-f]{16})?" + END)] = ""
    signature: Base64Url


class EnrolmentRequest(WireModel, frozen=True, kw_only=True):
    """``POST /v1/kiosks/{kiosk}/enrolment``: the terminal introduces its device key once."""

    SECRET = frozenset({"code"})

    code: Annotated[str, Meta(min_length=6, max_length=64)]
    """One-time code that the fleet administrator gave to the technician."""
    device_public_key: Annotated[str, Meta(max_length=2048)]
    """PEM SubjectPublicKeyInfo, P-256."""
    proof: Base64Url
    """By the private half of that key, over an ``EnrolmentStatement``: whoever asks holds it."""
    voucher: Base64Url | None = None
    """The same, by the device key that the terminal has until now: a name that is known goes to a
    new key only with this, or with a code that the administrator made for it."""


class EnrolmentStatement(WireModel, frozen=True, kw_only=True):
    """What ``proof`` and ``voucher`` are signed over, as canonical JSON (RFC 8785)."""

    kiosk: KioskId
    code_sha256: Sha256Hex
    device_key_sha256: Sha256Hex
    """Of the public key's text as it is sent."""


class Enrolment(WireModel, frozen=True, kw_only=True):
    """What a terminal knows of the central API from then on."""

    kiosk: KioskId
    epoch: Epoch
    sealing_key_id: KeyId
    sealing_public_key: Base64Url
    """X25519 public key, 32 bytes."""
    head_key_id: KeyId
    head_public_key: Base64Url
    """Ed25519 public key, 32 bytes."""
    receipt_verifier: str
    """Host and path that receipts point to, for example ``MANFADH.EXAMPLE``."""


class ServerClock(WireModel, frozen=True, kw_only=True):
    """``GET /v1/health``."""

    status: Literal["ok", "degraded"]
    time: Moment
