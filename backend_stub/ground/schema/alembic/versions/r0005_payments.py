"""The books of payments; a release between the steps made them at its start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make what is missing."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "payment_order",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_number", sa.String(32), nullable=False),
        sa.Column("kiosk", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("mobile", sa.String(16), nullable=False),
        sa.Column("placed_at", time, nullable=False),
        sa.Column("valid_until", time, nullable=False),
        sa.Column("due_at", time),
        if_not_exists=True,
    )
    op.create_table(
        "payment_line",
        sa.Column("order_id", sa.String(36), sa.ForeignKey("payment_order.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("worker", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("order_id", sa.String(36), sa.ForeignKey("payment_order.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("kiosk", sa.String(32), nullable=False),
        sa.Column("at", time, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "payment_movement",
        sa.Column("order_id", sa.String(36), sa.ForeignKey("payment_order.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.String(36), sa.ForeignKey("payment_attempt.id"), nullable=False),
        sa.Column("worker", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "payment_event",
        sa.Column("order_id", sa.String(36), sa.ForeignKey("payment_order.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        if_not_exists=True,
    )
    for table, column in (
        ("payment_order", "case_number"),
        ("payment_order", "due_at"),
        ("payment_attempt", "order_id"),
        ("payment_attempt", "kiosk"),
        ("payment_movement", "attempt"),
        ("payment_movement", "at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
