"""The ingest protocol: what the terminal and the central API say to each other about envelopes.

These types are the contract. The terminal's syncer and the central API's ingest both parse with
them, so that neither side ever handles an unchecked field. Binary values travel as base64url
without padding (RFC 4648, clause 5), hashes are SHA-256 in lower-case hexadecimal, times are
RFC 3339 in UTC.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

BATCH_MAX_ITEMS = 50
"""Most items in one batch."""

BATCH_MAX_BYTES = 256 * 1024
"""Longest batch body before compression, in bytes."""

ENVELOPE_MAX_BYTES = 64 * 1024
"""Longest sealed envelope, in bytes; anything larger is an attachment."""

Sha256Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
TxId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
    ),
]
KioskId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,31}$")]
Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$")]
SequenceNumber = Annotated[int, Field(ge=1, le=2**53 - 1)]


class WireModel(BaseModel):
    """Base of every message: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChainRecord(WireModel):
    """What the terminal's device key signs for each envelope, as RFC 8785 canonical JSON.

    ``prev`` is the SHA-256 of the previous record's canonical bytes (64 zeroes for the first of an
    epoch), so each record fixes everything before it.
    """

    kiosk: KioskId
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]
    seq: SequenceNumber
    tx_id: TxId
    prev: Sha256Hex
    sha256: Sha256Hex
    """SHA-256 of the sealed envelope."""


class BatchItem(WireModel):
    """One sealed transaction on its way to the central API."""

    record: ChainRecord
    signature: Base64Url
    """ECDSA P-256 / SHA-256 over the record's canonical JSON: 64 bytes, r then s."""
    case_ref: Sha256Hex
    """Pseudonym of the case (an HMAC): orders the transactions of one case, names nobody."""
    case_seq: SequenceNumber
    schema_version: Annotated[int, Field(ge=1, le=9999)]
    key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    """Which central sealing key the envelope is sealed to."""
    envelope: Annotated[Base64Url, StringConstraints(max_length=ENVELOPE_MAX_BYTES * 4 // 3 + 4)]
    confirmed_at: AwareDatetime
    """When the citizen was told; the terminal's clock, never used for ordering."""


class BatchRequest(WireModel):
    """``POST /v1/batches``."""

    kiosk: KioskId
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]
    items: Annotated[list[BatchItem], Field(min_length=1, max_length=BATCH_MAX_ITEMS)]


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


class Hearing(WireModel):
    """The hearing that the labour office proposes."""

    starts_at: AwareDatetime
    place_ar: str
    place_en: str


class TransactionResult(WireModel):
    """What the central API did with a transaction: safe to keep in clear, names nobody."""

    state: str
    """For example ``registered``."""
    number: str
    """The office's own number, for example ``C-2026-000017``."""
    hearing: Hearing | None = None


class Problem(WireModel):
    """RFC 9457 problem details, the part of it that an item or an error body carries."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""
    """Machine-readable reason, for example ``bad-signature``."""


class ItemAnswer(WireModel):
    """The central API's answer to one item, in the order of the request."""

    tx_id: TxId
    outcome: Outcome
    result: TransactionResult | None = None
    problem: Problem | None = None
    retry_after_s: Annotated[float, Field(ge=0)] | None = None


class HeadStatement(WireModel):
    """What the central API countersigns: how far it holds this terminal's chain.

    ``ack_seq`` is the highest sequence number below which nothing is missing; ``head`` is the
    SHA-256 of that record's canonical bytes.
    """

    kiosk: KioskId
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]
    ack_seq: Annotated[int, Field(ge=0, le=2**53 - 1)]
    head: Sha256Hex
    backed_up_seq: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    """Up to here the central API could be restored from its backups. The terminal keeps every
    payload beyond it, to send again should the central API come back from an older day."""


class SignedHead(WireModel):
    """A head statement with the central API's signature: Ed25519 over its canonical JSON."""

    statement: HeadStatement
    key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    signature: Base64Url


class BatchAnswer(WireModel):
    """Answer to ``POST /v1/batches``: always 200 when the batch itself could be read."""

    answers: list[ItemAnswer]
    head: SignedHead
    next_sync_in_s: Annotated[float, Field(ge=0, le=86_400)] | None = None


class EnrolmentRequest(WireModel):
    """``POST /v1/kiosks/{kiosk}/enrolment``: the terminal introduces its device key once."""

    code: Annotated[str, StringConstraints(min_length=6, max_length=64)]
    """One-time code that the fleet administrator gave to the technician."""
    device_public_key: str
    """PEM SubjectPublicKeyInfo, P-256."""


class Enrolment(WireModel):
    """What a terminal knows of the central API from then on."""

    kiosk: KioskId
    epoch: Annotated[int, Field(ge=1, le=2**31 - 1)]
    sealing_key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    sealing_public_key: Base64Url
    """X25519 public key, 32 bytes."""
    head_key_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    head_public_key: Base64Url
    """Ed25519 public key, 32 bytes."""
    receipt_verifier: str
    """Host and path that receipts point to, for example ``MANFADH.EXAMPLE``."""


class ServerClock(WireModel):
    """``GET /v1/health``."""

    status: Literal["ok", "degraded"]
    time: AwareDatetime
