"""The PUK that a card gets at its activation, and a management key in place of a well-known one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "card_secret",
        sa.Column("card", sa.String(40), sa.ForeignKey("card.serial"), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("in_use_at", sa.DateTime(timezone=True), nullable=True),
    )
