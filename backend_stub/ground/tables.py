"""The tables of the central API.

Times are stored in UTC. Nothing is ever deleted except what expired by its own nature (challenges,
sessions).
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, always UTC: SQLite has no time zones and would return a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a naive time is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only in a column of type INTEGER.
row_id = BigInteger().with_variant(Integer, "sqlite")


def same_commit(column: str) -> ForeignKey:
    """A reference that is checked at the commit: its rows are written together, in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


class Base(DeclarativeBase):
    """Base of every table."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, dict[str, Any]: JSON}


class AlembicVersion(Base):
    """One row: the last step that made this schema (:mod:`backend_stub.ground.schema`)."""

    __tablename__ = "alembic_version"
    version_num: Mapped[str] = mapped_column(String(32), primary_key=True)


class SchemaVersion(Base):
    """One row, for releases before Alembic: more than they know, so that they leave it alone."""

    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Kiosk(Base):
    """A terminal."""

    __tablename__ = "kiosk"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    epoch: Mapped[int]
    """The current epoch: how often this terminal got a device key."""
    last_contact_at: Mapped[datetime]
    health: Mapped[dict[str, Any] | None]
    """The last ``kiosk.contract.fleet.HealthReport``."""
    health_at: Mapped[datetime | None]
    """When it came, by this API's clock."""


class KioskEpoch(Base):
    """One device key of a terminal, and how far the chain signed with it is held."""

    __tablename__ = "kiosk_epoch"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosk.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device_key: Mapped[str] = mapped_column(Text)
    """PEM SubjectPublicKeyInfo."""
    device_key_sha256: Mapped[str] = mapped_column(String(64), index=True)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    """When two chains with this key were seen: its disk was cloned or set back."""
    backed_up_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """Up to here a backup holds everything."""
    ack_seq: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(String(64))


class UsedEnrolmentCode(Base):
    """A one-time code that was used: it is not accepted again, wherever it is configured."""

    __tablename__ = "used_enrolment_code"
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosk.id"))
    epoch: Mapped[int]
    used_at: Mapped[datetime]


class EnrolmentCodeRow(Base):
    """A one-time code that an administrator made for one terminal; only its hash is kept."""

    __tablename__ = "enrolment_code"
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(String(32))
    replaces_key: Mapped[bool]
    """Whether it lets a new key take the place of one that does not vouch for it."""
    expires_at: Mapped[datetime]


def transaction_id(kiosk: str, tx_id: str) -> str:
    """The key of a terminal's transaction: no other terminal's number leads to it.

    A UUID of version 8 (RFC 9562, clause 5.8): the time of the number, then a hash of both.
    """
    digest = hashlib.sha256(f"{kiosk}/{tx_id}".encode()).hexdigest()
    # Twelve digits of time; then the version, and the two bits that say whose layout this is.
    layout = f"{tx_id[:8]}{tx_id[9:13]}8{digest[:3]}a{digest[3:18]}"
    return str(uuid.UUID(layout))


class Transaction(Base):
    """A transaction that was decided, accepted or rejected: kept for ever."""

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("kiosk", "epoch", "seq"),
        ForeignKeyConstraint(["kiosk", "epoch"], ["kiosk_epoch.kiosk", "kiosk_epoch.epoch"]),
        Index("transactions_by_time", "received_at"),
        Index("transactions_by_owner", "kiosk", "tx_id", unique=True),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """Made of terminal and number by :func:`transaction_id`; in older rows, the number itself."""
    tx_id: Mapped[str] = mapped_column(String(36))
    """Chosen by the terminal, and printed on receipts: another may know it and use it too."""
    kiosk: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[int]
    seq: Mapped[int] = mapped_column(BigInteger)
    """Place in the chain of the epoch. Negative, and no place: a stranded transaction, which came
    after its epoch's chain was closed."""
    prev: Mapped[str] = mapped_column(String(64))
    record_sha256: Mapped[str] = mapped_column(String(64))
    case_ref: Mapped[str] = mapped_column(String(64))
    case_seq: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(16))
    service: Mapped[str | None] = mapped_column(String(48))
    result: Mapped[dict[str, Any] | None]
    """A ``TransactionResult`` when accepted."""
    problem: Mapped[dict[str, Any] | None]
    """A ``Problem`` when rejected."""
    void_reason: Mapped[str | None] = mapped_column(String(12))
    """Why only the record came, without an envelope; nothing took effect."""
    document: Mapped[str] = mapped_column(Text)
    """Accepted: the compact JWS that the citizen signed. Rejected: the envelope as it came."""


class Attachment(Base):
    """An attachment that a transaction names, sealed; it is uploaded after the transaction."""

    __tablename__ = "attachment"
    transaction_id: Mapped[str] = mapped_column(same_commit("transactions.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    received: Mapped[int]
    """How many bytes are here, from the first on."""
    completed_at: Mapped[datetime | None]


class AttachmentSeal(Base):
    """How an attachment was sealed, and what was found in it. The first two schemas had none."""

    __tablename__ = "attachment_seal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["transaction_id", "sha256"], ["attachment.transaction_id", "attachment.sha256"]
        ),
    )
    transaction_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int]
    """Its place among the transaction's attachments, from 1."""
    key_id: Mapped[str] = mapped_column(String(16))
    """Of the sealing key it was sealed for."""
    finding: Mapped[str | None] = mapped_column(String(16))
    """Once it is complete: a :class:`backend_stub.ingest.attachment_check.Finding`."""


class AttachmentPart(Base):
    """Some bytes of an attachment, as they came."""

    __tablename__ = "attachment_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["transaction_id", "sha256"], ["attachment.transaction_id", "attachment.sha256"]
        ),
    )
    transaction_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class ConflictingItem(Base):
    """An item that contradicts what is here, as it came: for people to look at."""

    __tablename__ = "conflicting_item"
    record_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[int]
    tx_id: Mapped[str] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(32))
    """One of :mod:`backend_stub.ground.problems`."""
    received_at: Mapped[datetime]
    item: Mapped[dict[str, Any]]
    """A ``BatchItem``."""


class Counter(Base):
    """A gapless sequence: its row is locked until the transaction that counted is committed."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Notification(Base):
    """A notice to a citizen, in the outbox that an SMS or e-mail gateway empties."""

    __tablename__ = "notification"
    id: Mapped[int] = mapped_column(row_id, primary_key=True)
    created_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    text_ar: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(24))
    """Number of the case, or of the card."""
    notice: Mapped[str | None] = mapped_column(String(48))
    """Id of the notice in the case's definition."""
    subject_ar: Mapped[str | None] = mapped_column(Text)
    """Of an e-mail."""
    subject_en: Mapped[str | None] = mapped_column(Text)
    handed_at: Mapped[datetime | None]
    """When a gateway took it, or it was given up."""
    outcome: Mapped[str | None] = mapped_column(String(12))
    """``handed``, ``delivered``, ``failed``."""
    try_at: Mapped[datetime | None]
    """Not handed over before, once a gateway did not take it."""
    attempts: Mapped[int | None]


Index(
    "notification_waiting",
    Notification.id,
    sqlite_where=Notification.handed_at.is_(None),
    postgresql_where=Notification.handed_at.is_(None),
)


class Citizen(Base):
    """Civil registry: a cardholder."""

    __tablename__ = "citizen"
    civil_number: Mapped[str] = mapped_column(String(9), primary_key=True)
    mobile: Mapped[str | None] = mapped_column(String(8))
    card_valid_until: Mapped[date | None]


class Establishment(Base):
    """Labour registry: an employer."""

    __tablename__ = "establishment"
    cr_number: Mapped[str] = mapped_column(String(7), primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    wilayat: Mapped[str] = mapped_column(String(48))
    active: Mapped[bool]
    folded: Mapped[str] = mapped_column(Text)
    """Both names as :func:`backend_stub.people.name_normalisation.fold` writes them."""


class Employment(Base):
    """Labour registry: a contract between a person and an establishment."""

    __tablename__ = "employment"
    civil_number: Mapped[str] = mapped_column(ForeignKey("citizen.civil_number"), primary_key=True)
    cr_number: Mapped[str] = mapped_column(ForeignKey("establishment.cr_number"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]


class Challenge(Base):
    """Random bytes that a card is to sign, once."""

    __tablename__ = "challenge"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class VisitSession(Base):
    """A signed-in visit; the token itself is not stored."""

    __tablename__ = "visit_session"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(String(32))
    """The only terminal at which the token is good."""
    civil_number: Mapped[str] = mapped_column(String(9))
    expires_at: Mapped[datetime] = mapped_column(index=True)
