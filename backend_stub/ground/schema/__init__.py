"""The schema of the database: steps that make it when it is new and bring it up when it is not.

The steps are Alembic's, in ``alembic/versions/``, from schema 3 on; each is written once and never
changed. A new one: add ``rNNNN_what.py`` there, set :data:`SCHEMA`, and store a small database of
the schema before it with the tests (``tests/backend_stub/databases/``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

SCHEMA: Final = "0011"
"""The newest step, which this program works with."""
STEPS: Final = Path(__file__).parent / "alembic"
_LOCK: Final = 7262334


class SchemaUnknown(Exception):
    """The database is of a newer release."""


def prepare(engine: Engine) -> None:
    """Bring the database to :data:`SCHEMA`. Raises :class:`SchemaUnknown`."""
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two servers that start together must not make the same tables twice.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if _present(connection) != SCHEMA:
            upgrade(connection)


def upgrade(connection: Connection) -> None:
    """Take all steps that are missing, within the connection's transaction."""
    # Here, not above: it is rarely needed and takes longer to load than the rest of the start.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise SchemaUnknown(f"The database has schema {present}; this program knows {SCHEMA}.")
    command.upgrade(config, "head")


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
