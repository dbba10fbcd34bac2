"""The tables of card issuing: cards, codes, approvals, activations, certificates."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend_stub.ground.tables import Base


class CardState(enum.StrEnum):
    """Where a card stands."""

    REGISTERED = "registered"
    APPROVED = "approved"
    """Its holder was identified for activation, by a code or by the office."""
    ACTIVATED = "activated"
    REVOKED = "revoked"


class Card(Base):
    """A card that may be, was or is no longer used."""

    __tablename__ = "card"
    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Upper-case hexadecimal: the GUID of the CHUID, or the chip's own number."""
    civil_number: Mapped[str] = mapped_column(String(9), index=True)
    holder_name: Mapped[str] = mapped_column(String(64))
    """What certificates say as common name (at most 64 characters, RFC 5280, appendix A.1)."""
    expires_on: Mapped[date | None]
    """Last day of the card; ``None`` when the office named none."""
    state: Mapped[str] = mapped_column(String(12))
    """One of :class:`CardState`."""
    approved_by_office: Mapped[bool]
    """The office identified the holder when it registered the card: no code is asked for."""
    management_algorithm: Mapped[int]
    """Algorithm identifier of the key 9B (SP 800-78-5, table 7)."""
    management_key: Mapped[bytes | None]
    """Sealed with the API's own key; ``None``: derived from the master key."""
    management_key_id: Mapped[str | None] = mapped_column(String(16))
    """The sealing key that opens it."""
    registered_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CardSecret(Base):
    """A PUK or management key of a card, sealed with the API's own key."""

    __tablename__ = "card_secret"
    card: Mapped[str] = mapped_column(ForeignKey("card.serial"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """``registered-puk``: with which the office registered the card; without one it is its maker's.
    ``puk``: the new one. ``management-key``: the new one, until the card has answered with it.
    """
    sealed: Mapped[bytes]
    key_id: Mapped[str] = mapped_column(String(16))
    """The sealing key that opens it."""
    in_use_at: Mapped[datetime | None]
    """Since when the card has it; ``None``: it may have it."""


class CardCode(Base):
    """A one-time code that was sent; the code itself is not stored."""

    __tablename__ = "card_code"
    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.serial"), index=True)
    code_mac: Mapped[bytes]
    """HMAC-SHA-256 of card and code, under a key that is not in the database."""
    notification: Mapped[int] = mapped_column(ForeignKey("notification.id"))
    tries_left: Mapped[int]
    """0 also once it was used, or a newer code was sent."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]


class CardApproval(Base):
    """The holder of the registered telephone agreed; the token itself is not stored."""

    __tablename__ = "card_approval"
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    card: Mapped[str] = mapped_column(ForeignKey("card.serial"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CardActivation(Base):
    """How far the activation of a card is."""

    __tablename__ = "card_activation"
    card: Mapped[str] = mapped_column(ForeignKey("card.serial"), primary_key=True)
    proof_challenge: Mapped[bytes]
    """What the card signs in the end; the same in every attempt."""
    manager_challenge: Mapped[bytes | None]
    """What the card is to encrypt with its management key; of the last attempt."""
    approval: Mapped[str] = mapped_column(String(64))
    """Hash of the token under which the challenge was given; empty where the office approved."""
    authentic_until: Mapped[datetime | None]
    """The card proved that it knows its management key; good this long, in this attempt."""


class CardCertificate(Base):
    """A certificate that was issued; kept for ever."""

    __tablename__ = "card_certificate"
    __table_args__ = (
        Index(
            "card_certificate_in_force",
            "card",
            "purpose",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    serial_number: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Lower-case hexadecimal."""
    card: Mapped[str] = mapped_column(ForeignKey("card.serial"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    """``authentication`` or ``signature``."""
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the SubjectPublicKeyInfo: a key has one certificate, ever."""
    certificate: Mapped[bytes]
    """DER."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(index=True)
