"""One case for every service: complaints become cases, and keep their numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COMPLAINT_SHA256 = "70afff350815e6283a7fd1d858f63c63dc95993ff5ed80e4dedd5e753f7c03fb"
"""Of ``kiosk/services/data/former/complaint-2026-11-01.toml``, by which complaints are led on."""


def upgrade() -> None:
    """Make the tables of cases, move the complaints there, drop theirs."""
    _make_tables()
    _widen_notices()
    _move_complaints()
    # Releases before Alembic look at this one and go no further.
    op.execute("UPDATE schema_version SET version = 4")


def _make_tables() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    time = sa.DateTime(timezone=True)
    op.create_table(
        "published_definition",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("service", sa.String(48), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", time, nullable=False),
        sa.UniqueConstraint("service", "version"),
    )
    op.create_table(
        "case_file",
        sa.Column("number", sa.String(24), primary_key=True),
        sa.Column("tx_id", sa.String(36), unique=True),
        sa.Column("service", sa.String(48), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("definition_sha256", sa.String(64), nullable=False),
        sa.Column("civil_number", sa.String(9), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON()),
        sa.Column("state", sa.String(48), nullable=False),
        sa.Column("opened_at", time, nullable=False),
        sa.Column("entered_at", time, nullable=False),
        sa.Column("office", sa.String(48), nullable=False),
        sa.Column("slot_at", time),
        sa.Column("due_at", time),
        sa.ForeignKeyConstraint(
            ["tx_id"], ["transactions.tx_id"], initially="DEFERRED", deferrable=True
        ),
    )
    op.create_index("case_file_by_person", "case_file", ["civil_number", "opened_at"])
    op.create_index("case_file_by_office", "case_file", ["office", "state", "opened_at"])
    op.create_index("case_file_by_slot", "case_file", ["office", "slot_at"])
    op.create_table(
        "case_event",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("move", sa.String(48)),
        sa.Column("from_state", sa.String(48)),
        sa.Column("to_state", sa.String(48)),
        sa.Column("actor", sa.String(8), nullable=False),
        sa.Column("who", sa.String(64)),
        sa.Column("client_id", sa.String(36)),
        sa.Column("data", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["number"], ["case_file.number"], initially="DEFERRED", deferrable=True
        ),
        sa.UniqueConstraint("number", "client_id"),
    )
    op.create_index("ix_case_event_number", "case_event", ["number"])
    op.create_table(
        "case_task",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("ref", sa.String(48), nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("try_at", time, nullable=False),
        sa.Column("done_at", time),
        sa.Column("outcome", sa.String(8)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["case_file.number"], initially="DEFERRED", deferrable=True
        ),
    )
    op.create_index("ix_case_task_number", "case_task", ["number"])
    op.create_index(
        "case_task_open",
        "case_task",
        ["try_at", "id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "slot_load",
        sa.Column("calendar", sa.String(48), primary_key=True),
        sa.Column("office", sa.String(48), primary_key=True),
        sa.Column("starts_at", time, primary_key=True),
        sa.Column("taken", sa.Integer(), nullable=False),
    )


def _widen_notices() -> None:
    time = sa.DateTime(timezone=True)
    for column in (
        sa.Column("notice", sa.String(48)),
        sa.Column("subject_ar", sa.Text()),
        sa.Column("subject_en", sa.Text()),
        sa.Column("handed_at", time),
        sa.Column("outcome", sa.String(12)),
        sa.Column("try_at", time),
        sa.Column("attempts", sa.Integer()),
    ):
        op.add_column("notification", column)
    # What was written before is not sent once more.
    op.execute("UPDATE notification SET handed_at = created_at, outcome = 'handed'")
    op.create_index(
        "notification_waiting",
        "notification",
        ["id"],
        sqlite_where=sa.text("handed_at IS NULL"),
        postgresql_where=sa.text("handed_at IS NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # SQLite does not look at the length of a text.
        op.alter_column("notification", "about", type_=sa.String(24))
        op.alter_column("sent_receipt", "number", type_=sa.String(24))


def _move_complaints() -> None:
    op.execute(
        sa.text(
            "INSERT INTO case_file (number, tx_id, service, version, definition_sha256, "
            "civil_number, language, answers, papers, state, opened_at, entered_at, office, "
            "slot_at) "
            "SELECT number, tx_id, 'complaint', catalogue_version, :sha256, civil_number, "
            "language, answers, papers, state, registered_at, "
            "coalesce((SELECT max(at) FROM complaint_event "
            "WHERE complaint_event.number = complaint.number), registered_at), "
            "office, hearing_at FROM complaint"
        ).bindparams(sha256=_COMPLAINT_SHA256)
    )
    op.execute(
        "INSERT INTO case_event (number, at, kind, from_state, to_state, actor) "
        "SELECT number, at, CASE WHEN from_state IS NULL THEN 'opened' ELSE 'moved' END, "
        "from_state, to_state, CASE WHEN from_state IS NULL THEN 'citizen' ELSE 'officer' END "
        "FROM complaint_event ORDER BY id"
    )
    # What is due with them, and when, says the definition: it is written when this is done.
    op.execute(
        "INSERT INTO case_task (number, kind, ref, at, try_at, attempts) "
        "SELECT number, 'check', '', registered_at, registered_at, 0 FROM complaint"
    )
    op.execute(
        "INSERT INTO slot_load (calendar, office, starts_at, taken) "
        "SELECT 'hearings', office, starts_at, taken FROM hearing_slot"
    )
    op.execute("UPDATE counter SET name = 'C-' || substr(name, 11) WHERE name LIKE 'complaint-%'")
    if op.get_bind().dialect.name == "postgresql":
        # Checks that wait for the commit would keep the next step from altering these tables.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("complaint_event", "complaint", "hearing_slot"):
        op.drop_table(table)
