"""Schema 3, with which Alembic begins; databases of schema 1 and 2 are brought to it.

Earlier releases made missing tables at every start, so a database of an older schema may have any
of them already; what it lacks for sure are the columns below.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = None


def upgrade() -> None:
    """Make what is missing."""
    former = _former_schema()
    _make_tables()
    if former is None:
        op.execute("INSERT INTO schema_version (version) VALUES (3)")
    if former is not None and former < 2:
        op.add_column("kiosk", sa.Column("health", sa.JSON()))
        op.add_column("kiosk", sa.Column("health_at", sa.DateTime(timezone=True)))
        op.add_column("kiosk_epoch", sa.Column("frozen_at", sa.DateTime(timezone=True)))
        op.add_column(
            "kiosk_epoch",
            sa.Column("backed_up_seq", sa.BigInteger(), nullable=False, server_default="0"),
        )
        op.add_column("transactions", sa.Column("void_reason", sa.String(12)))
    if former is not None and former < 3:
        op.add_column("complaint", sa.Column("papers", sa.JSON()))


def _former_schema() -> int | None:
    """What the releases before Alembic noted; ``None`` in a database that is empty."""
    connection = op.get_bind()
    if not sa.inspect(connection).has_table("schema_version"):
        return None
    version: int = connection.execute(sa.text("SELECT version FROM schema_version")).scalar_one()
    return version


def _make_tables() -> None:
    op.create_table(
        "card",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("civil_number", sa.String(length=9), nullable=False),
        sa.Column("holder_name", sa.String(length=64), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("approved_by_office", sa.Boolean(), nullable=False),
        sa.Column("management_algorithm", sa.Integer(), nullable=False),
        sa.Column("management_key", sa.LargeBinary(), nullable=True),
        sa.Column("management_key_id", sa.String(length=16), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("serial"),
        if_not_exists=True,
    )
    op.create_index("ix_card_civil_number", "card", ["civil_number"], if_not_exists=True)
    op.create_table(
        "challenge",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_challenge_expires_at", "challenge", ["expires_at"], if_not_exists=True)
    op.create_table(
        "citizen",
        sa.Column("civil_number", sa.String(length=9), nullable=False),
        sa.Column("mobile", sa.String(length=8), nullable=True),
        sa.Column("card_valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("civil_number"),
        if_not_exists=True,
    )
    op.create_table(
        "conflicting_item",
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("record_sha256"),
        if_not_exists=True,
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "establishment",
        sa.Column("cr_number", sa.String(length=7), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("wilayat", sa.String(length=48), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cr_number"),
        if_not_exists=True,
    )
    op.create_table(
        "hearing_slot",
        sa.Column("office", sa.String(length=48), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "starts_at"),
        if_not_exists=True,
    )
    op.create_table(
        "kiosk",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("health", sa.JSON(), nullable=True),
        sa.Column("health_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text_ar", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "schema_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version"),
        if_not_exists=True,
    )
    op.create_table(
        "visit_session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("civil_number", sa.String(length=9), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_visit_session_expires_at", "visit_session", ["expires_at"], if_not_exists=True
    )
    op.create_table(
        "card_activation",
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("proof_challenge", sa.LargeBinary(), nullable=False),
        sa.Column("manager_challenge", sa.LargeBinary(), nullable=True),
        sa.Column("approval", sa.String(length=64), nullable=False),
        sa.Column("authentic_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["card"],
            ["card.serial"],
        ),
        sa.PrimaryKeyConstraint("card"),
        if_not_exists=True,
    )
    op.create_table(
        "card_approval",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card"],
            ["card.serial"],
        ),
        sa.PrimaryKeyConstraint("token_sha256"),
        if_not_exists=True,
    )
    op.create_index("ix_card_approval_card", "card_approval", ["card"], if_not_exists=True)
    op.create_index(
        "ix_card_approval_expires_at", "card_approval", ["expires_at"], if_not_exists=True
    )
    op.create_table(
        "card_certificate",
        sa.Column("serial_number", sa.String(length=40), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["card"],
            ["card.serial"],
        ),
        sa.PrimaryKeyConstraint("serial_number"),
        sa.UniqueConstraint("key_sha256"),
        if_not_exists=True,
    )
    op.create_index(
        "card_certificate_in_force",
        "card_certificate",
        ["card", "purpose"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
        if_not_exists=True,
    )
    op.create_index("ix_card_certificate_card", "card_certificate", ["card"], if_not_exists=True)
    op.create_index(
        "ix_card_certificate_revoked_at", "card_certificate", ["revoked_at"], if_not_exists=True
    )
    op.create_table(
        "card_code",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column(
            "notification", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card"],
            ["card.serial"],
        ),
        sa.ForeignKeyConstraint(
            ["notification"],
            ["notification.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_card_code_card", "card_code", ["card"], if_not_exists=True)
    op.create_index("ix_card_code_created_at", "card_code", ["created_at"], if_not_exists=True)
    op.create_table(
        "employment",
        sa.Column("civil_number", sa.String(length=9), nullable=False),
        sa.Column("cr_number", sa.String(length=7), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["civil_number"],
            ["citizen.civil_number"],
        ),
        sa.ForeignKeyConstraint(
            ["cr_number"],
            ["establishment.cr_number"],
        ),
        sa.PrimaryKeyConstraint("civil_number", "cr_number", "since"),
        if_not_exists=True,
    )
    op.create_table(
        "kiosk_epoch",
        sa.Column("kiosk", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device_key", sa.Text(), nullable=False),
        sa.Column("device_key_sha256", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backed_up_seq", sa.BigInteger(), nullable=False),
        sa.Column("ack_seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk"],
            ["kiosk.id"],
        ),
        sa.PrimaryKeyConstraint("kiosk", "epoch"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_kiosk_epoch_device_key_sha256", "kiosk_epoch", ["device_key_sha256"], if_not_exists=True
    )
    op.create_table(
        "used_enrolment_code",
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("kiosk", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk"],
            ["kiosk.id"],
        ),
        sa.PrimaryKeyConstraint("code_sha256"),
        if_not_exists=True,
    )
    op.create_table(
        "transactions",
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("case_ref", sa.String(length=64), nullable=False),
        sa.Column("case_seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("service", sa.String(length=48), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("void_reason", sa.String(length=12), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kiosk", "epoch"],
            ["kiosk_epoch.kiosk", "kiosk_epoch.epoch"],
        ),
        sa.PrimaryKeyConstraint("tx_id"),
        sa.UniqueConstraint("kiosk", "epoch", "seq"),
        if_not_exists=True,
    )
    op.create_index("transactions_by_time", "transactions", ["received_at"], if_not_exists=True)
    op.create_table(
        "attachment",
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tx_id"], ["transactions.tx_id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("tx_id", "sha256"),
        if_not_exists=True,
    )
    op.create_table(
        "complaint",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("civil_number", sa.String(length=9), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("catalogue_version", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office", sa.String(length=48), nullable=False),
        sa.Column("hearing_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tx_id"], ["transactions.tx_id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("tx_id"),
        if_not_exists=True,
    )
    op.create_index("ix_complaint_civil_number", "complaint", ["civil_number"], if_not_exists=True)
    op.create_table(
        "sent_receipt",
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tx_id"],
            ["transactions.tx_id"],
        ),
        sa.PrimaryKeyConstraint("tx_id"),
        if_not_exists=True,
    )
    op.create_index("ix_sent_receipt_number", "sent_receipt", ["number"], if_not_exists=True)
    op.create_table(
        "attachment_part",
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tx_id", "sha256"],
            ["attachment.tx_id", "attachment.sha256"],
        ),
        sa.PrimaryKeyConstraint("tx_id", "sha256", "first"),
        if_not_exists=True,
    )
    op.create_table(
        "attachment_seal",
        sa.Column("tx_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["tx_id", "sha256"],
            ["attachment.tx_id", "attachment.sha256"],
        ),
        sa.PrimaryKeyConstraint("tx_id", "sha256"),
        if_not_exists=True,
    )
    op.create_table(
        "complaint_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["complaint.number"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_complaint_event_number", "complaint_event", ["number"], if_not_exists=True)
