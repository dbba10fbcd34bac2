"""Officers: who they are, who is signed in, who looked at what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "officer",
        sa.Column("id", sa.String(48), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("office", sa.String(48), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_key_id", sa.String(16), nullable=False),
        sa.Column("totp_used", sa.BigInteger()),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", time),
        sa.Column("added_at", time, nullable=False),
        sa.Column("removed_at", time),
    )
    op.create_table(
        "officer_session",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("officer", sa.String(48), sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("seen_at", time, nullable=False),
        sa.Column("expires_at", time, nullable=False),
    )
    op.create_table(
        "officer_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", time, nullable=False),
        sa.Column("officer", sa.String(48), sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("number", sa.String(24)),
        sa.Column("detail", sa.String(64)),
    )
    op.create_index("ix_officer_session_officer", "officer_session", ["officer"])
    op.create_index("ix_officer_session_expires_at", "officer_session", ["expires_at"])
    op.create_index("ix_officer_audit_officer", "officer_audit", ["officer"])
    op.create_index("officer_audit_by_case", "officer_audit", ["number", "id"])
