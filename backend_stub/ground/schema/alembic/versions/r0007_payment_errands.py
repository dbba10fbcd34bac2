"""Orders about which a card terminal has to be asked are found without reading every book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what an order before this step waits for is set with its next record."""
    op.add_column(
        "payment_order",
        sa.Column("has_errands", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
