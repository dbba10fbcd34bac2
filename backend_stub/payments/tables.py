"""The tables of payment: rows are added, never changed, but for what waits for an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend_stub.ground.tables import Base


class OrderRow(Base):
    """:class:`~.records.Order`."""

    __tablename__ = "payment_order"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case: Mapped[str] = mapped_column("case_number", String(32), index=True)
    kiosk: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    mobile: Mapped[str] = mapped_column(String(16))
    placed_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the order needs something next; this and the next follow from the records."""
    has_errands: Mapped[bool] = mapped_column(default=False)
    """Whether a card terminal has to be asked or told something."""


class LineRow(Base):
    """:class:`~.records.Line`."""

    __tablename__ = "payment_line"
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[int]


class AttemptRow(Base):
    """:class:`~.records.Attempt`."""

    __tablename__ = "payment_attempt"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    seq: Mapped[int]
    """Place among all records of its order."""
    part: Mapped[int]
    way: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(BigInteger)
    kiosk: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime]


class MovementRow(Base):
    """:class:`~.records.Movement`."""

    __tablename__ = "payment_movement"
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt: Mapped[str] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    worker: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    """Every other record of :mod:`backend_stub.payments.records`."""

    __tablename__ = "payment_event"
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]


class CardTotalsRow(Base):
    """What a card terminal itself says it took and gave back in a time."""

    __tablename__ = "payment_card_totals"
    kiosk: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[datetime] = mapped_column("until_at", primary_key=True)
    since: Mapped[datetime] = mapped_column("since_at")
    taken: Mapped[int] = mapped_column(BigInteger)
    given_back: Mapped[int] = mapped_column(BigInteger)
