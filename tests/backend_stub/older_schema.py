"""A database made as releases before Alembic would have it: schema 3, with what it holds."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection, MetaData, text

_STORED = Path(__file__).parent / "databases" / "sqlite-3.sql"

_NUMBERED = ("attachment", "attachment_seal", "attachment_part", "sent_receipt")
_SCHEMA_3 = (
    *(
        f"UPDATE {table} SET transaction_id = "  # noqa: S608
        f"(SELECT tx_id FROM transactions WHERE id = {table}.transaction_id)"
        for table in (*_NUMBERED, "case_file")
    ),
    "UPDATE transactions SET id = tx_id",
    "DROP INDEX transactions_by_owner",
    "ALTER TABLE transactions DROP COLUMN tx_id",
    "ALTER TABLE transactions RENAME COLUMN id TO tx_id",
    *(f"ALTER TABLE {table} RENAME COLUMN transaction_id TO tx_id" for table in _NUMBERED),
    "ALTER TABLE visit_session DROP COLUMN kiosk",
    "CREATE TABLE complaint (number VARCHAR(16) PRIMARY KEY, tx_id VARCHAR(36) NOT NULL UNIQUE "
    "REFERENCES transactions (tx_id) DEFERRABLE INITIALLY DEFERRED, "
    "civil_number VARCHAR(9) NOT NULL, language VARCHAR(2) NOT NULL, "
    "catalogue_version VARCHAR(64) NOT NULL, answers JSON NOT NULL, papers JSON, "
    "state VARCHAR(20) NOT NULL, registered_at {time} NOT NULL, office VARCHAR(48) NOT NULL, "
    "hearing_at {time})",
    "CREATE INDEX ix_complaint_civil_number ON complaint (civil_number)",
    "INSERT INTO complaint SELECT number, transaction_id, civil_number, language, version, "
    "answers, papers, state, opened_at, office, slot_at FROM case_file",
    "CREATE TABLE complaint_event (id {row_id} PRIMARY KEY, number VARCHAR(16) NOT NULL "
    "REFERENCES complaint (number) DEFERRABLE INITIALLY DEFERRED, at {time} NOT NULL, "
    "from_state VARCHAR(20), to_state VARCHAR(20) NOT NULL)",
    "CREATE INDEX ix_complaint_event_number ON complaint_event (number)",
    "INSERT INTO complaint_event (number, at, from_state, to_state) "
    "SELECT number, at, from_state, to_state FROM case_event WHERE to_state IS NOT NULL",
    "CREATE TABLE hearing_slot (office VARCHAR(48), starts_at {time}, taken INTEGER NOT NULL, "
    "PRIMARY KEY (office, starts_at))",
    "INSERT INTO hearing_slot SELECT office, starts_at, taken FROM slot_load",
    "UPDATE counter SET name = 'complaint-' || substr(name, 3) WHERE name LIKE 'C-%'",
    "DROP TABLE case_task",
    "DROP TABLE case_event",
    "DROP TABLE case_file",
    "DROP TABLE slot_load",
    "DROP TABLE published_definition",
    "DROP INDEX notification_waiting",
    *(
        f"ALTER TABLE notification DROP COLUMN {column}"
        for column in (
            *("notice", "subject_ar", "subject_en", "handed_at", "outcome", "try_at", "attempts"),
        )
    ),
    "DROP TABLE alembic_version",
    "UPDATE schema_version SET version = 3",
)


def make_schema_3(connection: Connection) -> None:
    """Undo what Alembic's steps after schema 3 did; no data is lost on the way."""
    postgres = connection.dialect.name == "postgresql"
    words = {
        "time": "TIMESTAMP WITH TIME ZONE" if postgres else "DATETIME",
        "row_id": "BIGSERIAL" if postgres else "INTEGER",
    }
    # Numbers change in one table after the other: no reference holds meanwhile.
    unchecked = (
        "SET session_replication_role = {}" if postgres else "PRAGMA defer_foreign_keys = {}"
    )
    connection.execute(text(unchecked.format("replica" if postgres else "ON")))
    for statement in _SCHEMA_3:
        connection.execute(text(statement.format(**words)))
        if postgres and statement.startswith("INSERT"):
            # A table with checks that wait for the commit cannot be altered.
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    if postgres:
        connection.execute(text(unchecked.format("DEFAULT")))
    _drop_what_came_later(connection)


def _drop_what_came_later(connection: Connection) -> None:
    """Tables that releases before Alembic did not have, however many there are by now."""
    known = set(re.findall(r"CREATE TABLE (\w+)", _STORED.read_text("utf-8")))
    present = MetaData()
    present.reflect(connection)
    for table in reversed(present.sorted_tables):
        if table.name not in known:
            table.drop(connection)
