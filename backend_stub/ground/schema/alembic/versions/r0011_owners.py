"""Whose a transaction number is: terminals choose it, so each has numbers of its own.

Visits and enrolment codes get an owner too: a visit's token is good at one terminal only, a code
for one name only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_REFERENCES = ("attachment", "attachment_seal", "attachment_part", "case_file", "sent_receipt")


def upgrade() -> None:
    """Rename the key, give every transaction its number beside it, make what is new."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        # Checks that wait for the commit would keep these tables from being altered.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # References follow the renamed column by themselves.
    op.execute("ALTER TABLE transactions RENAME COLUMN tx_id TO id")
    for table in _REFERENCES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN tx_id TO transaction_id")
    op.add_column(
        "transactions", sa.Column("tx_id", sa.String(36), nullable=False, server_default="")
    )
    op.execute("UPDATE transactions SET tx_id = id")
    op.create_index("transactions_by_owner", "transactions", ["kiosk", "tx_id"], unique=True)
    if postgres:
        op.alter_column("transactions", "tx_id", server_default=None)
    # Whoever is in the middle of a visit signs in again.
    op.drop_table("visit_session")
    op.create_table(
        "visit_session",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("kiosk", sa.String(32), nullable=False),
        sa.Column("civil_number", sa.String(9), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_visit_session_expires_at", "visit_session", ["expires_at"])
    op.create_table(
        "enrolment_code",
        sa.Column("code_sha256", sa.String(64), primary_key=True),
        sa.Column("kiosk", sa.String(32), nullable=False),
        sa.Column("replaces_key", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
