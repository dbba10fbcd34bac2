"""What card terminals say of themselves, for the daily comparison."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "payment_card_totals",
        sa.Column("kiosk", sa.String(32), primary_key=True),
        sa.Column("until_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
    )
