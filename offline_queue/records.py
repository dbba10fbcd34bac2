"""What goes into the outbox and what comes out of it."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import uuid_utils

from offline_queue.errors import Reason
from offline_queue.wire import SCHEMA_VERSION_MAX, ItemAnswer
from offline_queue.wire_model import END, SHA256_HEX, TX_ID


class State(enum.StrEnum):
    """Where an envelope is on its way."""

    READY = "ready"
    INFLIGHT = "inflight"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Final: refused by a rule, or in conflict with what the central API holds."""
    QUARANTINED = "quarantined"
    """The central API cannot read this envelope; kept for a technician."""
    EXPIRED = "expired"
    """Its time was over before it could be sent even once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One transaction that the citizen signed, ready to be kept.

    Raises ``ValueError``, which names no content, for one that could not be sent.
    """

    tx_id: str
    """UUIDv7, made before the first commit: the idempotency key, unique forever."""
    case_ref: str
    """Pseudonym of the case, from ``case_ref``."""
    schema_version: int
    payload: bytes = field(repr=False)
    """The citizen's JWS. Sealed on entry; never stored in clear."""
    confirmed_at: dt.datetime
    expires_at: dt.datetime | None = None
    """When it loses its meaning, judged by the central API's clock; ``None`` for never."""
    attachments: tuple[bytes, ...] = field(default=(), repr=False)
    """Photographs and scans, each of at most 5 MB. What each one is, the payload says."""

    def __post_init__(self) -> None:
        if re.match(TX_ID + END, self.tx_id) is None:
            raise ValueError("tx_id is no UUIDv7")
        if re.match(SHA256_HEX + END, self.case_ref) is None:
            raise ValueError("case_ref is no HMAC-SHA-256")
        if not 1 <= self.schema_version <= SCHEMA_VERSION_MAX:
            raise ValueError("schema_version is out of range")
        if not self.payload:
            raise ValueError("there is no payload")
        if not all(self.attachments):
            raise ValueError("an attachment is empty")
        if any(at is not None and at.tzinfo is None for at in (self.confirmed_at, self.expires_at)):
            raise ValueError("a time has no zone")


@dataclass(frozen=True, slots=True)
class Enqueued:
    """The proof that a transaction is kept: returned only after COMMIT."""

    epoch: int
    seq: int
    head: str
    """SHA-256 of this transaction's chain record: fixes it and everything before it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the outbox knows of one transaction."""

    tx_id: str
    epoch: int
    seq: int
    state: State
    attempts: int
    """How often it may have reached the central API."""
    answer: ItemAnswer | None


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """The outbox at a glance; nothing in it is personal."""

    kiosk: str
    epoch: int
    counts: Mapping[State, int]
    held: int
    """Ready, but behind a transaction of the same case that was refused or set aside."""
    holding: Mapping[str, int]
    """Those transactions by their ``tx_id``, and how many wait behind each."""
    oldest_waiting_s: float | None
    """Age of the first transaction that waits, by the wall clock."""
    last_seq: int
    ack_seq: int
    head: str
    last_contact: dt.datetime | None
    """When the central API last answered, by this terminal's clock."""
    clock_skew_s: float | None
    """Central API's clock minus ours at the last contact."""
    attachments_waiting: int
    """Attachments that are not uploaded yet."""
    kept_bytes: int
    """Sealed content that is kept, in bytes; ``unavailable`` tells when it is too much."""
    unavailable: Reason | None

    @property
    def waiting(self) -> int:
        """How many transactions the central API has not answered yet."""
        return self.counts[State.READY] + self.counts[State.INFLIGHT]


def new_tx_id() -> str:
    """Make a transaction's identifier: a UUIDv7 (RFC 9562, clause 5.7)."""
    return str(uuid_utils.uuid7())


def case_ref(secret: bytes, case_id: str) -> str:
    """Name a case by a pseudonym: HMAC-SHA-256, lower-case hexadecimal.

    ``case_id`` names the matter (for example its first transaction), never the person: the
    transactions of one case wait for one another. Without ``secret`` nobody can try out guesses.
    """
    return hmac.new(secret, b"case|" + case_id.encode("utf-8"), hashlib.sha256).hexdigest()


def payload_fingerprint(
    secret: bytes, tx_id: str, payload: bytes, attachments: Sequence[bytes] = ()
) -> bytes:
    """Recognise the same content again without being able to test guesses of its content.

    HMAC-SHA-256 under the terminal's secret, which is not in the database: a plain hash of
    guessable personal data would give it away.
    """
    prefix = b"payload|" + tx_id.encode("ascii") + b"|"
    content = hmac.new(secret, prefix + payload, hashlib.sha256)
    for attachment in attachments:
        content.update(hmac.digest(secret, b"attachment|" + attachment, "sha256"))
    return content.digest()
