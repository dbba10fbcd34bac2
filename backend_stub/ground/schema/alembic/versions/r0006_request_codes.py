"""Requests followed without the card: codes on the telephone, and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "request_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("expires_at", time, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "request_session",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("expires_at", time, nullable=False),
    )
    op.create_index("ix_request_code_number", "request_code", ["number"])
    op.create_index("ix_request_code_created_at", "request_code", ["created_at"])
    op.create_index("ix_request_session_expires_at", "request_session", ["expires_at"])
